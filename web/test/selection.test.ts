import assert from "node:assert/strict";
import { test } from "node:test";
import { fragmentOf, type Selection, selectionOf } from "../src/view/selection.ts";
import type { Head, View } from "../src/view/types.ts";

const head: Head = { encoding: "dense", shape: [1, 1], data: "" };
const layer = (heads: number) => ({ name: "", kernel: "", heads: Array(heads).fill(head) });
const map = (...heads: number[]) => ({
  ...{ kind: "cross" as const, name: "", rows: 1, columns: 0, blocks: null },
  layers: heads.map(layer),
});
const view = (...maps: View["maps"]): View => ({
  ...{ title: "", model: null, sides: [], picture: null, maps },
  ...{ alternatives: [], gold: null, notes: [] },
});
const views = [view(map(1)), view(map(3, 4), map(2)), view()];

test("at first sight: the last layer, the mean of its heads", () => {
  const { panes, row, column } = selectionOf("", views);
  assert.deepEqual(panes, [{ view: 0, map: 0, layer: 0, head: 0 }]);
  assert.deepEqual([row, column], [null, null]);
  assert.deepEqual(selectionOf("view=1", views).panes, [{ view: 1, map: 0, layer: 1, head: null }]);
});

test("what is selected comes back from the address", () => {
  const selection: Selection = {
    panes: [
      { view: 1, map: 0, layer: 1, head: 3 },
      { view: 1, map: 1, layer: 0, head: null },
    ],
    ...{ unit: "tokens", scale: "log", row: 0, column: 12 },
  };
  assert.deepEqual(selectionOf(`#${fragmentOf(selection)}`, views), selection);
});

test("what the views lack is left out", () => {
  const strange =
    "view=9&map=-1&layer=1e3&head=<b>&row=x&column=4&mode=letters&scale=cubic&beside=2.0";
  assert.deepEqual(selectionOf(strange, views), {
    panes: [
      { view: 0, map: 0, layer: 0, head: 0 },
      { view: 2, map: 0, layer: 0, head: 0 },
    ],
    ...{ unit: "words", scale: null, row: null, column: 4 },
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Viewport } from "../src/view/viewport.ts";

const fitted = (rows: number, columns: number) => {
  const viewport = new Viewport(rows, columns);
  viewport.fit({ width: 600, height: 500 });
  return viewport;
};

test("a small map has large square cells", () => {
  const { width, height, plot } = fitted(2, 3);
  assert.deepEqual([width, height, plot], [30, 30, { width: 90, height: 60 }]);
});

test("a large map fits, square; a long one is stretched", () => {
  const { plot } = fitted(10_000, 10_000);
  assert.ok(Math.abs(plot.width - 500) < 1e-9 && Math.abs(plot.height - 500) < 1e-9);
  assert.deepEqual(fitted(2, 10_000).plot, { width: 600, height: 60 });
});

test("what is under the pointer stays there while zooming", () => {
  const viewport = fitted(1000, 1000);
  const before = viewport.cellAt(123, 321);
  for (const factor of [1.3, 4, 2, 0.7, 3]) {
    viewport.zoom(123, 321, factor);
    assert.deepEqual(viewport.cellAt(123, 321), before);
  }
});

test("nobody leaves the map", () => {
  const viewport = fitted(1000, 1000);
  viewport.pan(100, 100);
  assert.deepEqual([viewport.left, viewport.top], [0, 0]);
  viewport.zoom(0, 0, 10);
  viewport.pan(-1e9, -1e9);
  assert.deepEqual(viewport.cellAt(viewport.plot.width - 1e-6, 0)?.column, 999);
  viewport.zoom(0, 0, 1e-9);
  assert.ok(viewport.whole);
  assert.deepEqual([viewport.left, viewport.top], [0, 0]);
});

test("a cell is revealed", () => {
  const viewport = fitted(1000, 1000);
  viewport.zoom(0, 0, 20);
  viewport.reveal(900, 3);
  assert.ok(viewport.top < 900 && viewport.top + viewport.plot.height / viewport.height >= 901);
  assert.equal(viewport.left, 0);
});

test("beside the map there is no cell", () => {
  const viewport = fitted(2, 3);
  assert.equal(viewport.cellAt(-1, 5), null);
  assert.equal(viewport.cellAt(91, 5), null);
  assert.deepEqual(viewport.cellAt(89, 59), { row: 1, column: 2 });
});

test("pooled cells are at least a device pixel", () => {
  assert.deepEqual(fitted(10_000, 10_000).level(1), [4, 4]);
  assert.deepEqual(fitted(10_000, 10_000).level(2), [3, 3]);
  assert.deepEqual(fitted(2, 10_000).level(1), [0, 4]);
});

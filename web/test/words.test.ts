import assert from "node:assert/strict";
import { test } from "node:test";
import { en } from "../src/text/en.ts";
import { zh } from "../src/text/zh.ts";
import { brief, full } from "../src/view/numbers.ts";
import { directionOf, pieces, shortened, visible } from "../src/view/pieces.ts";
import type { Side } from "../src/view/types.ts";

const side: Side = {
  ...{ name: "target", text: "I like\ncoffee.", probabilities: [0.9, 0.5, 0.5, 1, 1] },
  tokens: ["I", "li", "ke", "coffee", "."],
  words: [
    [0, 1],
    [1, 3],
    [3, 5],
  ],
  shown: ["I", "like", "coffee."],
  spaces: ["", " ", "", "\n", ""],
};

test("tokens and words with what stands between them", () => {
  const shown = (unit: "words" | "tokens") =>
    pieces(side, unit).map(({ space, text }) => space + text);
  assert.deepEqual(shown("words"), ["I", " like", "\ncoffee."]);
  assert.deepEqual(shown("tokens"), ["I", " li", "ke", "\ncoffee", "."]);
});

test("what can't be seen is shown", () => {
  assert.equal(visible(" "), "␣");
  assert.equal(visible(""), "∅");
  assert.equal(visible("a\u0000b\u007f"), "a␀b␡");
  assert.equal(visible("\u0301"), "◌\u0301");
  assert.equal(visible("\u200b\u200b"), "␣␣");
  assert.equal(visible("<b>咖啡</b>"), "<b>咖啡</b>");
});

test("whole characters are left of a long label", () => {
  assert.equal(shortened("👩👩👩👩", 3), "👩👩…");
  assert.equal(shortened("abc", 3), "abc");
});

test("running text goes the way of its first letter", () => {
  const text = (...parts: string[]) =>
    parts.map((text) => ({ text, space: "", tokens: [0, 1] as [number, number] }));
  assert.equal(directionOf(text("12", "مرحبا", "hello")), "rtl");
  assert.equal(directionOf(text("«", "hello", "שלום")), "ltr");
  assert.equal(directionOf([]), "ltr");
});

test("figures bear what is known and no more", () => {
  assert.equal(brief(0.99701), "0.997");
  assert.equal(brief(0.00031), "0.00031");
  assert.equal(brief(0), "0");
  assert.equal(brief(3e-9), "3.0e-9");
  assert.equal(full(0.997012, 8e-6), "0.997012");
  assert.equal(full(0.5, 0.01), "0.50");
});

/** Names, or the same in both languages. */
const SAME = new Set(["language", "whole"]);

/** A text, a number, or a thing that has such. */
const ANYTHING = new Proxy({}, { get: (_, name) => (name === Symbol.toPrimitive ? () => "7" : 7) });

function said(value: unknown, path: string): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") return [[path, value(...Array(value.length).fill(ANYTHING))]];
  return Object.entries(value as object).flatMap(([name, part]) => said(part, `${path}.${name}`));
}

test("every text is there in Chinese and none of it in English", () => {
  const [english, chinese] = [new Map(said(en, "")), new Map(said(zh, ""))];
  assert.deepEqual([...chinese.keys()].sort(), [...english.keys()].sort());
  for (const [path, text] of chinese) {
    if (SAME.has(path.slice(1))) continue;
    assert.notEqual(text, english.get(path), path);
    const names = /token|Token|Ctrl|Esc|AER|qkv/g;
    assert.doesNotMatch(text.replace(names, ""), /[a-z]{2,}/i, path);
  }
});

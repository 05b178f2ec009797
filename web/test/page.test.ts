/** The live page's own small parts: changes, addresses, differences, texts. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import {
  type Change,
  changed,
  changesOf,
  isOff,
  readChanges,
  wordsAt,
} from "../src/page/changes.ts";
import { difference, followed } from "../src/page/difference.ts";
import { bodyOf, fragmentOf, NOTHING, type Question, questionOf } from "../src/page/question.ts";
import type { Model, Result } from "../src/page/server.ts";
import { modelFor, rowAt, STOPS, stepsAt, tokensOf } from "../src/page/stops.ts";
import { en } from "../src/page/text/en.ts";
import { zh } from "../src/page/text/zh.ts";
import { withWord } from "../src/page/words.ts";
import { partsOf, type Selection, selectionOf } from "../src/view/selection.ts";
import type { Side, View } from "../src/view/types.ts";

const hide: Change = { do: "hide", columns: [2, 3] };
const forbid: Change = { do: "forbid", rows: [1], columns: [2, 3], layer: null, head: null };
const pin: Change = { do: "pin", rows: [4, 5], columns: [0, 1], layer: 1, head: 0 };
const off: Change = { do: "headOff", kind: "encoder", layer: 0, head: 3 };
const force: Change = { do: "force", prefix: "I like" };

test("steps are what the server's Changes say", () => {
  deepEqual(changesOf([]), {});
  deepEqual(changesOf([hide, forbid, pin, off, force]), {
    prefix: "I like",
    hide: [2, 3],
    heads_off: [{ kind: "encoder", layer: 0, heads: [3] }],
    forbid: [
      { row: 1, column: 2 },
      { row: 1, column: 3 },
    ],
    pin: [
      { row: 4, weights: { 0: 0.5, 1: 0.5 }, layer: 1, heads: [0] },
      { row: 5, weights: { 0: 0.5, 1: 0.5 }, layer: 1, heads: [0] },
    ],
  });
});

test("a step that is there already is taken back", () => {
  deepEqual(changed([hide, off], structuredClone(hide)), [off]);
  ok(isOff([off], "encoder", 0, 3));
  ok(!isOff([off], "encoder", 1, 3));
});

test("a step takes back what it contradicts, and nothing else", () => {
  const longer: Change = { do: "force", prefix: "I like tea" };
  deepEqual(changed([force, hide], longer), [hide, longer]);
  const looks: Change = { do: "pin", rows: [1], columns: [3], layer: null, head: null };
  deepEqual(changed([hide, forbid, pin], looks), [pin, looks]);
  deepEqual(changed([looks], hide), [hide]);
  deepEqual(changed([looks], forbid), [forbid]);
  const elsewhere: Change = { ...forbid, layer: 1, head: 1, rows: [4], columns: [0] };
  deepEqual(changed([pin], elsewhere), [pin, elsewhere]); // another head
  deepEqual(changed([pin], { ...elsewhere, head: 0 }), [{ ...elsewhere, head: 0 }]);
  deepEqual(changed([pin], { ...pin, columns: [7] }), [{ ...pin, columns: [7] }]);
});

test("an address gives back the question", () => {
  const question: Question = {
    model: "a & b",
    text: "我喜欢 #1 + 2 = <b>é</b>\n",
    steps: [hide, forbid, pin, off, { do: "force", prefix: "“&=#" }],
    alternative: 3,
  };
  deepEqual(questionOf(`#${fragmentOf(question)}`), question);
  deepEqual(questionOf(fragmentOf(NOTHING)), NOTHING);
  equal(fragmentOf(NOTHING), "");
});

test("an address holds what is chosen beside the question", () => {
  const question: Question = { ...NOTHING, model: "m", text: "a&row=9", steps: [pin] };
  const pane = { view: 0, map: 1, layer: 1, head: 2 };
  const layers = Array.from({ length: 3 }, () => ({
    heads: Array.from({ length: 4 }, () => ({ shape: [1, 1], encoding: "scores" })),
  }));
  const view = { maps: [{ layers }, { layers }] } as unknown as View;
  const chosen = { panes: [pane], unit: "tokens", scale: "log", row: 3, column: null } as const;
  const selection: Selection = { ...chosen, panes: [...chosen.panes] };
  const fragment = `#${fragmentOf(question, partsOf(selection))}`;
  deepEqual(questionOf(fragment), question);
  deepEqual(selectionOf(fragment, [view]), selection);
  deepEqual(partsOf({ ...selection, panes: [pane, { ...pane, map: 0 }] }), partsOf(selection));
});

test("nonsense in an address is left out", () => {
  const wrong = [
    null, 3, "x", [], {}, { do: "x" }, { do: "hide" }, { do: "hide", columns: [] },
    { do: "hide", columns: [-1] }, { do: "hide", columns: "12" }, { do: "pin", rows: [1] },
    { do: "headOff", kind: "self", layer: 0, head: 0 }, { do: "force", prefix: 3 }, hide,
  ]; // biome-ignore format: a table
  deepEqual(readChanges(JSON.stringify(wrong)), [hide]);
  for (const text of [null, "", "{", "3", '"x"', "{}"]) deepEqual(readChanges(text), []);
  equal(questionOf("result=-1&what-if=%").alternative, 0);
});

test("of steps in an address that contradict each other the last is kept", () => {
  const read = (...steps: Change[]) => readChanges(JSON.stringify(steps));
  const other: Change = { ...pin, columns: [7] };
  deepEqual(read(pin, hide, other), [hide, other]);
  deepEqual(read(pin, { ...other, head: 1 }), [pin, { ...other, head: 1 }]);
  deepEqual(read(off, off, off), [off]); // none is taken back, as a second click would
});

test("the body asks for what differs from the default", () => {
  deepEqual(bodyOf({ ...NOTHING, text: "a" }, null), { text: "a", nbest: 5 });
  const question = { model: "m", text: "a", steps: [hide], alternative: 2 };
  deepEqual(bodyOf(question, "aGk="), {
    ...{ image: "aGk=", model: "m", nbest: 5, changes: { hide: [2, 3] }, alternative: 2 },
  });
});

const worded = (...words: string[]) =>
  words.map((text, number) => ({
    text,
    space: " ",
    tokens: [number, number + 1] as [number, number],
  }));

test("what is gone and what is new", () => {
  const { gone, added } = difference(
    worded("I", "like", "coffee"),
    worded("I", "drink", "tea", "now"),
  );
  deepEqual([...gone], [1, 2]);
  deepEqual([...added], [1, 2, 3]);
  const same = difference(worded("a", "a"), worded("a", "a"));
  equal(same.gone.size + same.added.size, 0);
  const long = Array.from({ length: 1500 }, () => "a");
  equal(difference(worded(...long), worded(...long, "b")).added.size, 0);
});

test("a chosen word is followed into another result", () => {
  const before = worded("a", "man", "in", "a", "blue", "jacket", "rides");
  const after = worded("a", "man", "rides", "in", "a", "blue", "coat", "now");
  const places = before.map((_, number) => followed(before, after, number));
  deepEqual(places, [0, 1, 3, 4, 5, 6, 7]);
  deepEqual(followed(before, worded("a", "man", "in", "a", "blue", "rides"), 5), null);
  deepEqual(followed(before, worded("so", ...before.map(({ text }) => text)), 5), 6);
  deepEqual(followed(before, before, 5), 5);
  const long = worded(...Array.from({ length: 1500 }, () => "a"));
  equal(followed(long, long, 1499), 1499);
  equal(followed(long, long.slice(0, 600), 700), null);
});

test("tokens of a change are named as they are read", () => {
  const side = { tokens: ["blue", "jack", "et", "\u0000"], spaces: ["", " ", "", " "] };
  equal(wordsAt(side as unknown as Side, [1, 2]), "jacket");
  equal(wordsAt(side as unknown as Side, [0, 1]), "blue jack");
  equal(wordsAt(side as unknown as Side, [3]), "\u2400");
});

test("a forced word takes the place of a token", () => {
  const result = (text: string, ...tokens: [string, number, number][]): Result => ({
    ...{ text, tokens: [...tokens, ["<eos>", [...text].length, [...text].length]] },
    ...{ score: 0, log_probability: 0 },
  });
  const plain = result(
    "I like coffee.",
    ["I", 0, 1],
    ["like", 2, 6],
    ["cof", 7, 10],
    ["fee", 10, 13],
    [".", 13, 14],
  );
  equal(withWord(plain, 0, "We"), "We");
  equal(withWord(plain, 1, "drink"), "I drink");
  equal(withWord(plain, 3, "in"), "I like cofin"); // inside a word
  equal(withWord(plain, 4, "too"), "I like coffee too");
  equal(withWord(plain, 4, "!"), "I like coffee!");
  equal(withWord(result("a b", ["a", 0, 1], ["b", 2, 3]), 2, "c"), "a b c");
  equal(withWord(result("我喝茶", ["我", 0, 1], ["喝", 1, 2], ["茶", 2, 3]), 2, "酒"), "我喝酒");
  equal(withWord(result("𠮷a", ["𠮷", 0, 1], ["a", 1, 2]), 1, "b"), "𠮷b");
  equal(withWord({ ...result(""), text: undefined, caption: "" }, 0, "red"), "red");
});

const served = (name: string, architecture: string, attention: string, source = "de"): Model => ({
  ...{ name, kind: "translation", source, target: "en", architecture, attention, parameters: 1 },
  ...{ layers: { cross: [], encoder: [], decoder: [] }, changes: [] },
});

test("stops of the tour find their models and words", () => {
  const all = [
    served("plain", "rnn", "dot"), served("german", "transformer", "dot"), served("none", "rnn", "none", "zh"),
    served("article", "rnn", "general", "zh"), served("t", "transformer", "dot", "zh"),
  ]; // biome-ignore format: a table
  const names = STOPS.map((stop) => modelFor(stop, all)?.name);
  deepEqual(names, ["none", "article", "article", "t", "t"]);
  for (const stop of STOPS) {
    const others = all.map((model) => ({ ...model, target: "de" }));
    equal(modelFor(stop, [...all.slice(0, 2), ...others, served("g", "rnn", "none")]), undefined);
  }
  const side: Side = {
    ...{ name: "", text: "我 喜欢咖啡", tokens: ["我", "喜欢咖", "啡", "<eos>"], words: [] },
    ...{ spaces: ["", " ", "", ""], shown: [], probabilities: null },
  };
  deepEqual(tokensOf(side, "咖啡"), [1, 2]);
  deepEqual(tokensOf(side, "茶"), []);
  equal(rowAt(STOPS[2], worded("I", "like", "coffee.", "<eos>")), 2);
  equal(rowAt(STOPS[2], worded("I", "drink", "it", "<eos>")), 2);
  equal(rowAt(STOPS[2], worded("<eos>")), null);
  equal(rowAt(STOPS[1], worded("a", "<eos>")), null);
  deepEqual(stepsAt(STOPS[4], { sides: [side] } as unknown as View), [
    { do: "hide", columns: [1, 2] },
  ]);
  deepEqual(stepsAt(STOPS[0], { sides: [side] } as unknown as View), []);
});

/** All strings of a language, by where they stand; functions are called with what they name. */
function strings(texts: unknown, place = ""): [string, string][] {
  if (typeof texts === "string") return [[place, texts]];
  if (typeof texts === "function") return strings(texts("cross", 1, 2), place);
  if (typeof texts !== "object" || texts === null) return [];
  return Object.entries(texts).flatMap(([name, part]) => strings(part, `${place}.${name}`));
}

/** Names that are the same in both. */
const SAME = /^\.(architectures|formulas)\.|^\.(product|scaled|exp)$/;

test("every string is there in both languages", () => {
  const [english, chinese] = [strings(en), strings(zh)];
  deepEqual(
    chinese.map(([place]) => place),
    english.map(([place]) => place),
  );
  for (const [place, text] of chinese) {
    ok(text.trim() !== "", place);
    if (!SAME.test(place)) ok(/\p{Script=Han}/u.test(text), `${place}: ${text}`);
  }
  for (const [place, text] of english) ok(!/\p{Script=Han}/u.test(text.replace("咖啡", "")), place);
});

test("scores have Chinese names, but for a person's own", () => {
  const names = ["dot", "general", "additive", "constructor"].map(zh.withAttention);
  deepEqual(names, ["点积注意力", "双线性注意力", "加性注意力", "constructor 注意力"]);
});

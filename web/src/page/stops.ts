/** The tour's stops: the article's way from one fixed vector to cross-attention, on the models of `qkv demo`. */
import type { Piece } from "../view/pieces.ts";
import type { MapKind, Side, View } from "../view/types.ts";
import type { Change } from "./changes.ts";
import type { Model } from "./server.ts";

export type Need = "fixed" | "attention" | "transformer";

export interface Stop {
  needs: Need;
  text: string;
  /** Part of the page that is pointed at. */
  part: "result" | "view" | "chosen" | "steps";
  map: MapKind;
  /** A word of the map's rows to be chosen. */
  word: string | null;
  /** What is hidden of the source. */
  hidden: string | null;
}

const LONG = "我今天早上在公园看到了一只非常可爱的小猫";
const SHORT = "我喜欢咖啡";

export const STOPS: Stop[] = [
  { needs: "fixed", text: LONG, part: "result", map: "cross", word: null, hidden: null },
  { needs: "attention", text: LONG, part: "view", map: "cross", word: null, hidden: null },
  { needs: "attention", text: SHORT, part: "chosen", map: "cross", word: "coffee", hidden: null },
  { needs: "transformer", text: SHORT, part: "view", map: "encoder", word: null, hidden: null },
  { needs: "transformer", text: SHORT, part: "steps", map: "cross", word: null, hidden: "咖啡" },
];

export const fits = ({ kind, architecture, attention }: Model, need: Need): boolean =>
  kind === "translation" &&
  {
    fixed: attention === "none",
    attention: architecture === "rnn" && attention !== "none",
    transformer: architecture === "transformer",
  }[need];

/** One from Chinese to English, as the article's sentences and words are. */
export const modelFor = ({ needs }: Stop, models: Model[]): Model | undefined =>
  models.find((model) => model.source === "zh" && model.target === "en" && fits(model, needs));

/** Number of the word that is chosen: a model that says it otherwise has its last word chosen, before the end. */
export function rowAt({ word }: Stop, words: Piece[]): number | null {
  if (word === null || words.length < 2) return null;
  const row = words.findIndex(({ text }) => text.includes(word));
  return row < 0 ? words.length - 2 : row;
}

export function stepsAt({ hidden }: Stop, view: View): Change[] {
  const columns = hidden === null ? [] : tokensOf(view.sides[0], hidden);
  return columns.length ? [{ do: "hide", columns }] : [];
}

/** Numbers of the tokens that have a character of this word, where it first occurs. */
export function tokensOf({ tokens, spaces }: Side, word: string): number[] {
  let text = "";
  const places = tokens.map((token, number) => {
    const start = text.length + spaces[number].length;
    text += spaces[number] + token;
    return [start, text.length];
  });
  const first = text.indexOf(word);
  if (first < 0) return [];
  const end = first + word.length;
  return places.flatMap(([start, stop], number) => (start < end && stop > first ? [number] : []));
}

/** The tokens or the words of a side, as they are shown. */
import type { Unit } from "./selection.ts";
import type { Range, Side } from "./types.ts";

export interface Piece {
  text: string;
  /** What stands before it in running text. */
  space: string;
  tokens: Range;
}

const CONTROL = /\p{Cc}/gu;
const MARK_FIRST = /^\p{M}/u;
const INVISIBLE = /^[\p{Z}\p{Cf}]+$/u;

/** Text that can be seen: control characters as their pictures, a mark on a circle, blanks as an open box. */
export function visible(text: string): string {
  if (text === "") return "\u2205";
  if (INVISIBLE.test(text)) return "\u2423".repeat([...text].length);
  const shown = text.replace(CONTROL, (character) =>
    character < " " ? String.fromCharCode(0x2400 + character.charCodeAt(0)) : "\u2421",
  );
  return MARK_FIRST.test(shown) ? `\u25cc${shown}` : shown;
}

export function ranges(side: Side, unit: Unit): Range[] {
  return unit === "words" ? side.words : side.tokens.map((_, token) => [token, token + 1]);
}

export function pieces(side: Side, unit: Unit): Piece[] {
  const texts = unit === "words" ? side.shown : side.tokens;
  return ranges(side, unit).map((tokens, number) => ({
    text: visible(texts[number]),
    space: side.spaces[tokens[0]],
    tokens,
  }));
}

const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT = /[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}]/u;

/** Of running text, by its first letter; `dir="auto"` costs minutes when ten thousand pieces are placed. */
export function directionOf(pieces: Piece[]): "ltr" | "rtl" {
  const first = pieces.find(({ text }) => LETTER.test(text))?.text.match(LETTER)?.[0] ?? "";
  return RIGHT_TO_LEFT.test(first) ? "rtl" : "ltr";
}

/** For an axis or a list. */
export function shortened(text: string, characters: number): string {
  const all = [...text];
  return all.length <= characters ? text : `${all.slice(0, characters - 1).join("")}…`;
}

export const probability = (side: Side, [first, end]: Range) =>
  side.probabilities?.slice(first, end).reduce((product, value) => product * value, 1) ?? null;

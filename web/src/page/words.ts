/** What of a result stands before a token, and what it begins with where another word is forced there. */
import type { Side } from "../view/types.ts";

export function textBefore({ tokens, spaces }: Side, token: number): string {
  return tokens
    .slice(0, token)
    .map((text, place) => spaces[place] + text)
    .join("");
}

/** The text up to and including `word`, said in place of this token. */
export function withWord(side: Side, token: number, word: string): string {
  const before = textBefore(side, token);
  const insideWord = !side.words.some(([first]) => first === token);
  const spaced = side.spaces.some((space) => space !== "");
  const space = side.spaces[token] || (before !== "" && spaced && !insideWord ? " " : "");
  return before + (before === "" ? "" : space) + word;
}

/** What a result begins with where another word is forced in place of one of its tokens. */
import type { Result } from "./server.ts";

const LETTER = /[\p{L}\p{M}\p{N}]/u;
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

const isLetter = (character: string | undefined) =>
  character !== undefined && LETTER.test(character) && !SPACELESS.test(character);

/** The text up to and including `word`; offsets of tokens count characters, as Python does. */
export function withWord({ text, caption, tokens }: Result, token: number, word: string): string {
  const characters = [...(text ?? caption ?? "")];
  const [, start, end] = tokens[token];
  const before = characters.slice(0, start);
  const insideWord = start < end && isLetter(characters[start]);
  const space = !insideWord && isLetter(before.at(-1)) && isLetter([...word][0]) ? " " : "";
  return before.join("") + space + word;
}

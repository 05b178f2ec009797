/** Where two texts differ, word by word. */
import { diffArrays } from "diff";
import type { Piece } from "../view/pieces.ts";

/** Numbers of the words of `before` that are gone, and of those of `after` that are new. */
export interface Difference {
  gone: Set<number>;
  added: Set<number>;
}

/** Comparing takes time that grows with the product of both lengths: beyond this, nothing is marked. */
const MOST_WORDS = 2000;

export function difference(before: Piece[], after: Piece[]): Difference {
  const marks = { gone: new Set<number>(), added: new Set<number>() };
  if (before.length + after.length > MOST_WORDS) return marks;
  const [old, now] = [before, after].map((pieces) => pieces.map(({ text }) => text));
  let [i, j] = [0, 0];
  for (const { added, removed, count } of diffArrays(old, now)) {
    if (removed) mark(marks.gone, i, count);
    if (added) mark(marks.added, j, count);
    if (!added) i += count;
    if (!removed) j += count;
  }
  return marks;
}

function mark(marks: Set<number>, first: number, count: number) {
  for (let number = first; number < first + count; number++) marks.add(number);
}

/** Number of the same word in `after`, or of what has taken its place; null: nothing has. */
export function followed(before: Piece[], after: Piece[], number: number): number | null {
  if (before.length + after.length > MOST_WORDS) return number < after.length ? number : null;
  const [old, now] = [before, after].map((pieces) => pieces.map(({ text }) => text));
  let [i, j, gone] = [0, 0, 0];
  for (const { added, removed, count } of diffArrays(old, now)) {
    const place = number - (added ? i - gone : i);
    const inside = place >= 0 && place < count;
    if (inside && !removed && (!added || place < gone)) return j + place;
    if (!added) i += count;
    if (!removed) j += count;
    gone = removed ? count : 0;
  }
  return null;
}

/** Links drawn by hand, and the model's own, as blocks of the map that is shown. */
import type { Shown } from "./shown.ts";
import type { Gold, Range } from "./types.ts";

export interface GoldBlock {
  kind: "sure" | "possible" | "link";
  rows: Range;
  columns: Range;
}

/** Links join the words of side 0 and side 1: other maps have none. */
export function goldBlocks(gold: Gold | null, shown: Shown): GoldBlock[] {
  const { map, unit, querySide, keySide } = shown;
  if (!gold || map.kind !== "cross") return [];
  const range = (words: Range[], word: number): Range =>
    unit === "words" ? [word, word + 1] : words[word];
  const block =
    (kind: GoldBlock["kind"]) =>
    ([source, target]: [number, number]) => ({
      kind,
      rows: range(querySide.words, target),
      columns: range(keySide.words, source),
    });
  const sure = new Set(gold.sure.map(String));
  return [
    ...gold.possible.filter((link) => !sure.has(String(link))).map(block("possible")),
    ...gold.sure.map(block("sure")),
    ...gold.links.map(block("link")),
  ].filter(({ rows, columns }) => rows && columns);
}

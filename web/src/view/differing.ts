/** What two texts have in common at both ends, and what stands between, cut at words. */

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
const words = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);

/** `other` in three parts: as in `text`, different, as in `text`. */
export function differing(text: string, other: string): [string, string, string] {
  if (text === other) return [other, "", ""];
  const [first, second] = [words(text), words(other)];
  const shorter = Math.min(first.length, second.length);
  let before = 0;
  while (before < shorter && first[before] === second[before]) before++;
  let after = 0;
  while (after < shorter - before && first.at(-1 - after) === second.at(-1 - after)) after++;
  const end = second.length - after;
  return [second.slice(0, before), second.slice(before, end), second.slice(end)].map((part) =>
    part.join(""),
  ) as [string, string, string];
}

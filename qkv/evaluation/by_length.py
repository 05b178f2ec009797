"""Quality by the length of the source: where a fixed vector fails and attention does not."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from qkv.data.words import spans
from qkv.errors import DataError
from qkv.evaluation.quality import Reference, Score, bleu, chrf, exact_match, is_chinese

__all__ = ["Band", "by_length", "table"]


@dataclass(frozen=True)
class Band:
    """Sentences whose source has `shortest` to `longest` units; the last band has no end (None)."""

    shortest: int
    longest: int | None
    unit: str  # "words" or "characters"
    sentences: int
    bleu: Score
    chrf: Score
    exact_match: Score

    @property
    def label(self) -> str:
        if self.longest is None:
            return f"{self.shortest}+"
        return f"{self.shortest}–{self.longest}"

    def score(self, name: str) -> Score:
        """The score of this name, as in `telling_metric`."""
        return {each.name: each for each in (self.bleu, self.chrf, self.exact_match)}[name]


def by_length(
    sources: Sequence[str],
    hypotheses: Sequence[str],
    references: Sequence[Reference],
    *,
    chinese: bool = False,
    tokenizer: str | None = None,
    longest: Sequence[int] = (8, 16, 24, 32),
) -> list[Band]:
    """Scores for each band of source lengths that has sentences, shortest first.

    Lengths are characters without spaces when the sources are Chinese, else words.

    Args:
        chinese, tokenizer: of the references, see `bleu`.
        longest: ascending, the greatest length in each band but the last, which is open.
    Raises:
        DataError: the three differ in number, or are empty.
    """
    if not len(sources) == len(hypotheses) == len(references) > 0:
        raise DataError(
            f"scores by length need as many sources as translations and references; got "
            f"{len(sources)}, {len(hypotheses)} and {len(references)}."
        )
    unit = "characters" if is_chinese(sources) else "words"
    members: list[list[int]] = [[] for _ in range(len(longest) + 1)]
    for i, source in enumerate(sources):
        members[bisect_left(longest, _length(source, unit))].append(i)
    first, last = [1, *(length + 1 for length in longest)], [*longest, None]
    bands = []
    for shortest, end, inside in zip(first, last, members, strict=True):
        if inside:
            hyps, refs = [hypotheses[i] for i in inside], [references[i] for i in inside]
            score = bleu(hyps, refs, chinese=chinese, tokenizer=tokenizer)
            scores = score, chrf(hyps, refs), exact_match(hyps, refs)
            bands.append(Band(shortest, end, unit, len(inside), *scores))
    return bands


def table(bands: Sequence[Band]) -> str:
    """One line a band under a line of headings; `bands` has at least one."""
    unit = "source " + bands[0].unit
    lines = [f"{unit:<17} {'sentences':>9} {'BLEU':>6} {'chrF2':>6} {'exact match':>11}"]
    for band in bands:
        scores = f"{band.bleu.value:6.2f} {band.chrf.value:6.2f} {band.exact_match.value:11.2f}"
        lines.append(f"{band.label:<17} {band.sentences:9} {scores}")
    return "\n".join(lines)


def _length(text: str, unit: str) -> int:
    if unit == "characters":  # a space inside a Chinese sentence doesn't make it two words
        text = "".join(text.split())
    return len(spans(text))

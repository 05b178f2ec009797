"""What a translation brings along: tokens with offsets, scores, and what was attended to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import index, itemgetter
from typing import Any, ClassVar, Self

from qkv.data.tokenizer import Token
from qkv.data.words import spans
from qkv.pipeline.alignment import span_links, subword_links
from qkv.pipeline.glossary import Term
from qkv.pipeline.result import Result, text_in, tokens_in

__all__ = ["Translation"]


@dataclass(frozen=True)
class Translation(Result):
    """A source sentence and its translation.

    source_tokens: with character offsets into `source`, EOS last.

    A text of several sentences may have been translated sentence by sentence, see `Translator`:
    `tokens`, `source_tokens` and `ids` then have an EOS between sentences, too.

    units: of what was protected the (start, end) in `source` and the (start, end) in `text`. A unit
    may have a token, called by its text, or none.

    terms: of the glossary that it was translated with, which the source has, and where they are.
    """

    source: str
    source_tokens: tuple[Token, ...]
    units: tuple[tuple[int, int, int, int], ...] = field(default=(), kw_only=True)
    terms: tuple[Term, ...] = field(default=(), kw_only=True)

    remedy: ClassVar[str] = "translator.attend(translation)"

    def alignment(
        self,
        *,
        layer: int | None = None,
        subwords: bool = False,
        source_words: Sequence[tuple[int, int]] | None = None,
    ) -> list[tuple[int, int]]:
        """Pharaoh links (i, j): source word i, target word j, both from 0.

        A word that a protected unit is in is linked with the source words which that is in.

        Args:
            layer: whose cross-attention is read, the mean over its heads; the last by default.
            subwords: link model tokens instead of words.
            source_words: spans of other words than `qkv.data.words.spans` finds in the source.
        Raises:
            ConfigError: no such layer, a model that reads the source as one vector, or none.
            DataError: as `Attention.matrix`.
        """
        source = spans(self.source) if source_words is None else source_words
        target, links = spans(self.text), set[tuple[int, int]]()
        row = column = 0
        for sentence in self.attention.sentences or (self.attention,):
            weights = sentence.matrix("cross", layer=layer)
            rows, columns = row + weights.shape[0], column + weights.shape[1]
            keys, queries = self.source_tokens[column:columns], self.tokens[row:rows]
            if subwords:
                found, i, j = subword_links(weights, keys, queries), column, row
            else:
                (i, own), (j, words) = _within(source, keys), _within(target, queries)
                found = span_links(weights, keys, queries, own, words)
            links.update((i + a, j + b) for a, b in found)
            row, column = rows, columns
        return sorted(links if subwords else _with_units(links, self.units, source, target))

    def _record(self) -> dict[str, Any]:
        lists = {"units": list(map(list, self.units)), "terms": list(map(list, self.terms))}
        return super()._record() | {name: spans for name, spans in lists.items() if spans}

    @classmethod
    def _read(cls, record: Mapping[str, Any], more: dict[str, Any]) -> Self:
        units = record["units"] if "units" in record else ()  # noqa: SIM401 - it may be no mapping
        terms = record["terms"] if "terms" in record else ()  # noqa: SIM401
        own = {"units": tuple(map(_unit, units)), "terms": tuple(map(_term, terms))}
        return super()._read(record, {**more, **own})

    def _source(self) -> dict[str, Any]:
        tokens = [list(token) for token in self.source_tokens]
        return {"source": self.source, "source_tokens": tokens}

    @classmethod
    def _read_source(cls, record: Mapping[str, Any]) -> dict[str, Any]:
        tokens = tokens_in(record, "source_tokens")
        return {"source": text_in(record, "source"), "source_tokens": tokens}


def _with_units(
    links: set[tuple[int, int]],
    units: Iterable[tuple[int, int, int, int]],
    source: Sequence[tuple[int, int]],
    target: Sequence[tuple[int, int]],
) -> set[tuple[int, int]]:
    """The links, but of words with units in them those of the units."""
    known = {
        (i, j)
        for start, end, begin, stop in units
        for i in _over(source, start, end)
        for j in _over(target, begin, stop)
    }
    words = {j for _, j in known}
    return known | {(i, j) for i, j in links if j not in words}


def _over(words: Sequence[tuple[int, int]], start: int, end: int) -> range:
    """The numbers of the words that have a character of this span."""
    first = bisect_right(words, start, key=itemgetter(1))
    return range(first, bisect_left(words, end, key=itemgetter(0)))


def _unit(numbers: Iterable[Any]) -> tuple[int, int, int, int]:
    start, end, begin, stop = map(index, numbers)
    return start, end, begin, stop


def _term(numbers: Iterable[Any]) -> Term:
    start, end, begin, stop = numbers
    if begin is None and stop is None:
        return Term(index(start), index(end))
    return Term(*_unit((start, end, begin, stop)))


def _within(
    words: Sequence[tuple[int, int]], tokens: Sequence[Token]
) -> tuple[int, Sequence[tuple[int, int]]]:
    """The words that have a character of these tokens, and the number of the first."""
    inside = _over(words, tokens[0].start, tokens[-1].end)
    return inside.start, words[inside.start : inside.stop]

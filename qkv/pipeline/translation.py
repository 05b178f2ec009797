"""What a translation brings along: tokens with offsets, scores, and what was attended to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import index, itemgetter
from typing import Any, ClassVar, Self

import numpy as np

from qkv.data.tokenizer import Token
from qkv.data.words import pieces, spans
from qkv.pipeline.alignment import Link, Words, read_links
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
    plain: of a text with markup the same translation without it, whose words links join.
    terms: of the glossary that it was translated with, which the source has, and where they are.
    weigh: reads what links are made of, (target tokens, source tokens) a sentence, EOS counted;
        None as `look` is.
    """

    source: str
    source_tokens: tuple[Token, ...]
    units: tuple[tuple[int, int, int, int], ...] = field(default=(), kw_only=True)
    plain: Self | None = field(default=None, repr=False, kw_only=True)
    terms: tuple[Term, ...] = field(default=(), kw_only=True)
    weigh: Callable[[], list[np.ndarray]] | None = field(
        default=None, repr=False, compare=False, kw_only=True
    )

    remedy: ClassVar[str] = "translator.attend(translation)"

    def alignment(
        self,
        *,
        layer: int | None = None,
        subwords: bool = False,
        source_words: Sequence[tuple[int, int]] | None = None,
    ) -> list[tuple[int, int]]:
        """Pharaoh links (i, j): source word i, target word j, both from 0; see `links`."""
        links = self.links(layer=layer, subwords=subwords, source_words=source_words)
        return [link[:2] for link in links]

    def links(
        self,
        *,
        layer: int | None = None,
        subwords: bool = False,
        source_words: Sequence[tuple[int, int]] | None = None,
    ) -> list[Link]:
        """Sorted links, source words first, as `Aligner` reads them of attention alone.

        Each target piece (see `qkv.data.words.pieces`) is linked with the source piece that it
        attended to most, unless it attended to none of them more than to the end of the source:
        words that nothing explains have no link. A link is as sure as the weight is large. A word
        that a protected unit is in is linked with the source words which that is in.

        Args:
            layer: whose cross-attention is read, the mean over its heads; by default that of the
                model's alignment heads, or of its last layer if none were picked.
            subwords: link model tokens instead of words.
            source_words: spans of other words than `qkv.data.words.spans` finds in the source.
        Raises:
            ConfigError: no such layer, a model that reads the source as one vector, or none.
            DataError: as `Attention.matrix`.
        """
        if self.plain is not None:
            return self.plain.links(layer=layer, subwords=subwords, source_words=source_words)
        words = spans(self.source) if source_words is None else source_words, spans(self.text)
        parts = pieces(self.source), pieces(self.text)
        links: list[Link] = []
        row = column = 0
        for weights in self._weights(layer):
            rows, columns = row + weights.shape[0], column + weights.shape[1]
            tokens = self.source_tokens[column:columns], self.tokens[row:rows]
            if subwords:
                at = column, row
                own = cut = _spans(tokens[0]), _spans(tokens[1])
            else:
                (at, own), (_, cut) = _within(words, tokens), _within(parts, tokens)
            found = read_links(weights, *tokens, cut, own)
            links += [Link(at[0] + i, at[1] + j, sure) for i, j, sure in found]
            row, column = rows, columns
        return sorted(links) if subwords else _with_units(links, self.units, *words)

    def _weights(self, layer: int | None) -> list[np.ndarray]:
        """(target tokens, source tokens) of each sentence."""
        if layer is not None:
            every = self.attention.sentences or (self.attention,)
            return [sentence.matrix("cross", layer=layer) for sentence in every]
        if self.weigh is None:
            raise self._without_model()
        return self.weigh()

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"weigh": None}

    def _record(self) -> dict[str, Any]:
        lists = {"units": list(map(list, self.units)), "terms": list(map(list, self.terms))}
        own = {name: spans for name, spans in lists.items() if spans}
        return super()._record() | own | ({"plain": self.plain.as_dict()} if self.plain else {})

    @classmethod
    def _read(cls, record: Mapping[str, Any], more: dict[str, Any]) -> Self:
        units = record["units"] if "units" in record else ()  # noqa: SIM401 - it may be no mapping
        terms = record["terms"] if "terms" in record else ()  # noqa: SIM401
        plain = cls.from_dict(record["plain"]) if "plain" in record else None
        own = {"units": tuple(map(_unit, units)), "terms": tuple(map(_term, terms))}
        return super()._read(record, {**more, **own, "plain": plain})

    def _source(self) -> dict[str, Any]:
        tokens = [list(token) for token in self.source_tokens]
        return {"source": self.source, "source_tokens": tokens}

    @classmethod
    def _read_source(cls, record: Mapping[str, Any]) -> dict[str, Any]:
        tokens = tokens_in(record, "source_tokens")
        return {"source": text_in(record, "source"), "source_tokens": tokens}


def _with_units(
    links: Sequence[Link],
    units: Iterable[tuple[int, int, int, int]],
    source: Sequence[tuple[int, int]],
    target: Sequence[tuple[int, int]],
) -> list[Link]:
    """The links, but of words with units in them those of the units, which are sure."""
    known = {
        Link(i, j, 1.0)
        for start, end, begin, stop in units
        for i in _over(source, start, end)
        for j in _over(target, begin, stop)
    }
    words = {link.target for link in known}
    return sorted({*known, *(link for link in links if link.target not in words)})


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


def _spans(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    return [(token.start, token.end) for token in tokens]


def _within(
    words: Words, tokens: tuple[Sequence[Token], Sequence[Token]]
) -> tuple[tuple[int, int], Words]:
    """Of both sides the number of the first word that has a character of these tokens; all such."""
    source, target = (
        _over(own, each[0].start, each[-1].end) for own, each in zip(words, tokens, strict=True)
    )
    own = words[0][source.start : source.stop], words[1][target.start : target.stop]
    return (source.start, target.start), own

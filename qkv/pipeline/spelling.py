"""Texts as tokens may spell them: what has been said so far, and the ways to say a phrase."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from typing import NamedTuple

from qkv.data.protected import Span
from qkv.data.tokenizer import PIECE_BYTES, UNK, Token, Tokenizer
from qkv.data.words import SPACELESS

__all__ = ["LOST", "UNKNOWN", "Spelling", "Way", "continues", "one_word", "unknown_words"]

UNKNOWN = re.compile("<unk>|<0x[0-9A-F]{2}>")  # a token that spells what has none of its own
LOST = "\ufffd"  # in place of bytes that are no whole character


class Way(NamedTuple):
    """Tokens that say a phrase.

    bare: without a space before them, as after a bracket. first: only where a text begins.
    """

    ids: tuple[int, ...]
    bare: bool = False
    first: bool = False

    @property
    def anywhere(self) -> bool:
        return not self.bare and not self.first

    def begun(self, words: Sequence[int]) -> int:
        """How many of the tokens, but not all, the words end with."""
        for count in range(min(len(self.ids) - 1, len(words)), 0, -1):
            if tuple(words[-count:]) == self.ids[:count]:
                return count
        return 0


class Spelling:
    """Of one tokenizer."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer, self._bytes = tokenizer, tokenizer.spellings
        self.ways, self.agreeing = cache(self._ways), cache(self._agreeing)

    def said(self, words: Sequence[int]) -> bytes:
        """What the words spell, in UTF-8, white space as they have it."""
        return b"".join([self._bytes[word] for word in words])

    def text(self, words: Sequence[int]) -> str:
        """The same as text, broken characters as U+FFFD."""
        return self.said(words).decode("utf-8", "replace")

    @cached_property
    def _sorted(self) -> list[tuple[bytes, int]]:
        return sorted((spelled, token) for token, spelled in enumerate(self._bytes) if spelled)

    @cached_property
    def inside(self) -> list[int]:
        """Tokens that go on with a word of a script that has spaces, or with its characters."""
        starts = enumerate(spelled.decode("utf-8", "replace")[:1] for spelled in self._bytes)
        return [token for token, first in starts if first and continues(first.replace(LOST, "a"))]

    def _agreeing(self, rest: bytes) -> tuple[list[int], list[int]]:
        """Tokens that spell a beginning of these bytes, and those that spell them all, or more."""
        parts = [token for n in range(1, len(rest)) for token in self._between(rest[:n], rest[:n])]
        return parts, self._between(rest, rest + b"\xff" * PIECE_BYTES)

    def _between(self, first: bytes, last: bytes) -> list[int]:
        """Of the spellings from the first to the last, both counted."""
        low, high = (first, -1), (last, len(self._bytes))
        return [t for _, t in self._sorted[bisect(self._sorted, low) : bisect(self._sorted, high)]]

    def _ways(self, phrase: str) -> tuple[Way, ...]:
        """To say it: as a word, as the first of a text, and after a bracket.

        None where the tokenizer has no tokens for it.
        """
        large = phrase[:1].upper() + phrase[1:]
        usual, first, after = self._tokenizer.encode_batch([phrase, large, f"({phrase}"])
        ways = [Way(tuple(usual.ids))]
        if large != phrase:
            ways.append(Way(tuple(first.ids), first=True))
        inside = [i for i, token in zip(after.ids, after.tokens, strict=True) if token.start > 0]
        if continues(phrase[0]) and len(after.ids) > len(inside):
            ways.append(Way(tuple(inside), bare=True))
        spelled = {phrase, large}
        return tuple(
            way
            for way in ways
            if way.ids and UNK not in way.ids and self.text(way.ids).strip() in spelled
        )


def continues(character: str) -> bool:
    """Can it be inside a word of a script that has spaces between words?"""
    return unicodedata.category(character)[0] in "LMN" and not SPACELESS.match(character)


def unknown_words(text: str, tokens: Iterable[Token], units: Iterable[Span]) -> list[Span]:
    """Words with a character that the tokens of a text have to spell, but for its units.

    Characters of scripts without spaces, and signs, go with those beside them that are unknown too.
    Punctuation is not meant.
    """
    free = [not unicodedata.category(c).startswith("P") for c in text]
    for start, end in units:
        free[start:end] = [False] * (end - start)
    spans: list[Span] = []
    for name, start, end in tokens:
        if start == end or not UNKNOWN.fullmatch(name) or not free[start]:
            continue
        while start > 0 and free[start - 1] and one_word(text, start):
            start -= 1
        while end < len(text) and free[end] and one_word(text, end):
            end += 1
        kinds = [unicodedata.category(c)[0] in "LMN" for c in text[max(0, start - 1) : start + 1]]
        if spans and (spans[-1][1] > start or (spans[-1][1] == start and len({*kinds}) == 1)):
            start = spans.pop()[0]
        spans.append((start, end))
    return spans


def one_word(text: str, at: int) -> bool:
    """Does a word go on across this place?"""
    return continues(text[at - 1]) and continues(text[at])

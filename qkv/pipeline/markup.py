"""Marked-up text translated: as plain text, in which each tag is then put where it belongs.

A tag is put in again exactly once, character for character; see `placing` for where. Text between
tags that part it is translated by itself, sentence by sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from qkv.data.markup import Markup, Role, Tag, read_markup
from qkv.data.pretokenized import UNSPACED
from qkv.data.protected import Span
from qkv.data.tokenizer import Token
from qkv.data.words import pieces
from qkv.pipeline.alignment import under
from qkv.pipeline.attention import Attention
from qkv.pipeline.editing import Edit, edited, moved
from qkv.pipeline.placing import Mark, Sentence, is_mark, placed
from qkv.pipeline.translation import Translation

__all__ = ["Marked", "read"]

STAND_INS = "".join(map(chr, range(0xFDE1, 0xFDF0)))  # of units; see `qkv.data.protected`
SPACES = re.compile(r"[ \t\n\f\r]+")
INSTEAD = {Role.BREAK: "\n", Role.OPEN: "", Role.CLOSE: "", Role.POINT: ""}


@dataclass(frozen=True)
class Marked:
    """A marked-up text: its plain text, and what is needed to mark a translation of that up.

    places: of each character of `plain` the span in `text`. tags; at: their places in `plain`.
    apart: numbers of tags with white space on both sides, one of which `plain` has.
    segments: spans of `plain` that are translated, without tags that part them.
    spelled: characters that the text has as references only, and these.
    """

    text: str
    plain: str
    places: Sequence[Span]
    tags: Sequence[Tag]
    at: Sequence[int]
    apart: frozenset[int]
    segments: Sequence[Span]
    spelled: dict[str, str]

    @property
    def texts(self) -> list[str]:
        """What is to be translated, as documents; at least one text."""
        return [self.plain[slice(*span)] for span in self.segments] or [""]

    def marked(self, translation: Translation) -> Translation:
        """The same translation of `plain` with tags; and so its alternatives."""
        edits = [*self._tags(translation), *self._characters(translation.text)]
        new = edited(translation.text, sorted(edits, key=_span))
        end, last = len(new.text), len(self.text)
        return replace(
            translation,
            text=new.text,
            tokens=_moved(translation.tokens, new.forward, end),
            source=self.text,
            source_tokens=_moved(translation.source_tokens, self.places, last),
            units=tuple(
                (*moved((a, b), self.places, last), *moved((c, d), new.forward, end))
                for a, b, c, d in translation.units
            ),
            alternatives=tuple(map(self.marked, translation.alternatives)),
        )

    def _characters(self, text: str) -> Iterator[Edit]:
        """References in place of what has to be, or was, written as one."""
        for match in self.special.finditer(text):
            yield (*match.span(), self.spelled[match[0]])

    @cached_property
    def special(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self.spelled)))

    def _tags(self, translation: Translation) -> Iterator[Edit]:
        """Each tag where it belongs; in place of what stands for it, if anything does."""
        before = (0, 0)  # ends of a segment; what follows is the same in both texts
        number = 0
        segments = iter(_zones(self.segments, translation))
        for segment, zones in zip(self.segments, segments, strict=True):
            ...


class _Zone(NamedTuple):
    """A sentence, with what is around it up to the next: spans of both texts, and its tokens."""

    source: Span
    target: Span
    source_tokens: Sequence[Token]
    tokens: Sequence[Token]
    number: int


def _span(edit: Edit) -> Span:
    return edit[0], edit[1]


def _moved(tokens: Sequence[Token], places: Sequence[Span], end: int) -> tuple[Token, ...]:
    return tuple(Token(t.text, *moved((t.start, t.end), places, end)) for t in tokens)

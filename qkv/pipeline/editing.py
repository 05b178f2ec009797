"""Texts in which something stands in place of something else, and where its characters went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from qkv.data.protected import Span

__all__ = ["Edit", "Edited", "edited", "moved"]

Edit = tuple[int, int, str]  # instead of text[start:end] this


class Edited(NamedTuple):
    """The new text.

    forward: of each old character the span in it; backward: of each new one the span in the old.
    Characters that were exchanged for others share one. places: where what each edit put stands.
    """

    text: str
    forward: list[Span]
    backward: list[Span]
    places: list[Span]


def edited(text: str, edits: Iterable[Edit]) -> Edited:
    """The text with these edits, in order, which do not overlap."""
    new, here = "", 0
    forward: list[Span] = []
    backward: list[Span] = []
    places: list[Span] = []
    for start, end, instead in (*edits, (len(text), len(text), "")):
        kept = range(here, start)
        forward += [(len(new) + i - here, len(new) + i - here + 1) for i in kept]
        backward += [(i, i + 1) for i in kept]
        new += text[here:start]
        places.append((len(new), len(new) + len(instead)))
        forward += [places[-1]] * (end - start)
        backward += [(start, end)] * len(instead)
        new, here = new + instead, end
    return Edited(new, forward, backward, places[:-1])


def moved(span: Span, places: Sequence[Span], end: int) -> Span:
    """Where a span went; places: of each character; end: of the text where it went."""
    first, last = span
    start = places[first][0] if first < len(places) else end
    return (start, places[last - 1][1]) if first < last else (start, start)

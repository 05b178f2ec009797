"""Text that comes as tokens with spaces between them."""

from __future__ import annotations

from typing import NamedTuple

from qkv.data.words import SPACELESS

__all__ = ["Pretokenized", "join_tokens"]


class Pretokenized(NamedTuple):
    """Ordinary text, and the (start, end) of each given token in it, in characters."""

    text: str
    spans: list[tuple[int, int]]


def join_tokens(line: str) -> Pretokenized:
    """Tokens back to text: with spaces, or without where any is in a script written without."""
    gap = "" if SPACELESS.search(line) else " "
    tokens = line.split()
    spans, start = [], 0
    for token in tokens:
        spans.append((start, start + len(token)))
        start += len(token) + len(gap)
    return Pretokenized(gap.join(tokens), spans)

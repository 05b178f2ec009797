"""Text given as tokens with spaces between them."""

from __future__ import annotations

import re
from typing import NamedTuple

from qkv.data.words import SPACELESS

__all__ = ["Pretokenized", "join_tokens"]

# Scripts written without spaces, and the punctuation that is as wide as their characters.
UNSPACED = re.compile(
    SPACELESS.pattern + "|[\u3001-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)


class Pretokenized(NamedTuple):
    """Ordinary text, and the (start, end) of each given token in it, in characters."""

    text: str
    spans: list[tuple[int, int]]


def join_tokens(line: str) -> Pretokenized:
    """Tokens back to text: with spaces, but none next to a script written without them."""
    text, spans = "", []
    for token in line.split():
        if text and not UNSPACED.search(text[-1] + token[0]):
            text += " "
        spans.append((len(text), len(text) + len(token)))
        text += token
    return Pretokenized(text, spans)

"""Rows and columns put together: words of tokens, or tiles of a map too large to be read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qkv.data.tokenizer import Token
from qkv.data.words import spaceless, spans

__all__ = ["Groups", "in_words", "merged", "readable", "spaces"]

Floats = NDArray[np.float64]
Groups = list[tuple[str, int]]  # a label, and the first of the rows or columns that it stands for

_MOST = 128  # rows or columns; more of them nobody reads
_TILES = 64  # of a larger map


def in_words(tokens: Sequence[Token], text: str) -> Groups:
    """The words of `text`, each over its tokens; EOS stands for itself.

    Words are what white space separates. In a script without spaces they are the tokens, but the
    bytes of one character stand together.
    """
    places = spans(text)
    if spaceless(text):
        places = sorted({(token.start, token.end) for token in tokens if token.start < token.end})
    ends = [end for _, end in places]
    groups: Groups = []
    previous = None
    for number, token in enumerate(tokens):
        word = bisect_right(ends, token.start)
        if word == len(places) or token == ("<eos>", token.start, token.start):
            groups.append((token.text, number))
            word = None  # it may stand between two sentences
        elif word != previous:
            groups.append((text[slice(*places[word])], number))
        previous = word
    return groups


def spaces(tokens: Sequence[Token], text: str) -> list[str]:
    """The white space of `text` before each token, "" where there is none."""
    ends = [0, *(token.end for token in tokens)]
    gaps = [text[end : token.start] for end, token in zip(ends, tokens, strict=False)]
    return [gap if gap.isspace() else "" for gap in gaps]


def merged(weights: Floats, rows: Groups, columns: Groups) -> Floats:
    """What the mean row of each group puts on all columns of a group: rows keep their sums."""
    tops, lefts = ([first for _, first in groups] for groups in (rows, columns))
    sums = np.add.reduceat(np.add.reduceat(weights, tops, axis=0), lefts, axis=1)
    return sums / np.diff([*tops, len(weights)])[:, None]


def readable(
    weights: Floats, rows: Sequence[str], columns: Sequence[str]
) -> tuple[Floats, list[str], list[str], str]:
    """The map with its labels, pooled into tiles if it is too large, and a sentence if it was.

    A tile is the mass that its rows, on the average, put on its columns, as in `Weights.pool`.
    """
    down, across = (
        1 if len(labels) <= _MOST else -(-len(labels) // _TILES) for labels in (rows, columns)
    )
    if down == across == 1:
        return weights, list(rows), list(columns), ""
    tops, lefts = _tiles(rows, down), _tiles(columns, across)
    sentence = (
        f"{len(rows):,} × {len(columns):,} tokens, pooled: a cell is what {_some(down, 'row')}, "
        f"on average, put on {_some(across, 'column')} together; labels give the first."
    )
    pooled = merged(weights, tops, lefts)
    return pooled, [label for label, _ in tops], [label for label, _ in lefts], sentence


def _tiles(labels: Sequence[str], size: int) -> Groups:
    """Tiles of so many labels, each called by its first and the number of that, from 1."""
    if size == 1:
        return [(label, first) for first, label in enumerate(labels)]
    return [(f"{first + 1} {labels[first]}", first) for first in range(0, len(labels), size)]


def _some(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"

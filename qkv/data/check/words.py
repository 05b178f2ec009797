"""How many words two lines have in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qkv.data.check.sides import Side

__all__ = ["common_share", "least_words"]

_FACTORS = 0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F
NO_WORD = 0xFFFFFFFF


def common_share(
    one: Side, i: NDArray[np.int64], other: Side, j: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(n,) of lines `i` and `j`: different words of both, over those of the one that has more."""
    first, second = _words(one, i), _words(other, j)
    common = np.intersect1d(first, second, assume_unique=True)
    counts = [np.bincount(keys >> 32, minlength=len(i)) for keys in (common, first, second)]
    return counts[0] / np.maximum(1, np.maximum(counts[1], counts[2]))


def least_words(side: Side) -> NDArray[np.uint32]:
    """(4, N) the least of each line's words by four orders: alike where most words are alike."""
    words, starts = np.append(side.words, np.uint32(NO_WORD)), side.starts[:-1]
    empty = side.starts[1:] == starts
    least = [np.minimum.reduceat(words * np.uint32(factor), starts) for factor in _FACTORS]
    return np.where(empty, np.uint32(NO_WORD), np.stack(least))


def _words(side: Side, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Words of the rows, each once a row: the row's place in `rows`, then the hash."""
    counts = side.starts[rows + 1] - side.starts[rows]
    row = np.repeat(np.arange(len(rows)), counts)
    within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    words = side.words[side.starts[rows][row] + within].astype(np.int64)
    return np.unique(row << 32 | words)

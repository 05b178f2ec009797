"""The order in which examples are read: a function of seed, epoch and place, with nothing kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

__all__ = ["PART", "parts", "permuted"]

PART = 1 << 20  # examples that are shuffled and sorted at a time
ROUNDS = 6
_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


def parts(drawn: Sequence[int], seed: int, epoch: int) -> Iterator[NDArray[np.int64]]:
    """The numbers in `drawn`, at most PART at a time: all as they are, or random ones of more.

    Memory does not depend on how many there are.
    """
    if len(drawn) <= PART:
        yield np.asarray(drawn, np.int64)
        return
    for first in range(0, len(drawn), PART):
        places = permuted(first, min(first + PART, len(drawn)), len(drawn), f"{seed} {epoch}")
        if isinstance(drawn, range):
            yield places * drawn.step + drawn.start
        else:
            yield np.asarray(drawn, np.int64)[places]


def permuted(first: int, last: int, count: int, key: str) -> NDArray[np.int64]:
    """The values at the places `first` to `last` - 1 of a random order of 0 … count - 1.

    A Feistel network over the next power of four, walked along until a value is below `count`: each
    place has its value without any other being known (Black and Rogaway 2002).
    """
    half = np.uint64((max(count - 1, 1).bit_length() + 1) // 2)
    keys = np.frombuffer(sha256(key.encode()).digest() * 2, np.uint64)[:ROUNDS]
    values = _walked(np.arange(first, last, dtype=np.uint64), half, keys)
    while len(outside := np.flatnonzero(values >= count)):
        values[outside] = _walked(values[outside], half, keys)
    return values.astype(np.int64)


def _walked(
    values: NDArray[np.uint64], half: np.uint64, keys: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    mask = (np.uint64(1) << half) - np.uint64(1)
    left, right = values >> half, values & mask
    for number, key in enumerate(keys):
        mixed = (right + key + np.uint64(number)) * _MIX[0]
        mixed = (mixed ^ mixed >> np.uint64(31)) * _MIX[1]
        left, right = right, left ^ (mixed >> np.uint64(33) & mask)
    return left << half | right

"""Pairs that come again: the same, nearly the same, or with one side the same.

Nearly the same are pairs with the same letters and digits on both sides, or on one side where nine
words in ten are the same on the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qkv.data.check.finding import Finding, finding
from qkv.data.check.sides import Side
from qkv.data.check.words import common_share, least_words

__all__ = ["duplicates"]

NEARLY = 0.9  # of the words in common
_ODD = 0x9E3779B97F4A7C15


def duplicates(source: Side, target: Side) -> list[Finding]:
    """Four kinds; a pair is of the first one that it fits. Of pairs alike, the first is none."""
    texts = [side.identity.view(np.uint64) for side in (source, target)]
    keys = [np.where(s.key == 0, s.identity.view(np.uint64), s.key) for s in (source, target)]
    empty = (source.length == 0) | (target.length == 0)
    same = _again(_both(*texts)) & ~empty
    near = (_again(_both(*keys)) | _nearly(keys[0], target) | _nearly(keys[1], source)) & ~same
    near &= ~empty
    other = ~same & ~near & ~empty
    return [
        finding("duplicate", same),
        finding("near_duplicate", near),
        finding("same_source", _again(keys[0]) & other),
        finding("same_target", _again(keys[1]) & other),
    ]


def _both(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = one * np.uint64(_ODD)
    return (mixed ^ mixed >> np.uint64(31)) + other


def _again(keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Whether the same key stands before."""
    order = np.argsort(keys, kind="stable")
    again = np.zeros(len(keys), bool)
    again[order[1:]] = keys[order[1:]] == keys[order[:-1]]
    return again


def _nearly(keys: NDArray[np.uint64], other: Side) -> NDArray[np.bool_]:
    """Pairs alike by key whose other side is nearly that of an earlier one.

    Each is compared with its neighbour when those alike are put in the order of their least word,
    which is mostly the same where most words are.
    """
    near = np.zeros(len(keys), bool)
    for least in least_words(other)[:2]:
        order = np.lexsort((least, keys))
        alike = keys[order[1:]] == keys[order[:-1]]
        one, two = order[:-1][alike], order[1:][alike]
        close = common_share(other, one, other, two) >= NEARLY
        near[np.maximum(one, two)[close]] = True
    return near

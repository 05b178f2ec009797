"""Pairs whose target is the source again, or nearly: nothing to learn a translation from."""

from __future__ import annotations

import numpy as np

from qkv.data.check.finding import Finding, finding
from qkv.data.check.sides import Side
from qkv.data.check.words import NO_WORD, common_share, least_words

__all__ = ["copies"]

NEARLY = 0.8  # of the words in common


def copies(source: Side, target: Side) -> Finding:
    """Lines with letters that are alike but for case, spaces and punctuation, or in most words."""
    written = (source.script > 0) & (target.script > 0)
    same = (source.key == target.key) & written
    first, second = least_words(source), least_words(target)
    maybe = ((first == second) & (first != NO_WORD)).any(0) & written & ~same
    rows = np.flatnonzero(maybe)
    same[rows[common_share(source, rows, target, rows) >= NEARLY]] = True
    return finding("copy", same)

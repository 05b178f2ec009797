"""Heads whose weight rests where there is nothing to read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST", "OVER_EVEN", "Places", "places", "sinks"]

# A head is named if half of its weight or more is there, and twice what even weights would put
# there: of three tokens one has a third of the weight without being looked for.
LEAST, OVER_EVEN = 0.5, 2.0

_ENDS = re.compile(
    r"</s>|<eos>|\[SEP\]|<\|endoftext\|>|<\|end_of_text\|>|<\|im_end\|>|<\|eot_id\|>"
)
_PADS = re.compile(r"<pad>|\[PAD\]|<\|pad\|>")

Places = dict[str, NDArray[np.bool_]]


def places(tokens: Sequence[str]) -> Places:
    """Which of the tokens are of each kind, (Tk,) bool."""
    kinds = {
        "eos": [_ENDS.fullmatch(token) is not None for token in tokens],
        "first": [number == 0 for number in range(len(tokens))],
        "punctuation": [_is_punctuation(token) for token in tokens],
        "padding": [_PADS.fullmatch(token) is not None for token in tokens],
    }
    return {kind: np.array(where, bool) for kind, where in kinds.items() if any(where)}


def sinks(
    parts: Sequence[tuple[NDArray[np.float64], int, Places]], *, causal: bool
) -> list[dict[str, Any]]:
    """The kinds of places on which a head's weight rests, and the share of all weight there.

    Args:
        parts: of each sentence what its keys received (Tk,), how many queries it has, its places.
        causal: the last query sees all keys, the one before all but one, and so on.
    """
    total = sum(received.sum() for received, _, _ in parts)
    queries = sum(count for _, count, _ in parts)
    notes = []
    for kind in dict.fromkeys(kind for _, _, where in parts for kind in where):
        there = even = 0.0
        for received, count, where in parts:
            if kind in where:
                there += received[where[kind]].sum()
                even += count * _even(count, len(received), causal)[where[kind]].sum()
        share = float(there / max(total, 1e-30))
        if share >= max(LEAST, OVER_EVEN * even / max(queries, 1)):
            notes.append({"kind": "sink", "place": kind, "share": share})
    return notes


def _even(queries: int, keys: int, causal: bool) -> NDArray[np.float64]:
    """(Tk,): the share of all weight on each key, if each query spread its own evenly."""
    if not causal:
        return np.full(keys, 1 / keys)
    seen = np.clip(np.arange(queries) + keys - queries + 1, 1, keys)
    by_last = np.bincount(seen, 1 / seen, keys + 1)
    return np.cumsum(by_last[::-1])[::-1][1:] / queries  # of queries that see j + 1 keys or more


def _is_punctuation(token: str) -> bool:
    text = token.strip("▁Ġ ")
    return bool(text) and all(unicodedata.category(c).startswith("P") for c in text)

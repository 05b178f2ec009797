"""Sides whose lengths do not go together, and lines that training would leave out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qkv.data.check.finding import Finding, finding
from qkv.data.check.sides import Side

__all__ = ["length_outliers", "too_long"]

CLASSES = 10  # of pairs by their length
DEVIATIONS = 3.5  # from the median, in standard deviations as the middle half of the pairs has them
AT_LEAST = 0.8  # log of a ratio of 2.2
_MAD_TO_DEVIATION = 1.4826
TOKENS_A_UNIT, CHARACTERS_A_TOKEN = 1.15, 9.0


def length_outliers(source: Side, target: Side) -> Finding:
    """Pairs whose ratio of lengths is far from that of pairs about as long."""
    ratios = np.log((target.length + 2.0) / (source.length + 2.0))
    faulty = _far(ratios, source.length) | _far(ratios, target.length)
    faulty &= (source.length > 0) & (target.length > 0)
    usual = float(np.median(ratios)) if len(ratios) else 0.0

    def say(pair: int) -> str:
        side = "target" if ratios[pair] < usual else "source"
        return f"{side} {np.exp(abs(ratios[pair] - usual)):.1f} times too short"

    return finding("length", faulty, say)


def _far(ratios: NDArray[np.float64], length: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Compared with pairs of which one side is about as long: short ones vary more.

    With the other side's length too, for pairs that were cut crowd together among the short ones.
    """
    bounds = np.unique(np.quantile(length, np.arange(1, CLASSES) / CLASSES))
    of = np.searchsorted(bounds, length, side="right")
    far = np.zeros(len(ratios), bool)
    for number in np.unique(of).tolist():
        some = of == number
        apart = np.abs(ratios[some] - np.median(ratios[some]))
        spread = _MAD_TO_DEVIATION * np.median(apart)
        far[some] = apart > max(DEVIATIONS * spread, AT_LEAST)
    return far


def too_long(source: Side, target: Side, longest: int) -> Finding:
    """Pairs with a side that will probably have more than `longest` tokens."""
    tokens = np.maximum(_tokens(source), _tokens(target))
    return finding("long", tokens > longest, lambda pair: f"about {tokens[pair]:,.0f} tokens")


def _tokens(side: Side) -> NDArray[np.float64]:
    """An estimate before there is a tokenizer: by words and marks, or by characters if more."""
    return np.maximum(side.units * TOKENS_A_UNIT, side.length / CHARACTERS_A_TOKEN)

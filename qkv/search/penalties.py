"""How hypotheses are compared: by length, and by how much of the source they have covered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["LENGTH_FORMULAS", "average", "covered", "none", "wu"]

TINY = 1e-30  # of attention: what nothing looked at has a coverage whose logarithm is finite


def wu(length: int, alpha: float) -> float:
    """lp = ((5 + length) / 6)^α (Wu et al. 2016, equation 14)."""
    return ((5 + length) / 6) ** alpha


def average(length: int, alpha: float) -> float:
    """lp = length^α; with α = 1 the score is the mean log-probability of a token."""
    return float(length) ** alpha


def none(length: int, alpha: float) -> float:
    """lp = 1: the score is the log-probability."""
    return 1.0


# None of them falls as the length grows: `Search.bound` relies on it.
LENGTH_FORMULAS: dict[str, Callable[[int, float], float]] = {
    "wu": wu,
    "average": average,
    "none": none,
}


def covered(attention: Tensor, present: Tensor) -> Tensor:
    """Σ_j log min(Σ_i p_ij, 1) over source positions j (Wu et al. 2016, equation 14): (...), ≤ 0.

    Args:
        attention: (..., Tk), Σ_i p_ij, what each position has received from all words so far.
        present: (..., Tk) bool, False on padding; the end of the source counts as a position.
    """
    logs = attention.clamp(TINY, 1.0).log()
    return logs.masked_fill(~present, 0.0).sum(-1)

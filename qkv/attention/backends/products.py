"""Plain matrix products: any score, any selection; the fastest kernel for short sequences."""

from __future__ import annotations

from torch import Tensor

from qkv.attention.dropout import dropout
from qkv.attention.scores import Score, compute
from qkv.attention.select import Select
from qkv.shapes import Mask

__all__ = ["products"]


def products(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    score: Score,
    select: Select,
    mask: Mask | None,
    scale: float | None,
    p: float,
) -> Tensor:
    """Score, mask, select, combine: (..., Tq, Dv). Memory: O(Tq · Tk)."""
    weights = select(compute(score, query, key, scale), mask)
    return dropout(weights, p) @ value

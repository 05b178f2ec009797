"""Plain matrix products: any score, any selection; the fastest kernel for short sequences."""

from __future__ import annotations

from torch import Tensor

from qkv.attention.dropout import dropout
from qkv.attention.lookup import Lookup

__all__ = ["products"]


def products(lookup: Lookup, value: Tensor, p: float) -> tuple[Tensor, None]:
    """Score, mask, select, combine: (..., Tq, Dv). Memory: O(Tq · Tk)."""
    return dropout(lookup.weights(), p) @ value, None

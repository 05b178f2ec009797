"""Rows of weights that are given from outside, whatever their scores say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from qkv.attention.lookup import Lookup, Select, is_by_row
from qkv.errors import ShapeError
from qkv.shapes import Mask

__all__ = ["Pinned", "is_pinned", "unpinned"]


@dataclass(frozen=True)
class Pinned:
    """The weights that some queries are given.

    weights: broadcasts to (..., Tq, Tk), floating. rows: bool, broadcasts to (..., Tq, 1), True =
    this query is given its row of `weights`; the others attend as they would.
    """

    weights: Tensor
    rows: Tensor

    def over(self, lookup: Lookup) -> Lookup:
        """The lookup with these rows in place of its own.

        Raises:
            ShapeError: they do not broadcast to its weights.
        """
        try:
            weights = self.weights.to(lookup.query).expand(lookup.shape)
            rows = self.rows.to(lookup.query.device).expand(*lookup.shape[:-1], 1)
        except RuntimeError:
            raise ShapeError(
                f"attend(): pinned weights must broadcast to {tuple(lookup.shape)}; got weights "
                f"{tuple(self.weights.shape)} for rows {tuple(self.rows.shape)}."
            ) from None
        return lookup.replaced(select=_Replaced(lookup.select, weights, rows))

    def change(self, lookup: Lookup, value: Tensor) -> Tensor:
        """What the rows add to the context: Σ_j (w_ij - α_ij) v_j, (..., Tq, Dv).

        A difference, so that rows given what they had anyway change nothing, on any kernel.
        """
        return (self.over(lookup).weights() - lookup.weights()) @ value


@dataclass(frozen=True)
class _Replaced:
    """A selection with some of its rows replaced: weights (..., Tq, Tk), rows (..., Tq, 1)."""

    select: Select
    weights: Tensor
    rows: Tensor

    def __call__(self, scores: Tensor, mask: Mask | None) -> Tensor:
        weights = self.select(scores, mask)
        return torch.where(self.rows, self.weights.to(weights.dtype), weights)

    def part(self, cut: Callable[..., Tensor], rows: slice) -> Select:
        inner = self.select.part(cut, rows) if is_by_row(self.select) else self.select
        own = (cut(x, rows, slice(None)) for x in (self.weights, self.rows))
        return _Replaced(inner, *own)


def unpinned(select: Select) -> Select:
    """What was selected by before any row was pinned."""
    return select.select if isinstance(select, _Replaced) else select


def is_pinned(select: Select) -> bool:
    """Is any of its rows given?"""
    return isinstance(select, _Replaced) and bool(select.rows.any())

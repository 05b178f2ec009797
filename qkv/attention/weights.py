"""Attention weights as a view: computed exactly, when and where they are looked at."""

from __future__ import annotations

from math import prod
from typing import Any

import torch
from torch import Tensor

from qkv.attention.scores import Score, compute
from qkv.attention.select import Select
from qkv.errors import ShapeError
from qkv.shapes import Mask

__all__ = ["Weights"]

_WHOLE = slice(None)


class Weights:
    """The weights (..., Tq, Tk) of one `attend` call, before dropout; only its inputs are stored.

        weights[b, h, i]         one row, (Tk,)
        weights[0, :, 4:8]       rows 4 to 7 of every head, (H, 4, Tk)
        weights[..., 3, 10:20]   a block
        weights.dense()          all of them

    Indices are integers, slices and one `...`. Rows are differentiable. Cost: O(rows · Tk · D).
    """

    def __init__(
        self,
        query: Tensor,
        key: Tensor,
        *,
        score: Score,
        select: Select,
        mask: Mask | None,
        scale: float | None,
    ) -> None:
        self._query, self._key = query, key
        self._score, self._select, self._mask, self._scale = score, select, mask, scale
        masked = () if mask is None else mask.allowed.shape[:-2]
        leading = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], masked)
        self.shape = torch.Size([*leading, query.shape[-2], key.shape[-2]])

    def __getitem__(self, index: Any) -> Tensor:
        leading, rows, columns = self._split(index)
        lead = self.shape[:-2]
        query = self._query.expand(*lead, *self._query.shape[-2:])[(*leading, _kept(rows))]
        key = self._key.expand(*lead, *self._key.shape[-2:])[tuple(leading)]
        mask = self._mask
        if mask is not None:
            mask = Mask(mask.allowed.expand(self.shape)[(*leading, _kept(rows))])
        weights = self._select(compute(self._score, query, key, self._scale), mask)
        weights = weights[..., columns]
        return (
            weights
            if isinstance(rows, slice)
            else weights.select(-2 if isinstance(columns, slice) else -1, 0)
        )

    def dense(self, *, limit_bytes: int = 1 << 30) -> Tensor:
        """All weights as one tensor.

        Raises:
            ShapeError: it would take more than `limit_bytes`; read rows instead.
        """
        size = prod(self.shape) * self._query.element_size()
        if size > limit_bytes:
            raise ShapeError(
                f"weights.dense(): {tuple(self.shape)} would take {size:,} bytes, over the limit "
                f"of {limit_bytes:,}. Read rows (weights[..., i, :]) or raise limit_bytes."
            )
        return self[...]

    def _split(self, index: Any) -> tuple[list[Any], Any, Any]:
        """An index as one entry an axis: leading axes, rows, columns."""
        entries = list(index) if isinstance(index, tuple) else [index]
        if Ellipsis in entries:
            gap = entries.index(Ellipsis)
            missing = len(self.shape) - (len(entries) - 1)
            entries[gap : gap + 1] = [_WHOLE] * missing
        entries += [_WHOLE] * (len(self.shape) - len(entries))
        if len(entries) != len(self.shape) or not all(isinstance(e, (int, slice)) for e in entries):
            raise ShapeError(
                f"weights[...]: needs at most {len(self.shape)} integers or slices for shape "
                f"{tuple(self.shape)}; got {index!r}."
            )
        return entries[:-2], entries[-2], entries[-1]

    def __repr__(self) -> str:
        return f"Weights{tuple(self.shape)}, computed when looked at"


def _kept(entry: int | slice) -> slice:
    """The rows that an entry names, as a slice: an integer keeps its axis."""
    if isinstance(entry, slice):
        return entry
    return slice(entry, entry + 1 if entry != -1 else None)

"""Queries looked up among keys: all that decides the weights, whole or in part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, Protocol, TypeGuard

import torch
from torch import Tensor

from qkv.attention.scores import Score, compute, dot, is_finite, is_product, numbers_per_pair
from qkv.shapes import ALL, Bias, Mask, are_transforms_active

__all__ = [
    "Lookup",
    "Select",
    "SelectByRow",
    "broadcasts",
    "for_query_heads",
    "given",
    "is_by_row",
    "lowered",
    "unselected",
]

# Of scores (..., Tq, Tk) and the mask: weights (..., Tq, Tk).
Select = Callable[[Tensor, Mask | None], Tensor]


class SelectByRow(Protocol):
    """A settled selection with something of its own for each query."""

    def __call__(self, scores: Tensor, mask: Mask | None) -> Tensor: ...

    def part(self, cut: Callable[..., Tensor], rows: slice) -> Select:
        """For some of the queries; `cut(x, *last)` cuts a tensor (..., Tq, n)."""
        ...


def is_by_row(select: Select) -> TypeGuard[SelectByRow]:
    return hasattr(select, "part")


def unselected(scores: Tensor, mask: Mask | None) -> Tensor:
    """The scores themselves."""
    return scores


# Numbers held at once when rows or keys are streamed: on a CPU 4 MiB of float32, which caches hold;
# elsewhere so many that starting the work costs little beside it.
PIECE, PIECE_ELSEWHERE = 1 << 20, 1 << 25


@dataclass(frozen=True, slots=True)
class Lookup:
    """query (..., Tq, D), key (..., Tk, Dk) and how they are matched → weights (..., Tq, Tk)."""

    query: Tensor
    key: Tensor
    score: Score
    select: Select
    mask: Mask | None = None
    bias: Bias | None = None
    scale: float | None = None

    @property
    def shape(self) -> torch.Size:
        """Of the weights: (..., Tq, Tk)."""
        leading = self.query.shape[:-2]
        others = [x.shape[:-2] for x in (self.key, self.mask, self.bias) if x is not None]
        if not all(broadcasts(each, leading) for each in others):  # else 20 µs for nothing
            leading = torch.broadcast_shapes(leading, *others)
        return torch.Size([*leading, self.query.shape[-2], self.key.shape[-2]])

    def replaced(self, **changes: Any) -> Lookup:
        """Another lookup with some of its fields changed."""
        return replace(self, **changes)

    def scores(self, *, wide: bool = False) -> Tensor:
        """(..., Tq, Tk), bias added, nothing hidden; `wide`: at least float32."""
        scores = compute(self.score, self.query, self.key, self.scale, wide=wide)
        return scores if self.bias is None else scores + lowered(self.bias.part(), scores.dtype)

    def weights(self, *, wide: bool = False) -> Tensor:
        """(..., Tq, Tk), in query's dtype or, `wide`, at least float32."""
        return self.selected(self.scores(wide=wide))

    def selected(self, scores: Tensor) -> Tensor:
        """Weights of these scores, of which -∞ hides a key as the mask does."""
        if (self.bias is None and is_finite(self.score)) or not _may_hide(scores):
            return self.select(scores, self.mask)
        hidden = scores == -torch.inf
        mask = Mask(~hidden) if self.mask is None else Mask(~hidden) & self.mask
        return self.select(scores.masked_fill(hidden, torch.finfo(scores.dtype).min), mask)

    def part(self, rows: slice, leading: tuple[Any, ...] = (), columns: slice = ALL) -> Lookup:
        """The lookup of some of the rows, under some indices of the leading axes.

        `columns` leaves keys out altogether: right only where `reach` says so.
        """

        def cut(x: Tensor, *last: slice) -> Tensor:
            x = self.cut(x, leading)
            return x[(..., *last)] if any(s != ALL for s in last) else x

        def cut_pairs(pairs: Mask | Bias) -> Any:
            return type(pairs)(cut(pairs.part(rows, columns)))

        return replace(
            self,
            query=cut(self.query, rows, ALL),
            key=cut(self.key, columns, ALL),
            mask=None if self.mask is None else cut_pairs(self.mask),
            bias=None if self.bias is None else cut_pairs(self.bias),
            select=self.select.part(cut, rows) if is_by_row(self.select) else self.select,
        )

    def under(self, leading: tuple[int, ...]) -> Lookup:
        """The one lookup under these indices, one for each leading axis; rules remain rules."""

        def cut(x: Tensor, *last: slice) -> Tensor:
            return self.cut(x, leading)[(..., *last)]

        def one_of(pairs: Mask | Bias) -> Any:
            if len(pairs.shape) == 2:
                return pairs

            def part(rows: slice, columns: slice) -> Tensor:
                return self.cut(pairs.part(rows, columns), leading)

            return type(pairs).by_part(pairs.shape[-2:], part, device=pairs.device)

        return replace(
            self,
            query=cut(self.query),
            key=cut(self.key),
            mask=None if self.mask is None else one_of(self.mask),
            bias=None if self.bias is None else one_of(self.bias),
            select=self.select.part(cut, ALL) if is_by_row(self.select) else self.select,
        )

    def cut(self, x: Tensor, leading: tuple[Any, ...]) -> Tensor:
        """x (..., m, n), whose leading axes broadcast to the weights', under those indices."""
        return x.expand(*self.shape[:-2], *x.shape[-2:])[leading] if leading else x

    def reach(self, rows: slice) -> slice:
        """The keys that matter to these rows: the others have weight 0 and may be left out."""
        if self.mask is None or not is_product(self.score) or is_by_row(self.select):
            return ALL  # another score or selection may look at where a key stands
        keys = self.mask.reach(rows)
        # Rows that see nothing keep one key, hidden: no selection then meets a row of length 0.
        nothing = keys != ALL and keys.start == keys.stop
        return slice(max(0, keys.stop - 1), max(1, keys.stop)) if nothing else keys

    def pieces(self, depth: int = 0) -> Iterator[slice]:
        """All rows in order, so many at a time that about `held_at_once` numbers are held.

        depth: how many of the leading axes are left out, for all that are held have one index.
        """
        queries, step = self.shape[-2], self.rows_at_once(depth)
        return (slice(i, min(i + step, queries)) for i in range(0, queries, step))

    def rows_at_once(self, depth: int = 0) -> int:
        """How many rows make about `held_at_once` numbers, one at least."""
        *leading, _, keys = self.shape
        each = prod(leading[depth:]) * keys * numbers_per_pair(self.score, self.query.shape[-1])
        return max(1, held_at_once(self.query) // max(1, each))


def broadcasts(shape: Sequence[int], full: Sequence[int]) -> bool:
    """Does a tensor of this shape broadcast to `full`?"""
    axes = zip(reversed(shape), reversed(full), strict=False)
    return len(shape) <= len(full) and all(own in (1, whole) for own, whole in axes)


def held_at_once(query: Tensor) -> int:
    """Numbers, where this query lives."""
    return PIECE if query.device.type == "cpu" else PIECE_ELSEWHERE


def _may_hide(scores: Tensor) -> bool:
    """Is one of them -∞? Where nobody can say without waiting for a device, maybe."""
    if not scores.is_cpu or are_transforms_active():
        return True
    return scores.numel() > 0 and float(scores.detach().min()) == -torch.inf


def lowered(added: Tensor, dtype: torch.dtype, divisor: float = 1.0) -> Tensor:
    """A bias over `divisor` in that dtype, which is -∞ only where it was.

    The lowest finite number hides keys in many programs: float32's would be -∞ in bfloat16, and
    any that is divided by a temperature below 1.
    """
    if added.dtype is dtype and divisor == 1.0:
        return added
    lowest = 0.99 * torch.finfo(dtype).min * min(divisor, 1.0)  # room for rounding
    if torch.finfo(added.dtype).min < lowest:
        added = added.clamp(lowest, -lowest).masked_fill(added == -torch.inf, -torch.inf)
    return added.to(dtype) / divisor


def given(weights: Tensor) -> Lookup:
    """A lookup whose weights are these, (..., Tq, Tk): each row a query, keys the unit vectors."""
    keys = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    return Lookup(weights, keys, dot, unselected)


def for_query_heads(x: Tensor, query: Tensor) -> Tensor:
    """Keys or values (B, Hk, Tk, n), each head repeated for the H / Hk query heads it serves."""
    if min(x.dim(), query.dim()) < 4:
        return x
    heads, own = query.shape[-3], x.shape[-3]
    grouped = 1 < own < heads and heads % own == 0
    return x.repeat_interleave(heads // own, -3) if grouped else x

"""Axis letters used in every docstring, and the types that say who may attend to what.

B batch    H heads    Tq queries    Tk keys    D key width    Dv value width
M model width    V vocabulary    K beams    S source length    T target length
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import torch
from torch import Tensor

from qkv.errors import ShapeError

__all__ = ["ALL", "Bias", "Mask"]

ALL = slice(None)

# Of positions i (r, 1) and j (1, c), int64: a value for each pair, broadcasting to (..., r, c).
Rule = Callable[[Tensor, Tensor], Tensor]
Part = Callable[[slice, slice], Tensor]
Reach = Callable[[range], range]


class _Pairs:
    """A value for each pair of a query and a key: a tensor, or a rule that makes any part of it.

    A rule takes no memory, so a mask over 100,000 × 100,000 pairs costs what is looked at.
    """

    def __init__(self, shape: tuple[int, ...], part: Part) -> None:
        self.shape, self._part = torch.Size(shape), part
        self.made_of: tuple[Tensor, ...] = ()  # if written into, it is another one

    def part(self, rows: slice = ALL, columns: slice = ALL) -> Tensor:
        """The values of those queries and keys, broadcasting to (..., r, c)."""
        queries, keys = self.shape[-2:]
        return self._part(ALL if queries == 1 else rows, ALL if keys == 1 else columns)

    def __repr__(self) -> str:
        return f"{type(self).__name__}{tuple(self.shape)}"


class Mask(_Pairs):
    """Which key each query may attend to: True = may attend.

    A mask is not a bias: floats are refused, because 0/1 floats added to scores hide nothing.
    Masks compose with `&`, `|` and `~`. An axis of length 1 stands for every query or every key.

    Args:
        allowed: bool, broadcasts to (..., Tq, Tk).
    Raises:
        ShapeError: `allowed` is not boolean or has fewer than two axes.
    """

    # Query i sees just the keys i + first to i + last, where one of the two may be missing.
    band: tuple[int | None, int | None] | None = None

    def __init__(self, allowed: Tensor) -> None:
        if allowed.dtype is not torch.bool:
            raise ShapeError(
                f"Mask: needs a bool tensor (True = may attend); got {allowed.dtype}. "
                "From 0/1 numbers use tensor.bool()."
            )
        if allowed.dim() < 2:
            raise ShapeError(
                f"Mask: must broadcast to (..., Tq, Tk); got {tuple(allowed.shape)}. "
                "From one row of keys use tensor[None, :]."
            )
        super().__init__(allowed.shape, lambda rows, columns: allowed[..., rows, columns])
        self._reach: Reach | None = None
        self.allowed, self.made_of = allowed, (allowed,)

    @classmethod
    def by_rule(
        cls,
        shape: tuple[int, ...],
        rule: Rule,
        *,
        reach: Reach | None = None,
        device: torch.device | None = None,
    ) -> Mask:
        """A mask that is never stored.

        Args:
            shape: (..., Tq, Tk).
            rule: of positions i (r, 1), j (1, c), int64 → bool, broadcasting to (..., r, c).
            reach: the keys, as a range, outside which queries of a range surely see nothing; with
                it kernels leave out the work.
        """
        return cls.by_part(shape, _ruled(shape, rule, device), reach)

    @classmethod
    def by_part(cls, shape: tuple[int, ...], part: Part, reach: Reach | None = None) -> Mask:
        """A mask of which `part(rows, columns)` makes any part; reach as in `by_rule`."""
        mask = cls.__new__(cls)
        _Pairs.__init__(mask, shape, part)
        mask._reach = _for_all(shape, reach)
        return mask

    @cached_property
    def allowed(self) -> Tensor:
        """All of it: bool, broadcasts to (..., Tq, Tk)."""
        return self.part()

    @property
    def is_triangle(self) -> bool:
        """Does query i see key j just where j ≤ i? Kernels know that as causal, without a mask."""
        return self.band == (None, 0)

    @property
    def has_reach(self) -> bool:
        """Can a kernel leave out keys that a range of queries never sees?"""
        return self._reach is not None

    def reach(self, rows: slice) -> slice:
        """The keys outside which these queries see nothing."""
        queries, keys = self.shape[-2:]
        if self._reach is None:
            return ALL
        found = self._reach(range(*rows.indices(queries)))
        first = min(max(found.start, 0), keys)
        return slice(first, max(first, min(found.stop, keys)))

    @cached_property
    def has_empty_row(self) -> bool:
        """Is there a query that may attend to nothing?"""
        return not bool(self.allowed.any(-1).all())

    def __and__(self, other: Mask) -> Mask:
        return self._with(other, torch.logical_and, _overlap(self._reach, other._reach))

    def __or__(self, other: Mask) -> Mask:
        return self._with(other, torch.logical_or, _hull(self._reach, other._reach))

    def __invert__(self) -> Mask:
        found = Mask.by_part(self.shape, lambda rows, columns: ~self.part(rows, columns), None)
        found.made_of = self.made_of
        return found

    def _with(
        self, other: Mask, join: Callable[[Tensor, Tensor], Tensor], reach: Reach | None
    ) -> Mask:
        shape = _broadcast(self, other)
        found = Mask.by_part(shape, lambda r, c: join(self.part(r, c), other.part(r, c)), reach)
        found.made_of = self.made_of + other.made_of
        return found


class Bias(_Pairs):
    """Numbers added to the scores before the selection; float, unlike a Mask.

    Args:
        added: floating, broadcasts to (..., Tq, Tk); may require a gradient.
    Raises:
        ShapeError: `added` is not floating or has fewer than two axes.
    """

    def __init__(self, added: Tensor) -> None:
        if not added.dtype.is_floating_point:
            raise ShapeError(
                f"Bias: needs a floating tensor; got {added.dtype}. True = may attend is a Mask."
            )
        if added.dim() < 2:
            raise ShapeError(
                f"Bias: must broadcast to (..., Tq, Tk); got {tuple(added.shape)}. "
                "From one row of keys use tensor[None, :]."
            )
        super().__init__(added.shape, lambda rows, columns: added[..., rows, columns])
        self.requires_grad, self.made_of = added.requires_grad, (added,)

    @classmethod
    def by_rule(
        cls,
        shape: tuple[int, ...],
        rule: Rule,
        *,
        requires_grad: bool = False,
        device: torch.device | None = None,
    ) -> Bias:
        """A bias that is never stored; shape and rule as in `Mask.by_rule`, numbers for bools."""
        return cls.by_part(shape, _ruled(shape, rule, device), requires_grad)

    @classmethod
    def by_part(cls, shape: tuple[int, ...], part: Part, requires_grad: bool = False) -> Bias:
        """A bias of which `part(rows, columns)` makes any part."""
        bias = cls.__new__(cls)
        _Pairs.__init__(bias, shape, part)
        bias.requires_grad = requires_grad
        return bias

    def __add__(self, other: Bias) -> Bias:
        found = Bias.by_part(
            _broadcast(self, other),
            lambda rows, columns: self.part(rows, columns) + other.part(rows, columns),
            self.requires_grad or other.requires_grad,
        )
        found.made_of = self.made_of + other.made_of
        return found


def _ruled(shape: tuple[int, ...], rule: Rule, device: torch.device | None) -> Part:
    def part(rows: slice, columns: slice) -> Tensor:
        i, j = (torch.arange(size, device=device) for size in shape[-2:])
        return rule(i[rows, None], j[None, columns])

    return part


def _broadcast(one: _Pairs, other: _Pairs) -> torch.Size:
    try:
        return torch.broadcast_shapes(one.shape, other.shape)
    except RuntimeError:
        raise ShapeError(
            f"{one!r} and {other!r} do not broadcast; give them the same Tq and Tk."
        ) from None


def _for_all(shape: tuple[int, ...], reach: Reach | None) -> Reach | None:
    """The reach where an axis of length 1 stands for every query or every key."""
    queries, keys = shape[-2:]
    if reach is None or keys == 1:
        return None
    return (lambda rows: reach(range(1))) if queries == 1 else reach


def _overlap(one: Reach | None, other: Reach | None) -> Reach | None:
    if one is None or other is None:
        return one or other
    return lambda rows: range(
        max(one(rows).start, other(rows).start), min(one(rows).stop, other(rows).stop)
    )


def _hull(one: Reach | None, other: Reach | None) -> Reach | None:
    if one is None or other is None:
        return None
    return lambda rows: range(
        min(one(rows).start, other(rows).start), max(one(rows).stop, other(rows).stop)
    )

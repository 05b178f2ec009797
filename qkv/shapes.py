"""Axis letters used in every docstring, and the types that say who may attend to what.

B batch    H heads    Tq queries    Tk keys    D key width    Dv value width
M model width    V vocabulary    K beams    S source length    T target length
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, Self

import torch
from torch import Tensor

from qkv.errors import ShapeError

__all__ = ["ALL", "Bias", "Mask", "are_transforms_active"]

are_transforms_active = torch._C._are_functorch_transforms_active  # grad, jvp, vmap of torch.func

ALL = slice(None)

# Of positions i (r, 1) and j (1, c), int64: a value for each pair, broadcasting to (..., r, c),
# on the device of the positions.
Rule = Callable[[Tensor, Tensor], Tensor]
Device = torch.device | None
Part = Callable[[slice, slice, Device], Tensor]
Reach = Callable[[range], range]


class _Pairs:
    """A value for each pair of a query and a key: a tensor, or a rule that makes any part of it.

    A rule takes no memory, so a mask over 100,000 × 100,000 pairs costs what is looked at, and it
    has no device: `attend` has it made where the query is.
    """

    def __init__(self, shape: tuple[int, ...], part: Part, device: Device = None) -> None:
        self.shape, self._part, self.device = torch.Size(shape), part, device
        self.made_of: tuple[Tensor, ...] = ()  # those that, written into, make it another one
        self._placed: dict[torch.device, Self] = {}
        self._kept: dict[str, tuple[tuple[int, ...], Tensor | None]] = {}

    @classmethod
    def _made(cls, shape: tuple[int, ...], part: Part, device: Device, **own: Any) -> Self:
        """Of what makes a part; own: attributes that are other than by default."""
        pairs = cls.__new__(cls)
        _Pairs.__init__(pairs, shape, part, device)
        vars(pairs).update(own)
        return pairs

    def _with(self, other: _Pairs, join: Callable[[Tensor, Tensor], Tensor], **own: Any) -> Self:
        """Both, joined pair by pair."""
        part, made_of = _joined(self, other, join), self.made_of + other.made_of
        shape, device = _broadcast(self, other), _device(self, other)
        return self._made(shape, part, device, made_of=made_of, **own)

    def part(self, rows: slice = ALL, columns: slice = ALL, device: Device = None) -> Tensor:
        """The values of those queries and keys, broadcasting to (..., r, c).

        device: None: the pairs' own, for a rule without one torch's default.
        """
        queries, keys = self.shape[-2:]
        rows, columns = ALL if queries == 1 else rows, ALL if keys == 1 else columns
        return self._part(rows, columns, self.device if device is None else device)

    def to(self, device: torch.device) -> Self:
        """The same on that device."""
        if self.device is not None:
            return self if device == self.device else self._on(device)
        if device not in self._placed:  # so that what a rule made is kept from call to call
            self._placed[device] = self._on(device)
        return self._placed[device]

    def _on(self, device: torch.device) -> Self:
        placed = copy(self)
        placed._kept, placed.device = {}, device
        return placed

    def _once(self, name: str, make: Callable[[], Tensor | None]) -> Tensor | None:
        """Made once, and anew when something has been written into what the pairs are made of.

        Tensors of inference do not count what is written into them: made each time.
        """
        for x in self.made_of:
            if x.is_inference():
                return make()
        versions = tuple([x._version for x in self.made_of])
        kept = self._kept.get(name)
        if kept is None or kept[0] != versions:
            kept = self._kept[name] = versions, make()
        return kept[1]

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
    _reach: Reach | None = None

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
        super().__init__(allowed.shape, _stored(allowed), allowed.device)
        self.made_of = (allowed,)

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
            device: of the positions; None: of the query that the mask meets.
        """
        return cls._made(shape, _ruled(shape, rule), device, _reach=_for_all(shape, reach))

    @classmethod
    def by_part(
        cls,
        shape: tuple[int, ...],
        part: Callable[[slice, slice], Tensor],
        device: torch.device | None = None,
    ) -> Mask:
        """A mask of which `part(rows, columns)` makes any part, on that device."""
        return cls._made(shape, _moved(part), device)

    @property
    def allowed(self) -> Tensor:
        """All of it: bool, broadcasts to (..., Tq, Tk)."""
        allowed = self._once("allowed", self.part)
        assert allowed is not None  # nosec
        return allowed

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
        reached = self._reach(range(*rows.indices(queries)))
        first = min(max(reached.start, 0), keys)
        return slice(first, max(first, min(reached.stop, keys)))

    @property
    def empty(self) -> Tensor | None:
        """Which queries may attend to nothing, (..., Tq, 1) bool; None: surely all to something."""
        return self._once("empty", self._empty)

    def _empty(self) -> Tensor | None:
        full = self.allowed.any(-1, keepdim=True)
        # Asked elsewhere, the CPU would wait for the device, and vmap has no answer.
        unsaid = not full.is_cpu or are_transforms_active()
        return ~full if unsaid or not bool(full.all()) else None

    @property
    def has_empty_row(self) -> bool:
        """Is there a query that may attend to nothing?"""
        empty = self.empty
        return empty is not None and bool(empty.any())

    def __and__(self, other: Mask) -> Mask:
        return self._with(other, torch.logical_and, _reach=_overlap(self._reach, other._reach))

    def __or__(self, other: Mask) -> Mask:
        return self._with(other, torch.logical_or, _reach=_hull(self._reach, other._reach))

    def __invert__(self) -> Mask:
        def part(rows: slice, columns: slice, device: Device) -> Tensor:
            return ~self.part(rows, columns, device)

        return self._made(self.shape, part, self.device, made_of=self.made_of)


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
        super().__init__(added.shape, _stored(added), added.device)
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
        return cls._made(shape, _ruled(shape, rule), device, requires_grad=requires_grad)

    @classmethod
    def by_part(
        cls,
        shape: tuple[int, ...],
        part: Callable[[slice, slice], Tensor],
        requires_grad: bool = False,
        device: torch.device | None = None,
    ) -> Bias:
        """A bias of which `part(rows, columns)` makes any part, on that device."""
        return cls._made(shape, _moved(part), device, requires_grad=requires_grad)

    def __add__(self, other: Bias) -> Bias:
        requires_grad = self.requires_grad or other.requires_grad
        return self._with(other, torch.add, requires_grad=requires_grad)


def _stored(x: Tensor) -> Part:
    return _moved(lambda rows, columns: x[..., rows, columns])


def _moved(part: Callable[[slice, slice], Tensor]) -> Part:
    def made(rows: slice, columns: slice, device: Device) -> Tensor:
        x = part(rows, columns)
        return x if device is None else x.to(device)

    return made


def _ruled(shape: tuple[int, ...], rule: Rule) -> Part:
    def part(rows: slice, columns: slice, device: Device) -> Tensor:
        i, j = (torch.arange(size, device=device) for size in shape[-2:])
        return rule(i[rows, None], j[None, columns])

    return part


def _joined(one: _Pairs, other: _Pairs, join: Callable[[Tensor, Tensor], Tensor]) -> Part:
    def part(rows: slice, columns: slice, device: Device) -> Tensor:
        return join(*(x.part(rows, columns, device) for x in (one, other)))

    return part


def _device(one: _Pairs, other: _Pairs) -> Device:
    if one.device is None or other.device is None or one.device == other.device:
        return other.device if one.device is None else one.device
    raise ShapeError(
        f"{one!r} is on {one.device} and {other!r} on {other.device}; move one with .to(device)."
    )


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

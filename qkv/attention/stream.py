"""Weights a few rows at a time, as readouts take them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import ceil, log, prod
from typing import TypeVar

import torch
from torch import Tensor
from torch._subclasses import FakeTensor
from torch.nn.functional import pad

from qkv.attention.dealing import are_modes_active, dealt
from qkv.attention.lookup import Lookup
from qkv.attention.scores import Cosine, Dot, is_product
from qkv.attention.select import Softmax, WithSinks
from qkv.shapes import Bias, are_transforms_active

__all__ = ["Piece", "has_values", "is_exact", "stream"]

# Weights from a logsumexp are off by its own rounding, at this size 2e-5 in float32. A row that is
# hidden by numbers, not by a mask, has one so large that nothing is left of its scores.
LARGEST = 256.0


@dataclass(frozen=True)
class Piece:
    """weights (..., r, c) under these indices of the leading axes, of these rows and of the keys
    from `first` on; all others are 0.

    shape: of all weights, (..., Tq, Tk).
    logs: of the weights, any finite number for a weight of 0; None where they would cost extra.
    Both may be overwritten by the next piece: a readout keeps what it makes of them.
    """

    weights: Tensor
    leading: tuple[int, ...]
    rows: slice
    first: int
    shape: torch.Size
    logs: Tensor | None = None


Part = TypeVar("Part")
# Of rows and columns: weights and their logarithms.
Known = Callable[[slice, slice], tuple[Tensor, Tensor]]


def stream(
    lookup: Lookup,
    indices: Sequence[tuple[int, ...]],
    logsumexp: Tensor | None,
    read: Callable[[Piece], Part],
) -> Iterator[Iterator[Part]]:
    """Under each of these indices of the leading axes: what `read` makes of each piece, which are
    all rows in order, in float32 or wider.

    Args:
        indices: all of one length.
        logsumexp: (..., Tq), of a softmax that has been computed: it need not be computed again.
        read: may be called in other threads.
    """
    making, threads = _Making(lookup, logsumexp), torch.get_num_threads()
    rows = list(lookup.pieces(len(indices[0]))) or [slice(0, 0)]  # of no rows, shapes and dtypes
    places = list(product(indices, rows))

    def part(place: tuple[tuple[int, ...], slice]) -> Part:
        return read(making.piece(*place))

    share = min(len(places), threads) > 1 and making.may_be_dealt()
    parts = dealt(part, places, threads) if share else map(part, places)
    return (islice(parts, len(rows)) for _ in indices)


class _Making(threading.local):
    """Makes pieces; each thread has memory of its own for it."""

    def __init__(self, lookup: Lookup, logsumexp: Tensor | None) -> None:
        self.lookup, self.logsumexp = lookup, logsumexp
        self.rooms = _Room(lookup.query), _Room(lookup.query)
        self.leading: tuple[int, ...] | None = None
        self.known: Known | None = None

    def piece(self, leading: tuple[int, ...], rows: slice) -> Piece:
        lookup = self.lookup
        if leading != self.leading:
            self.leading, self.known = leading, self._known(leading)
        columns = lookup.reach(rows)
        first = columns.indices(lookup.key.shape[-2])[0]
        if self.known is None:
            weights, logs = lookup.part(rows, leading, columns).weights(wide=True), None
        else:
            weights, logs = self.known(rows, columns)
        return Piece(weights, leading, rows, first, lookup.shape, logs)

    def _known(self, leading: tuple[int, ...]) -> Known | None:
        if self.logsumexp is None or not is_exact(self.logsumexp[leading]):
            return None
        return _exponentials(self.lookup, leading, self.logsumexp, self.rooms)

    def may_be_dealt(self) -> bool:
        """Is it the same in any thread of this CPU? A score of one's own may be a module, whose
        hooks belong to this one, and so may a gradient.
        """
        lookup, logsumexp, score = self.lookup, self.logsumexp, self.lookup.score
        if not lookup.query.is_cpu or not torch.backends.openmp.is_available():
            return False
        if logsumexp is None or not is_exact(logsumexp) or not isinstance(score, Dot | Cosine):
            return False
        recorded = _is_recorded(lookup.query, lookup.key, lookup.bias)
        return not (recorded or are_modes_active() or are_transforms_active())


def is_exact(logsumexp: Tensor) -> bool:
    """Is it so small that weights can be made of it? That of an empty row does not matter."""
    if not has_values(logsumexp):
        return False
    sizes = logsumexp.abs()
    return not bool(((sizes > LARGEST) & (sizes != torch.inf)).any())


def has_values(x: Tensor) -> bool:
    """Are there numbers to read, as there are not on the device "meta" or in `FakeTensorMode`?"""
    return not (x.is_meta or isinstance(x, FakeTensor))


def _is_recorded(*inputs: Tensor | Bias | None) -> bool:
    return torch.is_grad_enabled() and any(x is not None and x.requires_grad for x in inputs)


def _exponentials(
    lookup: Lookup, leading: tuple[int, ...], logsumexp: Tensor, rooms: tuple[_Room, _Room]
) -> Known | None:
    """α_ij = exp(scale · q_iᵀ k_j - logsumexp_i) of any rows and columns, and its logarithm.

    The logarithm is one matrix product, that of [scale · q_i; -logsumexp_i] with [k_j; 1]. None
    where a gradient is to be recorded, which the logsumexp does not have.
    """
    assert is_product(lookup.score)  # nosec: narrows the type
    assert isinstance(lookup.select, Softmax | WithSinks)  # nosec
    temperature, bias, mask = lookup.select.temperature, lookup.bias, lookup.mask
    query, key = (lookup.cut(x, leading) for x in (lookup.query, lookup.key))
    query, key, own = lookup.score.product(query, key)
    if _is_recorded(query, key, bias):
        return None
    lead, wide = lookup.shape[len(leading) : -2], logsumexp.dtype
    query = query.to(wide) * ((own if lookup.scale is None else lookup.scale) / temperature)
    query = torch.cat((query.expand(*lead, -1, -1), -logsumexp[leading][..., None]), -1)
    key = pad(key.to(wide), (0, 1), value=1.0)
    lowest = float(ceil(log(torch.finfo(wide).tiny)))
    whole = mask is not None and mask.shape[-2:] == lookup.shape[-2:]
    band = mask.band if mask is not None and whole else None

    def weights(rows: slice, columns: slice) -> tuple[Tensor, Tensor]:
        start = columns.start or 0
        some, others = query[..., rows, :], key[..., columns, :]
        logs, exponentials = (r.of((*lead, some.shape[-2], others.shape[-2])) for r in rooms)
        torch.matmul(some, others.mT, out=logs)
        added = None if bias is None else lookup.cut(bias.part(rows, columns), leading).to(wide)
        if added is not None:
            logs += added / temperature
        # Below, torch.exp takes 30 times as long, and what is hidden may be anywhere.
        torch.exp(logs.clamp_(lowest, 1.0), out=exponentials)
        if added is not None:
            exponentials.masked_fill_(added == -torch.inf, 0.0)
        if band is not None:
            first, last = (None if end is None else end + rows.start - start for end in band)
            if last is not None:
                exponentials.tril_(last)
            if first is not None:
                exponentials.triu_(first)
        elif mask is not None:
            exponentials.masked_fill_(~lookup.cut(mask.part(rows, columns), leading), 0.0)
        return exponentials, logs

    return weights


class _Room:
    """Memory that is used again: new memory costs more than the numbers that fill it."""

    def __init__(self, query: Tensor) -> None:
        self.numbers = query.new_empty(0, dtype=torch.promote_types(query.dtype, torch.float32))

    def of(self, shape: tuple[int, ...]) -> Tensor:
        size = prod(shape)
        if size > self.numbers.numel():
            self.numbers = self.numbers.new_empty(size)
        return self.numbers[:size].view(shape)

"""Weights a few rows at a time, as readouts take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log, prod

import torch
from torch import Tensor
from torch._subclasses import FakeTensor
from torch.nn.functional import pad

from qkv.attention.lookup import Lookup
from qkv.attention.scores import is_product
from qkv.attention.select import Softmax

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


def stream(
    lookup: Lookup,
    leading: tuple[int, ...] = (),
    logsumexp: Tensor | None = None,
    pieces: Sequence[slice] = (),
) -> Iterator[Piece]:
    """All rows in order, under those indices of the leading axes, in float32 or wider.

    Args:
        logsumexp: (..., Tq), of a softmax that has been computed: it need not be computed again.
        pieces: the rows of each piece; by default all, as many at a time as the lookup says.
    """
    known = None
    if logsumexp is not None and is_exact(logsumexp[leading]):
        known = _exponentials(lookup, leading, logsumexp)
    pieces, shape = pieces or list(lookup.pieces(len(leading))), lookup.shape
    for rows in pieces or [slice(0, 0)]:  # of no rows, shapes and dtypes
        columns = lookup.reach(rows)
        first = columns.indices(lookup.key.shape[-2])[0]
        if known is None:
            weights, logs = lookup.part(rows, leading, columns).weights(wide=True), None
        else:
            weights, logs = known(rows, columns)
        yield Piece(weights, leading, rows, first, shape, logs)


def is_exact(logsumexp: Tensor) -> bool:
    """Is it so small that weights can be made of it? That of an empty row does not matter."""
    if not has_values(logsumexp):
        return False
    sizes = logsumexp.abs()
    return not bool(((sizes > LARGEST) & (sizes != torch.inf)).any())


def has_values(x: Tensor) -> bool:
    """Are there numbers to read, as there are not on the device "meta" or in `FakeTensorMode`?"""
    return not (x.is_meta or isinstance(x, FakeTensor))


def _exponentials(
    lookup: Lookup, leading: tuple[int, ...], logsumexp: Tensor
) -> Callable[[slice, slice], tuple[Tensor, Tensor]] | None:
    """α_ij = exp(scale · q_iᵀ k_j - logsumexp_i) of any rows and columns, and its logarithm.

    The logarithm is one matrix product, that of [scale · q_i; -logsumexp_i] with [k_j; 1]. None
    where a gradient is to be recorded, which the logsumexp does not have.
    """
    assert is_product(lookup.score)  # nosec: narrows the type
    assert isinstance(lookup.select, Softmax)  # nosec
    temperature, bias, mask = lookup.select.temperature, lookup.bias, lookup.mask
    query, key = (lookup.cut(x, leading) for x in (lookup.query, lookup.key))
    query, key, own = lookup.score.product(query, key)
    inputs = [query, key] if bias is None else [query, key, bias]
    if torch.is_grad_enabled() and any(x.requires_grad for x in inputs):
        return None
    lead, wide = lookup.shape[len(leading) : -2], logsumexp.dtype
    query = query.to(wide) * ((own if lookup.scale is None else lookup.scale) / temperature)
    query = torch.cat((query.expand(*lead, -1, -1), -logsumexp[leading][..., None]), -1)
    key = pad(key.to(wide), (0, 1), value=1.0)
    rooms = _Room(query), _Room(query)
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

    def __init__(self, like: Tensor) -> None:
        self.numbers = like.new_empty(0)

    def of(self, shape: tuple[int, ...]) -> Tensor:
        size = prod(shape)
        if size > self.numbers.numel():
            self.numbers = self.numbers.new_empty(size)
        return self.numbers[:size].view(shape)

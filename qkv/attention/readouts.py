"""What can be read from weights while they stream by, a piece of rows after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor
from torch.nn.functional import pad

from qkv.attention.largest import largest
from qkv.attention.stream import Piece
from qkv.errors import ConfigError
from qkv.shapes import Mask

__all__ = ["Mass", "Mean", "Pool", "Readout", "named"]


class Readout(Protocol):
    """Reads each piece, in order, then joins what was read; parts that are `summed` are added up
    as they come, so that only their sum is held.
    """

    summed: ClassVar[bool]

    def read(self, piece: Piece) -> Any: ...

    def join(self, parts: list[Any]) -> Any: ...


def named(name: str, shape: torch.Size) -> Readout:
    """The readout of that name for weights of this shape.

    Raises:
        ConfigError: there is none.
    """
    word, _, number = name.partition(":")
    if word == "topk" and number.isdecimal() and 1 <= int(number) <= shape[-1]:
        return TopK(int(number), shape)
    if word == "topk":
        raise ConfigError(
            f"weights: topk needs a k from 1 to the {shape[-1]} keys; got {number or 'none'}."
        )
    known: dict[str, Readout] = {
        "argmax": Argmax(),
        "entropy": Entropy(),
        "received": Received(shape),
    }
    if name not in known:
        raise ConfigError(f"weights: no readout {name!r}; known: topk:k, {', '.join(known)}.")
    return known[name]


class _ByRow:
    """A readout with something for each query: (..., Tq)."""

    summed: ClassVar[bool] = False

    def join(self, parts: list[Tensor]) -> Tensor:
        return torch.cat(parts, -1)


class Argmax(_ByRow):
    def read(self, piece: Piece) -> Tensor:
        if not piece.weights.shape[-1]:
            return piece.weights.new_zeros(piece.weights.shape[:-1], dtype=torch.int64)
        return piece.weights.argmax(-1) + piece.first


class Entropy(_ByRow):
    def read(self, piece: Piece) -> Tensor:
        if piece.logs is not None:
            return -torch.linalg.vecdot(piece.weights, piece.logs)
        # 1 as well as 0 adds nothing, and has a finite slope: 0 times the slope at 0 is NaN.
        positive = piece.weights.masked_fill(piece.weights == 0, 1.0)
        return torch.special.entr(positive).sum(-1)


@dataclass(frozen=True)
class Received:
    """Σ_i α_ij: (..., Tk)."""

    summed: ClassVar[bool] = True
    shape: torch.Size

    def read(self, piece: Piece) -> Tensor:
        found = piece.weights.sum(-2)
        after = self.shape[-1] - piece.first - found.shape[-1]
        return pad(found, (piece.first, after)) if piece.first or after else found

    def join(self, parts: list[Tensor]) -> Tensor:
        return parts[0]


@dataclass(frozen=True)
class TopK:
    """The k largest of each row, falling: values and key positions, (..., Tq, k) each."""

    summed: ClassVar[bool] = False
    k: int
    shape: torch.Size

    def read(self, piece: Piece) -> tuple[Tensor, Tensor]:
        weights, k = piece.weights, self.k
        if weights.shape[-1] == self.shape[-1]:
            return largest(weights, k)
        if weights.shape[-1] < k:  # keys left out have weight 0: any of them will do
            weights = pad(weights, (0, k - weights.shape[-1]))
        values, indices = largest(weights, k)
        return values, (indices + piece.first) % self.shape[-1]

    def join(self, parts: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
        values, indices = zip(*parts, strict=True)
        return torch.cat(values, -2), torch.cat(indices, -2)


@dataclass(frozen=True)
class Mass:
    """Σ_j α_ij over the keys that `where` names: (..., Tq)."""

    summed: ClassVar[bool] = False
    where: Mask
    cut: Callable[[Tensor, tuple[int, ...]], Tensor]  # as `Lookup.cut`

    def read(self, piece: Piece) -> Tensor:
        columns = slice(piece.first, piece.first + piece.weights.shape[-1])
        where = self.cut(self.where.part(piece.rows, columns), piece.leading)
        return (piece.weights * where).sum(-1)

    def join(self, parts: list[Tensor]) -> Tensor:
        return torch.cat(parts, -1)


@dataclass(frozen=True)
class Mean:
    """Over the axis of heads, or over some heads: (..., Tq, Tk)."""

    summed: ClassVar[bool] = False
    heads: Sequence[int] | None
    keys: int

    def read(self, piece: Piece) -> Tensor:
        weights, first = piece.weights, piece.first
        chosen = weights if self.heads is None else weights[..., list(self.heads), :, :]
        return pad(chosen.mean(-3), (first, self.keys - first - weights.shape[-1]))

    def join(self, parts: list[Tensor]) -> Tensor:
        return torch.cat(parts, -2)


@dataclass(frozen=True)
class Pool:
    """Tiles: mass on the keys of a tile, mean over its queries, (..., rows, columns)."""

    summed: ClassVar[bool] = True
    rows: int
    columns: int
    shape: torch.Size

    def read(self, piece: Piece) -> Tensor:
        """(..., rows, columns), summed over the piece's queries, over the tile's size."""
        weights = piece.weights
        queries, keys = self.shape[-2:]
        last = piece.first + weights.shape[-1]
        by_key = _members(keys, self.columns, weights)[piece.first : last]
        by_query = _members(queries, self.rows, weights)
        by_query = (by_query / by_query.sum(0))[piece.rows]
        return by_query.mT @ (weights @ by_key)

    def join(self, parts: list[Tensor]) -> Tensor:
        return parts[0]


def _members(size: int, tiles: int, like: Tensor) -> Tensor:
    """(size, tiles): 1 where a position belongs to a tile, tiles as equal as can be."""
    tile = torch.arange(size, device=like.device) * tiles // size
    return torch.nn.functional.one_hot(tile, tiles).to(like.dtype)

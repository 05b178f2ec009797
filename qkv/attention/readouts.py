"""Readouts: values that say what to read from weights while they stream by, in pieces of rows.

    weights.read(readouts.TopK(8), readouts.Entropy())
    qkv.watch(model, readouts=[readouts.Received()])

A readout of your own is a frozen dataclass that extends `Readout`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.functional import pad

from qkv.attention.largest import largest
from qkv.attention.stream import Piece
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Mask

__all__ = [
    "Argmax",
    "Entropy",
    "Mass",
    "Mean",
    "Pool",
    "Readout",
    "Received",
    "TopK",
    "named",
    "require_readouts",
]


@dataclass(frozen=True)
class Readout:
    """Reads each piece, in any thread, and joins the parts in order: by default a number a query.

    summed: are parts added up as they come, so that only their sum is held?
    together: how many of the last leading axes it needs in the same piece.
    """

    summed: ClassVar[bool] = False
    together: ClassVar[int] = 0

    def check(self, shape: torch.Size) -> None:
        """Raise if weights of this shape (..., Tq, Tk) cannot be read so."""

    def read(self, piece: Piece) -> Any:
        raise NotImplementedError

    def join(self, parts: list[Any]) -> Any:
        return torch.cat(parts, -1)


def require_readouts(readouts: Iterable[Any], where: str) -> None:
    """Check that all are readouts.

    Raises:
        ConfigError: one is not; the message has the value to use for a name as in "topk:8".
    """
    for readout in readouts:
        if not isinstance(readout, Readout):
            value = named(str(readout))
            hint = "TopK(8), Entropy(), …" if value is None else repr(value)
            raise ConfigError(
                f"{where}: {readout!r} is not a readout; use values of qkv.readouts: {hint}"
            )


def named(name: str) -> Readout | None:
    """The readout that folders and programs written for 0.1.0 call so, if there is one."""
    kind, _, number = name.partition(":")
    if kind == "topk" and number.isdecimal() and int(number):
        return TopK(int(number))
    known = {"argmax": Argmax(), "entropy": Entropy(), "received": Received()}
    return known.get(name)


@dataclass(frozen=True)
class Argmax(Readout):
    """The key that each query attends to most: (..., Tq) int64."""

    def read(self, piece: Piece) -> Tensor:
        if not piece.weights.shape[-1]:
            return piece.weights.new_zeros(piece.weights.shape[:-1], dtype=torch.int64)
        return piece.weights.argmax(-1) + piece.first


@dataclass(frozen=True)
class Entropy(Readout):
    """-Σ_j α_ij log α_ij, in nats: (..., Tq)."""

    def read(self, piece: Piece) -> Tensor:
        if piece.logs is not None:
            return -torch.linalg.vecdot(piece.weights, piece.logs)
        # 1 as well as 0 adds nothing, and has a finite slope: 0 times the slope at 0 is NaN.
        positive = piece.weights.masked_fill(piece.weights == 0, 1.0)
        return torch.special.entr(positive).sum(-1)


@dataclass(frozen=True)
class Received(Readout):
    """Σ_i α_ij: (..., Tk)."""

    summed: ClassVar[bool] = True

    def read(self, piece: Piece) -> Tensor:
        received = piece.weights.sum(-2)
        after = piece.shape[-1] - piece.first - received.shape[-1]
        return pad(received, (piece.first, after)) if piece.first or after else received

    def join(self, parts: list[Tensor]) -> Tensor:
        """parts: one, the sum (..., Tk)."""
        return parts[0]


@dataclass(frozen=True)
class TopK(Readout):
    """The k largest of each row, falling: values and key positions, (..., Tq, k) each.

    Raises:
        ConfigError: k is not a whole number from 1 on, or there are fewer keys.
    """

    k: int

    def __post_init__(self) -> None:
        if not isinstance(self.k, int) or self.k < 1:
            raise ConfigError(f"TopK(): k must be a whole number, 1 or more; got {self.k!r}.")

    def check(self, shape: torch.Size) -> None:
        if self.k > shape[-1]:
            raise ConfigError(f"{self!r}: k must be 1 to the number of keys, {shape[-1]}.")

    def read(self, piece: Piece) -> tuple[Tensor, Tensor]:
        weights, k, keys = piece.weights, self.k, piece.shape[-1]
        if weights.shape[-1] == keys:
            return largest(weights, k)
        if weights.shape[-1] < k:  # keys left out have weight 0: any of them will do
            weights = pad(weights, (0, k - weights.shape[-1]))
        values, indices = largest(weights, k)
        return values, (indices + piece.first) % keys

    def join(self, parts: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
        """parts: values and positions (..., r, k) of each piece."""
        values, indices = zip(*parts, strict=True)
        return torch.cat(values, -2), torch.cat(indices, -2)


@dataclass(frozen=True)
class Mass(Readout):
    """Σ_j α_ij over the keys that `where` (..., Tq, Tk) names: (..., Tq).

    Raises:
        ShapeError: `where` does not broadcast to the weights.
    """

    where: Mask

    def check(self, shape: torch.Size) -> None:
        axes = zip(reversed(self.where.shape), reversed(shape), strict=False)
        if len(self.where.shape) > len(shape) or any(own not in (1, full) for own, full in axes):
            raise ShapeError(
                f"weights.mass(): where must broadcast to {tuple(shape)}; got "
                f"{tuple(self.where.shape)}."
            )

    def read(self, piece: Piece) -> Tensor:
        columns = slice(piece.first, piece.first + piece.weights.shape[-1])
        where = self.where.part(piece.rows, columns, piece.weights.device)
        if piece.leading:
            where = where.expand(*piece.shape[:-2], *where.shape[-2:])[piece.leading]
        return (piece.weights * where).sum(-1)


@dataclass(frozen=True)
class Mean(Readout):
    """Over the axis of heads, or over some heads: (..., Tq, Tk).

    Raises:
        ShapeError: there is no axis of heads.
    """

    together: ClassVar[int] = 1
    heads: Sequence[int] | None = None

    def __post_init__(self) -> None:
        if self.heads is not None:  # as a list it could not be the key of what was read
            object.__setattr__(self, "heads", tuple(self.heads))

    def check(self, shape: torch.Size) -> None:
        if len(shape) < 3:
            raise ShapeError(f"weights.mean(): {tuple(shape)} has no axis of heads.")

    def read(self, piece: Piece) -> Tensor:
        weights, first = piece.weights, piece.first
        chosen = weights if self.heads is None else weights[..., list(self.heads), :, :]
        return pad(chosen.mean(-3), (first, piece.shape[-1] - first - weights.shape[-1]))

    def join(self, parts: list[Tensor]) -> Tensor:
        """parts: (..., r, Tk) of each piece."""
        return torch.cat(parts, -2)


@dataclass(frozen=True)
class Pool(Readout):
    """Tiles: mass on the keys of a tile, mean over its queries, (..., rows, columns); at most one
    tile a token.

    Raises:
        ShapeError: a side has no tile.
    """

    summed: ClassVar[bool] = True
    rows: int
    columns: int

    def check(self, shape: torch.Size) -> None:
        if min(self.rows, self.columns, *shape[-2:]) < 1:
            raise ShapeError(
                f"weights.pool(): needs a tile or more a side; got {self.rows}, {self.columns}."
            )

    def read(self, piece: Piece) -> Tensor:
        """(..., rows, columns), summed over the piece's queries, over the tile's size."""
        weights = piece.weights
        queries, keys = piece.shape[-2:]
        last = piece.first + weights.shape[-1]
        by_key = _members(keys, min(self.columns, keys), weights)[piece.first : last]
        by_query = _members(queries, min(self.rows, queries), weights)
        by_query = (by_query / by_query.sum(0))[piece.rows]
        return by_query.mT @ (weights @ by_key)

    def join(self, parts: list[Tensor]) -> Tensor:
        """parts: one, the sum (..., rows, columns)."""
        return parts[0]


def _members(size: int, tiles: int, like: Tensor) -> Tensor:
    """(size, tiles): 1 where a position belongs to a tile, tiles as equal as can be."""
    tile = torch.arange(size, device=like.device) * tiles // size
    return (tile[:, None] == torch.arange(tiles, device=like.device)).to(like.dtype)

"""One head's weights as the page reads them: whole, as queries and keys, or as a picture alone."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from qkv.attention import Lookup, Softmax, Weights, dot, is_product, softmax
from qkv.attention.readouts import Entropy, Readout, Received
from qkv.attention.select import WithSinks
from qkv.attention.stream import Piece
from qkv.inspection.view.packing import packed
from qkv.inspection.view.visible import Visible

__all__ = ["SHORT", "EncodedHead", "long_head", "short_head"]

SHORT = 1 << 16  # cells of a head, up to which all are stored
MOST_DENSE = 1 << 20  # the same where the weights are not made of queries and keys alone
SIDE, POOLED_SIDE = 256, 512  # cells of an overview, at most
STEPS = 100  # to either side of 0: 127 would fill a byte, and 12 long heads of 64 numbers a file


class EncodedHead(NamedTuple):
    """What the page reads, and what each key received from all queries: (Tk,) of each part."""

    head: dict[str, Any]
    received: list[NDArray[np.float64]]


def short_head(parts: Sequence[NDArray[np.float32]]) -> EncodedHead:
    """All cells (Tq, Tk); of several parts those along the diagonal."""
    rows, columns = (sum(part.shape[axis] for part in parts) for axis in (0, 1))
    data = packed(np.concatenate([_as_cells(part).ravel() for part in parts]))
    encoding = "dense" if len(parts) == 1 else "blocks"
    head = {"encoding": encoding, "shape": [rows, columns], "data": data}
    return EncodedHead(head, [part.sum(0, dtype=float) for part in parts])


def long_head(weights: Weights, seen: Visible | None) -> EncodedHead:
    """One head's (Tq, Tk), of which not all cells are made at once.

    seen: which keys its queries see, if that is a band.
    """
    lookup, (queries, keys) = weights.lookup, weights.shape
    product = is_product(lookup.score) and isinstance(lookup.select, Softmax | WithSinks)
    shorter = (queries + keys) * lookup.query.shape[-1] < 2 * queries * keys  # bytes
    if seen and product and (shorter or queries * keys > MOST_DENSE):
        return _scores(weights, seen)
    if queries * keys <= MOST_DENSE:
        return short_head([weights.dense().float().cpu().numpy()])
    picture, received, _ = _picture(weights, POOLED_SIDE)
    return EncodedHead({"encoding": "pooled", "shape": list(weights.shape), **picture}, [received])


def _as_cells(weights: NDArray[np.float32]) -> NDArray[np.uint16]:
    """As 65,535ths, little-endian."""
    whole = np.nan_to_num(weights, nan=0.0).clip(0.0, 1.0)
    return np.rint(whole * np.float32(65535)).astype("<u2")


def _scores(weights: Weights, seen: Visible) -> EncodedHead:
    """Queries and keys in int8, and the logsumexp of the scores that these give: rows sum to 1."""
    lookup = weights.lookup
    query, key = map(_Quantised.of, _balanced(*_product(lookup)))
    rounded = lookup.replaced(query=query.numbers, key=key.numbers, score=dot, scale=None)
    logsumexp = _logsumexp(rounded.replaced(select=_without_temperature(lookup.select)))

    def shown(rows: slice, columns: slice) -> Tensor:
        scores = query.numbers[rows] @ key.numbers[columns].mT
        scores -= logsumexp[rows, None]
        # Below, exponentials are slow to compute, and nothing.
        return seen.hide(torch.exp_(scores.clamp_(-80.0, 0.0)), rows, columns)

    exact = Weights(lookup, logsumexp=_logsumexp(lookup))
    picture, received, [off] = _picture(exact, SIDE, _Off(shown))
    return EncodedHead(
        {
            "encoding": "scores",
            "shape": list(weights.shape),
            "width": query.steps.shape[-1],
            **query.packed("query"),
            **key.packed("key"),
            "logsumexp": packed(_numbers(logsumexp)),
            "band": [seen.first, seen.last],
            "hidden": [list(span) for span in seen.hidden],
            "precision": float(off.nan_to_num(0.0).max()),
            **picture,
        },
        [received],
    )


def _without_temperature(select: Any) -> Any:
    """It is in the queries already."""
    return softmax if isinstance(select, Softmax) else select


def _product(lookup: Lookup) -> tuple[Tensor, Tensor]:
    """Queries and keys whose products are the scores that softmax takes: (Tq, D), (Tk, D)."""
    assert is_product(lookup.score)  # nosec: narrows the type
    query, key, own = lookup.score.product(lookup.query, lookup.key)
    scale = own if lookup.scale is None else lookup.scale
    return query.float() * (scale / lookup.select.temperature), key.float()


def _balanced(query: Tensor, key: Tensor) -> tuple[Tensor, Tensor]:
    """The same products of numbers that lie closer together: less is lost when they are rounded.

    Each dimension is made as large in queries as in keys, and all are mixed by a rotation, so that
    a few large dimensions, as trained models have, do not make the steps of all others coarse.
    """
    sizes = [x.square().mean(0).sqrt().clamp(min=1e-20) for x in (query, key)]
    by = (sizes[1] / sizes[0]).sqrt()
    width = query.shape[-1]
    noise = torch.randn(width, width, generator=torch.Generator().manual_seed(0))
    rotation = torch.linalg.qr(noise)[0].to(query.device)
    return (query * by) @ rotation, (key / by) @ rotation


def _logsumexp(lookup: Lookup) -> Tensor:
    """(Tq,), ∞ for a query that sees nothing. A kernel's own may be in 16 bits, or 0 for those."""
    logsumexp = torch.cat([_sums(lookup, rows) for rows in lookup.pieces()])
    return torch.where(logsumexp == -torch.inf, torch.inf, logsumexp)


def _sums(lookup: Lookup, rows: slice) -> Tensor:
    part = lookup.part(rows, (), lookup.reach(rows))
    scores = part.scores(wide=True) / lookup.select.temperature
    if part.mask is not None:
        scores = scores.masked_fill(~part.mask.allowed, -torch.inf)
    sums = torch.logsumexp(scores.float(), -1)
    if isinstance(part.select, WithSinks):
        sums = torch.logaddexp(sums, part.select.sinks.expand(1, -1, 1)[0, :, 0].float())
    return sums


@dataclass(frozen=True)
class _Quantised:
    """Rows in int8, and the scale of each; numbers: what they stand for, float32."""

    steps: Tensor
    scale: Tensor
    numbers: Tensor

    @classmethod
    def of(cls, rows: Tensor) -> _Quantised:
        largest = rows.abs().amax(1).clamp(min=1e-30) / STEPS
        # Of few digits, which are packed shorter: 1 + n / 16 times a power of two.
        mantissa, exponent = torch.frexp(largest)
        scale = torch.ldexp(torch.ceil(mantissa * 32) / 32, exponent)
        steps = torch.round(rows / scale[:, None])
        return cls(steps.to(torch.int8), scale, steps * scale[:, None])

    def packed(self, name: str) -> dict[str, str]:
        # The steps hardly repeat: looking for what does takes time and finds nothing.
        return {
            name: packed(self.steps.cpu().numpy(), zlib.Z_HUFFMAN_ONLY),
            f"{name}_scale": packed(_numbers(self.scale)),
        }


def _numbers(x: Tensor) -> NDArray[np.float32]:
    return x.float().cpu().numpy().astype("<f4")


@dataclass(frozen=True)
class _Largest(Readout):
    """The largest weight of each row on every `by` keys: (..., Tq, ⌈Tk / by⌉)."""

    by: int

    def read(self, piece: Piece) -> Tensor:
        keys, width = piece.shape[-1], piece.weights.shape[-1]
        behind = -(-keys // self.by) * self.by - piece.first - width
        return pad(piece.weights, (piece.first, behind)).unflatten(-1, (-1, self.by)).amax(-1)

    def join(self, parts: list[Tensor]) -> Tensor:
        return torch.cat(parts, -2)


@dataclass(frozen=True)
class _Off(Readout):
    """How far each row's weights are, at most, from those `shown` for its rows and columns."""

    shown: Callable[[slice, slice], Tensor]

    def read(self, piece: Piece) -> Tensor:
        columns = slice(piece.first, piece.first + piece.weights.shape[-1])
        off = self.shown(piece.rows, columns).sub_(piece.weights)
        return torch.maximum(off.amax(-1), -off.amin(-1))


def _picture(
    weights: Weights, side: int, *more: Readout
) -> tuple[dict[str, Any], NDArray[np.float64], list[Tensor]]:
    """What shows a whole head, what each key received, and what `more` read, in one pass."""
    rows, columns = weights.shape
    down, across = (max(4, -(-size // side)) for size in (rows, columns))
    readouts = _Largest(across), Entropy(), Received(), *more
    largest, entropy, received, *read = weights.read(*readouts)
    tiles = pad(largest, (0, 0, 0, -rows % down)).unflatten(0, (-1, down)).amax(1)
    picture = {
        "overview": {
            "shape": list(tiles.shape),
            "by": [down, across],
            "data": packed(_in_steps(tiles)),
        },
        "entropy": packed(_numbers(entropy.bfloat16())),  # shorter: half of its bytes are 0
        "received": packed(_numbers(received.bfloat16())),
    }
    return picture, received.double().cpu().numpy(), read


def _in_steps(weights: Tensor) -> NDArray[np.uint8]:
    """255 + 12 · log₂ of the weight, 0 below 2⁻²¹: a step is 6 %."""
    steps = torch.round(255 + 12 * torch.log2(weights.float().clamp(min=1e-30)))
    return steps.clamp(0, 255).byte().cpu().numpy()

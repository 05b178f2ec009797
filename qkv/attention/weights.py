"""Attention weights as a view: computed exactly, when and where they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from qkv.attention.lookup import Lookup, unselected
from qkv.attention.readouts import (
    Argmax,
    Entropy,
    Mass,
    Mean,
    Pool,
    Readout,
    Received,
    TopK,
    require_readouts,
)
from qkv.attention.scores import dot, is_autocast
from qkv.attention.select import Softmax, WithSinks
from qkv.attention.stream import Piece, is_exact, stream
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Mask

__all__ = ["Check", "Upstream", "Weights", "rollout"]

_WHOLE = slice(None)

APART_FROM = 1 << 18  # weights under one index of a leading axis, from which they pass by apart


class Check(NamedTuple):
    """What `weights.check()` found, the largest differences on `rows` queries.

    row_sum: of Σ_j α_ij from 1, rows that may attend to nothing apart; with a kernel's logsumexp,
        this holds it to the scores.
    context: of Σ_j α_ij v_j from the context, relative to the largest number in it; None with
        dropout, which the context went through and the weights did not.
    """

    rows: int
    row_sum: float
    context: float | None


class Upstream:
    """The gradient that reaches a context (..., Tq, Dv), summed over all backward passes.

    With the values it is all that the gradient of the weights is made of.
    """

    def __init__(self, context: Tensor) -> None:
        self.gradient: Tensor | None = None
        context.register_hook(self._add)

    def _add(self, gradient: Tensor) -> None:
        self.gradient = gradient if self.gradient is None else self.gradient + gradient


class Weights:
    """The weights (..., Tq, Tk) of one `attend` call, before dropout; only its inputs are stored.

        weights[b, h, i]         one row, (Tk,)
        weights[0, :, 4:8]       rows 4 to 7 of every head, (H, 4, Tk)
        weights[..., 3, 10:20]   a block
        weights.topk(8)          the largest of each row, without ever holding all
        weights.dense()          all of them

    Indices are integers, slices and one `...`. All is differentiable. Rows cost O(rows · Tk · D);
    a readout streams over all rows once, in float32 or wider. Exact to the rounding of the kernel:
    in float32 within 1e-6 of a softmax in float64, for scores of a size up to 10.
    """

    def __init__(
        self,
        lookup: Lookup | Callable[[], Lookup],
        value: Tensor | None = None,
        context: Tensor | None = None,
        logsumexp: Tensor | None = None,
        upstream: Upstream | None = None,
    ) -> None:
        self._lookup, self._upstream = lookup, upstream
        self.value, self.context, self.logsumexp = value, context, logsumexp

    @property
    def lookup(self) -> Lookup:
        """What was looked up; where it is made anew each time, as it is now."""
        return self._lookup() if callable(self._lookup) else self._lookup

    @cached_property
    def shape(self) -> torch.Size:
        """(..., Tq, Tk)."""
        return self.lookup.shape

    def __getitem__(self, index: Any) -> Tensor:
        leading, rows, columns = self._split(index)
        weights = self.lookup.part(_kept(rows), tuple(leading)).weights()[..., columns]
        if isinstance(rows, slice):
            return weights
        return weights.select(-2 if isinstance(columns, slice) else -1, 0)

    def dense(self, *, limit_bytes: int = 1 << 30) -> Tensor:
        """All weights as one tensor.

        Raises:
            ShapeError: it would take more than `limit_bytes`; read rows instead.
        """
        self._check_size("dense", self.shape, self.lookup.query.element_size(), limit_bytes)
        return self[...]

    def numpy(self, *, limit_bytes: int = 1 << 30) -> np.ndarray:
        """`dense` as an array, in float32 or wider."""
        weights = self.dense(limit_bytes=limit_bytes).detach().cpu()
        return weights.to(torch.promote_types(weights.dtype, torch.float32)).numpy()

    def topk(self, k: int) -> tuple[Tensor, Tensor]:
        """The k largest of each row: values and key positions, (..., Tq, k) each, falling.

        Raises:
            ConfigError: k is not 1 to the number of keys.
        """
        return self.read(TopK(k))[0]

    def argmax(self) -> Tensor:
        """The key that each query attends to most: (..., Tq) int64."""
        return self.read(Argmax())[0]

    def entropy(self) -> Tensor:
        """-Σ_j α_ij log α_ij of each row, in nats: (..., Tq)."""
        return self.read(Entropy())[0]

    def received(self) -> Tensor:
        """Σ_i α_ij, what each key receives from all queries: (..., Tk)."""
        return self.read(Received())[0]

    def read(self, *readouts: Readout) -> tuple[Any, ...]:
        """What several `qkv.readouts` say, in one pass: `weights.read(TopK(8), Entropy())`.

        Raises:
            ConfigError: one is not a readout. ShapeError: it does not fit these weights.
        """
        require_readouts(readouts, "weights.read()")
        for readout in readouts:
            readout.check(self.shape)
        return self._stream(readouts)

    def mass(self, where: Mask) -> Tensor:
        """Σ_j α_ij over the keys that `where` (..., Tq, Tk) names: (..., Tq).

        Raises:
            ShapeError: `where` does not broadcast to the weights.
        """
        return self.read(Mass(where))[0]

    def mean(self, heads: Sequence[int] | None = None, *, limit_bytes: int = 1 << 30) -> Tensor:
        """The mean over the heads, or over those: (..., Tq, Tk) without the axis of heads.

        Raises:
            ShapeError: there is no axis of heads, or the result would be over `limit_bytes`.
        """
        itemsize = max(4, self.lookup.query.element_size())  # float32 or wider
        self._check_size("mean", (*self.shape[:-3], *self.shape[-2:]), itemsize, limit_bytes)
        return self.read(Mean(heads))[0]

    def pool(self, rows: int, columns: int) -> Tensor:
        """Tiles for a picture of any length: (..., rows, columns), at most one tile a token.

        A tile is the mass that its queries, on the average, put on its keys: rows sum to one.

        Raises:
            ShapeError: a side would have no tile.
        """
        return self.read(Pool(rows, columns))[0]

    def retain_grad(self) -> None:
        """Keep in backward what `grad` is made of, as `Tensor.retain_grad` does.

        Raises:
            ConfigError: no gradient will arrive, or there was dropout on the weights.
        """
        if self.context is None or not self.context.requires_grad:
            raise ConfigError(
                "weights.retain_grad(): there is no gradient to retain; attend with inputs that "
                "require one, and without dropout."
            )
        self._upstream = self._upstream or Upstream(self.context)

    @property
    def grad(self) -> Weights:
        """∂loss / ∂α_ij = (∂loss / ∂context_i)ᵀ v_j, through the context alone: as lazy as the
        weights are, and read like them, by rows, blocks, `topk`, `received`, `mean`, `dense`.

        Raises:
            ConfigError: `retain_grad` was not called, or there was no backward pass.
        """
        if self._upstream is None or self.value is None:
            raise ConfigError(
                "weights.grad: nothing was retained; call weights.retain_grad() before backward."
            )
        if self._upstream.gradient is None:
            raise ConfigError("weights.grad: there was no backward pass; call loss.backward().")
        return Weights(Lookup(self._upstream.gradient, self.value, dot, unselected))

    def check(self, rows: int = 16) -> Check:
        """Verify on some rows, the last among them, that they sum to one and give the context."""
        step = max(1, -(-self.shape[-2] // rows))
        sampled = range((self.shape[-2] - 1) % step, self.shape[-2], step)
        together = self.lookup.rows_at_once()
        off_one, off_context = [0.0], [0.0]
        with torch.no_grad():
            for first in range(0, len(sampled), together):
                some = sampled[first : first + together]
                piece = self._sampled(slice(some.start, some.stop, step))
                total = piece.weights.sum(-1)
                off_one.append(_most(torch.where(total == 0, 0, (total - 1).abs())))
                off_context.append(self._off_context(piece))
        context = None if self.context is None else max(off_context)
        return Check(len(sampled), max(off_one), context)

    def _sampled(self, rows: slice) -> Piece:
        """With the kernel's logsumexp if it left one, without making a copy of all keys."""
        lookup = self.lookup
        columns = lookup.reach(rows)
        part = lookup.part(rows, (), columns)
        if self.logsumexp is None or not is_exact(self.logsumexp[..., rows]):
            weights = part.weights(wide=True)
        else:
            assert isinstance(part.select, Softmax | WithSinks)  # nosec: only they leave one
            scores = part.scores(wide=True) / part.select.temperature
            weights = torch.exp(scores - self.logsumexp[..., rows, None])
            if part.mask is not None:
                weights = weights.masked_fill(~part.mask.allowed, 0.0)
        first = columns.indices(lookup.key.shape[-2])[0]
        return Piece(weights, (), rows, first, self.shape)

    def _off_context(self, piece: Piece) -> float:
        if self.context is None or self.value is None:
            return 0.0
        context, last = self.context[..., piece.rows, :], piece.first + piece.weights.shape[-1]
        again = piece.weights @ self.value[..., piece.first : last, :].to(piece.weights.dtype)
        largest = max(_most(context.abs()), torch.finfo(context.dtype).tiny)
        return _most((again - context).abs()) / largest

    def _stream(
        self, readouts: Sequence[Readout], leading: tuple[int, ...] = ()
    ) -> tuple[Any, ...]:
        """One pass over the rows, under those indices of the leading axes, for all readouts."""
        apart = self._apart(readouts, len(leading))
        indices = [(*leading, *index) for index in np.ndindex(*apart)]

        def read(piece: Piece) -> list[Any]:
            with _in_full(piece.weights):
                return [readout.read(piece) for readout in readouts]

        joined = [_joined(readouts, p) for p in stream(self.lookup, indices, self.logsumexp, read)]
        return tuple(_stacked(parts, apart) for parts in zip(*joined, strict=True))

    def _apart(self, readouts: Sequence[Readout], given: int) -> torch.Size:
        """The leading axes, behind those given, whose entries pass by one at a time.

        The keys of a long head then stay in the cache. Axes that a readout needs together, do not.
        """
        shape, apart = self.shape[given:], 0
        together = max((readout.together for readout in readouts), default=0)
        while (
            len(shape) - 2 - apart > together
            and shape[apart]
            and prod(shape[apart + 1 :]) >= APART_FROM
        ):
            apart += 1
        return shape[:apart]

    def _check_size(self, name: str, shape: Sequence[int], itemsize: int, limit: int) -> None:
        size = prod(shape) * itemsize
        if size > limit:
            raise ShapeError(
                f"weights.{name}(): {tuple(shape)} would take {size:,} bytes, over the limit of "
                f"{limit:,}. Read rows (weights[..., i, :]), topk(k), entropy(), received() or "
                "pool(rows, columns), or raise limit_bytes."
            )

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

    def _repr_html_(self) -> str:
        """For notebooks: the first head of the first sentence, in at most 32 × 32 tiles."""
        if not prod(self.shape):
            return f"<p>{self!r}</p>"
        first = (0,) * len(self.shape[:-2])
        (tiles,) = self._stream([Pool(32, 32)], first)
        cells = [
            "".join(f'<td style="background:rgba(8,81,156,{w:.3f})"></td>' for w in row)
            for row in tiles.detach().tolist()
        ]
        rows = "".join(f'<tr style="height:10px">{row}</tr>' for row in cells)
        return f"<p>{self!r}; {list(first)}:</p><table>{rows}</table>"


def _joined(readouts: Sequence[Readout], parts: Iterable[list[Any]]) -> list[Any]:
    """What each readout says of the pieces, of which parts has what they all read."""
    read: list[list[Any]] = [[] for _ in readouts]
    for piece in parts:
        for before, part, readout in zip(read, piece, readouts, strict=True):
            if readout.summed and before:
                before[0] = before[0] + part
            else:
                before.append(part)
    return [readout.join(each) for each, readout in zip(read, readouts, strict=True)]


def _stacked(parts: Sequence[Any], axes: torch.Size) -> Any:
    if not axes:
        return parts[0]
    if isinstance(parts[0], tuple):
        return tuple(_stacked(each, axes) for each in zip(*parts, strict=True))
    return torch.stack(tuple(parts)).unflatten(0, axes)


def _in_full(weights: Tensor) -> AbstractContextManager[object]:
    """Autocast would make sums of products narrower again."""
    if is_autocast(weights):
        return torch.autocast(weights.device.type, enabled=False)
    return nullcontext()


def _most(x: Tensor) -> float:
    return float(x.max()) if x.numel() else 0.0


def _kept(entry: int | slice) -> slice:
    """The rows that an entry names, as a slice: an integer keeps its axis."""
    if isinstance(entry, slice):
        return entry
    return slice(entry, entry + 1 if entry != -1 else None)


def rollout(
    layers: Sequence[Weights], *, residual: float = 0.5, limit_bytes: int = 1 << 30
) -> Tensor:
    """How much of each input position reaches each output position through all layers: (..., T, T).

    The product of (1 - r) · mean over heads + r · I, the last layer leftmost (Abnar and Zuidema
    2020, section 3). Rows sum to one where every layer's do.

    Args:
        layers: self-attention, (..., H, T, T) each, the first layer first.
        residual: r, the share of a position that goes around the attention.
    Raises:
        ShapeError: no layers, layers that are not square or differ in shape, or results over
            `limit_bytes`.
    """
    shapes = {tuple(layer.shape) for layer in layers}
    if (
        len(shapes) != 1
        or len(next(iter(shapes))) < 3
        or layers[0].shape[-2] != layers[0].shape[-1]
    ):
        raise ShapeError(
            "rollout(): needs one or more layers of self-attention of one shape (..., H, T, T); "
            f"got {sorted(shapes)}."
        )
    through = None
    for layer in layers:
        mixed = layer.mean(limit_bytes=limit_bytes) * (1 - residual)
        mixed = mixed + residual * torch.eye(
            mixed.shape[-1], dtype=mixed.dtype, device=mixed.device
        )
        through = mixed if through is None else mixed @ through
    assert through is not None
    return through

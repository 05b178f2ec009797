"""`attend`: the one computation under every model here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from qkv.attention.backends import KERNELS, choose
from qkv.attention.scores import Score, scaled_dot
from qkv.attention.select import Select, softmax
from qkv.attention.weights import Weights
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Mask

__all__ = ["Attended", "attend"]


@dataclass(frozen=True, slots=True)
class Attended:
    """What `attend` returns: unpacks as `context, weights`; `kernel` names what ran."""

    context: Tensor  # (..., Tq, Dv)
    weights: Weights  # (..., Tq, Tk), lazy
    kernel: str

    def __iter__(self) -> Iterator[Any]:
        return iter((self.context, self.weights))


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    score: Score = scaled_dot,
    select: Select = softmax,
    mask: Mask | None = None,
    scale: float | None = None,
    dropout: float = 0.0,
    backend: str | None = None,
) -> Attended:
    """Mix `value` by how well each query matches each key.

        weights = select(score(q[i], k[j]) for each j that mask allows)
        context[i] = Σ_j weights[i, j] · value[j]

    Args:
        query: (..., Tq, D), floating.
        key, value: (..., Tk, Dk), (..., Tk, Dv); query's dtype and device; leading axes broadcast.
        score: `dot`, `scaled_dot`, `General(...)`, `Additive(...)` or any function of (query, key).
        mask: broadcasts to (..., Tq, Tk), True = may attend.
        scale: takes the place of the score's own factor, such as 1/√D.
        dropout: probability on the weights, 0 ≤ p < 1; pass 0 outside training.
        backend: a kernel by name; None picks the fastest exact one for this shape.
    Returns:
        Attended: context (..., Tq, Dv) in query's dtype, and the weights before dropout.
    Raises:
        ShapeError: inputs differ in a shared axis, dtype or device.
        ConfigError: dropout out of range, or a backend that cannot do what was asked.
    Empty row: weights, context and gradient 0.
    Source: Vaswani et al. 2017, eq. 1; with score=dot, Luong et al. 2015. Differs: any score.
    """
    _check(query, key, value)
    _check_mask(query, key, value, mask)
    if not 0.0 <= dropout < 1.0:
        raise ConfigError(f"attend(): dropout must lie in [0, 1); got {dropout}.")
    kernel = choose(
        query, key, value, score=score, select=select, mask=mask, p=dropout, backend=backend
    )
    context = KERNELS[kernel](
        query, key, value, score=score, select=select, mask=mask, scale=scale, p=dropout
    )
    weights = Weights(query, key, score=score, select=select, mask=mask, scale=scale)
    return Attended(context, weights, kernel)


def _check(query: Tensor, key: Tensor, value: Tensor) -> None:
    if min(query.dim(), key.dim(), value.dim()) < 2:
        raise ShapeError(
            "attend(): query, key and value need at least the axes (T, D); got "
            f"{_shapes(query, key, value)}. One vector? Use vector[None]."
        )
    if key.shape[-2] != value.shape[-2]:
        raise ShapeError(
            f"attend(): key and value need one length Tk; got {key.shape[-2]} and "
            f"{value.shape[-2]} in {_shapes(query, key, value)}."
        )
    if not query.dtype == key.dtype == value.dtype or not query.dtype.is_floating_point:
        raise ShapeError(
            "attend(): query, key and value need one floating dtype; got "
            f"{query.dtype}, {key.dtype}, {value.dtype}. Use tensor.to(dtype)."
        )
    if not query.device == key.device == value.device:
        raise ShapeError(
            "attend(): query, key and value need one device; got "
            f"{query.device}, {key.device}, {value.device}. Use tensor.to(device)."
        )


def _check_mask(query: Tensor, key: Tensor, value: Tensor, mask: Mask | None) -> None:
    try:
        leading = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    except RuntimeError:
        raise ShapeError(
            "attend(): the axes before (T, D) must broadcast; got "
            f"{_shapes(query, key, value)} for query, key and value."
        ) from None
    if mask is None:
        return
    if not isinstance(mask, Mask):
        raise ShapeError(
            f"attend(): mask must be a qkv.Mask; got {type(mask).__name__}. "
            "Use qkv.Mask(bool_tensor)."
        )
    full = (*leading, query.shape[-2], key.shape[-2])
    try:
        fits = torch.broadcast_shapes(mask.allowed.shape, full) == torch.Size(full)
    except RuntimeError:
        fits = False
    if not fits:
        between = "None, " * len(full[1:-1])  # the axes between B and Tk
        raise ShapeError(
            f"attend(): mask must broadcast to (..., Tq, Tk) = {full}; got "
            f"{tuple(mask.allowed.shape)}. Padding (B, Tk)? Use Mask(allowed[:, {between}:])."
        )


def _shapes(*tensors: Tensor) -> str:
    return ", ".join(str(tuple(t.shape)) for t in tensors)

"""`attend`: the one computation under every model here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor

from qkv.attention.backends import KERNELS, choose
from qkv.attention.lookup import Lookup, Select, broadcasts, for_query_heads
from qkv.attention.observers import observed
from qkv.attention.pinned import Pinned
from qkv.attention.scores import Score, is_autocast, scaled_dot
from qkv.attention.select import Chosen, Unsettled, settled, softmax
from qkv.attention.weights import Weights
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Bias, Mask

__all__ = ["Attended", "attend"]

Pairs = TypeVar("Pairs", Mask, Bias)


@dataclass(frozen=True, slots=True)
class Attended:
    """What `attend` returns: unpacks as `context, weights`; `kernel` names what ran."""

    context: Tensor  # (..., Tq, Dv)
    weights: Weights  # (..., Tq, Tk), lazy
    kernel: str

    @property
    def log_prob(self) -> Tensor:
        """(..., Tq): of the key that `Hard` chose, in nats, for REINFORCE; 0 in an empty row.

        Raises:
            ConfigError: the selection chooses no single key.
        """
        select = self.weights.lookup.select
        if not isinstance(select, Chosen):
            raise ConfigError("attended.log_prob: only select=Hard() draws a key.")
        return select.log_prob

    def __iter__(self) -> Iterator[Any]:
        return iter((self.context, self.weights))


@observed
def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    score: Score = scaled_dot,
    select: Select | Unsettled = softmax,
    mask: Mask | None = None,
    bias: Bias | None = None,
    scale: float | None = None,
    dropout: float = 0.0,
    pinned: Pinned | None = None,
    backend: str | None = None,
) -> Attended:
    """Mix `value` by how well each query matches each key.

        weights = select(score(q[i], k[j]) + bias[i, j] for each j that mask allows)
        context[i] = Σ_j weights[i, j] · value[j]

    Args:
        query: (..., Tq, D), floating.
        key, value: (..., Tk, Dk), (..., Tk, Dv); query's dtype and device; leading axes broadcast,
            and with four axes or more each key head may serve a group of query heads
            (Ainslie et al. 2023).
        score: `dot`, `scaled_dot`, `Cosine()`, `General(...)`, `Additive(...)`, `Concat(...)`,
            `Location(...)` or any function of (query, key).
        select: `softmax`, `Softmax(temperature)`, `sparsemax`, `entmax15`, `TopK(k)`,
            `LocalM(...)`, `LocalP(...)`, `Hard()` or any function of (scores, mask).
        mask: broadcasts to (..., Tq, Tk), True = may attend.
        bias: broadcasts to (..., Tq, Tk), added to the scores, after `scale`.
        scale: takes the place of the score's own factor, such as 1/√D.
        dropout: probability on the weights, 0 ≤ p < 1; pass 0 outside training.
        pinned: rows of weights that are given, whatever their scores; not with dropout.
        backend: a kernel by name; None picks the fastest exact one for this shape.
    Returns:
        Attended: context (..., Tq, Dv) in query's dtype, and the weights before dropout. Under
            autocast all is done in its dtype, as torch does its own products.
    Raises:
        ShapeError: inputs differ in a shared axis, dtype or device.
        ConfigError: dropout out of range, or a backend that cannot do what was asked.
    Empty row: weights, context and gradient 0.
    Source: Vaswani et al. 2017, eq. 1; with score=dot, Luong et al. 2015. Differs: any score.
    """
    if is_autocast(query):
        query, key, value = (_autocast(x) for x in (query, key, value))
    _check(query, key, value)
    leading = query.shape[:-2]
    if not leading == key.shape[:-2] == value.shape[:-2]:  # else 20 µs for nothing
        key, value = (for_query_heads(x, query) for x in (key, value))
        leading = _joint_leading(query, key, value)
    full = (*leading, query.shape[-2], key.shape[-2])
    mask = None if mask is None else _placed(Mask, mask, "mask", full, query.device)
    bias = None if bias is None else _placed(Bias, bias, "bias", full, query.device)
    if not 0.0 <= dropout < 1.0:
        raise ConfigError(f"attend(): dropout must lie in [0, 1); got {dropout}.")
    if pinned is not None and dropout:
        raise ConfigError("attend(): pinned weights are not dropped; pass dropout=0.")
    lookup = Lookup(query, key, score, softmax, mask, bias, scale)
    if select is not softmax:
        lookup = lookup.replaced(select=settled(select, lookup))
    kernel = choose(lookup, value, p=dropout, backend=backend)
    context, logsumexp = KERNELS[kernel](lookup, value, dropout)
    if pinned is not None:
        context = context + pinned.change(lookup, value)
        lookup, logsumexp = pinned.over(lookup), None  # which knows of no pins
    seen = Weights(lookup, value, None if dropout else context, logsumexp)
    return Attended(context, seen, kernel)


def _autocast(x: Tensor) -> Tensor:
    lowered = x.dtype in (torch.float32, torch.bfloat16, torch.float16)
    return x.to(torch.get_autocast_dtype(x.device.type)) if lowered else x


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


def _joint_leading(query: Tensor, key: Tensor, value: Tensor) -> torch.Size:
    try:
        return torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    except RuntimeError:
        raise ShapeError(
            "attend(): the axes before (T, D) must broadcast; got "
            f"{_shapes(query, key, value)} for query, key and value."
        ) from None


def _placed(
    kind: type[Pairs], pairs: Pairs, name: str, full: tuple[int, ...], device: torch.device
) -> Pairs:
    """The mask or bias on query's device; it must be of its kind and broadcast to (..., Tq, Tk)."""
    title, values = kind.__name__, "bool" if kind is Mask else "float"
    if not isinstance(pairs, kind):
        raise ShapeError(
            f"attend(): {name} must be a qkv.{title}; got {type(pairs).__name__}. "
            f"Use qkv.{title}({values}_tensor)."
        )
    if not broadcasts(pairs.shape, full):
        between = "None, " * len(full[1:-1])  # the axes between B and Tk
        example = f" Padding (B, Tk)? Use Mask(allowed[:, {between}:])." if kind is Mask else ""
        raise ShapeError(
            f"attend(): {name} must broadcast to (..., Tq, Tk) = {full}; got "
            f"{tuple(pairs.shape)}.{example}"
        )
    if pairs.device is None:
        return pairs.to(device)
    if pairs.device != device:
        raise ShapeError(
            f"attend(): {name} must be where query is, on {device}; got {pairs.device}. "
            f"Use {name}.to(query.device)."
        )
    return pairs


def _shapes(*tensors: Tensor) -> str:
    return ", ".join(str(tuple(t.shape)) for t in tensors)

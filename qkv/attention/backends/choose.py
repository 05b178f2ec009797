"""Which kernel runs: read off the request, never measured at run time."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from qkv.attention.backends.fused import fused
from qkv.attention.backends.products import products
from qkv.attention.backends.reference import reference
from qkv.attention.scores import Score, is_product
from qkv.attention.select import Select, softmax
from qkv.errors import ConfigError
from qkv.shapes import Mask

__all__ = ["KERNELS", "choose"]

KERNELS: dict[str, Callable[..., Tensor]] = {
    "reference": reference,
    "products": products,
    "fused": fused,
}

# Up to this many scores a head (Tq · Tk), matrix products beat the fused CPU kernel, by dtype.
# Measured with benchmarks/kernels.py; float32 turns at one query, bfloat16 far later.
PRODUCTS_UP_TO = {torch.float32: 128, torch.bfloat16: 256 * 256, torch.float16: 256 * 256}


def choose(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    score: Score,
    select: Select,
    mask: Mask | None,
    p: float,
    backend: str | None,
) -> str:
    """The kernel for this request, by name; a `backend` asked for is taken or refused.

    Raises:
        ConfigError: the backend is unknown or cannot do what was asked.
    """
    obstacle = _fused_obstacle(query, key, value, score, select, p)
    if backend is not None:
        if backend not in KERNELS:
            raise ConfigError(f"attend(): no backend {backend!r}; known: {', '.join(KERNELS)}.")
        if backend == "fused" and obstacle:
            raise ConfigError(f"attend(): backend 'fused' {obstacle}; use 'products'.")
        return backend
    small = query.shape[-2] * key.shape[-2] <= PRODUCTS_UP_TO.get(query.dtype, 0)
    return "products" if obstacle or (small and query.device.type == "cpu") else "fused"


def _fused_obstacle(
    query: Tensor, key: Tensor, value: Tensor, score: Score, select: Select, p: float
) -> str:
    """Why the fused kernel cannot serve, or an empty string."""
    if not is_product(score):
        return f"needs a product score; {type(score).__name__} is none"
    if select is not softmax:
        return "selects by softmax only"
    if p > 0:
        return "has no dropout on the weights"
    axes = max(query.dim(), key.dim(), value.dim())
    if axes > 4:
        return f"takes at most two leading axes, not {axes - 2}"
    if key.shape[-1] != value.shape[-1]:
        return f"needs values as wide as keys, not {value.shape[-1]} and {key.shape[-1]}"
    return ""

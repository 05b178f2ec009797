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

# Up to this many scores a head (Tq · Tk), matrix products beat the fused CPU kernel: forward alone,
# and with backward. Measured with benchmarks/kernels.py, one thread, on AVX-512 without bfloat16
# instructions; bfloat16 with backward also on two cores that have them, where products were twice
# as fast at 256 × 256 and the fused kernel 1.1 times at 1024 × 1024.
PRODUCTS_UP_TO = {torch.float32: (128, 1024), torch.bfloat16: (128, 256 * 256)}


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
    return "products" if obstacle or _is_small(query, key, value) else "fused"


def _is_small(query: Tensor, key: Tensor, value: Tensor) -> bool:
    if query.device.type != "cpu":
        return False
    backward = torch.is_grad_enabled() and any(x.requires_grad for x in (query, key, value))
    limit = PRODUCTS_UP_TO.get(query.dtype, (0, 0))[backward]
    return query.shape[-2] * key.shape[-2] <= limit


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

"""Which kernel runs: read off the request, never measured at run time."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import torch
from torch import Tensor

from qkv.attention.backends.blocks import blocks, blocks_obstacle
from qkv.attention.backends.fused import fused, fused_obstacle
from qkv.attention.backends.nearest import nearest, nearest_obstacle
from qkv.attention.backends.products import products
from qkv.attention.backends.reference import reference
from qkv.attention.lookup import Lookup
from qkv.attention.scores import numbers_per_pair
from qkv.errors import ConfigError

__all__ = ["KERNELS", "choose"]

# lookup, value, dropout → context (..., Tq, Dv) and, if the kernel leaves it, logsumexp (..., Tq)
Kernel = Callable[[Lookup, Tensor, float], tuple[Tensor, Tensor | None]]

KERNELS: dict[str, Kernel] = {
    "reference": reference,
    "products": products,
    "blocks": blocks,
    "fused": fused,
    "nearest": nearest,
}

# From this many keys on, a top-k selection searches instead of making all weights.
NEAREST_FROM = 1 << 13

# Up to this many scores a head (Tq · Tk), matrix products beat the fused CPU kernel: forward alone,
# and with backward; on other devices the fused kernel serves all that it can. Measured with
# benchmarks/kernels.py, one thread, on AVX-512 without bfloat16 instructions; bfloat16 with
# backward also on two cores that have them, where products were twice as fast at 256 × 256 and the
# fused kernel 1.1 times at 1024 × 1024.
PRODUCTS_UP_TO = {torch.float32: (256, 1024), torch.bfloat16: (128, 256 * 256)}

# Beyond this many numbers, what the plain products would hold at once is streamed: forward alone,
# and with backward, where streaming costs a second forward.
WHOLE_UP_TO = 1 << 23, 1 << 25


def choose(lookup: Lookup, value: Tensor, *, p: float, backend: str | None) -> str:
    """The kernel for this request, by name; a `backend` asked for is taken or refused.

    Raises:
        ConfigError: the backend is unknown or cannot do what was asked.
    """
    if backend is not None:
        return _as_asked(lookup, value, p, backend)
    inputs = (x for x in (lookup.query, lookup.key, value, lookup.bias) if x is not None)
    backward = torch.is_grad_enabled() and any(x.requires_grad for x in inputs)
    if _is_small(lookup, backward):
        return "products"
    if lookup.key.shape[-2] >= NEAREST_FROM and not nearest_obstacle(lookup):
        return "nearest"
    if not fused_obstacle(lookup, value, p):
        return "fused"
    numbers = prod(lookup.shape) * numbers_per_pair(lookup.score, lookup.query.shape[-1])
    return "blocks" if numbers > WHOLE_UP_TO[backward] and not blocks_obstacle() else "products"


def _as_asked(lookup: Lookup, value: Tensor, p: float, backend: str) -> str:
    if backend not in KERNELS:
        raise ConfigError(f"attend(): no backend {backend!r}; known: {', '.join(KERNELS)}.")
    obstacle = ""
    if backend == "fused":
        obstacle = fused_obstacle(lookup, value, p)
    elif backend == "nearest":
        obstacle = nearest_obstacle(lookup)
    elif backend == "blocks":
        obstacle = blocks_obstacle()
    if obstacle:
        others = "'products'" if blocks_obstacle() else "'products' or 'blocks'"
        raise ConfigError(f"attend(): backend {backend!r} {obstacle}; use {others}.")
    return backend


def _is_small(lookup: Lookup, backward: bool) -> bool:
    if not lookup.query.is_cpu:
        return False
    limit = PRODUCTS_UP_TO.get(lookup.query.dtype, (0, 0))[backward]
    return lookup.query.shape[-2] * lookup.key.shape[-2] <= limit

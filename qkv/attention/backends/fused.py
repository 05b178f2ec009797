"""torch's fused softmax attention: product scores, no dropout, one pass without the weights."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from qkv.attention.select import Select
from qkv.shapes import Mask

__all__ = ["fused"]


def fused(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    score: Any,
    select: Select,
    mask: Mask | None,
    scale: float | None,
    p: float,
) -> Tensor:
    """softmax(scale · q kᵀ) v: (..., Tq, Dv). Needs `score.product`, softmax and p = 0: see `choose`."""
    query, key, own = score.product(query, key)
    allowed = None if mask is None else mask.allowed
    context = scaled_dot_product_attention(
        *(_four_axes(x) for x in (query, key, value)),
        attn_mask=None if allowed is None else _four_axes(allowed),
        scale=own if scale is None else scale,
    )
    context = context.reshape(*query.shape[:-1], value.shape[-1])
    if mask is not None and mask.has_empty_row:
        # Kernels disagree on an empty row (NaN, a mean, zero); ours is zero, with zero gradient.
        context = context.masked_fill(~mask.allowed.any(-1, keepdim=True), 0.0)
    return context


def _four_axes(x: Tensor) -> Tensor:
    """(..., T, D) → (B, H, T, D): fewer leading axes than two would leave the fused path."""
    return x[(None,) * (4 - x.dim())] if x.dim() < 4 else x

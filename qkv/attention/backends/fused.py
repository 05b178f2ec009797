"""torch's fused softmax attention: product scores, no dropout, one pass without the weights."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from qkv.attention.scores import ProductScore
from qkv.attention.select import Select
from qkv.shapes import Mask

__all__ = ["fused"]


def fused(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    score: ProductScore,
    select: Select,
    mask: Mask | None,
    scale: float | None,
    p: float,
) -> Tensor:
    """softmax(scale · q kᵀ) v: (..., Tq, Dv). What it needs is checked in `choose`."""
    query, key, own = score.product(query, key)
    leading = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    context = scaled_dot_product_attention(
        *(_whole(x, leading) for x in (query, key, value)),
        attn_mask=None if mask is None else _four_axes(mask.allowed),
        scale=own if scale is None else scale,
    )
    context = context.reshape(*leading, query.shape[-2], value.shape[-1])
    if mask is not None and mask.has_empty_row:
        # Kernels disagree on an empty row (NaN, a mean, zero); ours is zero, with zero gradient.
        context = context.masked_fill(~mask.allowed.any(-1, keepdim=True), 0.0)
    return context


def _whole(x: Tensor, leading: torch.Size) -> Tensor:
    """(..., T, D) → (B, H, T, D), nothing left to broadcast and rows in one piece.

    For anything else torch would leave its fused kernel and say nothing.
    """
    x = _four_axes(x.expand(*leading, *x.shape[-2:]))
    return x if x.stride(-1) == 1 else x.contiguous()


def _four_axes(x: Tensor) -> Tensor:
    return x[(None,) * (4 - x.dim())] if x.dim() < 4 else x

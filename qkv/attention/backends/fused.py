"""torch's fused softmax attention: product scores, no dropout, one pass without the weights."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from qkv.attention.lookup import Lookup
from qkv.attention.scores import is_product
from qkv.attention.select import Softmax

__all__ = ["ROWS", "fused", "fused_obstacle"]

# Rows at a time where a mask says which keys they can reach: the others are then no work at all.
ROWS = 256


def fused_obstacle(lookup: Lookup, value: Tensor, p: float) -> str:
    """Why this kernel cannot serve, or an empty string."""
    query, key = lookup.query, lookup.key
    if not is_product(lookup.score):
        return f"needs a product score; {type(lookup.score).__name__} is none"
    if not isinstance(lookup.select, Softmax):
        return "selects by softmax only"
    if p > 0:
        return "has no dropout on the weights"
    if lookup.bias is not None and lookup.bias.requires_grad and torch.is_grad_enabled():
        return "has no gradient for a bias"
    axes = max(query.dim(), key.dim(), value.dim())
    if axes > 4:
        return f"takes at most two leading axes, not {axes - 2}"
    if key.shape[-1] != value.shape[-1]:
        return f"needs values as wide as keys, not {value.shape[-1]} and {key.shape[-1]}"
    return ""


def fused(lookup: Lookup, value: Tensor, p: float) -> Tensor:
    """softmax(scale · q kᵀ + bias) v: (..., Tq, Dv). What it needs is checked in `choose`."""
    queries = lookup.query.shape[-2]
    if lookup.mask is None or not lookup.mask.has_reach or queries <= ROWS:
        return _one_pass(lookup, value)
    contexts = []
    for first in range(0, queries, ROWS):
        rows = slice(first, min(first + ROWS, queries))
        columns = lookup.reach(rows)
        contexts.append(_one_pass(lookup.part(rows, (), columns), value[..., columns, :]))
    return torch.cat(contexts, -2)


def _one_pass(lookup: Lookup, value: Tensor) -> Tensor:
    assert is_product(lookup.score)  # nosec: narrows the type
    query, key, own = lookup.score.product(lookup.query, lookup.key)
    leading = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    context = scaled_dot_product_attention(
        *(_whole(x, leading) for x in (query, key, value)),
        attn_mask=_added(lookup),
        scale=(own if lookup.scale is None else lookup.scale) / lookup.select.temperature,
    )
    context = context.reshape(*leading, query.shape[-2], value.shape[-1])
    mask = lookup.mask
    if mask is not None and mask.has_empty_row:
        # Kernels disagree on an empty row (NaN, a mean, zero); ours is zero, with zero gradient.
        context = context.masked_fill(~mask.allowed.any(-1, keepdim=True), 0.0)
    return context


def _added(lookup: Lookup) -> Tensor | None:
    """The mask, or the bias with the lowest number where nothing may be seen."""
    mask, bias = lookup.mask, lookup.bias
    if bias is None:
        return None if mask is None else _four_axes(mask.allowed)
    added = bias.part().to(lookup.query.dtype) / lookup.select.temperature
    if mask is not None:
        added = added.masked_fill(~mask.allowed, torch.finfo(added.dtype).min)
    return _four_axes(added)


def _whole(x: Tensor, leading: torch.Size) -> Tensor:
    """(..., T, D) → (B, H, T, D), nothing left to broadcast and rows in one piece.

    For anything else torch would leave its fused kernel and say nothing.
    """
    x = _four_axes(x.expand(*leading, *x.shape[-2:]))
    return x if x.stride(-1) == 1 else x.contiguous()


def _four_axes(x: Tensor) -> Tensor:
    return x[(None,) * (4 - x.dim())] if x.dim() < 4 else x

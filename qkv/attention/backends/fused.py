"""torch's fused softmax attention: product scores, no dropout, one pass without the weights.

On the CPU torch's own operator also returns each row's logsumexp, from which weights are read later
without a softmax. That operator is private: where a release of torch lacks it, and on other
devices, the public function serves, and readouts make their softmax themselves.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from qkv.attention.lookup import Lookup
from qkv.attention.scores import is_product
from qkv.attention.select import Softmax

__all__ = ["ROWS", "fused", "fused_obstacle"]

# Rows at a time where a mask or a bias differs by row: what is added to their scores is held for so
# many alone, and keys that they cannot reach are no work at all.
ROWS = 256

OPERATOR = getattr(torch.ops.aten, "_scaled_dot_product_flash_attention_for_cpu", None)


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


def fused(lookup: Lookup, value: Tensor, p: float) -> tuple[Tensor, Tensor | None]:
    """softmax(scale · q kᵀ + bias) v (..., Tq, Dv), and the logsumexp (..., Tq) if there is one.

    The logsumexp has no gradient, and is 0 for an empty row. What is needed is checked in `choose`.
    """
    queries = lookup.query.shape[-2]
    if queries <= ROWS or _is_causal(lookup) or not _differs_by_row(lookup):
        return _one_pass(lookup, value)
    contexts, logsumexps = [], []
    for first in range(0, queries, ROWS):
        rows = slice(first, min(first + ROWS, queries))
        columns = lookup.reach(rows)
        found = _one_pass(lookup.part(rows, (), columns), value[..., columns, :])
        contexts.append(found[0])
        logsumexps.append(found[1])
    normalisers = None if logsumexps[0] is None else torch.cat(logsumexps, -1)
    return torch.cat(contexts, -2), normalisers


def _one_pass(lookup: Lookup, value: Tensor) -> tuple[Tensor, Tensor | None]:
    assert is_product(lookup.score)  # nosec: narrows the type
    query, key, own = lookup.score.product(lookup.query, lookup.key)
    leading = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    q, k, v = (_whole(x, leading) for x in (query, key, value))
    scale = (own if lookup.scale is None else lookup.scale) / lookup.select.temperature
    causal = _is_causal(lookup)
    added = None if causal else _added(lookup)
    if OPERATOR is None or query.device.type != "cpu" or not query.shape[-2] * key.shape[-2]:
        context = scaled_dot_product_attention(q, k, v, added, 0.0, causal, scale=scale)
        # Public kernels disagree on an empty row (NaN, a mean, zero); ours is zero.
        context, logsumexp = context if causal else _without_empty(context, lookup), None
    else:
        context, logsumexp = OPERATOR(q, k, v, 0.0, causal, attn_mask=added, scale=scale)
        # Values with leading axes of their own repeat what the weights have once.
        once = leading == lookup.shape[:-2]
        logsumexp = logsumexp.reshape(*leading, query.shape[-2]) if once else None
    return context.reshape(*leading, query.shape[-2], value.shape[-1]), logsumexp


def _is_causal(lookup: Lookup) -> bool:
    return lookup.bias is None and lookup.mask is not None and lookup.mask.is_triangle


def _differs_by_row(lookup: Lookup) -> bool:
    """Is there something to leave out, or to hold for some rows at a time only?"""
    pairs = [x for x in (lookup.mask, lookup.bias) if x is not None]
    reach = lookup.mask is not None and lookup.mask.has_reach
    return reach or any(x.shape[-2] > 1 for x in pairs)


def _without_empty(context: Tensor, lookup: Lookup) -> Tensor:
    if lookup.mask is None or not lookup.mask.has_empty_row:
        return context
    return context.masked_fill(~_four_axes(lookup.mask.allowed.any(-1, keepdim=True)), 0.0)


def _added(lookup: Lookup) -> Tensor | None:
    """The bias, with -∞ where nothing may be seen: on the CPU in float32 or wider."""
    mask, bias, dtype = lookup.mask, lookup.bias, lookup.query.dtype
    if lookup.query.device.type == "cpu":
        dtype = torch.promote_types(dtype, torch.float32)
    if bias is not None:
        added = bias.part().to(dtype) / lookup.select.temperature
    elif mask is not None:
        added = torch.zeros((), dtype=dtype, device=lookup.query.device)
    else:
        return None
    return _four_axes(added if mask is None else added.masked_fill(~mask.allowed, -torch.inf))


def _whole(x: Tensor, leading: torch.Size) -> Tensor:
    """(..., T, D) → (B, H, T, D), nothing left to broadcast and rows in one piece.

    For anything else torch would leave its fused kernel and say nothing.
    """
    x = _four_axes(x.expand(*leading, *x.shape[-2:]))
    return x if x.stride(-1) == 1 else x.contiguous()


def _four_axes(x: Tensor) -> Tensor:
    return x[(None,) * (4 - x.dim())] if x.dim() < 4 else x

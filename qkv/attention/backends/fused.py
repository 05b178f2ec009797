"""torch's fused softmax attention: product scores, no dropout, one pass without the weights.

torch's own operators also return each row's logsumexp, from which weights are read later without a
softmax. They are private: where a release of torch lacks them, or they cannot serve, the public
function does, and readouts make their softmax themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.nn.attention import SDPBackend
from torch.nn.functional import scaled_dot_product_attention

from qkv.attention.lookup import Lookup, lowered
from qkv.attention.scores import is_product
from qkv.attention.select import Softmax, WithSinks
from qkv.shapes import are_transforms_active

__all__ = ["ROWS", "fitting", "fused", "fused_obstacle"]

# Rows at a time where a mask or a bias differs by row: what is added to their scores is held for so
# many alone, and keys that they cannot reach are no work at all. Other devices want more at once.
ROWS, ROWS_ELSEWHERE = 256, 4096

# Below this bias on all of a row, its logsumexp, of which backward makes the weights, is imprecise.
FAR = -256.0

OPERATOR = getattr(torch.ops.aten, "_scaled_dot_product_flash_attention_for_cpu", None)
CHOICE = getattr(torch, "_fused_sdp_choice", None)
# On CUDA the one that torch itself would take; q, k, v, causal, scale → context and more.
ON_CUDA: dict[int, Callable[[Tensor, Tensor, Tensor, bool, float], tuple[Tensor, ...]]] = {
    SDPBackend.FLASH_ATTENTION.value: lambda q, k, v, causal, scale: (
        torch.ops.aten._scaled_dot_product_flash_attention(q, k, v, 0.0, causal, scale=scale)
    ),
    SDPBackend.EFFICIENT_ATTENTION.value: lambda q, k, v, causal, scale: (
        torch.ops.aten._scaled_dot_product_efficient_attention(
            q, k, v, None, True, 0.0, causal, scale=scale
        )
    ),
    SDPBackend.CUDNN_ATTENTION.value: lambda q, k, v, causal, scale: (
        torch.ops.aten._scaled_dot_product_cudnn_attention(
            q, k, v, None, True, 0.0, causal, scale=scale
        )
    ),
}


def fused_obstacle(lookup: Lookup, value: Tensor, p: float) -> str:
    """Why this kernel cannot serve, or an empty string."""
    query, key = lookup.query, lookup.key
    if not is_product(lookup.score):
        return f"needs a product score; {type(lookup.score).__name__} is none"
    if not isinstance(lookup.select, Softmax | WithSinks):
        return "selects by softmax only"
    if p > 0:
        return "has no dropout on the weights"
    if lookup.bias is not None and lookup.bias.requires_grad and torch.is_grad_enabled():
        return "has no gradient for a bias"
    if isinstance(lookup.select, WithSinks) and (why := _without_sinks(lookup, value)):
        return why
    if forward_ad._current_level >= 0 or are_transforms_active():
        return "has no forward-mode derivative and serves no transform of torch.func"
    axes = max(query.dim(), key.dim(), value.dim())
    if axes > 4:
        return f"takes at most two leading axes, not {axes - 2}"
    if key.shape[-1] != value.shape[-1]:
        return f"needs values as wide as keys, not {value.shape[-1]} and {key.shape[-1]}"
    return ""


def _without_sinks(lookup: Lookup, value: Tensor) -> str:
    """Sinks go into the logsumexp, which has no gradient."""
    assert isinstance(lookup.select, WithSinks)  # nosec: narrows the type
    inputs = lookup.query, lookup.key, value, lookup.select.sinks
    if torch.is_grad_enabled() and any(x.requires_grad for x in inputs):
        return "has no gradient with sinks"
    on_cpu = lookup.query.is_cpu and OPERATOR is not None
    return "" if on_cpu else "serves sinks on a CPU only"


def fused(lookup: Lookup, value: Tensor, p: float) -> tuple[Tensor, Tensor | None]:
    """softmax(scale · q kᵀ + bias) v (..., Tq, Dv), and the logsumexp (..., Tq) if there is one.

    The logsumexp has no gradient, and is 0 for an empty row. What is needed is checked in `choose`.
    """
    queries = lookup.query.shape[-2]
    step = ROWS if lookup.query.device.type == "cpu" else ROWS_ELSEWHERE
    if queries <= step or _is_causal(lookup) or not _differs_by_row(lookup):
        return _one_pass(lookup, value)
    contexts, logsumexps = [], []
    for first in range(0, queries, step):
        rows = slice(first, min(first + step, queries))
        columns = lookup.reach(rows)
        context, logsumexp = _one_pass(lookup.part(rows, (), columns), value[..., columns, :])
        contexts.append(context)
        logsumexps.append(logsumexp)
    normalisers = None if logsumexps[0] is None else torch.cat(logsumexps, -1)
    return torch.cat(contexts, -2), normalisers


def fitting(query: Tensor, key: Tensor, value: Tensor, added: Tensor | None) -> Tensor:
    """softmax(q kᵀ / √D + added) v (B, H, Tq, D), of inputs that surely fit: nothing is checked.

    For the steps of a search, where that would cost as much as the rest.
    """
    if query.is_cpu and OPERATOR is not None:
        return OPERATOR(query, key, value, attn_mask=added)[0]
    return _computed(query, key, value, added, False, query.shape[-1] ** -0.5)[0]


def _one_pass(lookup: Lookup, value: Tensor) -> tuple[Tensor, Tensor | None]:
    assert is_product(lookup.score)  # nosec: narrows the type
    query, key, own = lookup.score.product(lookup.query, lookup.key)
    leading = torch.broadcast_shapes(lookup.shape[:-2], value.shape[:-2])
    q, k, v = (_whole(x, leading) for x in (query, key, value))
    scale = (own if lookup.scale is None else lookup.scale) / lookup.select.temperature
    if scale <= 0.0:  # times -∞, which torch's causal order puts in first, it would be NaN or ∞
        q, scale = q * scale, 1.0
    causal = _is_causal(lookup)
    added = None if causal else _added(lookup)
    context, logsumexp = _computed(q, k, v, added, causal, scale)
    if context.requires_grad:
        biased = lookup.bias is not None
        context = _Differentiable.apply(context, q, k, v, added, causal, scale, biased)
    if logsumexp is not None and isinstance(lookup.select, WithSinks):
        context, logsumexp = lookup.select.joined(context, logsumexp)
    # Values with leading axes of their own repeat what the weights have once.
    if logsumexp is not None and leading == lookup.shape[:-2]:
        logsumexp = logsumexp.reshape(*leading, query.shape[-2])
    else:
        logsumexp = None
    return context.reshape(*leading, query.shape[-2], value.shape[-1]), logsumexp


def _computed(
    q: Tensor, k: Tensor, v: Tensor, added: Tensor | None, causal: bool, scale: float
) -> tuple[Tensor, Tensor | None]:
    """The context (B, H, Tq, Dv), and the logsumexp (B, H, Tq) if the operator gives one."""
    if q.device.type == "cpu" and OPERATOR is not None and q.numel() * k.numel():
        return OPERATOR(q, k, v, 0.0, causal, attn_mask=added, scale=scale)
    if q.device.type == "cuda" and added is None and q.numel() * k.numel() and not q.shape[-1] % 8:
        chosen = CHOICE(q, k, v, None, 0.0, causal, scale=scale) if CHOICE else -1
        if (operator := ON_CUDA.get(chosen)) is not None:
            context, logsumexp, *_ = operator(q, k, v, causal, scale)
            return context, logsumexp.flatten(2)[..., : q.shape[-2]]  # some have rows to spare
    if added is None:
        return scaled_dot_product_attention(q, k, v, None, 0.0, causal, scale=scale), None
    # Public kernels disagree on an empty row (NaN, a mean, zero); ours is zero.
    added, empty = _without_empty(added)
    context = scaled_dot_product_attention(q, k, v, added, scale=scale)
    return context.masked_fill(empty, 0.0), None


class _Differentiable(torch.autograd.Function):
    """Passes the context on. A backward pass that is recorded itself, for second derivatives, which
    fused kernels do not have, goes through plain products, and so does one that they get wrong.
    """

    @staticmethod
    def forward(
        ctx: Any,
        context: Tensor,
        q: Tensor,
        k: Tensor,
        v: Tensor,
        added: Tensor | None,
        causal: bool,
        scale: float,
        biased: bool,
    ) -> Tensor:
        ctx.save_for_backward(q, k, v, added)
        ctx.causal, ctx.scale, ctx.biased = causal, scale, biased
        return context.view_as(context)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        q, k, v, added = ctx.saved_tensors
        recorded = torch.is_grad_enabled()
        if not recorded and not (ctx.biased and _is_far(added)):
            return upstream, *[None] * 7
        needed = ctx.needs_input_grad[1:4]
        inputs = [x for x, is_needed in zip((q, k, v), needed, strict=True) if is_needed]
        with torch.enable_grad():
            context = _plain(q, k, v, added, ctx.causal, ctx.scale)
            slopes = iter(torch.autograd.grad(context, inputs, upstream, create_graph=recorded))
        return None, *(next(slopes) if is_needed else None for is_needed in needed), *[None] * 4


def _is_far(added: Tensor) -> bool:
    """Is there a row so low, but not hidden? Elsewhere than on the CPU nobody asks."""
    if not added.is_cpu or not added.numel():
        return False
    largest = added.amax(-1)
    return bool(((largest < FAR) & (largest != -torch.inf)).any())


def _plain(
    q: Tensor, k: Tensor, v: Tensor, added: Tensor | None, causal: bool, scale: float
) -> Tensor:
    scores = (q * scale) @ k.mT
    if causal:
        added = torch.full_like(scores[0, 0], -torch.inf).triu(1)
    if added is None:
        return torch.softmax(scores, -1) @ v
    added, empty = _without_empty(added)
    return torch.softmax(scores + added, -1).masked_fill(empty, 0.0).to(v.dtype) @ v


def _without_empty(added: Tensor) -> tuple[Tensor, Tensor]:
    """What is added, nothing in rows of -∞ alone; and which rows these are."""
    empty = (added == -torch.inf).all(-1, keepdim=True)
    return added.masked_fill(empty, 0.0), empty


def _is_causal(lookup: Lookup) -> bool:
    return lookup.bias is None and lookup.mask is not None and lookup.mask.is_triangle


def _differs_by_row(lookup: Lookup) -> bool:
    """Is there something to leave out, or to hold for some rows at a time only?"""
    pairs = [x for x in (lookup.mask, lookup.bias) if x is not None]
    reach = lookup.mask is not None and lookup.mask.has_reach
    return reach or any(x.shape[-2] > 1 for x in pairs)


def _added(lookup: Lookup) -> Tensor | None:
    """The bias, with -∞ where nothing may be seen: on the CPU in float32 or wider."""
    mask, bias, dtype = lookup.mask, lookup.bias, lookup.query.dtype
    if lookup.query.device.type == "cpu":
        dtype = torch.promote_types(dtype, torch.float32)
    if bias is not None:
        added = lowered(bias.part(), dtype, lookup.select.temperature)
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

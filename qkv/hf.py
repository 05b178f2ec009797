"""Attention for models of transformers: importing it makes `attn_implementation="qkv"` known there.

    import qkv.hf
    model = AutoModel.from_pretrained(name, attn_implementation="qkv")
    model(**inputs, output_attentions=True).attentions[3].topk(8)

It serves what transformers' own fused attention refuses (soft-capped scores, sinks), position
biases, groups of heads, caches; per-call `output_attentions=True` brings lazy weights, and
`qkv.watch` sees all. In a model that is compiled, attention runs as it is written: a graph break a
layer.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from qkv.attention import (
    Score,
    Select,
    Sinks,
    SoftCapped,
    Unsettled,
    Weights,
    attend,
    causal,
    scaled_dot,
    softmax,
)
from qkv.errors import ConfigError, MissingExtra
from qkv.shapes import Bias, Mask

try:
    from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
    from transformers.masking_utils import sdpa_mask
except ImportError as error:
    raise MissingExtra("qkv.hf needs transformers: pip install 'qkv[hf]'.") from error

__all__ = ["attention", "mask"]

# What models hand through to attention, and it does not depend on: it is in the mask, or rotated
# into queries and keys, or of other parts of the model.
_HARMLESS = {
    "cache_position", "cu_seq_lens_k", "cu_seq_lens_q", "num_items_in_batch", "position_embeddings",
    "position_ids", "token_type_ids",
}  # fmt: skip


@torch.compiler.disable
def attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    dropout: float = 0.0,
    scaling: float | None = None,
    is_causal: bool | None = None,
    softcap: float | None = None,
    s_aux: Tensor | None = None,
    position_bias: Tensor | None = None,
    **others: Any,
) -> tuple[Tensor, Weights]:
    """What transformers calls in place of its own: the context (B, Tq, H, Dv), and lazy weights.

    Args:
        module: whose attention it is.
        query: (B, H, Tq, D). key, value: (B, Hk, Tk, D), (B, Hk, Tk, Dv), H a multiple of Hk.
        attention_mask: bool, True = may attend, or numbers to add; None: all, or with `is_causal`
            (else the module's own) what came before.
        softcap: c of c · tanh(score / c). s_aux: a sink's score for each head, (H,).
        position_bias: added to the scores, before the mask.
        others: what attention does not depend on.
    Raises:
        ConfigError: the model gives a tensor or a cache that attention may well depend on.
    """
    _check(module, others)
    if getattr(attention_mask, "is_triangle", False):
        attention_mask, is_causal = None, True
    if is_causal is None:
        is_causal = getattr(module, "is_causal", True)
    allowed, bias = _mask_and_bias(attention_mask)
    queries = query.shape[-2]
    if attention_mask is None and is_causal and queries > 1:
        # An empty cache of a fixed length: what lies behind the queries has not been written.
        key, value = key[..., :queries, :], value[..., :queries, :]
        allowed = causal(queries, device=query.device)
    if position_bias is not None:
        placed = Bias(position_bias[..., : key.shape[-2]])
        bias = placed if bias is None else bias + placed
    score: Score = scaled_dot if softcap is None else SoftCapped(softcap, scaling)
    select: Select | Unsettled = softmax if s_aux is None else Sinks(s_aux)
    context, weights = attend(
        query,
        key,
        value,
        score=score,
        select=select,
        mask=allowed,
        bias=bias,
        scale=scaling if softcap is None else None,
        dropout=dropout,
    )
    return context.transpose(1, 2).contiguous(), weights


def mask(*args: Any, allow_is_causal_skip: bool = True, **kwargs: Any) -> Tensor | None:
    """The mask that transformers makes for its own fused attention, but never left out where it is
    causal: some models do not say of their modules that they are, where nothing else tells.
    """
    allowed = sdpa_mask(*args, allow_is_causal_skip=allow_is_causal_skip, **kwargs)
    if allowed is not None or not allow_is_causal_skip:
        return allowed
    allowed = sdpa_mask(*args, allow_is_causal_skip=False, **kwargs)
    if allowed is not None and allowed.shape[-2] > 1 and not torch.compiler.is_compiling():
        allowed.is_triangle = True  # pyright: ignore[reportAttributeAccessIssue]
    return allowed


@cache
def _takes_others(kind: type[nn.Module]) -> bool:
    """Do the models beside a module's class, in its file, let attention be replaced?

    transformers does not ask, but where they don't, other parts of them misread the mask.
    """
    beside = vars(sys.modules[kind.__module__]).values()
    models = [x for x in beside if isinstance(x, type) and issubclass(x, PreTrainedModel)]
    own = [x for x in models if x.__module__ == kind.__module__]
    return not own or any(x._supports_sdpa or x._supports_attention_backend for x in own)


def _check(module: nn.Module, others: dict[str, Any]) -> None:
    if not _takes_others(type(module)):
        raise ConfigError(
            f"the model of {type(module).__name__} does not let attention be replaced; use "
            'attn_implementation="eager".'
        )
    if others.get("cache") is not None:
        raise ConfigError('attn_implementation="qkv" has no continuous batching; use "sdpa".')
    unknown = [n for n, x in others.items() if isinstance(x, Tensor) and n not in _HARMLESS]
    if unknown:
        raise ConfigError(
            f'attn_implementation="qkv" does not know {unknown[0]}, which {type(module).__name__} '
            "gives to attention; use another attn_implementation."
        )


def _mask_and_bias(added: Tensor | None) -> tuple[Mask | None, Bias | None]:
    if added is None:
        return None, None
    if added.dtype is torch.bool:
        return Mask(added), None
    # Models that make their masks themselves hide by the lowest number there is.
    hidden = added <= torch.finfo(added.dtype).min
    return Mask(~hidden), Bias(added.masked_fill(hidden, 0.0))


AttentionInterface.register("qkv", attention)
AttentionMaskInterface.register("qkv", mask)

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
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask
except ImportError as error:
    raise MissingExtra("qkv.hf needs transformers: pip install 'qkv[hf]'.") from error

__all__ = ["attention"]


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
    cache: Any = None,
    **_: Any,
) -> tuple[Tensor, Weights]:
    """What transformers calls in place of its own: the context (B, Tq, H, Dv), and lazy weights.

    Args:
        module: whose attention it is.
        query: (B, H, Tq, D). key, value: (B, Hk, Tk, D), (B, Hk, Tk, Dv), H a multiple of Hk.
        attention_mask: bool, True = may attend, or numbers to add; None: all, or with `is_causal`
            (else the module's own) what came before.
        softcap: c of c · tanh(score / c). s_aux: a sink's score for each head, (H,).
        position_bias: added to the scores, before the mask.
    Raises:
        ConfigError: the cache is one of continuous batching.
    """
    if cache is not None:
        raise ConfigError('attn_implementation="qkv" has no continuous batching; use "sdpa".')
    if is_causal is None:
        is_causal = getattr(module, "is_causal", True)
    mask, bias = _mask_and_bias(attention_mask)
    queries = query.shape[-2]
    if attention_mask is None and is_causal and queries > 1:
        # An empty cache of a fixed length: what lies behind the queries has not been written.
        key, value = key[..., :queries, :], value[..., :queries, :]
        mask = causal(queries, device=query.device)
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
        mask=mask,
        bias=bias,
        scale=scaling if softcap is None else None,
        dropout=dropout,
    )
    return context.transpose(1, 2).contiguous(), weights


def _mask_and_bias(added: Tensor | None) -> tuple[Mask | None, Bias | None]:
    if added is None:
        return None, None
    if added.dtype is torch.bool:
        return Mask(added), None
    # Models that make their masks themselves hide by the lowest number there is.
    hidden = added <= torch.finfo(added.dtype).min
    return Mask(~hidden), Bias(added.masked_fill(hidden, 0.0))


AttentionInterface.register("qkv", attention)
AttentionMaskInterface.register("qkv", sdpa_mask)

"""The attention calls of torch's functions and operators, and of `qkv.attend`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import layer_norm, linear, pad

from qkv.attention import (
    Attended,
    Lookup,
    Score,
    Select,
    Unsettled,
    causal,
    for_query_heads,
    scaled_dot,
    softmax,
)
from qkv.attention.select import settled
from qkv.inspection.watching.call import Call, Inputs, product
from qkv.shapes import Bias, Mask

__all__ = [
    "asked_call",
    "attend_call",
    "fast_path_call",
    "logsumexp_of",
    "multi_head_call",
    "sdpa_call",
    "under_autocast",
    "unpacked",
]


def sdpa_call(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Call:
    """Of the arguments of `torch.nn.functional.scaled_dot_product_attention`."""
    inputs = {"query": query, "key": key}
    if attn_mask is not None:
        inputs["added"] = attn_mask

    def build(inputs: Inputs) -> Lookup:
        query, key = inputs["query"], inputs["key"]
        if is_causal:
            places = query.shape[-2], key.shape[-2]
            mask = causal(*places, align="start", device=query.device)
            return product(query, key, mask, None, scale)
        return product(query, key, *_mask_and_bias(inputs.get("added")), scale)

    leading = query.shape[:-2]
    if leading != key.shape[:-2] and not _serves(key, query):
        leading = torch.broadcast_shapes(leading, key.shape[:-2])
    shape = (*leading, query.shape[-2], key.shape[-2])
    return Call(inputs, build, shape, "not fused", dropout_p, value)


def _serves(key: Tensor, query: Tensor) -> bool:
    """Is each key head there for some heads of queries?"""
    fewer = key.dim() == query.dim() >= 4 and key.shape[-3] <= query.shape[-3]
    return fewer and key.shape[:-3] == query.shape[:-3]


def asked_call(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    score: Score = scaled_dot,
    select: Select | Unsettled = softmax,
    mask: Mask | None = None,
    bias: Bias | None = None,
    scale: float | None = None,
    dropout: float = 0.0,
    **_: Any,
) -> Call:
    """Of the arguments of `qkv.attend`, before it runs."""
    key = for_query_heads(key, query)

    def build(inputs: Inputs) -> Lookup:
        lookup = Lookup(inputs["query"], inputs["key"], score, softmax, mask, bias, scale)
        return lookup.replaced(select=settled(select, lookup))

    leading = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2])
    shape = (*leading, query.shape[-2], key.shape[-2])
    return Call({"query": query, "key": key}, build, shape, "not run", dropout, value)


def attend_call(attended: Attended, *, changed: bool = False) -> Call:
    """Of what `qkv.attend` returned; changed: it was asked other than the model asks."""
    weights, lookup = attended.weights, attended.weights.lookup
    nothing = lookup.query.new_empty(0)
    others = lookup.replaced(query=nothing, key=nothing)  # not to keep alive what is offloaded

    def build(inputs: Inputs) -> Lookup:
        return others.replaced(query=inputs["query"], key=inputs["key"])

    call = Call(
        {"query": lookup.query, "key": lookup.key},
        build,
        tuple(weights.shape),
        f"{attended.kernel}, changed" if changed else attended.kernel,
        value=weights.value,
        context=weights.context,
        logsumexp=weights.logsumexp,
    )
    for name in ("mask", "bias", "score", "select"):
        call.guard(name, getattr(lookup, name))
    return call


def under_autocast(call: Call) -> Call:
    """With products in its dtype, if torch's autocast is on."""
    device = call.inputs["query"].device.type
    if device == "meta" or not torch.is_autocast_enabled(device):
        return call
    dtype = torch.get_autocast_dtype(device)

    def build(inputs: Inputs) -> Lookup:
        with torch.autocast(device, dtype):
            lookup = call.build(inputs)
        return lookup.replaced(query=lookup.query.to(dtype), key=lookup.key.to(dtype))

    value = None if call.value is None else call.value.to(dtype)
    return replace(call, build=build, value=value)


def logsumexp_of(results: Any, shape: tuple[int, ...]) -> Tensor | None:
    """The logsumexp (..., Tq) among the results of a fused operator, for weights of that shape.

    On CUDA one kernel pads it to a multiple of 32 queries, one gives it another axis (..., Tq, 1),
    and in inference some leave none, or one of length 0.
    """
    logsumexp, rows = results[1], shape[:-1]
    if logsumexp is None or logsumexp.numel() == 0:
        return None
    if logsumexp.shape == (*rows, 1):
        logsumexp = logsumexp[..., 0]
    logsumexp = logsumexp[..., : rows[-1]]
    return logsumexp if logsumexp.shape == rows else None


def unpacked(call: Call, module: Any) -> Call:
    """With the heads of the model, where `module` of transformers put them elsewhere.

    A single query of H heads, g of which share keys, is given to the kernel as H / g heads of g
    queries.
    """
    group = getattr(module, "num_key_value_groups", 1)
    heads = getattr(getattr(module, "config", None), "num_attention_heads", None)
    *batch, packed_heads, rows, keys = (1, *call.shape)[-4:]
    if group == 1 or len(call.shape) < 4 or rows != group or packed_heads * group != heads:
        return call

    def build(inputs: Inputs) -> Lookup:
        packed = call.build(inputs)
        mask = None if packed.mask is None else Mask(_unpacked(packed.mask.allowed, group))
        bias = None if packed.bias is None else Bias(_unpacked(packed.bias.part(), group))
        return product(_unpacked(packed.query, group), packed.key, mask, bias, packed.scale)

    logsumexp = call.logsumexp
    if logsumexp is not None:
        logsumexp = _unpacked(logsumexp[..., None], group)[..., 0]
    shape = (*batch, heads, 1, keys)
    return replace(call, build=build, shape=shape, logsumexp=logsumexp, new_queries=1)


def _unpacked(x: Tensor, group: int) -> Tensor:
    """(..., H / g, g, n) → (..., H, 1, n)."""
    return x if x.shape[-2] != group else x.flatten(-3, -2)[..., None, :]


def multi_head_call(arguments: dict[str, Any]) -> Call:
    """Of the arguments of `torch.nn.functional.multi_head_attention_forward`, by name.

    Its inputs are (T, B, E) or (T, E), its masks hide where they are True.
    """
    heads = arguments["num_heads"]
    names = (
        *("query", "key", "in_proj_weight", "in_proj_bias", "q_proj_weight", "k_proj_weight"),
        *("bias_k", "attn_mask", "key_padding_mask"),
    )
    inputs = {name: arguments[name] for name in names if arguments.get(name) is not None}
    a_zero = bool(arguments["add_zero_attn"])
    more_keys = (arguments["bias_k"] is not None) + a_zero

    def build(inputs: Inputs) -> Lookup:
        query, key = _projected(inputs)
        batched = query.dim() == 3
        if not batched:
            query, key = query[:, None], key[:, None]
        if "bias_k" in inputs:
            key = torch.cat((key, inputs["bias_k"].expand(-1, key.shape[1], -1)))
        if a_zero:
            key = torch.cat((key, key.new_zeros(1, *key.shape[1:])))
        query, key = (x.unflatten(-1, (heads, -1)).permute(1, 2, 0, 3) for x in (query, key))
        added = inputs.get("attn_mask")
        if added is not None and added.dim() == 3:
            added = added.unflatten(0, (-1, heads))
        padded = inputs.get("key_padding_mask")
        if padded is not None:
            padded = (padded if batched else padded[None])[:, None, None]
        mask, bias = _joined(_hidden(added, more_keys), _hidden(padded, more_keys))
        if batched:
            return product(query, key, mask, bias)
        mask = None if mask is None else Mask(mask.allowed.squeeze(0))
        bias = None if bias is None else Bias(bias.part().squeeze(0))
        return product(query[0], key[0], mask, bias)

    queries, *batch = arguments["query"].shape[:-1]
    shape = (*batch, heads, queries, arguments["key"].shape[0] + more_keys)
    dropout = arguments["dropout_p"] if arguments["training"] else 0.0
    return Call(inputs, build, shape, "not fused", dropout)


def fast_path_call(kernel: str, arguments: dict[str, Any]) -> Call:
    """Of the arguments, by name, of torch's fast paths of self-attention in inference:
    `_native_multi_head_attention`, `_transformer_encoder_layer_fwd`.
    """
    source = arguments["src"] if "src" in arguments else arguments["query"]
    heads = arguments["num_heads"] if "num_heads" in arguments else arguments["num_head"]
    inputs = {"source": source, "weight": arguments["qkv_weight"], "bias": arguments["qkv_bias"]}
    if arguments.get("norm_first"):
        inputs |= {"norm_weight": arguments["norm_weight_1"], "norm_bias": arguments["norm_bias_1"]}
    if arguments["mask"] is not None:
        inputs["hidden"] = arguments["mask"]
    kind, eps = arguments["mask_type"], arguments.get("eps", 0.0)

    def build(inputs: Inputs) -> Lookup:
        x, mask = inputs["source"], None
        if x.is_nested:
            lengths = torch.tensor([len(row) for row in x.unbind()], device=x.device)
            x = torch.nested.to_padded_tensor(x, 0.0)
            present = torch.arange(x.shape[1], device=x.device) < lengths[:, None]
            mask = Mask(present[:, None, None]) & Mask(present[:, None, :, None])
        if "norm_weight" in inputs:
            norm = inputs["norm_weight"], inputs["norm_bias"]
            x = layer_norm(x, x.shape[-1:], *norm, eps=eps)
        # Of weights for queries, keys and values, the first two thirds.
        keep = 2 * x.shape[-1]
        both = linear(x, inputs["weight"][:keep], inputs["bias"][:keep])
        query, key = both.unflatten(-1, (2, heads, -1)).permute(2, 0, 3, 1, 4)
        if "hidden" in inputs:
            hidden = inputs["hidden"].bool()
            hidden = hidden[:, None, None] if kind == 1 else hidden
            mask = Mask(~hidden) if mask is None else mask & Mask(~hidden)
        return product(query, key, mask, None)

    batch, length = _size(source)
    return Call(inputs, build, (batch, heads, length, length), kernel)


def _size(x: Tensor) -> tuple[int, int]:
    """(B, T), of a nested tensor with the longest row's length."""
    return (x.shape[0], x.shape[1]) if not x.is_nested else (x.size(0), max(map(len, x.unbind())))


def _projected(inputs: Inputs) -> tuple[Tensor, Tensor]:
    if "q_proj_weight" in inputs:
        for_queries, for_keys = inputs["q_proj_weight"], inputs["k_proj_weight"]
    else:
        for_queries, for_keys, _ = inputs["in_proj_weight"].chunk(3)
    biases = inputs["in_proj_bias"].chunk(3)[:2] if "in_proj_bias" in inputs else (None, None)
    query = linear(inputs["query"], for_queries, biases[0])
    return query, linear(inputs["key"], for_keys, biases[1])


def _hidden(added: Tensor | None, more_keys: int) -> Tensor | None:
    """torch's masks that hide where True, as its others: True = may attend, or numbers to add."""
    if added is None:
        return None
    return pad(
        ~added if added.dtype is torch.bool else added,
        (0, more_keys),
        value=added.dtype is torch.bool,
    )


def _joined(one: Tensor | None, other: Tensor | None) -> tuple[Mask | None, Bias | None]:
    (mask, bias), (second, more) = _mask_and_bias(one), _mask_and_bias(other)
    masks, biases = [x for x in (mask, second) if x], [x for x in (bias, more) if x]
    return (
        masks[0] & masks[1] if len(masks) == 2 else next(iter(masks), None),
        biases[0] + biases[1] if len(biases) == 2 else next(iter(biases), None),
    )


def _mask_and_bias(added: Tensor | None) -> tuple[Mask | None, Bias | None]:
    """torch's attn_mask: bool, True = may attend, or numbers added, of which -∞ hide."""
    if added is None:
        return None, None
    if added.dtype is torch.bool:
        return Mask(added), None
    numbers = added
    mask = Mask.by_part(numbers.shape, lambda r, c: numbers[..., r, c] != -torch.inf)

    def finite(rows: slice, columns: slice) -> Tensor:
        some = numbers[..., rows, columns]
        return some.masked_fill(some == -torch.inf, 0.0)

    return mask, Bias.by_part(numbers.shape, finite, requires_grad=numbers.requires_grad)

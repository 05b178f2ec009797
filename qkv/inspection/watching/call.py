"""One attention call: what weights can be made of, as the model gave it to torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm, linear, pad

from qkv.attention import (
    Attended,
    Lookup,
    Upstream,
    causal,
    for_query_heads,
    scaled_dot,
    softmax,
)
from qkv.shapes import Bias, Mask

__all__ = [
    "Call",
    "Held",
    "attend_call",
    "fast_path_call",
    "multi_head_call",
    "product",
    "sdpa_call",
    "under_autocast",
    "unpacked",
]

Held = dict[str, Tensor]


@dataclass
class Call:
    """One call, before and after the kernel ran.

    held: all tensors that the weights are made of, and no others.
    match: makes of them what was looked up, when it is looked at.
    value, context: only for as long as the call is checked.
    """

    held: Held
    match: Callable[[Held], Lookup]
    shape: tuple[int, ...]  # of the weights
    kernel: str
    dropout: float = 0.0
    value: Tensor | None = None
    context: Tensor | None = None
    logsumexp: Tensor | None = None
    upstream: Upstream | None = None
    new: int = 0  # how many queries there were, of which some may have been left out
    versions: dict[str, int] = field(default_factory=dict)
    guarded: list[tuple[str, Tensor, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.new = self.new or self.shape[-2]

    def tensors(self) -> list[Tensor]:
        """All that is held, the logsumexp included."""
        return [*self.held.values(), *([] if self.logsumexp is None else [self.logsumexp])]

    def moved(self, move: Callable[[Tensor], Tensor]) -> Call:
        """Another call that holds what `move` makes of each tensor; it has no gradient."""
        held = {name: move(x) for name, x in self.held.items()}
        logsumexp = None if self.logsumexp is None else move(self.logsumexp)
        return replace(self, held=held, logsumexp=logsumexp, upstream=None, versions={})

    def hold(self, name: str, tensor: Tensor) -> None:
        """From now on the weights are made of this one, as it is now."""
        self.held[name] = tensor
        if not tensor.is_inference():  # those do not count what is written into them
            self.versions[name] = tensor._version

    def lookup(self) -> Lookup:
        """What was looked up, by the tensors as they are now."""
        return self.match(self.held)

    def overwritten(self) -> str:
        """The name of a tensor that has been written into since, or nothing."""
        found = [n for n, version in self.versions.items() if self.held[n]._version != version]
        found += [name for name, x, version in self.guarded if x._version != version]
        return next(iter(found), "")

    def guard(self, name: str, part: Any) -> None:
        """What a mask, a bias, a score or a selection is made of is not copied, but watched."""
        own = [*part.parameters(), *part.buffers()] if isinstance(part, nn.Module) else ()
        for x in (*own, *getattr(part, "made_of", ())):
            if not x.is_inference():
                self.guarded.append((name, x, x._version))


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
    held = {"query": query, "key": key}
    if attn_mask is not None:
        held["added"] = attn_mask

    def match(held: Held) -> Lookup:
        query, key = held["query"], held["key"]
        if is_causal:
            places = query.shape[-2], key.shape[-2]
            mask = causal(*places, align="start", device=query.device)
            return product(query, key, mask, None, scale)
        return product(query, key, *_mask_and_bias(held.get("added")), scale)

    leading = query.shape[:-2]
    if leading != key.shape[:-2] and not _serves(key, query):
        leading = torch.broadcast_shapes(leading, key.shape[:-2])
    shape = (*leading, query.shape[-2], key.shape[-2])
    return Call(held, match, shape, "not fused", dropout_p, value)


def _serves(key: Tensor, query: Tensor) -> bool:
    """Is each key head there for some heads of queries?"""
    fewer = key.dim() == query.dim() >= 4 and key.shape[-3] <= query.shape[-3]
    return fewer and key.shape[:-3] == query.shape[:-3]


def attend_call(attended: Attended) -> Call:
    """Of what `qkv.attend` returned."""
    weights, found = attended.weights, attended.weights.lookup
    held = {"query": found.query, "key": found.key}

    def match(held: Held) -> Lookup:
        return found.replaced(query=held["query"], key=held["key"])

    call = Call(
        held,
        match,
        tuple(weights.shape),
        attended.kernel,
        value=weights.value,
        context=weights.context,
        logsumexp=weights.logsumexp,
    )
    for name in ("mask", "bias", "score", "select"):
        call.guard(name, getattr(found, name))
    return call


def under_autocast(call: Call) -> Call:
    """With products in its dtype, if torch's autocast is on."""
    device = call.held["query"].device.type
    if device == "meta" or not torch.is_autocast_enabled(device):
        return call
    dtype = torch.get_autocast_dtype(device)

    def match(held: Held) -> Lookup:
        with torch.autocast(device, dtype):
            found = call.match(held)
        return found.replaced(query=found.query.to(dtype), key=found.key.to(dtype))

    value = None if call.value is None else call.value.to(dtype)
    return replace(call, match=match, value=value)


def unpacked(call: Call, module: Any) -> Call:
    """With the heads of the model, where `module` of transformers put them elsewhere.

    A single query of H heads, g of which share keys, is given to the kernel as H / g heads of g
    queries.
    """
    group = getattr(module, "num_key_value_groups", 1)
    heads = getattr(getattr(module, "config", None), "num_attention_heads", None)
    *batch, packed, rows, keys = (1, *call.shape)[-4:]
    if group == 1 or len(call.shape) < 4 or rows != group or packed * group != heads:
        return call

    def match(held: Held) -> Lookup:
        found = call.match(held)
        mask = None if found.mask is None else Mask(_unpacked(found.mask.allowed, group))
        bias = None if found.bias is None else Bias(_unpacked(found.bias.part(), group))
        return product(_unpacked(found.query, group), found.key, mask, bias, found.scale)

    logsumexp = call.logsumexp
    if logsumexp is not None:
        logsumexp = _unpacked(logsumexp[..., None], group)[..., 0]
    shape = (*batch, heads, 1, keys)
    return replace(call, match=match, shape=shape, logsumexp=logsumexp, new=1)


def _unpacked(x: Tensor, group: int) -> Tensor:
    """(..., H / g, g, n) → (..., H, 1, n)."""
    return x if x.shape[-2] != group else x.flatten(-3, -2)[..., None, :]


def multi_head_call(asked: dict[str, Any]) -> Call:
    """Of the arguments of `torch.nn.functional.multi_head_attention_forward`, by name.

    Its inputs are (T, B, E) or (T, E), its masks hide where they are True.
    """
    heads = asked["num_heads"]
    names = (
        *("query", "key", "in_proj_weight", "in_proj_bias", "q_proj_weight", "k_proj_weight"),
        *("bias_k", "attn_mask", "key_padding_mask"),
    )
    held = {name: asked[name] for name in names if asked.get(name) is not None}
    a_zero = bool(asked["add_zero_attn"])
    more_keys = (asked["bias_k"] is not None) + a_zero

    def match(held: Held) -> Lookup:
        query, key = _projected(held)
        batched = query.dim() == 3
        if not batched:
            query, key = query[:, None], key[:, None]
        if "bias_k" in held:
            key = torch.cat((key, held["bias_k"].expand(-1, key.shape[1], -1)))
        if a_zero:
            key = torch.cat((key, key.new_zeros(1, *key.shape[1:])))
        query, key = (x.unflatten(-1, (heads, -1)).permute(1, 2, 0, 3) for x in (query, key))
        added = held.get("attn_mask")
        if added is not None and added.dim() == 3:
            added = added.unflatten(0, (-1, heads))
        padded = held.get("key_padding_mask")
        if padded is not None:
            padded = (padded if batched else padded[None])[:, None, None]
        mask, bias = _joined(_hidden(added, more_keys), _hidden(padded, more_keys))
        if batched:
            return product(query, key, mask, bias)
        mask = None if mask is None else Mask(mask.allowed.squeeze(0))
        bias = None if bias is None else Bias(bias.part().squeeze(0))
        return product(query[0], key[0], mask, bias)

    queries, *batch = asked["query"].shape[:-1]
    shape = (*batch, heads, queries, asked["key"].shape[0] + more_keys)
    dropout = asked["dropout_p"] if asked["training"] else 0.0
    return Call(held, match, shape, "not fused", dropout)


def fast_path_call(kernel: str, asked: dict[str, Any]) -> Call:
    """Of the arguments, by name, of torch's fast paths of self-attention in inference:
    `_native_multi_head_attention`, `_transformer_encoder_layer_fwd`.
    """
    source = asked["src"] if "src" in asked else asked["query"]
    heads = asked["num_heads"] if "num_heads" in asked else asked["num_head"]
    held = {"source": source, "weight": asked["qkv_weight"], "bias": asked["qkv_bias"]}
    if asked.get("norm_first"):
        held |= {"norm_weight": asked["norm_weight_1"], "norm_bias": asked["norm_bias_1"]}
    if asked["mask"] is not None:
        held["hidden"] = asked["mask"]
    kind, eps = asked["mask_type"], asked.get("eps", 0.0)

    def match(held: Held) -> Lookup:
        x, mask = held["source"], None
        if x.is_nested:
            lengths = torch.tensor([len(row) for row in x.unbind()], device=x.device)
            x = torch.nested.to_padded_tensor(x, 0.0)
            present = torch.arange(x.shape[1], device=x.device) < lengths[:, None]
            mask = Mask(present[:, None, None]) & Mask(present[:, None, :, None])
        if "norm_weight" in held:
            norm = held["norm_weight"], held["norm_bias"]
            x = layer_norm(x, x.shape[-1:], *norm, eps=eps)
        # Of weights for queries, keys and values, the first two thirds.
        keep = 2 * x.shape[-1]
        both = linear(x, held["weight"][:keep], held["bias"][:keep])
        query, key = both.unflatten(-1, (2, heads, -1)).permute(2, 0, 3, 1, 4)
        if "hidden" in held:
            hidden = held["hidden"].bool()
            hidden = hidden[:, None, None] if kind == 1 else hidden
            mask = Mask(~hidden) if mask is None else mask & Mask(~hidden)
        return product(query, key, mask, None)

    batch, length = _size(source)
    return Call(held, match, (batch, heads, length, length), kernel)


def product(
    query: Tensor,
    key: Tensor,
    mask: Mask | None,
    bias: Bias | None,
    scale: float | None = None,
) -> Lookup:
    """query (..., H, Tq, D) against key (..., Hk, Tk, D), by 1/√D unless told otherwise."""
    key = for_query_heads(key, query)
    return Lookup(query, key, scaled_dot, softmax, mask, bias, scale)


def _size(x: Tensor) -> tuple[int, int]:
    """(B, T), of a nested tensor with the longest row's length."""
    return (x.shape[0], x.shape[1]) if not x.is_nested else (x.size(0), max(map(len, x.unbind())))


def _projected(held: Held) -> tuple[Tensor, Tensor]:
    if "q_proj_weight" in held:
        for_queries, for_keys = held["q_proj_weight"], held["k_proj_weight"]
    else:
        for_queries, for_keys, _ = held["in_proj_weight"].chunk(3)
    biases = held["in_proj_bias"].chunk(3)[:2] if "in_proj_bias" in held else (None, None)
    query = linear(held["query"], for_queries, biases[0])
    return query, linear(held["key"], for_keys, biases[1])


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

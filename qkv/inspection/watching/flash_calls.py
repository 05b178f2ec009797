"""The calls of the package flash_attn, whose kernels are torch operators."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from qkv.attention import Lookup, SoftCapped, documents, window
from qkv.inspection.watching.call import Call, Inputs, product
from qkv.shapes import Bias, Mask

__all__ = ["flash_call"]


def flash_call(kernel: str, arguments: dict[str, Any], context: Tensor, logsumexp: Tensor) -> Call:
    """Of the arguments, by name, and the first results of flash_attn's operators.

    Tensors are (B, T, H, D), or (T, H, D) of texts that lie one behind the other, which are here
    one row of the batch whose texts do not see each other.

    Raises:
        NotImplementedError: keys lie in pages or begin elsewhere, or slopes differ by text.
    """
    for name in ("block_table", "leftpad_k", "seqused_k"):
        if arguments.get(name) is not None:
            raise NotImplementedError(f"flash_attn with {name}")
    inputs = {"query": arguments["q"], "key": arguments["k"]}
    for name in ("cu_seqlens_q", "cu_seqlens_k", "alibi_slopes"):
        if arguments.get(name) is not None:
            inputs[name] = arguments[name]
    left, right, cap = (arguments[n] for n in ("window_size_left", "window_size_right", "softcap"))
    left = None if left < 0 else left
    right = 0 if arguments["causal"] else None if right < 0 else right

    if "cu_seqlens_q" in inputs and getattr(inputs.get("alibi_slopes"), "ndim", 1) > 1:
        raise NotImplementedError("flash_attn with slopes that differ by text")

    def build(inputs: Inputs) -> Lookup:
        query, key = _heads_first(inputs["query"]), _heads_first(inputs["key"])
        mask, bias = _pairs(inputs, query.shape[-2], key.shape[-2], left, right)
        if not cap:
            return product(query, key, mask, bias, arguments["softmax_scale"])
        capped = SoftCapped(cap, arguments["softmax_scale"])
        return product(query, key, mask, bias).replaced(score=capped)

    query, key = _heads_first(arguments["q"]), _heads_first(arguments["k"])
    return Call(
        inputs,
        build,
        (*query.shape[:-1], key.shape[-2]),
        kernel,
        arguments["dropout_p"],
        value=_heads_first(arguments["v"]),
        context=_heads_first(context),
        logsumexp=None if cap else logsumexp.reshape(query.shape[:-1]),
    )


def _heads_first(x: Tensor) -> Tensor:
    """(B, T, H, D) → (B, H, T, D), of one text without its B as of a batch of one."""
    return (x if x.dim() == 4 else x[None]).transpose(1, 2)


def _pairs(
    inputs: Inputs, queries: int, keys: int, left: int | None, right: int | None
) -> tuple[Mask | None, Bias | None]:
    """Windows and slopes by how far a key stands behind a query, both counted from the last ones of
    their text: cu_seqlens (N + 1,) have the texts' ends, slopes are (H,) or (B, H).
    """
    device, mask, bias = inputs["query"].device, None, None
    least, most = (queries + keys if n is None else n for n in (left, right))
    if "cu_seqlens_q" in inputs:
        ends_q, ends_k = inputs["cu_seqlens_q"], inputs["cu_seqlens_k"]
        places = (torch.arange(n, device=device) for n in (queries, keys))
        of_query, of_key = (
            torch.bucketize(n, ends[1:], right=True)
            for n, ends in zip(places, (ends_q, ends_k), strict=True)
        )
        mask = documents(of_query, of_key)

        def apart(i: Tensor, j: Tensor) -> Tensor:
            text = of_query[i]
            return (j - ends_k[text + 1]) - (i - ends_q[text + 1])
    else:

        def apart(i: Tensor, j: Tensor) -> Tensor:
            return (j - keys) - (i - queries)

    def near(i: Tensor, j: Tensor) -> Tensor:
        far = apart(i, j)
        return (far >= -least) & (far <= most)

    if mask is not None and (left, right) != (None, None):
        mask = mask & Mask.by_rule((queries, keys), near, device=device)
    elif (left, right) != (None, None):
        mask = window(queries, keys, left=left, right=right, device=device)
    if "alibi_slopes" in inputs:
        slopes = inputs["alibi_slopes"][..., None, None]
        shape = (*slopes.shape[:-2], queries, keys)
        bias = Bias.by_rule(shape, lambda i, j: -slopes * apart(i, j).abs(), device=device)
    return mask, bias

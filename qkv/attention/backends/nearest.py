"""Top-k attention over a long memory: find the k best keys, then attend to those alone."""

from __future__ import annotations

from math import prod

import torch
from torch import Tensor

from qkv.attention.backends.products import products
from qkv.attention.dropout import dropout
from qkv.attention.largest import largest
from qkv.attention.lookup import Lookup, held_at_once
from qkv.attention.scores import is_product
from qkv.attention.select import TopK

__all__ = ["nearest", "nearest_obstacle"]

Best = tuple[Tensor, Tensor]  # scores and positions of the best keys so far, (..., Tq, k) each


def nearest_obstacle(lookup: Lookup) -> str:
    """Why this kernel cannot serve, or an empty string."""
    if not is_product(lookup.score):
        return f"needs a product score; {type(lookup.score).__name__} is none"
    if not isinstance(lookup.select, TopK):
        return "selects by TopK only"
    if lookup.bias is not None:
        return "takes no bias"
    return ""


def nearest(lookup: Lookup, value: Tensor, p: float) -> tuple[Tensor, None]:
    """Exact top-k softmax attention: (..., Tq, Dv), in memory that does not grow with Tk.

    The keys stream by in blocks; only the k best of each query are kept. The gradient goes through
    those k alone, as it does wherever the others have weight 0.
    """
    if not lookup.key.shape[-2]:
        return products(lookup, value, p)
    assert is_product(lookup.score)
    query, key, own = lookup.score.product(lookup.query, lookup.key)
    query = query * (own if lookup.scale is None else lookup.scale)
    leading = torch.broadcast_shapes(lookup.shape[:-2], value.shape[:-2])
    query, key, value = (x.expand(*leading, *x.shape[-2:]) for x in (query, key, value))
    with torch.no_grad():
        scores, positions = _search(lookup, query, key)
        hidden = scores == -torch.inf
        empty = hidden.all(-1, keepdim=True)  # which softmax would make NaN of
    scores = (query[..., None, :] * _taken(key, positions)).sum(-1)  # (..., Tq, k)
    scores = scores.masked_fill(hidden & ~empty, -torch.inf)
    weights = torch.softmax(scores, -1).masked_fill(hidden, 0.0)
    return (dropout(weights, p)[..., None, :] @ _taken(value, positions)).squeeze(-2), None


def _search(lookup: Lookup, query: Tensor, key: Tensor) -> Best:
    """The k best keys of each query, block after block of keys."""
    keys, k = key.shape[-2], min(lookup.select.k, key.shape[-2])
    step = max(k, held_at_once(query) // max(1, prod(query.shape[:-1])))
    best = None
    for first in range(0, keys, step):
        columns = slice(first, min(first + step, keys))
        scores = query @ key[..., columns, :].mT
        if lookup.mask is not None:
            allowed = lookup.mask.part(columns=columns)
            scores = scores.masked_fill(~allowed, -torch.inf)
        values, positions = largest(scores, min(k, scores.shape[-1]))
        best = _better(best, (values, positions + first), k)
    assert best is not None
    return best


def _better(one: Best | None, other: Best, k: int) -> Best:
    if one is None:
        return other
    values, positions = (torch.cat(pair, -1) for pair in zip(one, other, strict=True))
    best = values.topk(k, -1)
    return best.values, positions.gather(-1, best.indices)


def _taken(x: Tensor, positions: Tensor) -> Tensor:
    """x (..., Tk, n) at positions (..., Tq, k) → (..., Tq, k, n)."""
    index = positions.flatten(-2)[..., None].expand(*positions.shape[:-2], -1, x.shape[-1])
    return x.gather(-2, index).unflatten(-2, positions.shape[-2:])

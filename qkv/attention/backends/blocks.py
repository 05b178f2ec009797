"""Some rows at a time: any score, any selection, memory linear in the length."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from qkv.attention.backends.products import products
from qkv.attention.lookup import Lookup
from qkv.shapes import are_transforms_active

__all__ = ["blocks", "blocks_obstacle"]


def blocks_obstacle() -> str:
    """Why this kernel cannot serve, or an empty string."""
    inside = torch.is_grad_enabled() and are_transforms_active()
    return "cannot compute again inside a transform of torch.func" if inside else ""


def blocks(lookup: Lookup, value: Tensor, p: float) -> tuple[Tensor, None]:
    """`products` of a few rows after another: (..., Tq, Dv).

    Nothing of a block is kept for the gradient: backward computes it again (Chen et al. 2016), so
    training takes one more forward and memory O(Tk) instead of O(Tq · Tk).
    """
    if not lookup.shape[-2]:
        return products(lookup, value, p)
    parts = ((rows, *_part(lookup, value, rows)) for rows in lookup.pieces())
    if torch.is_grad_enabled():
        contexts = [checkpoint(products, *part, p, use_reentrant=False)[0] for _, *part in parts]
        return torch.cat(contexts, -2), None
    # Written in place: a small tensor kept from each block would keep the next one from its memory.
    leading = torch.broadcast_shapes(lookup.shape[:-2], value.shape[:-2])
    context = value.new_empty((*leading, lookup.shape[-2], value.shape[-1]))
    for rows, part, values in parts:
        context[..., rows, :] = products(part, values, p)[0]
    return context, None


def _part(lookup: Lookup, value: Tensor, rows: slice) -> tuple[Lookup, Tensor]:
    columns = lookup.reach(rows)
    return lookup.part(rows, (), columns), value[..., columns, :]

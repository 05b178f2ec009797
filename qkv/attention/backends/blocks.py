"""Some rows at a time: any score, any selection, memory linear in the length."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from qkv.attention.backends.products import products
from qkv.attention.lookup import Lookup

__all__ = ["blocks"]


def blocks(lookup: Lookup, value: Tensor, p: float) -> tuple[Tensor, None]:
    """`products` of a few rows after another: (..., Tq, Dv).

    Nothing of a block is kept for the gradient: backward computes it again (Chen et al. 2016), so
    training takes one more forward and memory O(Tk) instead of O(Tq · Tk).
    """
    contexts = []
    for rows in lookup.pieces():
        columns = lookup.reach(rows)
        part, values = lookup.part(rows, (), columns), value[..., columns, :]
        if torch.is_grad_enabled():
            found = checkpoint(products, part, values, p, use_reentrant=False)
        else:
            found = products(part, values, p)
        contexts.append(found[0])
    return (torch.cat(contexts, -2), None) if contexts else products(lookup, value, p)

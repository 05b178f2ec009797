"""The meaning of `attend`, each step written out in float64. Kernels may be faster, never different."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from qkv.attention.dropout import dropout
from qkv.attention.scores import Score, compute
from qkv.attention.select import Select
from qkv.shapes import Mask

__all__ = ["reference"]


def reference(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    score: Score,
    select: Select,
    mask: Mask | None,
    scale: float | None,
    p: float,
) -> Tensor:
    """context_i = Σ_j select(score(q_i, k_j) over the keys that mask allows)_j v_j, as query's dtype."""
    scores = compute(_in_float64(score), query.double(), key.double(), scale)
    weights = dropout(select(scores, mask), p)
    return (weights @ value.double()).to(query.dtype)


def _in_float64(score: Score) -> Score:
    """The same score with parameters cast, still differentiable with respect to the originals."""
    if not isinstance(score, nn.Module):
        return score
    parameters = {name: p.double() for name, p in score.named_parameters()}
    return lambda query, key: torch.func.functional_call(score, parameters, (query, key))

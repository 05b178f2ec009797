"""The meaning of `attend`, step by step in float64. Kernels may be faster, never different."""

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
    """context_i = Σ_j select(score(q_i, k_j) for each j that mask allows)_j v_j, query's dtype."""
    scores = _scores(score, query.double(), key.double(), scale)
    weights = dropout(select(scores, mask), p)
    return (weights @ value.double()).to(query.dtype)


def _scores(score: Score, query: Tensor, key: Tensor, scale: float | None) -> Tensor:
    """`compute` with the score's parameters as float64, differentiable with respect to them."""
    if not isinstance(score, nn.Module):
        return compute(score, query, key, scale)
    call = _Compute(score)
    parameters = {name: p.double() for name, p in call.named_parameters()}
    return torch.func.functional_call(call, parameters, (query, key, scale))


class _Compute(nn.Module):
    """`compute` as a module: what `functional_call` takes."""

    def __init__(self, score: nn.Module) -> None:
        super().__init__()
        self.score = score

    def forward(self, query: Tensor, key: Tensor, scale: float | None) -> Tensor:
        return compute(self.score, query, key, scale)

"""A query compared with its keys, product by product, in float64."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from qkv.attention import Additive, General
from qkv.attention.lookup import Lookup
from qkv.attention.scores import Dot
from qkv.models.own_score import OwnScore

__all__ = ["Comparison", "compared", "exact"]


@dataclass(frozen=True)
class Comparison:
    """scores = scale · Σ_d products + bias, over d dimensions.

    name: dot, scaled dot, general, additive, or that of one's own score.
    query: (D,), as it is compared; keys: (n, D), likewise; energy: (D,), v of additive attention.
    products: (n, D), of a score of one's own (n, 0): how it comes about is its own affair.
    sums: (n,), Σ_d products, or the own score. bias: (n,). seen: (n,) bool, True = may be seen.
    """

    name: str
    query: Tensor
    keys: Tensor
    energy: Tensor | None
    products: Tensor
    sums: Tensor
    scale: float
    bias: Tensor
    seen: Tensor

    @property
    def scores(self) -> Tensor:
        """(n,), bias added."""
        return self.sums * self.scale + self.bias

    @property
    def shares(self) -> Tensor:
        """(n,), the softmax of the scores; all 0 where no key may be seen."""
        scores = self.scores.masked_fill(~self.seen, -torch.inf)
        return torch.softmax(scores, 0) if bool(self.seen.any()) else torch.zeros_like(scores)


def compared(lookup: Lookup) -> Comparison:
    """The comparison of a lookup's one query (1, D) with its keys (n, D)."""
    query, keys = exact(lookup.query)[0], exact(lookup.key)
    n = len(keys)
    score, energy, scale, sums = lookup.score, None, 1.0, None
    if isinstance(score, Dot):
        name, scale = ("scaled dot", len(query) ** -0.5) if score.scaled else ("dot", 1.0)
        products = query * keys
    elif isinstance(score, General):
        name, query = "general", _linear(score.project, query)
        products = query * keys
    elif isinstance(score, Additive):
        name, energy = "additive", exact(score.energy.weight)[0]
        query, keys = _linear(score.query, query), _linear(score.key, keys)
        products = energy * torch.tanh(query + keys)
    else:
        name = score.source.name if isinstance(score, OwnScore) else type(score).__name__
        products = keys.new_zeros(n, 0)
        sums = exact(lookup.replaced(bias=None).scores())[0]
    bias = keys.new_zeros(n) if lookup.bias is None else exact(lookup.bias.part()).expand(1, n)[0]
    seen = torch.ones(n, dtype=torch.bool)
    if lookup.mask is not None:
        seen = lookup.mask.allowed.cpu().expand(1, n)[0]
    sums = products.sum(1) if sums is None else sums
    hidden = (sums == -torch.inf) | (bias == -torch.inf)
    return Comparison(name, query, keys, energy, products, sums, scale, bias, seen & ~hidden)


def exact(x: Tensor) -> Tensor:
    """In float64, on the CPU; not every device has it."""
    return x.detach().cpu().double()


def _linear(linear: nn.Linear, x: Tensor) -> Tensor:
    return x @ exact(linear.weight).mT

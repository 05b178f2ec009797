"""The meaning of `attend`, step by step in float64. Kernels may be faster, never different."""

from __future__ import annotations

from torch import Tensor, func, nn

from qkv.attention.dropout import dropout
from qkv.attention.lookup import Lookup

__all__ = ["reference"]


def reference(lookup: Lookup, value: Tensor, p: float) -> tuple[Tensor, None]:
    """context_i = Σ_j select(score(q_i, k_j) for each j that mask allows)_j v_j, query's dtype."""
    weights = dropout(lookup.selected(_scores(lookup)), p)
    return (weights @ value.double()).to(lookup.query.dtype), None


def _scores(lookup: Lookup) -> Tensor:
    """In float64, the score's parameters too, and differentiable with respect to them."""
    exact = lookup.replaced(query=lookup.query.double(), key=lookup.key.double())
    if not isinstance(lookup.score, nn.Module):
        return exact.scores()
    call = _Scores(lookup.score, exact)
    parameters = {name: p.double() for name, p in call.named_parameters()}
    return func.functional_call(call, parameters, ())


class _Scores(nn.Module):
    """`Lookup.scores` as a module: what `functional_call` takes."""

    def __init__(self, score: nn.Module, lookup: Lookup) -> None:
        super().__init__()
        self.score, self.lookup = score, lookup

    def forward(self) -> Tensor:
        return self.lookup.scores()

"""How well a query matches a key: (..., Tq, D), (..., Tk, Dk) → scores (..., Tq, Tk).

A score that is a matrix product says so with `product`, so that kernels for products serve it; any
other score is only called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeGuard

import torch
from torch import Tensor, nn

from qkv.errors import ShapeError

__all__ = [
    "Additive",
    "Dot",
    "General",
    "ProductScore",
    "Score",
    "compute",
    "dot",
    "is_product",
    "scaled_dot",
    "uniform",
]


class Score(Protocol):
    """Anything that maps (..., Tq, D), (..., Tk, Dk) to (..., Tq, Tk)."""

    def __call__(self, query: Tensor, key: Tensor, /) -> Tensor: ...


class ProductScore(Score, Protocol):
    """A score that is scale · q kᵀ of the query, key and scale that `product` returns."""

    def product(self, query: Tensor, key: Tensor) -> tuple[Tensor, Tensor, float]: ...


def is_product(score: Score) -> TypeGuard[ProductScore]:
    return hasattr(score, "product")  # isinstance on a Protocol would cost each step 20 µs


def compute(score: Score, query: Tensor, key: Tensor, scale: float | None = None) -> Tensor:
    """Scores (..., Tq, Tk); `scale`, when given, takes the place of the score's own factor."""
    if not is_product(score):
        scores = score(query, key)
        return scores if scale is None else scores * scale
    query, key, own = score.product(query, key)
    return _product_scores(query, key, own if scale is None else scale)


def _product_scores(query: Tensor, key: Tensor, scale: float) -> Tensor:
    return (query * scale) @ key.mT  # (..., Tq, Tk)


@dataclass(frozen=True)
class Dot:
    """e_ij = q_iᵀ k_j (Luong et al. 2015), over √D when `scaled` (Vaswani et al. 2017, eq. 1)."""

    scaled: bool

    def product(self, query: Tensor, key: Tensor) -> tuple[Tensor, Tensor, float]:
        if query.shape[-1] != key.shape[-1]:
            raise ShapeError(
                f"attend(): a dot score needs query and key of one width; got {query.shape[-1]} "
                f"and {key.shape[-1]}. Use General({query.shape[-1]}, {key.shape[-1]}) or project."
            )
        return query, key, query.shape[-1] ** -0.5 if self.scaled else 1.0

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        return _product_scores(*self.product(query, key))


dot = Dot(scaled=False)
scaled_dot = Dot(scaled=True)


def uniform(query: Tensor, key: Tensor) -> Tensor:
    """Every key matches alike: the context is the mean. With one key it is the fixed vector."""
    return (query.sum(-1, keepdim=True) * 0) @ (key.sum(-1, keepdim=True) * 0).mT


class General(nn.Module):
    """e_ij = q_iᵀ W k_j, the bilinear score of Luong et al. 2015."""

    def __init__(self, query_width: int, key_width: int) -> None:
        super().__init__()
        self.project = nn.Linear(query_width, key_width, bias=False)

    def product(self, query: Tensor, key: Tensor) -> tuple[Tensor, Tensor, float]:
        _check_widths(self, query, key, (self.project.in_features, self.project.out_features))
        return self.project(query), key, 1.0

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        return _product_scores(*self.product(query, key))


class Additive(nn.Module):
    """e_ij = vᵀ tanh(W q_i + U k_j) (Bahdanau et al. 2015, appendix A.1.2).

    Builds (..., Tq, Tk, hidden) for the queries it is given: one at a time in a decoder.
    """

    def __init__(self, query_width: int, key_width: int, hidden: int) -> None:
        super().__init__()
        self.query = nn.Linear(query_width, hidden, bias=False)
        self.key = nn.Linear(key_width, hidden, bias=False)
        self.energy = nn.Linear(hidden, 1, bias=False)

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        _check_widths(self, query, key, (self.query.in_features, self.key.in_features))
        joined = self.query(query).unsqueeze(-2) + self.key(key).unsqueeze(-3)  # (..., Tq, Tk, h)
        return self.energy(torch.tanh(joined)).squeeze(-1)


def _check_widths(score: Score, query: Tensor, key: Tensor, widths: tuple[int, int]) -> None:
    got = (query.shape[-1], key.shape[-1])
    if got != widths:
        raise ShapeError(
            f"attend(): this {type(score).__name__} score takes query and key of widths {widths}; "
            f"got {got}. Make one for these widths."
        )

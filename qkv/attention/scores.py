"""How well a query matches a key: (..., Tq, D), (..., Tk, Dk) → scores (..., Tq, Tk).

A score that is a matrix product says so with `product`, so that kernels for products serve it; any
other score is only called.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeGuard

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from qkv.attention.linear import Linear, linear
from qkv.errors import ConfigError, ShapeError

__all__ = [
    "Additive",
    "Concat",
    "Cosine",
    "Dot",
    "General",
    "Location",
    "ProductScore",
    "Score",
    "SoftCapped",
    "compute",
    "dot",
    "in_its_dtype",
    "is_autocast",
    "is_finite",
    "is_product",
    "numbers_per_pair",
    "scaled_dot",
    "split",
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


def compute(
    score: Score, query: Tensor, key: Tensor, scale: float | None = None, *, wide: bool = False
) -> Tensor:
    """Scores (..., Tq, Tk); `scale`, when given, takes the place of the score's own factor.

    wide: in float32 at least, products from the first multiplication on.
    """
    if not is_product(score):
        scores = score(query, key)
        if scale is not None and is_finite(score):
            scores = scores * scale
        elif scale is not None:  # what is -∞ hides its key at any scale
            scores = torch.where(scores == -torch.inf, scores, scores * scale)
        return _widened(scores) if wide else scores
    query, key, own = score.product(query, key)
    factor = own if scale is None else scale
    if not wide:
        return _product_scores(query, key, factor)
    if not is_autocast(query):
        return _product_scores(_widened(query), _widened(key), factor)
    with torch.autocast(query.device.type, enabled=False):  # which would make it narrow again
        return _product_scores(_widened(query), _widened(key), factor)


def is_autocast(x: Tensor) -> bool:
    return not x.is_meta and torch.is_autocast_enabled(x.device.type)  # "meta" has none


def is_finite(score: Score) -> bool:
    """Is it known never to be -∞, which would hide a key?"""
    return hasattr(score, "product") or type(score) in FINITE or score is uniform


def in_its_dtype(query: Tensor, weight: Tensor) -> AbstractContextManager[object]:
    """Autocast as it was when a query became narrower than the score's parameters.

    Weights are lazy: they may be read when it is over.
    """
    narrower = query.dtype in (torch.bfloat16, torch.float16) and weight.dtype is torch.float32
    if narrower and not is_autocast(query):
        return torch.autocast(query.device.type, query.dtype)
    return nullcontext()


def split(score: Score) -> tuple[Callable[[Tensor], Tensor], Score]:
    """What a score does to keys alone, to be done once for many queries, and the score of the rest.

    score(query, key) = rest(query, of_keys(key))
    """
    return score.split() if isinstance(score, General | Additive) else (_as_they_are, score)


def _as_they_are(key: Tensor) -> Tensor:
    return key


def numbers_per_pair(score: Score, width: int) -> int:
    """How many numbers a score holds for one query and one key while it computes.

    An unknown function may well join them: `width` numbers.
    """
    return 1 if is_product(score) else getattr(score, "numbers_per_pair", width)


def _product_scores(query: Tensor, key: Tensor, scale: float) -> Tensor:
    """(..., Tq, Tk); scaled where numbers are fewer.

    In 16 bits always before the product: scaled after it, each score is rounded twice
    (and in float16 may overflow), which can move a key in or out of sparsemax's support.
    """
    if key.shape[-2] < query.shape[-1] and query.element_size() >= 4:
        return (query @ key.mT) * scale
    return (query * scale) @ key.mT


def _widened(x: Tensor) -> Tensor:
    return x.to(torch.promote_types(x.dtype, torch.float32))


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
        return query, key, max(1, query.shape[-1]) ** -0.5 if self.scaled else 1.0

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        return _product_scores(*self.product(query, key))


dot = Dot(scaled=False)
scaled_dot = Dot(scaled=True)


@dataclass(frozen=True)
class SoftCapped:
    """e_ij = c · tanh(s · q_iᵀ k_j / c): never beyond ±c (Gemma Team 2024, section 2).

    Args:
        cap: c.
        scale: s; None: 1/√D.
    Raises:
        ConfigError: the cap is not above 0.
    """

    cap: float
    scale: float | None = None
    numbers_per_pair = 1

    def __post_init__(self) -> None:
        if not self.cap > 0:
            raise ConfigError(f"SoftCapped: cap must be above 0; got {self.cap}.")

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        scores = compute(scaled_dot, query, key, self.scale)
        return torch.tanh(scores / self.cap) * self.cap


def uniform(query: Tensor, key: Tensor) -> Tensor:
    """Every key matches alike: the context is the mean. With one key it is the fixed vector."""
    return (query.sum(-1, keepdim=True) * 0) @ (key.sum(-1, keepdim=True) * 0).mT


class General(nn.Module):
    """e_ij = q_iᵀ W k_j, the bilinear score of Luong et al. 2015."""

    def __init__(self, query_width: int, key_width: int) -> None:
        super().__init__()
        self.project = Linear(query_width, key_width, bias=False)

    def product(self, query: Tensor, key: Tensor) -> tuple[Tensor, Tensor, float]:
        _check_widths(self, query, key, (self.project.in_features, self.project.out_features))
        with in_its_dtype(query, self.project.weight):
            return self.project(query), key, 1.0

    def split(self) -> tuple[Callable[[Tensor], Tensor], Score]:
        """See `split`: q_iᵀ (W k_j)."""
        return partial(linear, weight=self.project.weight.mT), dot

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        return _product_scores(*self.product(query, key))


class Additive(nn.Module):
    """e_ij = vᵀ tanh(W q_i + U k_j) (Bahdanau et al. 2015, appendix A.1.2).

    Builds (..., Tq, Tk, hidden) for the queries it is given; `attend` gives it a few at a time.
    """

    def __init__(self, query_width: int, key_width: int, hidden: int) -> None:
        super().__init__()
        self.query = Linear(query_width, hidden, bias=False)
        self.key = Linear(key_width, hidden, bias=False)
        self.energy = nn.Linear(hidden, 1, bias=False)
        self.numbers_per_pair = hidden

    def split(self) -> tuple[Callable[[Tensor], Tensor], Score]:
        """See `split`: U k_j, and what is left."""
        return self.key, _OfProjected(self)

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        _check_widths(self, query, key, (self.query.in_features, self.key.in_features))
        with in_its_dtype(query, self.query.weight):
            return self.of_projected(query, self.key(key))

    def of_projected(self, query: Tensor, key: Tensor) -> Tensor:
        """Of keys U k_j."""
        joined = self.query(query).unsqueeze(-2) + key.unsqueeze(-3)
        return self.energy(torch.tanh(joined)).squeeze(-1)  # (..., Tq, Tk, hidden) before


@dataclass(frozen=True)
class _OfProjected:
    """`Additive` of keys that are projected already."""

    score: Additive

    @property
    def numbers_per_pair(self) -> int:
        return self.score.numbers_per_pair

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        with in_its_dtype(query, self.score.query.weight):
            return self.score.of_projected(query, key)


class Concat(nn.Module):
    """e_ij = vᵀ tanh(W [q_i; k_j]) (Luong et al. 2015, eq. 8), W of shape (hidden, D + Dk).

    `Additive` with both matrices in one, as published weights have it.
    """

    def __init__(self, query_width: int, key_width: int, hidden: int) -> None:
        super().__init__()
        self.widths = query_width, key_width
        self.joined = nn.Linear(query_width + key_width, hidden, bias=False)
        self.energy = nn.Linear(hidden, 1, bias=False)
        self.numbers_per_pair = hidden

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        _check_widths(self, query, key, self.widths)
        for_query, for_key = self.joined.weight.split(self.widths, -1)
        with in_its_dtype(query, self.joined.weight):
            joined = (query @ for_query.mT).unsqueeze(-2) + (key @ for_key.mT).unsqueeze(-3)
            return self.energy(torch.tanh(joined)).squeeze(-1)


@dataclass(frozen=True)
class Cosine:
    """e_ij = cos(q_i, k_j) / temperature (Graves et al. 2014, eq. 6); 0 for a vector of zeros.

    Raises:
        ConfigError: the temperature is not above 0.
    """

    temperature: float = 1.0

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ConfigError(f"Cosine: temperature must be above 0; got {self.temperature}.")

    def product(self, query: Tensor, key: Tensor) -> tuple[Tensor, Tensor, float]:
        query, key, _ = dot.product(query, key)
        if query.shape[-1] == 1:  # a cosine is ±1, and does not move with the numbers
            return query.sign(), key.sign(), 1 / self.temperature
        return normalize(query, dim=-1), normalize(key, dim=-1), 1 / self.temperature

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        return _product_scores(*self.product(query, key))


class Location(nn.Module):
    """e_i = W q_i: the query alone says where to look (Luong et al. 2015, eq. 8, "location").

    Args:
        query_width: of the queries.
        longest: the most keys there may ever be; the first Tk outputs serve Tk keys.
    """

    numbers_per_pair = 1

    def __init__(self, query_width: int, longest: int) -> None:
        super().__init__()
        self.project = nn.Linear(query_width, longest, bias=False)

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        width, longest = self.project.in_features, self.project.out_features
        if query.shape[-1] != width:
            raise ShapeError(
                f"attend(): this Location score takes queries of width {width}; "
                f"got {query.shape[-1]}. Make one for this width."
            )
        if key.shape[-2] > longest:
            raise ShapeError(
                f"attend(): this Location score knows {longest} positions; got {key.shape[-2]} "
                "keys. Make one with a larger `longest`."
            )
        with in_its_dtype(query, self.project.weight):
            scores = query @ self.project.weight[: key.shape[-2]].mT
        leading = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2])
        return scores.expand(*leading, *scores.shape[-2:])


FINITE = {Additive, Concat, Location, SoftCapped, _OfProjected}


def _check_widths(score: Score, query: Tensor, key: Tensor, widths: tuple[int, int]) -> None:
    got = (query.shape[-1], key.shape[-1])
    if got != widths:
        raise ShapeError(
            f"attend(): this {type(score).__name__} score takes query and key of widths {widths}; "
            f"got {got}. Make one for these widths."
        )

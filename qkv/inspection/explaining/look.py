"""One query's attention, number by number: compared, weighed, and what the values brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from qkv.attention import Weights
from qkv.attention.pinned import is_pinned, unpinned
from qkv.attention.select import Chosen
from qkv.inspection.explaining.comparing import Comparison, compared, exact

__all__ = [
    "Head",
    "Heads",
    "Key",
    "Look",
    "OtherKeys",
    "Vector",
    "heads_of",
    "largest",
    "look",
    "vector",
    "weigh",
]

Vector = tuple[float, ...]

_KEYS, _DIMENSIONS, _HEADS = 10, 4, 12  # that are shown, at most


@dataclass(frozen=True, slots=True)
class Key:
    """One key that the query was compared with, and what its value brought.

    number: its position, from 1. numbers: of the key, at `Look.dimensions`; of additive attention
        those of U h.
    products: with the query there; of additive attention v · tanh(W s + U h).
    rest: what the other products add up to; product: all of them together, or the value of a score
        of one's own.
    score: product times `Look.scale`, plus bias. exp: of score - `Look.shift`.
    share: exp over their sum, the softmax. weight: the share, unless attention is hard or the row
        was given from outside.
    brought: weight times the value, at `Look.value_dimensions`.
    """

    number: int
    token: str
    numbers: Vector
    products: Vector
    rest: float
    product: float
    bias: float
    score: float
    exp: float
    share: float
    weight: float
    brought: Vector


@dataclass(frozen=True, slots=True)
class OtherKeys:
    """What the keys that are not shown add up to."""

    count: int
    exp: float
    share: float
    weight: float
    brought: Vector


@dataclass(frozen=True, slots=True)
class Look:
    """What one query of one head did.

    score: dot, scaled dot, general, additive, or the name of one's own. scale: of the products.
    width: of query and keys as they are compared. query: as it is compared; additive: W s.
    energy: v of additive attention, at `dimensions`; else empty.
    dimensions: whose products are shown, from 1; other_dimensions: how many are not.
    keys: those with the most weight, in order; others: the rest, if there is one. hidden: how many
        more there are, which could not be seen.
    shift: the largest score. total: Σ exp.
    hard: the likeliest key alone has weight. pinned: the weights were given from outside.
    shared: whether the vectors that keys are made of are the values, as in Seq2Seq.
    value_width: of the values. context: Σ weight · value. value_dimensions: those that are shown,
        from 1.
    """

    score: str
    scale: float
    width: int
    query: Vector
    energy: Vector
    dimensions: tuple[int, ...]
    other_dimensions: int
    keys: tuple[Key, ...]
    others: OtherKeys | None
    hidden: int
    shift: float
    total: float
    hard: bool
    pinned: bool
    shared: bool
    value_width: int
    context: Vector
    value_dimensions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """One head, from 0: where it looked most, and what it put on `Heads.token`."""

    number: int
    token: str
    strongest: float
    weight: float


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of a layer beside each other.

    key, token: the key, from 1, with the most weight on the mean over heads, and mean: that weight.
    heads: those that put most on it, in order; others, other_weight: how many the rest are, and
        what they put on it together.
    """

    key: int
    token: str
    mean: float
    heads: tuple[Head, ...]
    others: int
    other_weight: float


def weigh(weights: Weights, row: int) -> Tensor:
    """What each head of a layer put on each key in this row: (H, Tk) in float64."""
    return torch.stack([_Row.of(weights, row, head).weight for head in range(weights.shape[1])])


def heads_of(weighed: Tensor, tokens: Sequence[str]) -> Heads:
    """weighed: (H, Tk), see `weigh`; the keys are called `tokens`."""
    mean = weighed.mean(0)
    key = int(mean.argmax())
    on_it = weighed[:, key]
    shown = largest(on_it, _HEADS)
    heads = [
        Head(number, tokens[int(row.argmax())], float(row.max()), float(row[key]))
        for number, row in zip(shown, weighed[shown], strict=True)
    ]
    rest = float(on_it.sum() - on_it[shown].sum())
    return Heads(
        key + 1, tokens[key], float(mean[key]), tuple(heads), len(on_it) - len(shown), rest
    )


def look(weights: Weights, row: int, head: int, tokens: Sequence[str]) -> Look:
    """What the query of this row and head did with the keys, which are called `tokens`."""
    one = _Row.of(weights, row, head)
    made = one.comparison
    dimensions = largest(made.products[one.shown].abs().sum(0), _DIMENSIONS)
    context = one.weight @ one.value
    value_dimensions = largest(context.abs(), _DIMENSIONS)
    brought = one.weight[:, None] * one.value[:, value_dimensions]
    return Look(
        score=made.name,
        scale=made.scale,
        width=len(made.query),
        query=vector(made.query),
        energy=() if made.energy is None else vector(made.energy[dimensions]),
        dimensions=tuple(d + 1 for d in dimensions),
        other_dimensions=made.products.shape[1] - len(dimensions),
        keys=tuple(_key(one, i, tokens[i], dimensions, brought[i]) for i in one.shown),
        others=_others(one, brought),
        hidden=len(one.weight) - len(one.visible),
        shift=one.shift,
        total=float(one.exps.sum()),
        hard=one.hard,
        pinned=one.pinned,
        shared=one.shared,
        value_width=len(context),
        context=vector(context),
        value_dimensions=tuple(d + 1 for d in value_dimensions),
    )


@dataclass(frozen=True)
class _Row:
    """weight: (n,), what the model gave each key; value: (n, Dv). All in float64."""

    comparison: Comparison
    weight: Tensor
    value: Tensor
    hard: bool
    pinned: bool
    shared: bool

    @classmethod
    def of(cls, weights: Weights, row: int, head: int) -> _Row:
        lookup = weights.lookup.part(slice(row, row + 1), (0, head))
        assert weights.value is not None  # nosec: models of qkv keep it
        value = exact(weights.value[0, head])
        made = compared(lookup)
        hard, pinned = isinstance(unpinned(lookup.select), Chosen), is_pinned(lookup.select)
        given = hard or pinned
        weight = exact(lookup.weights(wide=True))[0] if given else made.shares
        return cls(made, weight, value, hard, pinned, torch.equal(exact(lookup.key), value))

    @cached_property
    def visible(self) -> list[int]:
        """The keys that may be seen, or have weight all the same, the heaviest first."""
        keys = torch.nonzero(self.comparison.seen | (self.weight > 0))[:, 0].tolist()
        return sorted(keys, key=lambda i: (-float(self.weight[i]), -float(self.shares[i]), i))

    @cached_property
    def shown(self) -> list[int]:
        return sorted(self.visible[:_KEYS])

    @cached_property
    def shares(self) -> Tensor:
        return self.comparison.shares

    @cached_property
    def shift(self) -> float:
        scores = self.comparison.scores[self.comparison.seen]
        return float(scores.max()) if len(scores) else 0.0

    @cached_property
    def exps(self) -> Tensor:
        exps = torch.exp(self.comparison.scores - self.shift)
        return exps.masked_fill(~self.comparison.seen, 0.0)


def _key(row: _Row, i: int, token: str, dimensions: list[int], brought: Tensor) -> Key:
    made = row.comparison
    products = made.products[i]
    numbers = (made.sums, made.bias, made.scores, row.exps, row.shares, row.weight)
    product, bias, score, exp, share, weight = (float(x[i]) for x in numbers)
    return Key(
        number=i + 1,
        token=token,
        numbers=vector(made.keys[i, dimensions]),
        products=vector(products[dimensions]),
        rest=float(products.sum() - products[dimensions].sum()),
        product=product,
        bias=bias,
        score=score,
        exp=exp,
        share=share,
        weight=weight,
        brought=vector(brought),
    )


def _others(row: _Row, brought: Tensor) -> OtherKeys | None:
    left = row.visible[_KEYS:]
    if not left:
        return None
    exp, share, weight = (float(x[left].sum()) for x in (row.exps, row.shares, row.weight))
    return OtherKeys(len(left), exp, share, weight, vector(brought[left].sum(0)))


def largest(numbers: Tensor, count: int) -> list[int]:
    """The places of the largest numbers, at most `count`, in order."""
    return sorted(numbers.sort(descending=True, stable=True).indices[:count].tolist())


def vector(x: Tensor) -> Vector:
    """(n,) as a tuple."""
    return tuple(x.tolist())

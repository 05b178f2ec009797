"""What a decoder says next: logits, their softmax over the vocabulary, and one logit's products."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from qkv.inspection.explaining.comparing import exact
from qkv.inspection.explaining.look import largest

__all__ = ["Prediction", "Term", "Word", "predicted"]

_WORDS, _TERMS = 5, 4  # that are shown


@dataclass(frozen=True, slots=True)
class Term:
    """One product of a logit; number: the dimension, from 1. feature: of f; weight: of Wₒ."""

    number: int
    feature: float
    weight: float
    product: float


@dataclass(frozen=True, slots=True)
class Word:
    """One token of the vocabulary; exp: of logit - `Prediction.shift`.

    text: of the sentence so far, with this token: as a prefix it makes a model say it.
    """

    token: str
    id: int
    logit: float
    exp: float
    probability: float
    text: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """The next token's probabilities: softmax of u = Wₒ f + bₒ over the vocabulary.

    token, id: what was taken; rank: 1 is the most probable. probability, log_probability: its own.
    words: the most probable, and the one taken. others: how many the rest are, and other_exp,
        other_probability: what they add up to. shift: the largest logit. total: Σ exp.
    width: of f. terms: the largest products of the logit of the one taken; other_terms: how many
        the rest are; rest: what they add up to. bias, logit: of that token.
    """

    token: str
    id: int
    rank: int
    probability: float
    log_probability: float
    words: tuple[Word, ...]
    others: int
    other_exp: float
    other_probability: float
    shift: float
    total: float
    width: int
    terms: tuple[Term, ...]
    other_terms: int
    rest: float
    bias: float
    logit: float


def predicted(
    feature: Tensor,
    output: nn.Linear,
    taken: int,
    name: Callable[[int], str],
    text: Callable[[int], str],
) -> Prediction:
    """From feature (M,) and the output weights (V, M) to the token `taken`, and its rivals.

    name: what a token of the vocabulary is called; text: what the sentence so far is with it.
    """
    feature, weight = exact(feature), exact(output.weight)
    bias = weight.new_zeros(len(weight)) if output.bias is None else exact(output.bias)
    logits = weight @ feature + bias  # (V,)
    shift = float(logits.max())
    exps, log_p = torch.exp(logits - shift), torch.log_softmax(logits, 0)
    p = log_p.exp()
    order = logits.sort(descending=True, stable=True).indices.tolist()
    rank = order.index(taken)
    shown = order[:_WORDS] + [taken] * (rank >= _WORDS)
    left = order[_WORDS:rank] + order[max(_WORDS, rank + 1) :]
    words = [
        Word(name(i), i, float(logits[i]), float(exps[i]), float(p[i]), text(i)) for i in shown
    ]
    products = weight[taken] * feature
    terms = largest(products.abs(), _TERMS)
    return Prediction(
        token=name(taken),
        id=taken,
        rank=rank + 1,
        probability=float(p[taken]),
        log_probability=float(log_p[taken]),
        words=tuple(words),
        others=len(left),
        other_exp=float(exps[left].sum()),
        other_probability=float(p[left].sum()),
        shift=shift,
        total=float(exps.sum()),
        width=len(feature),
        terms=tuple(
            Term(d + 1, *(float(x[d]) for x in (feature, weight[taken], products))) for d in terms
        ),
        other_terms=len(feature) - len(terms),
        rest=float(products.sum() - products[terms].sum()),
        bias=float(bias[taken]),
        logit=float(logits[taken]),
    )

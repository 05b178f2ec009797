"""Scores against numpy, and what `compute` makes of them."""

import numpy as np
import pytest
import torch
from torch import Tensor

from qkv.attention import Additive, Dot, General, Score, dot, scaled_dot, uniform
from qkv.attention.scores import compute, is_product
from tests.oracles import attention as oracle
from tests.strategies import DK, HIDDEN, TK, TQ, B, D, H


def numbers(x: Tensor) -> np.ndarray:
    return x.detach().numpy()


def pair(key_width: int = D) -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    shapes = (B, H, TQ, D), (B, H, TK, key_width)
    query, key = (torch.randn(shape, dtype=torch.float64) for shape in shapes)
    return query, key


@pytest.mark.parametrize(("score", "factor"), [(dot, 1.0), (scaled_dot, D**-0.5)])
def test_dot(score: Dot, factor: float) -> None:
    query, key = pair()
    expected = oracle.dot(factor).scores(numbers(query), numbers(key))
    np.testing.assert_allclose(numbers(score(query, key)), expected, atol=1e-12)


def test_general() -> None:
    query, key = pair(DK)
    score = General(D, DK).double()
    expected = oracle.general(numbers(score.project.weight))
    np.testing.assert_allclose(
        numbers(score(query, key)), expected.scores(numbers(query), numbers(key)), atol=1e-12
    )


def test_additive() -> None:
    query, key = pair(DK)
    score = Additive(D, DK, HIDDEN).double()
    parts = (numbers(part.weight) for part in (score.query, score.key, score.energy))
    w, u, v = parts
    expected = oracle.additive(w, u, v[0]).scores(numbers(query), numbers(key))
    np.testing.assert_allclose(numbers(score(query, key)), expected, atol=1e-12)


def test_additive_by_pencil() -> None:
    """One number everywhere: e = 2 · tanh(3 · 1 + 0.5 · 4)."""
    score = Additive(1, 1, 1)
    for part, weight in ((score.query, 3.0), (score.key, 0.5), (score.energy, 2.0)):
        part.weight.data.fill_(weight)
    assert score(torch.tensor([[1.0]]), torch.tensor([[4.0]])).item() == pytest.approx(
        2 * np.tanh(5.0)
    )


def test_uniform_matches_everything_alike() -> None:
    query, key = pair(DK)
    assert torch.equal(uniform(query, key), torch.zeros(B, H, TQ, TK, dtype=torch.float64))


@pytest.mark.parametrize("score", [dot, scaled_dot, General(D, D), Additive(D, D, HIDDEN), uniform])
def test_compute_calls_the_score_and_leading_axes_broadcast(score: Score) -> None:
    query, key = torch.randn(B, 1, TQ, D), torch.randn(H, TK, D)
    scores = compute(score, query, key)
    assert scores.shape == (B, H, TQ, TK)
    torch.testing.assert_close(scores, score(query, key))
    torch.testing.assert_close(scores[1, 2], score(query[1, 0], key[2]))


@pytest.mark.parametrize(
    ("score", "factor"),
    [(dot, 1.0), (scaled_dot, D**-0.5), (General(D, D), 1.0), (Additive(D, D, HIDDEN), 1.0)],
)
def test_scale_replaces_the_scores_own_factor(score: Score, factor: float) -> None:
    query, key = torch.randn(TQ, D), torch.randn(TK, D)
    scaled = compute(score, query, key, scale=0.3)
    torch.testing.assert_close(scaled, compute(score, query, key) / factor * 0.3)


def test_which_scores_are_matrix_products() -> None:
    assert is_product(dot)
    assert is_product(General(D, DK))
    assert not is_product(Additive(D, DK, HIDDEN))
    assert not is_product(uniform)


def test_scores_own_the_papers_parameters_and_no_biases() -> None:
    general, additive = General(D, DK), Additive(D, DK, HIDDEN)
    assert [tuple(p.shape) for p in general.parameters()] == [(DK, D)]
    shapes = {tuple(p.shape) for p in additive.parameters()}
    assert shapes == {(HIDDEN, D), (HIDDEN, DK), (1, HIDDEN)}

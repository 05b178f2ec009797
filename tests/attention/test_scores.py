"""Scores against numpy, and what `compute` makes of them."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, func, nn

from qkv.attention import (
    Additive,
    Concat,
    Cosine,
    Dot,
    General,
    Location,
    Score,
    SoftCapped,
    dot,
    scaled_dot,
    uniform,
)
from qkv.attention.scores import compute, is_product, split
from qkv.errors import ConfigError, ShapeError
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


def cosine(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Pair by pair; 0 where a vector is all zeros."""
    cosines = np.zeros((*query.shape[:-1], key.shape[-2]))
    for *lead, i, j in np.ndindex(*cosines.shape):
        q, k = query[(*lead, i)], key[(*lead, j)]
        lengths = np.sqrt((q**2).sum()) * np.sqrt((k**2).sum())
        cosines[(*lead, i, j)] = 0.0 if lengths == 0 else (q * k).sum() / lengths
    return cosines


@pytest.mark.parametrize("temperature", [1.0, 0.05, 7.0])
def test_cosine(temperature: float) -> None:
    query, key = pair()
    expected = cosine(numbers(query), numbers(key)) / temperature
    np.testing.assert_allclose(numbers(Cosine(temperature)(query, key)), expected, atol=1e-12)


def test_cosine_is_of_directions() -> None:
    query, key = pair()
    torch.testing.assert_close(Cosine()(1e6 * query, 1e-6 * key), Cosine()(query, key))
    same = Cosine(0.5)(query, query).diagonal(dim1=-2, dim2=-1)
    torch.testing.assert_close(same, torch.full_like(same, 2.0))


def test_cosine_of_zeros_is_zero_and_has_a_gradient() -> None:
    query, key = pair()
    query[:, :, 1], key[:, 0, 2] = 0.0, 0.0
    inputs = [x.requires_grad_() for x in (query, key)]
    scores = Cosine(0.1)(query, key)
    np.testing.assert_allclose(
        numbers(scores), cosine(numbers(query), numbers(key)) / 0.1, atol=1e-12
    )
    assert not scores[:, :, 1].any()
    assert not scores[:, 0, :, 2].any()
    assert all(g.isfinite().all() for g in torch.autograd.grad(scores.sum(), inputs))


@pytest.mark.parametrize("scale", [None, 3.0])
def test_soft_capped(scale: float | None) -> None:
    query, key = pair()
    scores = oracle.dot(D**-0.5 if scale is None else scale).scores(numbers(query), numbers(key))
    capped = numbers(SoftCapped(0.7, scale)(query, key))
    np.testing.assert_allclose(capped, 0.7 * np.tanh(scores / 0.7), atol=1e-12)


@pytest.mark.parametrize("cap", [0.0, -1.0, float("nan")])
def test_soft_capped_needs_a_cap(cap: float) -> None:
    with pytest.raises(ConfigError) as error:
        SoftCapped(cap)
    assert str(error.value) == f"SoftCapped: cap must be above 0; got {cap}."


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_cosine_needs_a_temperature(temperature: float) -> None:
    with pytest.raises(ConfigError) as error:
        Cosine(temperature)
    assert str(error.value) == f"Cosine: temperature must be above 0; got {temperature}."


def test_scale_takes_the_place_of_the_temperature() -> None:
    query, key = pair()
    scaled = compute(Cosine(0.1), query, key, scale=3.0)
    torch.testing.assert_close(scaled, 3 * Cosine()(query, key))


def test_concat() -> None:
    query, key = pair(DK)
    score = Concat(D, DK, HIDDEN).double()
    w, v = numbers(score.joined.weight), numbers(score.energy.weight)[0]
    expected = np.zeros((B, H, TQ, TK))
    for *lead, i, j in np.ndindex(*expected.shape):
        joined = np.concatenate([numbers(query)[(*lead, i)], numbers(key)[(*lead, j)]])
        expected[(*lead, i, j)] = v @ np.tanh(w @ joined)
    np.testing.assert_allclose(numbers(score(query, key)), expected, atol=1e-12)


def test_concat_is_additive_with_both_matrices_in_one() -> None:
    query, key = pair(DK)
    joined, split = Concat(D, DK, HIDDEN).double(), Additive(D, DK, HIDDEN).double()
    split.query.weight.data = joined.joined.weight[:, :D]
    split.key.weight.data = joined.joined.weight[:, D:]
    split.energy.weight.data = joined.energy.weight
    torch.testing.assert_close(joined(query, key), split(query, key))
    assert {tuple(p.shape) for p in joined.parameters()} == {(HIDDEN, D + DK), (1, HIDDEN)}


def test_location() -> None:
    query, key = pair(DK)
    score = Location(D, TK + 2).double()
    expected = np.zeros((B, H, TQ, TK))
    for *lead, i, j in np.ndindex(*expected.shape):
        expected[(*lead, i, j)] = numbers(score.project.weight)[j] @ numbers(query)[(*lead, i)]
    np.testing.assert_allclose(numbers(score(query, key)), expected, atol=1e-12)
    assert torch.equal(score(query, torch.zeros_like(key)), score(query, key))


def test_location_takes_the_leading_axes_of_the_keys() -> None:
    query, key = torch.randn(TQ, D), torch.randn(B, H, TK, DK)
    score = Location(D, TK)
    scores = score(query, key)
    assert scores.shape == (B, H, TQ, TK)
    assert torch.equal(scores[1, 2], score(query, key[0, 0]))


GIVEN_WIDTHS: dict[str, Callable[[], nn.Module]] = {
    "general": lambda: General(2, 3),
    "additive": lambda: Additive(2, 3, 2),
    "concat": lambda: Concat(2, 3, 2),
    "location": lambda: Location(2, 5),
}


@pytest.mark.parametrize("name", GIVEN_WIDTHS)
def test_gradients_reach_query_key_and_parameters(name: str) -> None:
    torch.manual_seed(0)
    score = GIVEN_WIDTHS[name]().double()
    names = [n for n, _ in score.named_parameters()]

    def call(query: Tensor, key: Tensor, *parameters: Tensor) -> Tensor:
        return func.functional_call(score, dict(zip(names, parameters, strict=True)), (query, key))

    pairs = (torch.randn(2, 3, 2).double(), torch.randn(4, 3).double())
    inputs = [x.detach().requires_grad_() for x in (*pairs, *score.parameters())]
    assert torch.autograd.gradcheck(call, inputs)


def test_gradients_of_cosine() -> None:
    torch.manual_seed(0)
    inputs = [torch.randn(s).double().requires_grad_() for s in ((2, 3, 2), (4, 2))]
    assert torch.autograd.gradcheck(Cosine(0.3), inputs)


@pytest.mark.parametrize(
    ("score", "widths", "text"),
    [
        (
            Cosine(),
            (2, 3),
            "attend(): a dot score needs query and key of one width; got 2 and 3. "
            "Use General(2, 3) or project.",
        ),
        (
            Concat(2, 3, 1),
            (3, 2),
            "attend(): this Concat score takes query and key of widths (2, 3); got (3, 2). "
            "Make one for these widths.",
        ),
        (
            Location(2, 9),
            (3, 2),
            "attend(): this Location score takes queries of width 2; got 3. "
            "Make one for this width.",
        ),
        (
            Location(2, 4),
            (2, 2),
            "attend(): this Location score knows 4 positions; got 7 keys. "
            "Make one with a larger `longest`.",
        ),
    ],
)
def test_errors(score: Score, widths: tuple[int, int], text: str) -> None:
    with pytest.raises(ShapeError) as error:
        score(torch.randn(TQ, widths[0]), torch.randn(TK, widths[1]))
    assert str(error.value) == text


@pytest.mark.parametrize(
    "score", [dot, scaled_dot, uniform, General(D, D), Additive(D, D, HIDDEN), Concat(D, D, HIDDEN)]
)
def test_a_score_in_two_parts_is_the_score(score: Score) -> None:
    score = score.double() if isinstance(score, nn.Module) else score
    query, key = pair()
    of_keys, rest = split(score)
    torch.testing.assert_close(rest(query, of_keys(key)), score(query, key), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("score", "layer"), [(General(D, D), "project"), (Additive(D, D, HIDDEN), "key")]
)
def test_what_is_done_to_keys_once_is_not_done_again(score: nn.Module, layer: str) -> None:
    query, key = pair()
    of_keys, rest = split(score.double())
    projected = of_keys(key)
    with torch.no_grad():
        getattr(score, layer).weight.fill_(torch.nan)
    assert rest(query, projected).isfinite().all()

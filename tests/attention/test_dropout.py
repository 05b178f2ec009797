"""Dropout: how many, by how much, and from which random numbers."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.attention import dropout
from tests import strategies
from tests.strategies import TK, TQ, B, H

MANY = 1_000_003  # not a multiple of 8


@pytest.mark.parametrize("p", [0.1, 0.25, 0.3, 0.5, 0.9])
def test_the_share_of_zeros_is_p_to_the_nearest_256th(p: float) -> None:
    torch.manual_seed(0)
    rounded = round(p * 256) / 256
    share = (dropout(torch.ones(MANY), p) == 0).double().mean().item()
    standard_error = (rounded * (1 - rounded) / MANY) ** 0.5
    assert abs(share - rounded) < 4 * standard_error
    assert abs(rounded - p) <= 1 / 512


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("p", [0.1, 0.3, 0.5])
def test_what_is_kept_is_scaled_by_the_rounded_p(p: float, dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    out = dropout(torch.ones(1000, dtype=dtype), p)
    kept = 1 / (1 - round(p * 256) / 256)
    assert out.dtype == dtype
    assert set(out.unique().tolist()) == {0.0, torch.tensor(kept, dtype=dtype).item()}


@pytest.mark.parametrize("p", [0.1, 0.3, 0.7])
def test_the_mean_is_kept(p: float) -> None:
    torch.manual_seed(0)
    mean = dropout(torch.ones(MANY, dtype=torch.float64), p).mean().item()
    assert mean == pytest.approx(1.0, abs=4 * (p / (1 - p) / MANY) ** 0.5)


def test_neighbours_are_independent() -> None:
    """Eight elements share one 64-bit draw; each pair still agrees as often as chance has it."""
    torch.manual_seed(0)
    kept = (dropout(torch.ones(8 * 100_000), 0.5) > 0).double().view(-1, 8)
    correlation = torch.corrcoef(kept.T) - torch.eye(8)
    assert correlation.abs().max() < 5 / 100_000**0.5


def test_the_seed_decides() -> None:
    x = torch.randn(B, H, TQ, TK)
    torch.manual_seed(7)
    first, second = dropout(x, 0.3), dropout(x, 0.3)
    torch.manual_seed(7)
    assert torch.equal(dropout(x, 0.3), first)
    assert torch.equal(dropout(x, 0.3), second)
    assert not torch.equal(first, second)


def test_the_draws_do_not_depend_on_dtype_or_layout() -> None:
    """A resumed or re-batched run repeats its draws as long as the counts are the same."""
    x = torch.ones(TQ, TK)
    patterns = []
    for each in (x, x.double(), x.bfloat16(), x.mT.contiguous().mT):
        torch.manual_seed(3)
        patterns.append(dropout(each, 0.5) == 0)
    assert all(torch.equal(pattern, patterns[0]) for pattern in patterns)


@settings(max_examples=30, deadline=None)
@given(strategies.seeds, st.floats(0.01, 0.95))
def test_the_gradient_is_the_pattern(seed: int, p: float) -> None:
    torch.manual_seed(seed)
    x = torch.randn(TQ, TK, dtype=torch.float64, requires_grad=True)
    out = dropout(x, p)
    upstream = torch.randn_like(out)
    (gradient,) = torch.autograd.grad(out, x, upstream)
    scale = 1 / (1 - round(p * 256) / 256)
    expected = torch.where(out == 0, 0.0, upstream * scale)
    torch.testing.assert_close(gradient, expected, rtol=1e-14, atol=0.0)


def test_off_outside_training_and_at_zero() -> None:
    x = torch.randn(TQ, TK)
    state = torch.get_rng_state()
    assert dropout(x, 0.3, training=False) is x
    assert dropout(x, 0.0) is x
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("p", [0.001, 0.999])
def test_too_near_to_an_end_for_256ths(p: float) -> None:
    """torch's own dropout serves there, so that a p above zero drops something."""
    torch.manual_seed(0)
    share = (dropout(torch.ones(MANY), p) == 0).double().mean().item()
    assert share == pytest.approx(p, abs=2e-4)


@pytest.mark.parametrize("shape", [(), (1,), (0, TK), (B, H, TQ, TK)])
def test_any_shape(shape: tuple[int, ...]) -> None:
    assert dropout(torch.ones(shape), 0.5).shape == shape

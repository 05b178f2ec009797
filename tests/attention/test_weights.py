"""Lazy weights: any part equals the same part of all of them, and asking changes nothing."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from qkv.attention import Weights, attend, causal, padding, scaled_dot, softmax
from qkv.attention.lookup import Lookup
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Mask
from tests import strategies
from tests.strategies import TK, TQ, B, D, H, Request


def weights(mask: Mask | None = None, key_heads: int = H, **kept: Any) -> Weights:
    torch.manual_seed(0)
    query = torch.randn(B, H, TQ, D, dtype=torch.float64, **kept)
    key = torch.randn(B, key_heads, TK, D, dtype=torch.float64, **kept)
    return Weights(Lookup(query, key, scaled_dot, softmax, mask))


MASKS = {
    "none": None,
    "two axes": causal(TQ, TK),
    "padding": padding(torch.tensor([TK, 3]), TK),
    "one for every head": Mask(torch.arange(H * TQ).view(H, TQ, 1) + torch.arange(TK) > 6),
    "one for every row": Mask(torch.arange(TQ)[:, None] > 1),
}

INDICES = [
    (1, 2, 3),
    (-1, -3, -5),
    (0, 0, -1),
    (1,),
    1,
    (slice(None), 1, slice(1, 3)),
    (0, slice(None), slice(None, None, 2)),
    (..., 3, slice(2, 5)),
    (..., slice(-2, None), slice(None)),
    (..., -1),
    (1, ..., 2),
    (0, 1, 2, 3),
    (-1, -1, -1, -1),
    (0, slice(None), slice(None), 4),
    (0, slice(1, 1)),
    ...,
]


@pytest.mark.parametrize("index", INDICES, ids=str)
@pytest.mark.parametrize("key_heads", [1, H])
@pytest.mark.parametrize("mask", MASKS)
def test_a_part_is_that_part_of_the_whole(mask: str, key_heads: int, index: Any) -> None:
    lazy = weights(MASKS[mask], key_heads)
    torch.testing.assert_close(lazy[index], lazy.dense()[index])


entries = st.one_of(st.integers(-6, 5), st.slices(6))


@settings(max_examples=60, deadline=None)
@given(strategies.requests(), st.lists(entries, max_size=4), st.booleans())
def test_any_index_means_what_it_means_to_a_tensor(made: Request, index: list, gap: bool) -> None:
    lazy = attend(made.query, made.key, made.value, score=made.score, mask=made.mask).weights
    if any(isinstance(e, slice) and (e.step or 1) < 0 for e in index):
        return  # torch has no negative steps
    entries = (..., *index) if gap else tuple(index)
    try:
        expected = lazy.dense()[entries]
    except IndexError:
        with pytest.raises(IndexError):
            lazy[entries]
        return
    torch.testing.assert_close(lazy[entries], expected)


def test_the_shape_is_known_without_computing() -> None:
    assert weights(key_heads=1).shape == (B, H, TQ, TK)
    assert repr(weights()) == "Weights(2, 3, 5, 7), computed when looked at"


def test_looking_twice_gives_the_same_and_leaves_the_context_alone() -> None:
    query, key = torch.randn(B, H, TQ, D), torch.randn(B, H, TK, D)
    attended = attend(query, key, key, dropout=0.5)
    before = attended.context.clone()
    assert torch.equal(attended.weights.dense(), attended.weights.dense())
    assert torch.equal(attended.context, before)


def test_weights_are_those_before_dropout() -> None:
    query, key = torch.randn(TQ, D), torch.randn(TK, D)
    dropped = attend(query, key, key, dropout=0.5).weights
    assert torch.equal(dropped.dense(), attend(query, key, key, backend="products").weights.dense())


def test_rows_are_differentiable() -> None:
    def row(query: Tensor, key: Tensor) -> Tensor:
        mask = causal(TQ, TK)
        lazy = Weights(Lookup(query, key, scaled_dot, softmax, mask))
        return lazy[1, 2, 3]

    shapes = (B, H, TQ, D), (B, 1, TK, D)
    inputs = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in shapes]
    assert torch.autograd.gradcheck(row, inputs, fast_mode=True)


def test_a_row_costs_a_row() -> None:
    """Scores are computed for the rows asked for, and for no others."""
    seen: list[tuple[int, ...]] = []

    def score(query: Tensor, key: Tensor) -> Tensor:
        seen.append((*query.shape[:-1], key.shape[-2]))
        return query @ key.mT

    long = torch.randn(B, H, 1000, D)
    lazy = Weights(Lookup(long, long, score, softmax, causal(1000)))
    assert seen == []
    assert lazy[1, 2, 300].shape == (1000,)
    assert lazy[0, :, 4:8, 10:20].shape == (H, 4, 10)
    assert seen == [(1, 1000), (H, 4, 1000)]


def test_dense_stops_at_the_limit() -> None:
    lazy = weights()
    size = B * H * TQ * TK * 8
    assert lazy.dense(limit_bytes=size).shape == lazy.shape
    with pytest.raises(ShapeError) as error:
        lazy.dense(limit_bytes=size - 1)
    assert str(error.value) == (
        "weights.dense(): (2, 3, 5, 7) would take 1,680 bytes, over the limit of 1,679. "
        "Read rows (weights[..., i, :]), topk(k), entropy(), received() or pool(rows, columns), "
        "or raise limit_bytes."
    )


@pytest.mark.parametrize("index", [(0, 0, 0, 0, 0), ([0, 1],), "0", (..., ...), None, 1.5])
def test_other_indices_are_refused(index: Any) -> None:
    with pytest.raises(ShapeError) as error:
        weights()[index]
    assert str(error.value) == (
        f"weights[...]: needs at most 4 integers or slices for shape (2, 3, 5, 7); got {index!r}."
    )


def test_the_gradient_of_the_weights_is_that_of_eager_ones() -> None:
    torch.manual_seed(0)
    query, key, value = (
        torch.randn(B, H, n, D, dtype=torch.float64).requires_grad_() for n in (TQ, TK, TK)
    )
    mask, upstream = causal(TQ, TK), torch.randn(2, B, H, TQ, D, dtype=torch.float64)
    eager = (query @ key.mT * D**-0.5).masked_fill(~mask.allowed, -torch.inf).softmax(-1)
    eager.retain_grad()
    context, weights = attend(query, key, value, mask=mask)
    weights.retain_grad()
    for gradient in upstream:  # of two backward passes, the sum
        (eager @ value).backward(gradient, retain_graph=True)
        context.backward(gradient, retain_graph=True)
    assert eager.grad is not None
    torch.testing.assert_close(weights.grad.dense(), eager.grad)
    torch.testing.assert_close(weights.grad[0, 1, 2:4], eager.grad[0, 1, 2:4])
    torch.testing.assert_close(weights.grad.received(), eager.grad.sum(-2))
    torch.testing.assert_close(weights.grad.topk(2)[0], eager.grad.topk(2).values)


@pytest.mark.parametrize(("requires_grad", "dropout"), [(False, 0.0), (True, 0.5)])
def test_no_gradient_to_retain(requires_grad: bool, dropout: float) -> None:
    query = torch.randn(TQ, D, requires_grad=requires_grad)
    with pytest.raises(ConfigError) as error:
        attend(query, query, query, dropout=dropout).weights.retain_grad()
    assert str(error.value) == (
        "weights.retain_grad(): there is no gradient to retain; attend with inputs that require "
        "one, and without dropout."
    )


def test_no_gradient_to_read() -> None:
    query = torch.randn(TQ, D, requires_grad=True)
    weights = attend(query, query, query).weights
    with pytest.raises(ConfigError) as error:
        _ = weights.grad
    assert str(error.value) == (
        "weights.grad: nothing was retained; call weights.retain_grad() before backward."
    )
    weights.retain_grad()
    with pytest.raises(ConfigError) as error:
        _ = weights.grad
    assert str(error.value) == ("weights.grad: there was no backward pass; call loss.backward().")

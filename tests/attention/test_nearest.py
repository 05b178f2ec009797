"""Top-k attention by search: the same keys, context and gradient as all weights give."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from qkv.attention import (
    Additive,
    Cosine,
    General,
    Score,
    TopK,
    attend,
    dot,
    lookup,
    padding,
    window,
)
from qkv.attention.backends.choose import NEAREST_FROM
from qkv.attention.largest import largest
from qkv.errors import ConfigError
from qkv.shapes import Bias, Mask
from tests import strategies
from tests.strategies import B, D, H

KEYS = 300
MASKS: dict[str, Callable[[], Mask | None]] = {
    "none": lambda: None,
    "padding": lambda: padding(torch.tensor([KEYS, 3]), KEYS),
    "an empty sentence": lambda: padding(torch.tensor([KEYS, 0]), KEYS),
    "fewer than k": lambda: Mask(torch.rand(5, KEYS) > 0.99),
    "a window": lambda: window(5, KEYS, left=1, right=1),
}


def inputs(queries: int = 5, keys: int = KEYS) -> list[Tensor]:
    torch.manual_seed(0)
    shapes = (B, H, queries, D), (B, 1, keys, D), (H, keys, 3)
    return [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in shapes]


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize(
    "score", [dot, Cosine(0.1), General(D, D).double()], ids=["dot", "cosine", "general"]
)
@pytest.mark.parametrize("k", [1, 8, KEYS + 1])
def test_it_is_top_k_attention(
    mask: str, score: Score, k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "PIECE", 2000)  # several blocks of keys
    tensors, seen_by = inputs(), MASKS[mask]()
    shared = {"score": score, "select": TopK(k), "mask": seen_by, "scale": 0.7}
    attended = attend(*tensors, backend="nearest", **shared)
    meant = attend(*tensors, backend="reference", **shared)
    torch.testing.assert_close(attended.context, meant.context)
    upstream = torch.randn_like(meant.context)
    for ours, exactly in zip(
        torch.autograd.grad(attended.context, tensors, upstream),
        torch.autograd.grad(meant.context, tensors, upstream),
        strict=True,
    ):
        torch.testing.assert_close(ours, exactly)
    assert attended.weights.check().context == pytest.approx(0, abs=1e-12)


def test_dropout_drops_keys_and_keeps_the_mean() -> None:
    query, key = torch.zeros(4000, 1, 2), torch.zeros(NEAREST_FROM, 2)
    value = torch.ones(NEAREST_FROM, 1)
    context = attend(query, key, value, select=TopK(4), dropout=0.25, backend="nearest").context
    assert set(context.flatten().mul(3).round().int().tolist()) <= {0, 1, 2, 3, 4}
    assert float(context.mean()) == pytest.approx(1, abs=4 * (0.25 / 0.75 / 4 / 4000) ** 0.5)


def test_long_memories_are_searched() -> None:
    long = torch.randn(NEAREST_FROM, 4)
    assert attend(long[:2], long, long, select=TopK(2)).kernel == "nearest"
    assert attend(long[:2], long[1:], long[1:], select=TopK(2)).kernel == "products"


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 9), st.integers(9, 30_000), strategies.seeds, st.booleans())
def test_the_largest_are_found_among_groups(k: int, size: int, seed: int, ties: bool) -> None:
    torch.manual_seed(seed)
    x = torch.randint(0, 9, (3, size)).float() if ties else torch.randn(3, size)
    values, positions = largest(x, k)
    assert torch.equal(values, x.sort(-1, descending=True).values[:, :k])
    assert torch.equal(values, x.gather(-1, positions))
    assert all(len(set(row)) == k for row in positions.tolist())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"score": Additive(D, D, 2).double()}, "needs a product score; Additive is none"),
        ({"select": torch.softmax}, "selects by TopK only"),
        ({"bias": Bias(torch.zeros(1, KEYS))}, "takes no bias"),
    ],
)
def test_it_says_why_it_refuses(changes: dict, reason: str) -> None:
    with pytest.raises(ConfigError) as error:
        attend(*inputs(), **{"select": TopK(2), **changes}, backend="nearest")
    assert str(error.value) == f"attend(): backend 'nearest' {reason}; use 'products' or 'blocks'."

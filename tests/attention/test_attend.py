"""`attend`: the pencil case, what holds for any input, every error text."""

from math import exp
from typing import cast

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from qkv.attention import (
    Additive,
    Concat,
    General,
    Location,
    Score,
    attend,
    causal,
    dot,
    padding,
    scaled_dot,
    uniform,
)
from qkv.attention.backends import KERNELS
from qkv.attention.backends.choose import PRODUCTS_UP_TO
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Mask
from tests import strategies
from tests.strategies import DV, TK, TQ, B, D, H, Request

SOFTMAX_KERNELS = [name for name in KERNELS if name != "nearest"]  # which selects by TopK


def request(queries: int = TQ, keys: int = TK) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.randn(B, H, queries, D), torch.randn(B, H, keys, D), torch.randn(B, H, keys, DV)


@pytest.mark.parametrize("backend", SOFTMAX_KERNELS)
def test_the_articles_numbers(backend: str) -> None:
    """Sections 2.5 and 5.2: h₁ = [1, 2], h₂ = [3, 4], s₀ = [0.5, 0.5]."""
    s, h = torch.tensor([[0.5, 0.5]]), torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    context, weights = attend(s, h, h, score=dot, backend=backend)
    assert_six_decimals(weights.dense(), [[0.119203, 0.880797]])
    assert_six_decimals(context, [[2.761594, 3.761594]])
    context, weights = attend(s, h, h, backend=backend)
    assert_six_decimals(weights.dense(), [[0.195570, 0.804430]])
    assert_six_decimals(context, [[2.608859, 3.608859]])


def assert_six_decimals(got: Tensor, expected: list[list[float]]) -> None:
    torch.testing.assert_close(got, torch.tensor(expected), rtol=0.0, atol=1e-6)


def test_one_row_by_pencil() -> None:
    """Scores 0 and 1 over values 0 and 1: the context is the logistic function of 1."""
    query, key = torch.tensor([[1.0]]), torch.tensor([[0.0], [1.0]])
    context, _ = attend(query, key, key, score=dot)
    assert context.item() == pytest.approx(1 / (1 + exp(-1)))


def test_the_result_unpacks_as_a_pair_and_names_its_kernel() -> None:
    attended = attend(*request(), backend="reference")
    context, weights = attended
    assert context is attended.context
    assert weights is attended.weights
    assert attended.kernel == "reference"
    assert (context.shape, weights.shape) == ((B, H, TQ, DV), (B, H, TQ, TK))


def test_scale_takes_the_place_of_the_scores_own_factor() -> None:
    query, key, value = request()
    for backend in ("reference", "products"):
        own = attend(query, key, value, score=dot, scale=0.3, backend=backend).context
        other = attend(query, key, value, score=scaled_dot, scale=0.3, backend=backend).context
        assert torch.equal(own, other)
        by_hand = torch.softmax(0.3 * query @ key.mT, -1) @ value
        torch.testing.assert_close(own, by_hand)


class OwnFactor(nn.Module):
    """A user's product score with a factor of its own."""

    def product(self, query: Tensor, key: Tensor) -> tuple[Tensor, Tensor, float]:
        return query, key, 5.0

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        return 5.0 * query @ key.mT


def test_scale_replaces_a_modules_own_factor_on_every_backend() -> None:
    query, key, _ = request()
    expected = attend(query, key, key, score=dot, scale=0.3, backend="products").context
    for backend in SOFTMAX_KERNELS:
        got = attend(query, key, key, score=OwnFactor(), scale=0.3, backend=backend).context
        torch.testing.assert_close(got, expected)


def test_any_function_is_a_score_and_any_other_a_selection() -> None:
    query, key, value = request()
    negative = attend(query, key, value, score=lambda q, k: -(q @ k.mT)).context
    torch.testing.assert_close(negative, attend(-query, key, value, score=dot).context)
    mean = attend(query, key, value, select=lambda e, mask: torch.ones_like(e) / TK)
    torch.testing.assert_close(mean.context, attend(query, key, value, score=uniform).context)
    assert mean.kernel == "products"


@settings(max_examples=40, deadline=None)
@given(strategies.requests(), strategies.seeds)
def test_the_order_of_keys_does_not_matter(made: Request, seed: int) -> None:
    assume(not isinstance(made.score, Location))  # which looks at places, not at keys
    torch.manual_seed(seed)
    order = torch.randperm(made.key.shape[-2])
    keys, values = made.key[..., order, :], made.value[..., order, :]
    mask = Mask(made.allowed[..., order])
    before = attend(made.query, made.key, made.value, score=made.score, mask=made.mask)
    after = attend(made.query, keys, values, score=made.score, mask=mask)
    torch.testing.assert_close(after.context, before.context)
    torch.testing.assert_close(after.weights.dense(), before.weights.dense()[..., order])


@settings(max_examples=40, deadline=None)
@given(strategies.requests(), st.integers(1, 3))
def test_padding_changes_nothing(made: Request, more: int) -> None:
    """Keys beyond the end hold garbage, and no one may attend to them."""
    garbage = 1e3 * torch.randn(*made.key.shape[:-2], more, made.key.shape[-1]).double()
    filler = 1e3 * torch.randn(*made.value.shape[:-2], more, made.value.shape[-1]).double()
    length = made.key.shape[-2]
    keys, values = torch.cat((made.key, garbage), -2), torch.cat((made.value, filler), -2)
    mask = Mask(nn.functional.pad(made.allowed, (0, more)))
    short = attend(made.query, made.key, made.value, score=made.score, mask=made.mask)
    long = attend(made.query, keys, values, score=made.score, mask=mask)
    torch.testing.assert_close(long.context, short.context)
    assert not long.weights.dense()[..., length:].any()


@settings(max_examples=40, deadline=None)
@given(strategies.requests())
def test_a_batch_is_its_sentences(made: Request) -> None:
    whole = attend(made.query, made.key, made.value, score=made.score, mask=made.mask).context
    for row in range(len(whole)):
        one = slice(row, row + 1)
        mask = Mask(made.allowed[one])
        alone = attend(made.query[one], made.key[one], made.value[one], score=made.score, mask=mask)
        torch.testing.assert_close(alone.context, whole[one])


@settings(max_examples=40, deadline=None)
@given(strategies.requests())
def test_rows_sum_to_one_or_to_nothing(made: Request) -> None:
    weights = attend(made.query, made.key, made.value, score=made.score, mask=made.mask).weights
    torch.testing.assert_close(weights.dense().sum(-1), made.allowed.any(-1).double())


def test_a_mask_may_bring_the_batch_axis_along() -> None:
    """One query and one set of keys under two masks."""
    query, key, value = torch.randn(TQ, D), torch.randn(TK, D), torch.randn(B, TK, D)
    mask = Mask(torch.arange(TK) < torch.tensor([TK, 3])[:, None, None])
    for backend in SOFTMAX_KERNELS:
        attended = attend(query, key, value, mask=mask, backend=backend)
        torch.testing.assert_close(attended.weights.dense() @ value, attended.context)


class TestChoice:
    """Without a name, a kernel by the table; with a name, that kernel or an error."""

    @pytest.mark.parametrize("backward", [False, True])
    @pytest.mark.parametrize("dtype", PRODUCTS_UP_TO, ids=str)
    def test_products_up_to_the_measured_size(self, dtype: torch.dtype, backward: bool) -> None:
        limit = PRODUCTS_UP_TO[dtype][backward]
        query = torch.randn(1, D, dtype=dtype)
        for keys, kernel in ((limit, "products"), (limit + 1, "fused")):
            key = torch.randn(keys, D, dtype=dtype, requires_grad=backward)
            assert attend(query, key, key).kernel == kernel

    def test_without_gradients_it_is_the_forward_size_that_counts(self) -> None:
        forward, backward = PRODUCTS_UP_TO[torch.float32]
        key = torch.randn(backward, D, requires_grad=True)
        assert attend(key[:1], key, key).kernel == "products"
        with torch.no_grad():
            assert attend(key[:1], key, key).kernel == "fused"
            assert attend(key[:1], key[:forward], key[:forward]).kernel == "products"

    def test_what_the_fused_kernel_cannot_do_goes_to_products(self) -> None:
        long = torch.randn(2000, D)
        assert attend(long, long, long).kernel == "fused"
        assert attend(long, long, long, dropout=0.1).kernel == "products"
        assert attend(long, long, long[:, :3]).kernel == "products"
        assert attend(long[:5], long, long, score=Additive(D, D, 2)).kernel == "products"

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"dropout": 0.1}, "has no dropout on the weights"),
            ({"score": Additive(D, D, 2)}, "needs a product score; Additive is none"),
            ({"select": lambda e, mask: e.softmax(-1)}, "selects by softmax only"),
            ({"value": torch.randn(TK, DV)}, r"needs values as wide as keys, not 17 and 11"),
            ({"query": torch.randn(1, 1, 1, TQ, D)}, "takes at most two leading axes, not 3"),
        ],
    )
    def test_fused_says_why_it_refuses(self, changes: dict, reason: str) -> None:
        inputs = {"query": torch.randn(TQ, D), "key": torch.randn(TK, D)}
        inputs["value"] = inputs["key"]
        with pytest.raises(ConfigError) as error:
            attend(**{**inputs, **changes}, backend="fused")
        assert (
            str(error.value) == f"attend(): backend 'fused' {reason}; use 'products' or 'blocks'."
        )

    def test_an_unknown_backend(self) -> None:
        with pytest.raises(ConfigError) as error:
            attend(*request(), backend="flash")
        expected = (
            "attend(): no backend 'flash'; known: reference, products, blocks, fused, nearest."
        )
        assert str(error.value) == expected


ERRORS = {
    "too few axes": (
        lambda q, k, v: attend(q[0, 0, 0], k, v),
        "attend(): query, key and value need at least the axes (T, D); got (11,), (2, 3, 7, 11), "
        "(2, 3, 7, 17). One vector? Use vector[None].",
    ),
    "lengths of keys and values": (
        lambda q, k, v: attend(q, k[:, :, :5], v),
        "attend(): key and value need one length Tk; got 5 and 7 in (2, 3, 5, 11), (2, 3, 5, 11), "
        "(2, 3, 7, 17).",
    ),
    "dtypes": (
        lambda q, k, v: attend(q, k.half(), v),
        "attend(): query, key and value need one floating dtype; got torch.float32, "
        "torch.float16, torch.float32. Use tensor.to(dtype).",
    ),
    "whole numbers": (
        lambda q, k, v: attend(q.long(), k.long(), v.long()),
        "attend(): query, key and value need one floating dtype; got torch.int64, torch.int64, "
        "torch.int64. Use tensor.to(dtype).",
    ),
    "devices": (
        lambda q, k, v: attend(q, k.to("meta"), v),
        "attend(): query, key and value need one device; got cpu, meta, cpu. "
        "Use tensor.to(device).",
    ),
    "leading axes": (
        lambda q, k, v: attend(q, k[:, :2], v),
        "attend(): the axes before (T, D) must broadcast; got (2, 3, 5, 11), (2, 2, 7, 11), "
        "(2, 3, 7, 17) for query, key and value.",
    ),
    "a tensor as mask": (
        lambda q, k, v: attend(q, k, v, mask=cast("Mask", torch.ones(TQ, TK).bool())),
        "attend(): mask must be a qkv.Mask; got Tensor. Use qkv.Mask(bool_tensor).",
    ),
    "a padding mask of two axes": (
        lambda q, k, v: attend(q, k, v, mask=Mask(torch.ones(B, TK).bool())),
        "attend(): mask must broadcast to (..., Tq, Tk) = (2, 3, 5, 7); got (2, 7). "
        "Padding (B, Tk)? Use Mask(allowed[:, None, None, :]).",
    ),
    "a mask with heads where there are none": (
        lambda q, k, v: attend(q[:, 0], k[:, 0], v[:, 0], mask=padding(torch.tensor([7, 3]), TK)),
        "attend(): mask must broadcast to (..., Tq, Tk) = (2, 5, 7); got (2, 1, 1, 7). "
        "Padding (B, Tk)? Use Mask(allowed[:, None, :]).",
    ),
    "a causal mask transposed": (
        lambda q, k, v: attend(q, k, v, mask=causal(TK, TQ)),
        "attend(): mask must broadcast to (..., Tq, Tk) = (2, 3, 5, 7); got (7, 5). "
        "Padding (B, Tk)? Use Mask(allowed[:, None, None, :]).",
    ),
    "dropout of one": (
        lambda q, k, v: attend(q, k, v, dropout=1.0),
        "attend(): dropout must lie in [0, 1); got 1.0.",
    ),
    "widths of a dot": (
        lambda q, k, v: attend(q, v, v),
        "attend(): a dot score needs query and key of one width; got 11 and 17. "
        "Use General(11, 17) or project.",
    ),
    "widths of a bilinear score": (
        lambda q, k, v: attend(q, k, v, score=General(D, 13)),
        "attend(): this General score takes query and key of widths (11, 13); got (11, 11). "
        "Make one for these widths.",
    ),
    "widths of an additive score": (
        lambda q, k, v: attend(q, k, v, score=Additive(3, D, 2)),
        "attend(): this Additive score takes query and key of widths (3, 11); got (11, 11). "
        "Make one for these widths.",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors_say_where_what_and_the_way_out(case: str) -> None:
    call, text = ERRORS[case]
    with pytest.raises((ShapeError, ConfigError)) as error:
        call(*request())
    assert str(error.value) == text
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize("lowered", [torch.bfloat16, torch.float16])
def test_autocast_is_followed(lowered: torch.dtype) -> None:
    """Inputs of several dtypes then meet in one, as in torch's own products."""
    query, key = torch.randn(2, 3, 8), torch.randn(2, 5, 8, dtype=torch.bfloat16)
    with torch.autocast("cpu", lowered):
        context, weights = attend(query, key, key)
        assert context.dtype == weights.dense().dtype == lowered
        assert attend(query.double(), key.double(), key.double()).context.dtype == torch.float64
    query, key = query.to(lowered), key.to(lowered)
    assert torch.equal(context, attend(query, key, key).context)


@pytest.mark.parametrize("lowered", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize(
    "score", [General(8, 8), Additive(8, 8, 6), Concat(8, 8, 6), Location(8, 5)], ids=type
)
def test_weights_can_be_read_when_autocast_is_over(score: Score, lowered: torch.dtype) -> None:
    torch.manual_seed(1)
    query, key = torch.randn(2, 3, 8), torch.randn(2, 5, 8)
    with torch.autocast("cpu", lowered), torch.no_grad():
        _, weights = attend(query, key, key, score=score)
        inside = weights.dense(), weights[0, 1], weights.received(), weights.topk(2)
    with torch.no_grad():
        after = weights.dense(), weights[0, 1], weights.received(), weights.topk(2)
    assert inside[0].dtype == lowered
    torch.testing.assert_close(after, inside, rtol=0, atol=0)

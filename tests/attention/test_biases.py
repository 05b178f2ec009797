"""Biases: published slopes and buckets, and what `attend` makes of a bias on every kernel."""

from collections.abc import Callable
from math import exp, log
from typing import Any, cast

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from qkv.attention import (
    Attended,
    Coverage,
    RelativeBuckets,
    Score,
    Softmax,
    TopK,
    alibi,
    attend,
    causal,
    dot,
    lookup,
    scaled_dot,
    sparsemax,
)
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Bias
from tests.oracles import attention as oracle
from tests.strategies import TK, TQ, B, D, H

BACKENDS = ["reference", "products", "blocks", "fused"]
WITH_GRADIENT = ["reference", "products", "blocks"]

few = settings(max_examples=25, deadline=None)


def numbers(x: Tensor) -> np.ndarray:
    return x.detach().double().numpy()


def inputs() -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.randn(B, H, TQ, D).double(), torch.randn(B, H, TK, D).double()


class TestAlibi:
    EIGHT = (1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128, 1 / 256)  # the paper, section 3
    BETWEEN = (0.7071067811865476, 0.35355339059327384, 0.17677669529663692, 0.08838834764831849)

    @pytest.mark.parametrize(
        ("heads", "slopes"),
        [(8, EIGHT), (12, EIGHT + BETWEEN), (1, (1 / 256,)), (2, (1 / 16, 1 / 256))],
    )
    def test_the_published_slopes(self, heads: int, slopes: tuple[float, ...]) -> None:
        one_apart = alibi(heads, 2).part()[:, 1, 0]
        assert one_apart.tolist() == pytest.approx([-m for m in slopes], rel=1e-6)

    def test_sixteen_heads_fill_in_between_eight(self) -> None:
        """The first slope is also the ratio: 2^(-1/2) for sixteen."""
        slopes = -alibi(16, 2).part()[:, 1, 0]
        torch.testing.assert_close(slopes, 2.0 ** (-0.5 * torch.arange(1, 17)))

    @pytest.mark.parametrize(("queries", "keys"), [(TQ, TQ), (TQ, TK), (1, TK), (TK, TQ)])
    def test_the_last_query_stands_at_the_last_key(self, queries: int, keys: int) -> None:
        got = alibi(8, queries, keys).part()
        assert got.shape == (8, queries, keys)
        for i in range(queries):
            for j in range(keys):
                distance = abs((queries - 1 - i) - (keys - 1 - j))  # counted from the end
                assert got[2, i, j] == -distance / 8

    def test_a_part_is_that_part_of_the_whole(self) -> None:
        rows, columns = slice(1, 4), slice(2, 6)
        bias = alibi(H, TQ, TK)
        assert torch.equal(bias.part(rows, columns), bias.part()[:, rows, columns])

    def test_no_heads(self) -> None:
        with pytest.raises(ConfigError) as error:
            alibi(0, TQ)
        assert str(error.value) == "alibi(): heads must be at least 1; got 0."


def t5_bucket(ahead: int, bidirectional: bool, buckets: int, farthest: int) -> int:
    """Raffel et al. 2020 in whole numbers alone.

    e + floor(n · log(d / e) / log(f / e)) is e plus the largest k with (f / e)^k ≤ (d / e)^n.
    """
    first, distance = 0, max(0, -ahead)
    if bidirectional:
        buckets //= 2
        first, distance = buckets * (ahead > 0), abs(ahead)
    exact = buckets // 2
    if distance < exact:
        return first + distance
    wide, k = buckets - exact, 0
    while k < wide - 1 and farthest ** (k + 1) * exact**wide <= distance**wide * exact ** (k + 1):
        k += 1
    return first + exact + k


class TestRelativeBuckets:
    # Where each bucket begins, keys before the query, as T5 has it: 32 buckets up to 128.
    BOTH_SIDES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91)
    CAUSAL = (*range(16), 16, 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113)

    def buckets(self, module: RelativeBuckets, queries: int, keys: int) -> Tensor:
        """(Tq, Tk): with the bucket's own number as its weight."""
        count = len(module.weight)
        module.weight.data = torch.arange(count)[:, None].float().expand(count, 2).clone()
        return module(queries, keys).part()[0].long()

    @pytest.mark.parametrize(("bidirectional", "begins"), [(True, BOTH_SIDES), (False, CAUSAL)])
    def test_the_published_table(self, bidirectional: bool, begins: tuple[int, ...]) -> None:
        got = self.buckets(RelativeBuckets(2, bidirectional=bidirectional), 300, 300)
        before = got[-1].flip(0)  # by distance
        assert before.tolist() == [sum(b <= d for b in begins) - 1 for d in range(300)]
        after = got[0, 1:]
        same_but_after = (before[1:] + 16) if bidirectional else torch.zeros(299).long()
        assert torch.equal(after, same_but_after)

    @pytest.mark.parametrize("bidirectional", [True, False])
    @pytest.mark.parametrize("shape", [(32, 128), (4, 10), (6, 7), (16, 1000), (64, 128), (2, 3)])
    def test_the_formula(self, shape: tuple[int, int], bidirectional: bool) -> None:
        buckets, farthest = shape
        if bidirectional:
            buckets *= 2
        module = RelativeBuckets(2, buckets=buckets, farthest=farthest, bidirectional=bidirectional)
        got, ends = self.buckets(module, 1200, 1200), []
        for row, ahead in ((-1, range(-1199, 1)), (0, range(1200))):
            expected = [t5_bucket(a, bidirectional, buckets, farthest) for a in ahead]
            assert got[row].tolist() == expected
            ends.append(expected)
        assert {b for end in ends for b in end} <= set(range(buckets))

    def test_the_last_query_stands_at_the_last_key(self) -> None:
        module = RelativeBuckets(2, buckets=8, farthest=5)
        whole = self.buckets(module, TK, TK)
        assert torch.equal(self.buckets(module, TQ, TK), whole[-TQ:])
        assert torch.equal(self.buckets(module, 1, TK), whole[-1:])

    def test_each_head_has_its_own_weights_and_each_pair_its_gradient(self) -> None:
        module = RelativeBuckets(H, buckets=8, farthest=5).double()
        assert module.weight.shape == (8, H)
        torch.nn.init.normal_(module.weight)
        bias = module(TQ, TK)
        assert bias.shape == (H, TQ, TK)
        assert bias.requires_grad
        upstream = torch.randn(H, TQ, TK).double()
        (got,) = torch.autograd.grad((bias.part() * upstream).sum(), module.weight)
        expected = torch.zeros(8, H).double()
        for i in range(TQ):
            for j in range(TK):
                bucket = t5_bucket(j - i - (TK - TQ), True, 8, 5)
                assert torch.equal(bias.part()[:, i, j], module.weight[bucket])
                expected[bucket] += upstream[:, i, j]
        torch.testing.assert_close(got, expected)

    @pytest.mark.parametrize(
        ("buckets", "farthest", "bidirectional"),
        [(2, 128, True), (33, 128, True), (1, 128, False), (32, 8, True), (32, 16, False)],
    )
    def test_errors(self, buckets: int, farthest: int, bidirectional: bool) -> None:
        with pytest.raises(ConfigError) as error:
            RelativeBuckets(H, buckets=buckets, farthest=farthest, bidirectional=bidirectional)
        assert str(error.value) == (
            "RelativeBuckets: needs two buckets or more a side, an even number of them if "
            "bidirectional, and farthest beyond half a side; got "
            f"buckets={buckets}, farthest={farthest}."
        )


class TestCoverage:
    def test_a_weight_a_head(self) -> None:
        coverage = Coverage(H).double()
        coverage.weight.data[:, 0, 0] = torch.tensor([-1.0, 0.5, 2.0])
        received = torch.rand(B, H, TK).double()
        got = coverage(received)
        assert got.shape == (B, H, 1, TK)
        for h, w in enumerate((-1.0, 0.5, 2.0)):
            torch.testing.assert_close(got.part()[:, h, 0], w * received[:, h])

    @pytest.mark.parametrize("leading", [(), (B,), (B, 1)])
    def test_one_head_needs_no_axis(self, leading: tuple[int, ...]) -> None:
        coverage = Coverage()
        coverage.weight.data.fill_(-2.0)
        received = torch.rand(*leading, TK)
        got = coverage(received)
        assert got.shape == (*leading, 1, TK)
        torch.testing.assert_close(got.part()[..., 0, :], -2 * received)

    def test_one_row_for_all_heads(self) -> None:
        coverage = Coverage(H)
        coverage.weight.data[:, 0, 0] = torch.tensor([-1.0, 0.5, 2.0])
        received = torch.rand(TK)
        expected = torch.stack([-received, received / 2, 2 * received])
        torch.testing.assert_close(coverage(received).part()[:, 0], expected)

    def test_it_is_0_at_first_and_learns(self) -> None:
        query, key = inputs()
        coverage = Coverage(H).double()
        bias = coverage(torch.rand(B, H, TK).double())
        attended = attend(query, key, key, bias=bias)
        assert attended.context.allclose(attend(query, key, key).context)
        attended.context.sum().backward()
        assert coverage.weight.grad is not None
        assert coverage.weight.grad.all()

    def test_a_decoder_that_keeps_from_looking_twice(self) -> None:
        """Three keys that match alike, w = -3: e_j = -3 Σ α of the steps before, by hand."""
        coverage, key = Coverage(), torch.zeros(3, D)
        key[0] = 1.0 / D
        coverage.weight.data.fill_(-3.0)
        received, by_hand = torch.zeros(3), [0.0, 0.0, 0.0]
        for _ in range(3):
            weights = attend(torch.ones(1, D), key, key, score=dot, bias=coverage(received)).weights
            received = received + weights[0]
            powers = [exp((j == 0) - 3 * by_hand[j]) for j in range(3)]
            by_hand = [seen + p / sum(powers) for seen, p in zip(by_hand, powers, strict=True)]
            assert received.tolist() == pytest.approx(by_hand, abs=1e-6)


def qkv() -> tuple[Tensor, Tensor, Tensor]:
    query, key = inputs()
    return query, key, key


ERRORS: dict[str, tuple[Callable[[], Any], str]] = {
    "bools": (
        lambda: Bias(torch.ones(TQ, TK).bool()),
        "Bias: needs a floating tensor; got torch.bool. True = may attend is a Mask.",
    ),
    "whole numbers": (
        lambda: Bias(torch.ones(TQ, TK).long()),
        "Bias: needs a floating tensor; got torch.int64. True = may attend is a Mask.",
    ),
    "one axis": (
        lambda: Bias(torch.ones(TK)),
        "Bias: must broadcast to (..., Tq, Tk); got (7,). "
        "From one row of keys use tensor[None, :].",
    ),
    "a sum": (
        lambda: alibi(H, TQ, TK) + Bias(torch.ones(TQ, TK - 1)),
        "Bias(3, 5, 7) and Bias(5, 6) do not broadcast; give them the same Tq and Tk.",
    ),
    "a tensor": (
        lambda: attend(*qkv(), bias=cast("Bias", torch.ones(TQ, TK))),
        "attend(): bias must be a qkv.Bias; got Tensor. Use qkv.Bias(float_tensor).",
    ),
    "a mask": (
        lambda: attend(*qkv(), bias=cast("Bias", causal(TQ, TK))),
        "attend(): bias must be a qkv.Bias; got Mask. Use qkv.Bias(float_tensor).",
    ),
    "a bias transposed": (
        lambda: attend(*qkv(), bias=alibi(H, TK, TQ)),
        "attend(): bias must broadcast to (..., Tq, Tk) = (2, 3, 5, 7); got (3, 7, 5).",
    ),
    "more axes than the inputs": (
        lambda: attend(*qkv(), bias=Bias(torch.ones(2, 1, 1, TQ, TK))),
        "attend(): bias must broadcast to (..., Tq, Tk) = (2, 3, 5, 7); got (2, 1, 1, 5, 7).",
    ),
}


class TestType:
    def test_biases_add_and_broadcast(self) -> None:
        learned = torch.randn(B, H, 1, TK, requires_grad=True)
        both = Bias(learned) + alibi(H, TQ, TK)
        assert both.shape == (B, H, TQ, TK)
        assert both.requires_grad
        assert not (alibi(H, TQ, TK) + Bias(torch.ones(1, TK))).requires_grad
        torch.testing.assert_close(both.part(), learned + alibi(H, TQ, TK).part())
        rows, columns = slice(1, 3), slice(4, 6)
        torch.testing.assert_close(both.part(rows, columns), both.part()[..., rows, columns])

    def test_repr_shows_the_shape(self) -> None:
        assert repr(alibi(H, TQ, TK)) == "Bias(3, 5, 7)"

    @pytest.mark.parametrize("case", ERRORS)
    def test_errors(self, case: str) -> None:
        call, text = ERRORS[case]
        with pytest.raises(ShapeError) as error:
            call()
        assert str(error.value) == text


SHAPES = [(TQ, TK), (1, TK), (TQ, 1), (H, TQ, TK), (B, 1, 1, TK), (B, H, TQ, TK), (1, 1)]


class TestAttend:
    def by_hand(
        self, bias: np.ndarray, allowed: np.ndarray, scale: float = D**-0.5, t: float = 1.0
    ) -> oracle.Answer:
        """The softmax of (scale · q kᵀ + bias) / t, bias added by hand."""
        query, key = (numbers(x) for x in inputs())
        plain = oracle.dot(scale / t)
        biased = oracle.OracleScore(lambda q, k: plain.scores(q, k) + bias / t, plain.backward)
        return oracle.attend(query, key, key, biased, allowed)

    @pytest.mark.parametrize("masked", [False, True])
    @pytest.mark.parametrize("shape", SHAPES, ids=str)
    @pytest.mark.parametrize("backend", BACKENDS)
    def test_a_bias_is_added_to_the_scores(
        self, backend: str, shape: tuple[int, ...], masked: bool
    ) -> None:
        query, key = inputs()
        bias = torch.randn(shape).double()
        mask = causal(TQ, TK) if masked else None
        allowed = np.ones((1, 1), dtype=bool) if mask is None else mask.allowed.numpy()
        self.check(
            attend(query, key, key, bias=Bias(bias), mask=mask, backend=backend), bias, allowed
        )

    def check(self, attended: Attended, bias: Tensor, allowed: np.ndarray, **options: Any) -> None:
        true = self.by_hand(numbers(bias), allowed, **options)
        np.testing.assert_allclose(numbers(attended.context), true.context, atol=1e-12)
        np.testing.assert_allclose(numbers(attended.weights.dense()), true.weights, atol=1e-12)
        np.testing.assert_allclose(numbers(attended.weights[1, 2, 3]), true.weights[1, 2, 3])

    @pytest.mark.parametrize("backend", BACKENDS)
    def test_after_the_scale_and_before_the_temperature(self, backend: str) -> None:
        query, key = inputs()
        bias, mask = alibi(H, TQ, TK), causal(TQ, TK)
        attended = attend(
            query, key, key, bias=bias, mask=mask, scale=0.3, select=Softmax(0.7), backend=backend
        )
        self.check(attended, bias.part(), mask.allowed.numpy(), scale=0.3, t=0.7)

    @pytest.mark.parametrize("select", [sparsemax, TopK(3)], ids=["sparsemax", "TopK(3)"])
    @pytest.mark.parametrize("backend", WITH_GRADIENT)
    def test_with_other_selections(self, backend: str, select: Any) -> None:
        """Also on scores that are no products: the bias stands for nothing but its numbers."""
        query, key = inputs()
        bias = Bias(torch.randn(H, TQ, TK).double())

        def added(query: Tensor, key: Tensor) -> Tensor:
            return scaled_dot(query, key) + bias.part()

        got = attend(query, key, key, bias=bias, select=select, backend=backend)
        expected = attend(query, key, key, score=added, select=select, backend="products")
        torch.testing.assert_close(got.context, expected.context)

    @pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
    @pytest.mark.parametrize("backend", BACKENDS)
    def test_a_bias_may_have_another_dtype(self, backend: str, dtype: torch.dtype) -> None:
        query, key = (x.to(dtype) for x in inputs())
        attended = attend(query, key, key, bias=alibi(H, TQ, TK), backend=backend)
        assert attended.context.dtype == dtype
        true = self.by_hand(numbers(alibi(H, TQ, TK).part()), np.ones((1, 1), dtype=bool))
        np.testing.assert_allclose(
            numbers(attended.context), true.context, atol=30 * torch.finfo(dtype).eps
        )

    @pytest.mark.parametrize("piece", [lookup.PIECE, 2 * B * H * TK])
    @pytest.mark.parametrize("shape", SHAPES, ids=str)
    @pytest.mark.parametrize("backend", WITH_GRADIENT)
    def test_a_gradient_to_a_learned_bias(
        self, backend: str, shape: tuple[int, ...], piece: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """∂ Σ context / ∂ bias_ij = α_ij (Σ v_j - Σ_j' α_ij' Σ v_j'), over what shares a number."""
        monkeypatch.setattr(lookup, "PIECE", piece)
        query, key = inputs()
        bias = torch.randn(shape).double().requires_grad_()
        attended = attend(query, key, key, bias=Bias(bias), mask=causal(TQ, TK), backend=backend)
        (got,) = torch.autograd.grad(attended.context.sum(), bias)
        alpha = self.by_hand(numbers(bias), causal(TQ, TK).allowed.numpy()).weights
        by_weight = numbers(key).sum(-1)[..., None, :]
        by_score = alpha * (by_weight - (alpha * by_weight).sum(-1, keepdims=True))
        np.testing.assert_allclose(numbers(got), summed(by_score, shape), atol=1e-12)

    @pytest.mark.parametrize("backend", ["products", "blocks"])
    def test_buckets_learn_through_attention(
        self, backend: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lookup, "PIECE", 2 * B * H * TK)
        query, key = inputs()
        module = RelativeBuckets(H, buckets=8, farthest=5).double()

        def seen(weight: Tensor) -> Tensor:
            return attend(query, key, key, bias=module(TQ, TK), backend=backend).context

        assert torch.autograd.gradcheck(seen, (module.weight,), fast_mode=True)

    def test_fused_refuses_a_bias_that_learns(self) -> None:
        query, key = inputs()
        learned = Bias(torch.zeros(TQ, TK, dtype=torch.float64, requires_grad=True))
        for bias in (learned, RelativeBuckets(H)(TQ, TK), alibi(H, TQ, TK) + learned):
            with pytest.raises(ConfigError) as error:
                attend(query, key, key, bias=bias, backend="fused")
            assert str(error.value) == (
                "attend(): backend 'fused' has no gradient for a bias; use 'products' or 'blocks'."
            )
            assert attend(query, key, key, bias=bias).kernel != "fused"


def summed(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """What a tensor of this shape gets of a gradient after it was broadcast."""
    full = (1,) * (x.ndim - len(shape)) + shape
    axes = tuple(axis for axis, size in enumerate(full) if size == 1)
    return x.sum(axes, keepdims=True).reshape(shape)


few_sizes = st.integers(1, 6)


@few
@given(few_sizes, few_sizes, few_sizes, st.sampled_from([dot, scaled_dot]), st.booleans())
def test_one_number_more_for_a_whole_row_changes_nothing(
    heads: int, queries: int, keys: int, score: Score, rows: bool
) -> None:
    """And a bias of log c on one key counts that key c times."""
    query, key = torch.randn(heads, queries, D).double(), torch.randn(heads, keys, D).double()
    before = attend(query, key, key, score=score)
    if rows:
        bias = Bias(torch.randn(heads, queries, 1).double())
        after = attend(query, key, key, score=score, bias=bias)
        torch.testing.assert_close(after.weights.dense(), before.weights.dense())
        return
    twice = Bias(log(2) * (torch.arange(keys)[None] == 0).double())
    again = torch.cat((key, key[:, :1]), -2)
    torch.testing.assert_close(
        attend(query, key, key, score=score, bias=twice).context,
        attend(query, again, again, score=score).context,
    )

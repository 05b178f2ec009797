"""Selections against float64 oracles, what holds for all of them, and the draw of `Hard`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from qkv.attention import (
    Attended,
    Hard,
    LocalM,
    LocalP,
    Select,
    Sinks,
    Softmax,
    TopK,
    Unsettled,
    attend,
    dot,
    entmax15,
    lookup,
    softmax,
    sparsemax,
)
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Mask
from tests.oracles import attention as oracle
from tests.oracles import select as oracles
from tests.strategies import TK, TQ, B, D, seeds

HIDDEN, WIDTH, K, T = 3, 2, 3, 0.7
SINKS = torch.linspace(-1, 1.5, B)  # for what stands before the queries

few = settings(max_examples=25, deadline=None)


def make(name: str, dtype: torch.dtype = torch.float64) -> Select | Unsettled:
    torch.manual_seed(1)
    predicted = LocalP(D, HIDDEN, WIDTH).to(dtype)
    return {
        "softmax": softmax,
        "temperature": Softmax(T),
        "sparsemax": sparsemax,
        "entmax15": entmax15,
        "top-k": TopK(K),
        "sinks": Sinks(SINKS),
        "local-m": LocalM(WIDTH),
        "local-p": predicted,
        "best": Hard(sample=False),
        "drawn": Hard(),
    }[name]


ANYWHERE = ["softmax", "temperature", "sparsemax", "entmax15", "top-k"]
SMOOTH = [*ANYWHERE, "sinks", "local-m", "local-p"]
FIXED = [*SMOOTH, "best"]
SELECTIONS = [*FIXED, "drawn"]

Numbers = np.ndarray


def expected(name: str, query: Numbers, scores: Numbers, allowed: Numbers) -> Numbers:
    local = make("local-p")
    assert isinstance(local, LocalP)
    w, v = numbers(local.query.weight), numbers(local.centre.weight)[0]
    rules: dict[str, Callable[[], Numbers]] = {
        "softmax": lambda: oracles.softmax(scores, allowed),
        "temperature": lambda: oracles.softmax(scores, allowed, T),
        "sparsemax": lambda: oracles.sparsemax(scores, allowed),
        "entmax15": lambda: oracles.entmax15(scores, allowed),
        "top-k": lambda: oracles.top_k(scores, allowed, K),
        "sinks": lambda: oracles.sinks(scores, allowed, numbers(SINKS)),
        "local-m": lambda: oracles.local_m(scores, allowed, WIDTH),
        "local-p": lambda: oracles.local_p(scores, allowed, query, w, v, WIDTH),
        "best": lambda: oracles.best(scores, allowed),
    }
    return rules[name]()


def numbers(x: Tensor) -> Numbers:
    return x.detach().double().numpy()


def inputs(
    seed: int, queries: int, keys: int, size: float = 1.0, dtype: torch.dtype = torch.float64
) -> tuple[Tensor, Tensor, Tensor]:
    """Query, key with scores of about that size, and who may see whom, some rows empty."""
    generator = torch.Generator().manual_seed(seed)
    query = torch.randn(B, queries, D, generator=generator, dtype=torch.float64)
    key = torch.randn(B, keys, D, generator=generator, dtype=torch.float64) * size * D**-0.5
    allowed = torch.rand(B, queries, keys, generator=generator) < 0.7
    allowed[0, 0] = False
    return query.to(dtype), key.to(dtype), allowed


def run(
    select: Select | Unsettled, query: Tensor, key: Tensor, allowed: Tensor, **options: Any
) -> Attended:
    return attend(query, key, key, score=dot, select=select, mask=Mask(allowed), **options)


def weights(name: str, query: Tensor, key: Tensor, allowed: Tensor) -> Tensor:
    return run(make(name), query, key, allowed).weights.dense()


names = st.sampled_from(SELECTIONS)
sizes = st.sampled_from([0.1, 1.0, 30.0])
counts = st.integers(1, 7)


@few
@given(st.sampled_from(FIXED), seeds, counts, counts, sizes)
def test_the_papers_formula(name: str, seed: int, queries: int, keys: int, size: float) -> None:
    check_formula(name, seed, queries, keys, size)


@pytest.mark.parametrize("name", FIXED)
@pytest.mark.parametrize("size", [0.1, 1.0, 30.0])
def test_the_papers_formula_for_each(name: str, size: float) -> None:
    check_formula(name, 0, TQ, TK, size)


def check_formula(name: str, seed: int, queries: int, keys: int, size: float) -> None:
    query, key, allowed = inputs(seed, queries, keys, size)
    scores = oracle.dot().scores(numbers(query), numbers(key))
    true = expected(name, numbers(query), scores, allowed.numpy())
    np.testing.assert_allclose(numbers(weights(name, query, key, allowed)), true, atol=1e-10)


def test_by_pencil() -> None:
    """Two keys: sparsemax is (1 ± z) / 2 for scores z apart; entmax is halfway to it at z = 0."""
    scores = torch.tensor([[0.0, 0.0], [0.5, 0.0], [2.0, 0.0]])
    assert sparsemax(scores, None).tolist() == [[0.5, 0.5], [0.75, 0.25], [1.0, 0.0]]
    assert entmax15(scores, None)[0].tolist() == pytest.approx([0.5, 0.5])
    assert entmax15(scores, None)[2].tolist() == [1.0, 0.0]  # at 2 apart the other leaves
    assert TopK(1)(scores, None)[1].tolist() == [1.0, 0.0]
    assert TopK(5)(scores, None)[0].tolist() == [0.5, 0.5]
    cold = Softmax(0.5)(scores, None)[1]
    torch.testing.assert_close(cold, torch.softmax(torch.tensor([1.0, 0.0]), -1))


@few
@given(names, seeds, counts, counts, sizes)
def test_rows_sum_to_one(name: str, seed: int, queries: int, keys: int, size: float) -> None:
    """Where something is allowed; local-p fades and sinks keep a share, so at most one."""
    query, key, allowed = inputs(seed, queries, keys, size)
    got = weights(name, query, key, allowed)
    assert (got >= 0).all()
    if name in ("local-p", "sinks"):
        assert (got.sum(-1) <= 1 + 1e-12).all()
        return
    if name == "local-m":
        allowed = allowed & ((torch.arange(queries)[:, None] - torch.arange(keys)).abs() <= WIDTH)
    torch.testing.assert_close(got.sum(-1), allowed.any(-1).double())


@few
@given(names, seeds, counts, counts, sizes)
def test_hidden_keys_have_no_weight(
    name: str, seed: int, queries: int, keys: int, size: float
) -> None:
    query, key, allowed = inputs(seed, queries, keys, size)
    for dtype in (torch.float64, torch.float16):
        attended = run(make(name, dtype), query.to(dtype), key.to(dtype), allowed)
        assert not attended.weights.dense()[~allowed].any()


@few
@given(st.sampled_from([*ANYWHERE, "best"]), seeds, counts, counts)
def test_the_order_of_keys_does_not_matter(name: str, seed: int, queries: int, keys: int) -> None:
    query, key, allowed = inputs(seed, queries, keys)
    order = torch.randperm(keys, generator=torch.Generator().manual_seed(seed))
    before = weights(name, query, key, allowed)
    after = weights(name, query, key[:, order], allowed[..., order])
    torch.testing.assert_close(after, before[..., order])


@few
@given(st.sampled_from(FIXED), seeds, counts, counts, st.integers(1, 3))
def test_padding_changes_nothing(name: str, seed: int, queries: int, keys: int, more: int) -> None:
    query, key, allowed = inputs(seed, queries, keys)
    padded = torch.cat((key, 1e3 * torch.randn(B, more, D).double()), -2)
    seen = torch.nn.functional.pad(allowed, (0, more))
    short, long = weights(name, query, key, allowed), weights(name, query, padded, seen)
    torch.testing.assert_close(long[..., :keys], short)
    assert not long[..., keys:].any()


@pytest.mark.parametrize("backend", ["reference", "products", "blocks"])
@pytest.mark.parametrize("name", SELECTIONS)
def test_an_empty_row_is_zero_and_so_is_its_gradient(name: str, backend: str) -> None:
    query, key, allowed = inputs(0, TQ, TK)
    query.requires_grad_(), key.requires_grad_()
    attended = run(make(name), query, key, allowed, backend=backend)
    assert not attended.weights[0, 0].any()
    assert not attended.context[0, 0].any()
    for target in (attended.context[0, 0].sum(), attended.weights.dense()[0, 0].sum()):
        if target.requires_grad:
            grads = torch.autograd.grad(
                target, (query, key), retain_graph=True, materialize_grads=True
            )
            assert not any(g.any() for g in grads)  # a NaN would be true
    assert attended.context[1].abs().sum(-1).gt(0).any()


@pytest.mark.parametrize("name", [n for n in SMOOTH if n != "softmax"])
def test_gradients(name: str) -> None:
    query, key, allowed = inputs(3, 3, 5)
    select = make(name)
    parameters = list(select.parameters()) if isinstance(select, LocalP) else []
    leaves = [x.requires_grad_() for x in (query, key, *parameters)]

    def seen(*_: Tensor) -> tuple[Tensor, Tensor]:
        attended = run(select, query, key, allowed, backend="products")
        return attended.context, attended.weights.dense()

    assert torch.autograd.gradcheck(seen, leaves, fast_mode=True)


def test_the_gradient_reaches_the_layer_that_predicts_where_to_look() -> None:
    query, key, allowed = inputs(0, TQ, TK)
    select = make("local-p")
    assert isinstance(select, LocalP)
    run(select, query, key, allowed).context.sum().backward()
    for p in select.parameters():
        assert p.grad is not None
        assert p.grad.any()


@pytest.mark.parametrize("backend", ["products", "blocks"])
@pytest.mark.parametrize("size", [1.0, 300.0])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("name", SELECTIONS)
def test_short_floats_stay_finite(name: str, dtype: torch.dtype, size: float, backend: str) -> None:
    query, key, allowed = inputs(0, TQ, TK, size, dtype)
    query.requires_grad_(), key.requires_grad_()
    attended = run(make(name, dtype), query, key, allowed, backend=backend)
    assert attended.context.dtype == dtype
    got = attended.weights.dense()
    assert got.isfinite().all()
    if "local" not in name and name != "sinks":
        torch.testing.assert_close(
            got.double().sum(-1), allowed.any(-1).double(), atol=2e-2, rtol=0
        )
    total = attended.context.sum()
    for g in torch.autograd.grad(total, (query, key), materialize_grads=True):
        assert g.isfinite().all()


def test_short_floats_find_the_window_in_a_long_text() -> None:
    """bfloat16 knows 256 and 258, not 257: positions are counted in float32."""
    keys = torch.zeros(1000, D, dtype=torch.bfloat16)
    seen = attend(keys, keys, keys, select=LocalM(0)).weights.dense()
    assert torch.equal(seen, torch.eye(1000, dtype=torch.bfloat16))


@pytest.mark.parametrize("name", SELECTIONS)
def test_a_part_and_every_kernel_see_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    query, key, allowed = inputs(0, TQ, TK)
    monkeypatch.setattr(lookup, "PIECE", 2 * B * TK)  # rows two by two
    for backend in ("reference", "products", "blocks"):
        attended = run(make(name), query, key, allowed, backend=backend)
        whole = attended.weights.dense()
        torch.testing.assert_close(attended.weights[1, 2:4], whole[1, 2:4])
        torch.testing.assert_close(attended.context, whole @ key)


class TestLocal:
    @pytest.mark.parametrize("width", [0, 1, 3])
    def test_a_decoders_step_is_the_row_of_the_whole(self, width: int) -> None:
        query, key, allowed = inputs(0, TQ, TK)
        whole = run(LocalM(width), query, key, allowed)
        for t in range(TQ):
            now = slice(t, t + 1)
            step = run(LocalM(width, start=t), query[:, now], key, allowed[:, now])
            torch.testing.assert_close(step.weights.dense(), whole.weights.dense()[:, now])
            torch.testing.assert_close(step.context, whole.context[:, now])

    def test_start_against_the_oracle(self) -> None:
        query, key, allowed = inputs(0, TQ, TK)
        scores = oracle.dot().scores(numbers(query), numbers(key))
        got = run(LocalM(1, start=3), query, key, allowed).weights.dense()
        true = oracles.local_m(scores, allowed.numpy(), 1, start=3)
        np.testing.assert_allclose(numbers(got), true, atol=1e-12)

    def test_the_text_ends_where_the_mask_says(self) -> None:
        """Without a mask S = Tk; one for all queries, or one for all keys, is as good as whole."""
        query, key, _ = inputs(0, TQ, TK)
        local = make("local-p")
        whole = run(local, query, key, torch.ones(B, TQ, TK).bool()).weights.dense()
        free = attend(query, key, key, score=dot, select=local).weights.dense()
        torch.testing.assert_close(free, whole)
        for shape in ((B, 1, TK), (1, TQ, 1), (1, 1)):
            broadcast = run(local, query, key, torch.ones(shape).bool()).weights.dense()
            torch.testing.assert_close(broadcast, whole)

    def test_one_query_under_two_masks(self) -> None:
        """The mask brings an axis along that the query has not; each text has its own S."""
        query, key, _ = inputs(0, TQ, TK)
        local, allowed = make("local-p"), torch.arange(TK) < torch.tensor([TK, 3])[:, None, None]
        both = attend(query[0], key[0], key, score=dot, select=local, mask=Mask(allowed))
        for text, mask in enumerate(allowed):
            alone = run(local, query[0], key[0], mask)
            torch.testing.assert_close(both.weights[text], alone.weights.dense())


class TestHard:
    MANY = 40_000

    def draws(self, row: Tensor, mask: Mask | None = None) -> Attended:
        """The row of scores again and again: keys are the unit vectors."""
        torch.manual_seed(0)
        unit = torch.eye(len(row), dtype=row.dtype)
        query = row.expand(self.MANY, -1)
        return attend(query, unit, unit, score=dot, select=Hard(), mask=mask)

    @pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
    @pytest.mark.parametrize("hidden", [-1, 1])  # -1: none
    def test_draws_are_as_frequent_as_softmax_says(self, hidden: int, dtype: torch.dtype) -> None:
        row = torch.tensor([0.5, 1.5, -1.0, 0.0, -3.0], dtype=dtype)
        allowed = torch.arange(len(row)) != hidden
        p = oracles.softmax(numbers(row)[None], allowed.numpy())[0]
        frequency = numbers(self.draws(row, Mask(allowed[None])).context).mean(0)
        standard_error = np.sqrt(p * (1 - p) / self.MANY)
        assert (np.abs(frequency - p) <= 4 * standard_error).all()

    def test_neighbours_draw_independently(self) -> None:
        first = self.draws(torch.zeros(2, dtype=torch.float64)).context[:, 0]
        correlation = torch.corrcoef(first.view(-1, 2).T)[0, 1]
        assert correlation.abs() < 4 / (self.MANY / 2) ** 0.5

    def test_one_key_a_query(self) -> None:
        query, key, allowed = inputs(0, TQ, TK)
        got = weights("drawn", query, key, allowed)
        assert set(got.unique().tolist()) == {0.0, 1.0}
        assert torch.equal(got.sum(-1), allowed.any(-1).double())

    def test_looking_again_shows_the_same_draw(self, monkeypatch: pytest.MonkeyPatch) -> None:
        torch.manual_seed(0)
        query, key = torch.zeros(B, 50, D), torch.randn(B, TK, D)
        for piece in (lookup.PIECE, 7 * B * TK):
            monkeypatch.setattr(lookup, "PIECE", piece)
            attended = attend(query, key, key, select=Hard())
            first = attended.weights.dense()
            assert torch.equal(attended.weights.dense(), first)
            assert torch.equal(attended.weights[1, 20:30], first[1, 20:30])
            assert torch.equal(attended.weights.argmax(), first.argmax(-1))
            torch.testing.assert_close(attended.context, first @ key)
            assert not torch.equal(attend(query, key, key, select=Hard()).weights.dense(), first)

    def test_the_seed_decides(self) -> None:
        query, key = torch.zeros(20, D), torch.randn(TK, D)
        drawn = []
        for backend in ("reference", "products", "blocks"):
            torch.manual_seed(0)
            drawn.append(attend(query, key, key, select=Hard(), backend=backend).weights.dense())
        assert torch.equal(drawn[0], drawn[1])
        assert torch.equal(drawn[0], drawn[2])

    @pytest.mark.parametrize("rows", [None, 2])
    @pytest.mark.parametrize("sample", [True, False])
    def test_log_prob_and_its_gradient(
        self, sample: bool, rows: int | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """∂ log α_c / ∂ e_j = [j = c] - α_j; an empty row has log_prob 0 and no gradient."""
        if rows:
            monkeypatch.setattr(lookup, "PIECE", rows * B * TK)
        query, key, allowed = inputs(0, TQ, TK)
        query.requires_grad_(), key.requires_grad_()
        attended = run(Hard(sample), query, key, allowed)
        q, k, chosen = numbers(query), numbers(key), numbers(attended.weights.dense())
        alpha = oracles.softmax(oracle.dot().scores(q, k), allowed.numpy())
        true = np.log((alpha * chosen).sum(-1) + (chosen.sum(-1) == 0))
        np.testing.assert_allclose(numbers(attended.log_prob), true, atol=1e-12)
        assert attended.log_prob[0, 0] == 0

        reward = torch.randn(B, TQ, dtype=torch.float64)
        grads = torch.autograd.grad((attended.log_prob * reward).sum(), (query, key))
        by_score = (chosen - alpha) * numbers(reward)[..., None]
        for got, want in zip(grads, oracle.dot().backward(q, k, by_score), strict=True):
            np.testing.assert_allclose(numbers(got), want, atol=1e-12)

    def test_no_gradient_reaches_the_scores_through_the_context(self) -> None:
        query, key, allowed = inputs(0, TQ, TK)
        value = torch.randn(B, TK, D, dtype=torch.float64, requires_grad=True)
        query.requires_grad_()
        attended = attend(query, key, value, select=Hard(), mask=Mask(allowed))
        by_query, by_value = torch.autograd.grad(
            attended.context.sum(), (query, value), allow_unused=True
        )
        assert by_query is None
        torch.testing.assert_close(
            by_value, attended.weights.received()[..., None].expand_as(value)
        )


ERRORS = {
    "temperature 0": (lambda: Softmax(0.0), "Softmax: temperature must be above 0; got 0.0."),
    "temperature below 0": (
        lambda: Softmax(-1.0),
        "Softmax: temperature must be above 0; got -1.0.",
    ),
    "temperature NaN": (
        lambda: Softmax(float("nan")),
        "Softmax: temperature must be above 0; got nan.",
    ),
    "no keys": (lambda: TopK(0), "TopK: k must be a positive whole number; got 0."),
    "half a key": (
        lambda: TopK(2.5),  # pyright: ignore[reportArgumentType]
        "TopK: k must be a positive whole number; got 2.5.",
    ),
    "a window below 0": (lambda: LocalM(-1), "LocalM: width must be 0 or more; got -1."),
    "a Gaussian of no width": (
        lambda: LocalP(D, HIDDEN, 0),
        "LocalP: width must be above 0; got 0.",
    ),
    "log_prob of a softmax": (
        lambda: attend(torch.ones(1, D), torch.ones(2, D), torch.ones(2, D)).log_prob,
        "attended.log_prob: only select=Hard() draws a key.",
    ),
    "a draw for no query": (
        lambda: attend(torch.ones(0, D), torch.ones(2, D), torch.ones(2, D), select=Hard()),
        "Hard: needs at least one query.",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors(case: str) -> None:
    call, text = ERRORS[case]
    with pytest.raises((ConfigError, ShapeError)) as error:
        call()
    assert str(error.value) == text


def test_sinks_need_one_number_a_head() -> None:
    query, key, allowed = inputs(0, TQ, TK)
    with pytest.raises(ShapeError) as error:
        run(Sinks(torch.zeros(B + 1)), query, key, allowed)
    assert str(error.value) == (
        f"Sinks: needs one number a head; got ({B + 1},) for weights ({B}, {TQ}, {TK})."
    )


def test_sinks_learn() -> None:
    query, key, allowed = inputs(0, TQ, TK)

    def context(sinks: Tensor) -> Tensor:
        return run(Sinks(sinks), query, key, allowed).context

    assert torch.autograd.gradcheck(context, SINKS.double().requires_grad_())


def test_a_share_of_the_batch_is_attended_to_softly() -> None:
    torch.manual_seed(4)
    query, key = torch.randn(400, 2, 3, 5), torch.randn(400, 2, 7, 5)
    attended = attend(query, key, key, select=Hard(soft_share=0.25))
    weights, soft = attended.weights.dense(), attend(query, key, key).weights.dense()
    is_soft = (attended.log_prob == 0).flatten(1).all(1)
    assert 70 <= is_soft.sum() <= 130  # 100 are expected, give or take 9
    torch.testing.assert_close(weights[is_soft], soft[is_soft])
    assert set(weights[~is_soft].unique().tolist()) == {0.0, 1.0}
    assert (attended.log_prob[~is_soft] < 0).all()
    torch.testing.assert_close(attended.context, weights @ key)
    torch.testing.assert_close(attended.weights[..., 1:2, :], weights[..., 1:2, :])


def test_all_softly_is_softmax_with_its_gradient() -> None:
    query, key = torch.randn(2, 3, 5, requires_grad=True), torch.randn(2, 7, 5)
    gradients = []
    for select in (Hard(soft_share=1.0), softmax):
        (gradient,) = torch.autograd.grad(
            attend(query, key, key, select=select).context.square().sum(), query
        )
        gradients.append(gradient)
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_is_a_probability(share: float) -> None:
    with pytest.raises(ConfigError) as caught:
        Hard(soft_share=share)
    assert str(caught.value) == f"Hard: soft_share must lie in [0, 1]; got {share}."

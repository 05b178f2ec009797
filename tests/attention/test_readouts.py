"""Readouts: what is read while the weights stream by equals what numpy makes of all of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from qkv.attention import (
    Additive,
    Softmax,
    Weights,
    attend,
    causal,
    dot,
    lookup,
    padding,
    scaled_dot,
    softmax,
    sparsemax,
    window,
)
from qkv.attention import weights as module
from qkv.attention.lookup import Lookup
from qkv.attention.readouts import Argmax, Entropy, Mass, Mean, Pool, Readout, Received, TopK
from qkv.attention.scores import is_product
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Mask
from tests import strategies
from tests.oracles import attention as oracle
from tests.strategies import DV, TK, TQ, B, D, H, Request

KEYS = 1003  # enough to search by groups, and not a multiple of 32
NEAR = window(TQ, TK, left=1, right=1)
READOUTS: dict[str, Callable[[Weights], Any]] = {
    "topk": lambda weights: weights.topk(3),
    "argmax": lambda weights: weights.argmax(),
    "entropy": lambda weights: weights.entropy(),
    "received": lambda weights: weights.received(),
    "mass": lambda weights: weights.mass(NEAR),
    "mean": lambda weights: weights.mean(),
    "pool": lambda weights: weights.pool(2, 3),
}


@pytest.fixture(params=[1, 1 << 22], ids=["many pieces", "one piece"])
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "PIECE", request.param)


def made(mask: Mask | None = None, keys: int = TK, dtype: torch.dtype = torch.float64) -> Weights:
    torch.manual_seed(0)
    query, key = torch.randn(B, H, TQ, D), torch.randn(B, H, keys, D)
    return Weights(Lookup(query.to(dtype), key.to(dtype), scaled_dot, softmax, mask))


def exactly(weights: Weights) -> np.ndarray:
    """All weights in float64 numpy, of a scaled dot, softmax and the inputs as they are."""
    query, key = (x.detach().double().numpy() for x in (weights.lookup.query, weights.lookup.key))
    mask = weights.lookup.mask
    allowed = np.ones((1, 1), bool) if mask is None else mask.allowed.numpy()
    return oracle.softmax(oracle.dot(query.shape[-1] ** -0.5).scores(query, key), allowed)


def close(result: Tensor, expected: np.ndarray, atol: float = 1e-12) -> None:
    np.testing.assert_allclose(result.detach().numpy(), expected, rtol=0, atol=atol)


def entropy(whole: np.ndarray) -> np.ndarray:
    return -np.where(whole > 0, whole * np.log(np.where(whole > 0, whole, 1)), 0).sum(-1)


def tiles(whole: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Tile by tile: position p of n belongs to tile ⌊p · tiles / n⌋."""
    queries, keys = whole.shape[-2:]
    rows, columns = min(rows, queries), min(columns, keys)
    result = np.zeros((*whole.shape[:-2], rows, columns))
    for row, column in np.ndindex(rows, columns):
        own = [i for i in range(queries) if i * rows // queries == row]
        seen = [j for j in range(keys) if j * columns // keys == column]
        result[..., row, column] = whole[..., own, :][..., seen].sum(-1).mean(-1)
    return result


def check_all(weights: Weights, whole: np.ndarray, k: int, where: Mask, atol: float) -> None:
    """Every readout against the dense weights."""
    (values, positions), best, spread, received = weights.read(
        TopK(k), Argmax(), Entropy(), Received()
    )
    close(values, -np.sort(-whole, -1)[..., :k], atol)
    close(values, np.take_along_axis(whole, positions.numpy(), -1), atol)
    assert all(len(set(row)) == k for row in positions.flatten(0, -2).tolist())
    at_best = np.take_along_axis(whole, best.numpy()[..., None], -1)[..., 0]
    np.testing.assert_allclose(at_best, whole.max(-1), rtol=0, atol=atol)
    close(spread, entropy(whole), 10 * atol)
    close(received, whole.sum(-2), 10 * atol)
    close(weights.mass(where), (whole * where.allowed.numpy()).sum(-1), atol)
    close(weights.mean(), whole.mean(-3), atol)
    close(weights.pool(3, 2), tiles(whole, 3, 2), atol)


@settings(max_examples=25, deadline=None)
@given(strategies.requests(), st.data(), st.sampled_from([1, 40, 1 << 22]))
def test_readouts_of_any_request(requested: Request, data: st.DataObject, size: int) -> None:
    weights = attend(
        requested.query,
        requested.key,
        requested.value,
        score=requested.score,
        select=requested.select,
        mask=requested.mask,
        bias=requested.bias,
    ).weights
    whole = weights.dense().detach().numpy()  # held to the meaning by the tests of the kernels
    k = data.draw(st.integers(1, whole.shape[-1]))
    where = Mask(torch.rand(whole.shape[-2:]) < 0.5)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lookup, "PIECE", size)
        patched.setattr(module, "APART_FROM", data.draw(st.sampled_from([1, 40, 1 << 18])))
        check_all(weights, whole, k, where, 1e-10)


@settings(max_examples=50, deadline=None)
@given(strategies.requests(), st.data(), st.sampled_from([1, 40, 1 << 22]))
def test_readouts_from_what_the_fused_kernel_leaves(
    requested: Request, data: st.DataObject, size: int
) -> None:
    """Its logsumexp in the place of a softmax."""
    attended = attend(
        requested.query,
        requested.key,
        requested.key,
        score=requested.score if is_product(requested.score) else scaled_dot,
        select=data.draw(st.sampled_from([softmax, Softmax(0.7)])),
        mask=requested.mask,
        bias=requested.bias,
        backend="fused",
    )
    weights = attended.weights
    whole = weights.dense().detach().numpy()
    where = Mask(torch.rand(requested.allowed.shape) < 0.5)
    with pytest.MonkeyPatch.context() as patched, torch.no_grad():
        patched.setattr(lookup, "PIECE", size)
        patched.setattr(module, "APART_FROM", data.draw(st.sampled_from([1, 40, 1 << 18])))
        patched.setattr(Lookup, "weights", None)  # which would make a softmax
        check_all(weights, whole, data.draw(st.integers(1, whole.shape[-1])), where, 1e-10)


@pytest.mark.parametrize("readout", [Entropy(), Received(), TopK(2)], ids=repr)
def test_readouts_have_gradients_under_the_fused_kernel(readout: Readout) -> None:
    """Which its logsumexp has not."""
    torch.manual_seed(0)
    query, key = (torch.randn(B, H, n, D).double().requires_grad_() for n in (TQ, TK))
    slopes = []
    for backend in ("fused", "products"):
        attended = attend(query, key, key, mask=NEAR, backend=backend)
        result = attended.weights.read(readout)[0]
        result = result[0] if isinstance(result, tuple) else result
        slopes.append(torch.autograd.grad((result**2).sum(), (query, key)))
    torch.testing.assert_close(*slopes)


MASKS = {
    "none": None,
    "causal": causal(TQ, TK),
    "near": NEAR,
    "a window beyond the keys": window(TQ, TK, left=0, right=0, align="start"),
    "padding and near": NEAR & padding(torch.tensor([TK, 3]), TK),
    "empty rows": causal(TQ, TK) & Mask(torch.arange(TQ)[:, None] % 2 == 0),
    "nothing at all": Mask(torch.zeros(TQ, TK).bool()),
    "one row for all": window(1, TK, left=2),
}


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize("mask", MASKS)
def test_readouts_by_the_formula(mask: str) -> None:
    weights = made(MASKS[mask])
    for k in (1, 5, TK):
        check_all(weights, exactly(weights), k, NEAR, 1e-12)


def test_by_pencil() -> None:
    """Weights ¼ and ¾ on keys 1 and 2, nothing on key 0."""
    key = torch.tensor([[5.0], [0.0], [1.0]])
    mask = Mask(torch.tensor([[False, True, True]]))
    weights = attend(torch.tensor([[np.log(3)]]).float(), key, key, score=dot, mask=mask).weights
    values, positions = weights.topk(3)
    torch.testing.assert_close(values, torch.tensor([[0.75, 0.25, 0.0]]))
    assert positions.tolist() == [[2, 1, 0]]
    assert weights.argmax().tolist() == [2]
    assert weights.entropy().item() == pytest.approx(2 * np.log(2) - 0.75 * np.log(3))
    torch.testing.assert_close(weights.received(), torch.tensor([0.0, 0.25, 0.75]))
    where = Mask(torch.tensor([[True, True, False]]))
    assert weights.mass(where).item() == pytest.approx(0.25)
    torch.testing.assert_close(weights.pool(1, 2), torch.tensor([[0.25, 0.75]]))


class TestOnePass:
    def test_several_in_one_pass_are_each_alone(self) -> None:
        weights = made(NEAR)
        some = [Received(), TopK(2), Entropy(), Mass(NEAR), Argmax(), TopK(4), Pool(2, 3)]
        for readout, read in zip(some, weights.read(*some), strict=True):
            torch.testing.assert_close(read, weights.read(readout)[0], rtol=0, atol=0)

    @pytest.mark.parametrize("apart", [1, 1 << 18])
    def test_the_mean_over_heads_beside_others(
        self, apart: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "APART_FROM", apart)
        weights = made(NEAR)
        whole = exactly(weights)
        mean, some, entropies = weights.read(Mean(), Mean([2, 0]), Entropy())
        assert mean.shape == some.shape == (B, TQ, TK)
        close(mean, whole.mean(-3))
        close(some, whole[:, [2, 0]].mean(-3))
        close(entropies, entropy(whole))

    def test_a_readout_of_ones_own(self) -> None:
        class Largest(Readout):
            def read(self, piece: Any) -> Tensor:
                return piece.weights.amax(-1)

        weights = made(NEAR)
        (largest,) = weights.read(Largest())
        assert largest.shape == (B, H, TQ)
        close(largest, exactly(weights).max(-1))

    def test_no_readouts(self) -> None:
        assert made().read() == ()

    def test_scores_are_computed_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[tuple[int, ...]] = []

        def score(query: Tensor, key: Tensor) -> Tensor:
            seen.append((query.shape[-2], key.shape[-2]))
            return query @ key.mT

        monkeypatch.setattr(lookup, "PIECE", 2 * TK * D)
        long = torch.randn(5, D)
        weights = Weights(Lookup(long, torch.randn(TK, D), score, softmax))
        weights.read(TopK(2), Argmax(), Entropy(), Received(), TopK(1))
        assert seen == [(2, TK), (2, TK), (1, TK)]

    def test_keys_out_of_reach_are_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[tuple[int, ...]] = []
        plain = Lookup.weights

        def counted(self: Lookup, **kept: Any) -> Tensor:
            seen.append(self.shape)
            return plain(self, **kept)

        monkeypatch.setattr(Lookup, "weights", counted)
        monkeypatch.setattr(lookup, "PIECE", 2 * 100)
        long = torch.randn(100, D)
        weights = Weights(Lookup(long, long, dot, softmax, window(100, left=3, right=1)))
        received = weights.received()
        assert len(seen) == 50
        assert max(keys for _, keys in seen) == 6
        torch.testing.assert_close(received.sum(), torch.tensor(100.0))


class TestTopK:
    @pytest.mark.usefixtures("piece")
    @pytest.mark.parametrize("k", range(1, 9))
    def test_long_rows_are_searched_by_groups(self, k: int) -> None:
        weights = made(keys=KEYS)
        whole = exactly(weights)
        values, positions = weights.topk(k)
        order = np.argsort(-whole, -1, kind="stable")[..., :k]
        assert np.array_equal(positions.numpy(), order)
        close(values, np.take_along_axis(whole, order, -1))

    @pytest.mark.parametrize("k", range(1, 9))
    def test_ties(self, k: int) -> None:
        """Whole-number scores over 1,003 keys, thousands of them alike."""
        torch.manual_seed(k)
        query, key = torch.ones(TQ, 1).double(), torch.randint(0, 3, (TQ, KEYS, 1)).double()
        key[:2, -1] = 3.0  # one beyond the last whole group is the largest
        weights = Weights(Lookup(query[:, None], key, dot, softmax))
        whole = weights.dense().numpy()
        values, positions = weights.topk(k)
        close(values, -np.sort(-whole, -1)[..., :k], 0)
        close(values, np.take_along_axis(whole, positions.numpy(), -1), 0)
        assert all(len(set(row)) == k for row in positions.flatten(0, -2).tolist())

    @pytest.mark.usefixtures("piece")
    @pytest.mark.parametrize("k", [3, 7])
    def test_a_window_of_fewer_keys_than_k(self, k: int) -> None:
        mask = window(40, left=1, right=0)
        torch.manual_seed(0)
        long = torch.randn(40, D, dtype=torch.float64)
        values, positions = Weights(Lookup(long, long, scaled_dot, softmax, mask)).topk(k)
        assert not values[:, 2:].any()
        assert (values[1:, :2] > 0).all()
        assert all(len(set(row)) == k for row in positions.tolist())
        assert int(positions.min()) >= 0
        assert int(positions.max()) < 40
        for i in range(1, 40):
            assert set(positions[i, :2].tolist()) == {i - 1, i}

    @pytest.mark.parametrize("k", [0, -1, 2.0])
    def test_k_is_a_number_of_keys(self, k: Any) -> None:
        with pytest.raises(ConfigError) as error:
            TopK(k)
        assert str(error.value) == f"TopK(): k must be a whole number, 1 or more; got {k}."

    def test_more_than_there_are_keys(self) -> None:
        with pytest.raises(ConfigError) as error:
            made().topk(TK + 1)
        assert str(error.value) == "TopK(k=8): k must be 1 to the number of keys, 7."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("topk:8", "TopK(k=8)"),
        ("argmax", "Argmax()"),
        ("entropy", "Entropy()"),
        ("received", "Received()"),
        ("sum", "TopK(8), Entropy(), …"),
        ("topk:many", "TopK(8), Entropy(), …"),
    ],
)
def test_a_string_is_told_the_value_to_use(name: Any, value: str) -> None:
    with pytest.raises(ConfigError) as error:
        made().read(Argmax(), name)
    assert str(error.value) == (
        f"weights.read(): {name!r} is not a readout; use values of qkv.readouts: {value}"
    )


def test_readouts_are_values() -> None:
    assert TopK(8) == TopK(8) != TopK(7)
    assert {Mean([0, 1]): 1}[Mean((0, 1))] == 1
    assert len({Entropy(), Entropy(), Argmax(), Received(), Mass(NEAR), Mass(NEAR)}) == 4


class TestEntropy:
    def test_of_one_key_is_nothing_and_of_all_alike_is_the_logarithm(self) -> None:
        same = torch.zeros(TQ, D)
        weights = Weights(Lookup(same, torch.zeros(TK, D), dot, softmax, causal(TQ, align="start")))
        weights = Weights(weights.lookup.replaced(key=same))
        torch.testing.assert_close(weights.entropy(), torch.arange(1.0, TQ + 1).log())


class TestMass:
    def test_where_broadcasts(self) -> None:
        weights = made()
        whole = exactly(weights)
        of_texts, late = padding(torch.tensor([2, 5]), TK), Mask(torch.arange(TQ)[:, None] > 2)
        first, second = (whole[i, ..., :n].sum(-1) for i, n in enumerate((2, 5)))
        assert np.allclose(weights.mass(of_texts).numpy(), np.stack((first, second)), atol=1e-12)
        assert weights.mass(late)[..., :3].eq(0).all()
        assert np.allclose(weights.mass(late)[..., 3:].numpy(), 1.0, rtol=0, atol=1e-12)

    @pytest.mark.parametrize("shape", [(TQ, TK + 1), (TQ + 1, TK), (2, TK), (4, 1, TQ, TK)])
    def test_where_of_another_shape(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ShapeError) as error:
            made().mass(Mask(torch.ones(shape).bool()))
        assert str(error.value) == (
            f"weights.mass(): where must broadcast to (2, 3, 5, 7); got {shape}."
        )


class TestMean:
    @pytest.mark.usefixtures("piece")
    @pytest.mark.parametrize("heads", [None, [1], [0, 2], (2, 0, 1)])
    def test_over_some_heads(self, heads: list[int] | None) -> None:
        weights = made(NEAR)
        whole = exactly(weights)
        chosen = whole if heads is None else whole[:, list(heads)]
        assert weights.mean(heads).shape == (B, TQ, TK)
        close(weights.mean(heads), chosen.mean(1))

    def test_without_heads(self) -> None:
        weights = Weights(Lookup(torch.randn(TQ, D), torch.randn(TK, D), dot, softmax))
        with pytest.raises(ShapeError) as error:
            weights.mean()
        assert str(error.value) == "weights.mean(): (5, 7) has no axis of heads."

    @pytest.mark.parametrize(("dtype", "size"), [(torch.bfloat16, 4), (torch.float64, 8)])
    def test_stops_at_the_limit(self, dtype: torch.dtype, size: int) -> None:
        weights = made(dtype=dtype)
        size *= B * TQ * TK
        assert weights.mean(limit_bytes=size).nbytes == size
        with pytest.raises(ShapeError) as error:
            weights.mean(limit_bytes=size - 1)
        assert str(error.value) == (
            f"weights.mean(): (2, 5, 7) would take {size} bytes, over the limit of {size - 1}. "
            "Read rows (weights[..., i, :]), topk(k), entropy(), received() or "
            "pool(rows, columns), or raise limit_bytes."
        )


class TestPool:
    @pytest.mark.usefixtures("piece")
    @pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 3), (4, 5), (TQ, TK), (99, 99)])
    def test_tiles(self, rows: int, columns: int) -> None:
        weights = made(NEAR)
        result = weights.pool(rows, columns)
        close(result, tiles(exactly(weights), rows, columns))
        torch.testing.assert_close(result.sum(-1), torch.ones_like(result[..., 0]))

    @pytest.mark.parametrize(("rows", "columns"), [(0, 3), (3, -1)])
    def test_needs_a_tile(self, rows: int, columns: int) -> None:
        with pytest.raises(ShapeError) as error:
            made().pool(rows, columns)
        assert str(error.value) == (
            f"weights.pool(): needs a tile or more a side; got {rows}, {columns}."
        )


class TestNumpy:
    def test_it_is_dense(self) -> None:
        weights = made(NEAR)
        assert weights.numpy().dtype == np.float64
        np.testing.assert_allclose(weights.numpy(), exactly(weights), atol=1e-12)
        assert made(dtype=torch.bfloat16).numpy().dtype == np.float32

    def test_stops_at_the_limit(self) -> None:
        with pytest.raises(ShapeError, match="over the limit of 10"):
            made().numpy(limit_bytes=10)


class TestCheck:
    def tensors(self, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor, Tensor]:
        torch.manual_seed(0)
        shapes = (B, H, TQ, D), (B, H, TK, D), (B, H, TK, DV)
        query, key, value = (torch.randn(s).to(dtype) for s in shapes)
        return query, key, value

    @pytest.mark.parametrize("mask", MASKS)
    @pytest.mark.parametrize("backend", ["products", "blocks"])
    def test_small_on_the_truth(self, mask: str, backend: str) -> None:
        attended = attend(*self.tensors(), mask=MASKS[mask], backend=backend)
        rows, row_sum, context = attended.weights.check()
        assert rows == TQ
        assert row_sum == pytest.approx(0, abs=1e-12)
        assert context == pytest.approx(0, abs=1e-12)

    def test_large_when_the_context_is_not_theirs(self) -> None:
        attended = attend(*self.tensors())
        attended.context[0, 1, -1] += 10.0
        result = attended.weights.check()
        assert result.row_sum == pytest.approx(0, abs=1e-12)
        assert result.context is not None
        assert result.context > 0.5

    def test_large_when_rows_do_not_sum_to_one(self) -> None:
        attended = attend(*self.tensors(), select=lambda e, mask: 1.5 * e.softmax(-1))
        assert attended.weights.check().row_sum == pytest.approx(0.5)

    def test_large_when_the_logsumexp_is_not_theirs(self) -> None:
        query, key, _ = self.tensors()
        weights = attend(query, key, key, backend="fused").weights
        assert weights.check().row_sum == pytest.approx(0, abs=1e-12)
        assert weights.logsumexp is not None
        weights.logsumexp[0, 1, -1] += 1.0
        assert weights.check().row_sum == pytest.approx(1 - np.exp(-1))

    def test_of_some_rows(self) -> None:
        attended = attend(*self.tensors())
        assert [attended.weights.check(rows).rows for rows in (1, 3, 99)] == [1, 3, TQ]
        attended.context[..., -1, :] += 10.0
        result = attended.weights.check(2).context  # the first and the last
        assert result is not None
        assert result > 0.5

    def test_with_dropout_there_is_no_context_to_compare(self) -> None:
        assert attend(*self.tensors(), dropout=0.5).weights.check().context is None
        assert made().check().context is None

    def test_to_the_rounding_of_the_context(self) -> None:
        result = attend(*self.tensors(torch.bfloat16)).weights.check()
        assert result.row_sum < 1e-6
        assert result.context is not None
        assert 0 < result.context < 0.02


class TestHtml:
    def cells(self, weights: Weights) -> np.ndarray:
        rows = weights._repr_html_().split("<tr")[1:]
        shades = [[c.split(")")[0] for c in row.split("rgba(8,81,156,")[1:]] for row in rows]
        return np.array(shades, dtype=float)

    @pytest.mark.usefixtures("piece")
    @pytest.mark.parametrize("mask", MASKS)
    def test_the_first_head_as_tiles(self, mask: str) -> None:
        weights = made(MASKS[mask])
        assert weights._repr_html_().startswith(
            "<p>Weights(2, 3, 5, 7), computed when looked at; [0, 0]:</p><table><tr"
        )
        np.testing.assert_allclose(self.cells(weights), exactly(weights)[0, 0], atol=5.1e-4)

    def test_at_most_32_tiles_a_side(self) -> None:
        long = torch.randn(100, D, requires_grad=True)
        weights = Weights(Lookup(long, long, scaled_dot, softmax))
        np.testing.assert_allclose(
            self.cells(weights), tiles(exactly(weights), 32, 32), atol=5.1e-4
        )

    def test_of_nothing(self) -> None:
        weights = Weights(Lookup(torch.randn(0, D), torch.randn(TK, D), dot, softmax))
        assert weights._repr_html_() == "<p>Weights(0, 7), computed when looked at</p>"

    def test_a_rule_is_never_made_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lookup, "PIECE", 10 * 300)
        seen: list[int] = []

        def rule(i: Tensor, j: Tensor) -> Tensor:
            seen.append(i.numel() * j.numel())
            return j <= i

        long = torch.randn(1, 300, 2)
        weights = Weights(Lookup(long, long, dot, softmax, Mask.by_rule((300, 300), rule)))
        assert "table" in weights._repr_html_()
        assert max(seen) <= 10 * 300


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize("mask", ["none", "near", "empty rows"])
def test_bfloat16_is_read_in_float32(mask: str) -> None:
    """Against float64 on the same rounded inputs."""
    weights = made(MASKS[mask], dtype=torch.bfloat16)
    assert weights.dense().dtype == torch.bfloat16
    for name, readout in READOUTS.items():
        result = readout(weights)
        result = result[0] if name == "topk" else result
        assert result.dtype == (torch.int64 if name == "argmax" else torch.float32)
    check_all(weights, exactly(weights), 3, NEAR, 1e-6)


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize("select", [softmax, sparsemax], ids=["softmax", "sparsemax"])
@pytest.mark.parametrize("mask", ["none", "near", "empty rows"])
@pytest.mark.parametrize("name", ["topk", "entropy", "received", "mass", "mean", "pool"])
def test_gradients(name: str, mask: str, select: Any) -> None:
    def read(query: Tensor, key: Tensor) -> Tensor:
        result = READOUTS[name](Weights(Lookup(query, key, scaled_dot, select, MASKS[mask])))
        return result[0] if name == "topk" else result

    torch.manual_seed(0)
    shapes = (2, TQ, 2), (1, TK, 2)
    inputs = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in shapes]
    assert torch.autograd.gradcheck(read, inputs, fast_mode=True)
    gradients = torch.autograd.grad(read(*inputs).sum(), inputs)
    assert all(g.isfinite().all() for g in gradients)


@pytest.mark.parametrize("score", [scaled_dot, Additive(D, D, 3)], ids=["scaled_dot", "additive"])
@pytest.mark.parametrize("mask", [None, window(0, TK, left=1)], ids=["none", "window"])
def test_no_queries(score: Any, mask: Mask | None) -> None:
    """Nothing to read, in the shapes that were promised."""
    query, key = torch.randn(B, H, 0, D), torch.randn(B, H, TK, D)
    weights = Weights(Lookup(query, key, score, softmax, mask))
    values, positions = weights.topk(2)
    assert values.shape == positions.shape == (B, H, 0, 2)
    assert (weights.argmax().shape, weights.argmax().dtype) == ((B, H, 0), torch.int64)
    assert weights.entropy().shape == weights.mass(Mask(torch.ones(1, TK).bool())).shape
    assert torch.equal(weights.received(), torch.zeros(B, H, TK))
    assert weights.mean().shape == (B, 0, TK)
    assert weights.check() == (0, 0.0, None)


def test_no_keys_and_no_sentences() -> None:
    for batch, keys in ((B, 0), (0, TK)):
        query, key = torch.randn(batch, TQ, D), torch.randn(batch, keys, D)
        weights = attend(query, key, key).weights
        assert torch.equal(weights.entropy(), torch.zeros(batch, TQ))
        assert weights.argmax().shape == (batch, TQ)
        assert weights.received().shape == (batch, keys)
        assert weights.check() == (TQ, 0.0, 0.0)

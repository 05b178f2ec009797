"""Every score with every selection on every kernel: right, or refused by name; none is skipped.

The truth is `reference` on float64 copies of all that goes in, which the numpy oracles of the
scores and of the selections hold to the papers. A cell's tolerance is how far that truth moves when
what goes in, each score, and the gradient of each score, moves by a rounding of the cell's dtype:
no number is a matter of taste.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from qkv.attention import (
    Additive,
    Concat,
    Cosine,
    General,
    Hard,
    LocalM,
    LocalP,
    Location,
    Sinks,
    SoftCapped,
    Softmax,
    TopK,
    attend,
    dot,
    entmax15,
    lookup,
    scaled_dot,
    softmax,
    sparsemax,
)
from qkv.attention.backends import KERNELS, fused
from qkv.attention.readouts import Entropy, Received
from qkv.errors import ConfigError
from qkv.shapes import Mask
from tests.conformance.test_backends import HEADROOM, MASKS
from tests.strategies import HIDDEN, TK, TQ, B, D, H

PRODUCTS = "dot", "scaled dot", "general", "cosine"
SCORES: dict[str, Callable[[], Any]] = {
    "dot": lambda: dot,
    "scaled dot": lambda: scaled_dot,
    "general": lambda: General(D, D),
    "cosine": lambda: Cosine(0.3),
    "additive": lambda: Additive(D, D, HIDDEN),
    "concat": lambda: Concat(D, D, HIDDEN),
    "location": lambda: Location(D, TK + 3),
    "soft-capped": lambda: SoftCapped(2.0),
}
SELECTIONS: dict[str, Callable[[], Any]] = {
    "softmax": lambda: softmax,
    "temperature": lambda: Softmax(0.7),
    "sparsemax": lambda: sparsemax,
    "entmax15": lambda: entmax15,
    "top-k": lambda: TopK(3),
    "sinks": lambda: Sinks(torch.linspace(-1, 1, H)),
    "local-m": lambda: LocalM(2),
    "local-p": lambda: LocalP(D, HIDDEN, 2),
    "best": lambda: Hard(sample=False),
}
DTYPES = [torch.float64, torch.float32, torch.bfloat16, torch.float16]
MOVES = 4  # the worst of so many is taken; each kernel has the same headroom as in test_backends

Case = tuple[list[Tensor], Any, Any]  # query, key, value and the gradient that comes in; score; …


def make(score: str, select: str, queries: int, dtype: torch.dtype) -> Case:
    torch.manual_seed(0)
    shapes = (B, H, queries, D), (B, H, TK, D), (B, H, TK, D), (B, H, queries, D)
    tensors = [torch.randn(shape).to(dtype).requires_grad_() for shape in shapes]
    ours, chosen = map(lowered, (SCORES[score](), SELECTIONS[select]()), (dtype, dtype))
    return tensors, ours, chosen


def lowered(x: Any, dtype: torch.dtype) -> Any:
    return x.to(dtype) if isinstance(x, nn.Module) else x


def moved(case: Case, by: float) -> Case:
    """In float64, each number moved by at most that share of itself."""

    def move(x: Tensor) -> Tensor:
        return x * (1 + by * (2 * torch.rand_like(x) - 1))

    def copied(x: Any) -> Any:
        if not isinstance(x, nn.Module):
            return x
        x = deepcopy(x).double()
        for parameter in x.parameters():
            parameter.data = move(parameter.data)
        return x

    def scored(query: Tensor, key: Tensor) -> Tensor:
        scores = move(score(query, key))
        # A row's gradients sum to 0, and those of query and key live on that: once each is rounded
        # they no longer do, which no change of what goes in would show.
        scores.register_hook(move)
        return scores

    tensors, score, select = case
    score = copied(score)
    again = [move(x.detach().double()).requires_grad_() for x in tensors]
    return again, scored, copied(select)


def run(case: Case, mask: Mask | None, backend: str) -> list[Tensor]:
    """Weights, context and the gradients of query, key and value."""
    (*tensors, upstream), score, select = case
    attended = attend(*tensors, score=score, select=select, mask=mask, backend=backend)
    assert attended.kernel == backend
    slopes = torch.autograd.grad(attended.context, tensors, upstream, materialize_grads=True)
    return [attended.weights.dense().detach(), attended.context.detach(), *slopes]


def off(got: Tensor, true: Tensor) -> float:
    """The largest difference, relative to the largest true number."""
    assert got.shape == true.shape
    assert got.isfinite().all()
    return float((got.double() - true).abs().max() / true.abs().max().clamp(min=1e-30))


@cache
def known(
    score: str, select: str, name: str, queries: int, dtype: torch.dtype
) -> tuple[Case, Mask | None, list[Tensor], float]:
    """What goes in, the truth, and how far it moves: the same for every kernel."""
    case, mask = make(score, select, queries, dtype), MASKS[name](queries)
    true = run(moved(case, 0.0), mask, "reference")
    return case, mask, true, tolerance(case, mask, true)


def tolerance(case: Case, mask: Mask | None, true: list[Tensor]) -> float:
    eps = torch.finfo(case[0][0].dtype).eps
    movements = [eps]
    for _ in range(MOVES):
        movements += map(off, run(moved(case, eps), mask, "reference"), true)
    return max(movements)


def refusal(backend: str, score: str, select: str) -> str:
    """What the kernel says it cannot do; empty where it has to."""
    name = type(SCORES[score]()).__name__
    if backend in ("fused", "nearest") and score not in PRODUCTS:
        return f"needs a product score; {name} is none"
    if backend == "fused" and select == "sinks":
        return "has no gradient with sinks"
    if backend == "fused" and select not in ("softmax", "temperature"):
        return "selects by softmax only"
    return "selects by TopK only" if backend == "nearest" and select != "top-k" else ""


@pytest.fixture(autouse=True)
def many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "PIECE", 2 * B * H * TK)
    monkeypatch.setattr(fused, "ROWS", 2)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("select", SELECTIONS)
@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("backend", KERNELS)
def test_every_cell(backend: str, score: str, select: str, dtype: torch.dtype) -> None:
    reason = refusal(backend, score, select)
    for name in MASKS:
        for queries in (1, TQ):
            case, mask, true, moves = known(score, select, name, queries, dtype)
            if reason:
                with pytest.raises(ConfigError) as error:
                    run(case, mask, backend)
                assert reason in str(error.value)
                continue
            bound = HEADROOM.get(backend, 4) * moves
            for ours, exactly in zip(run(case, mask, backend), true, strict=True):
                assert ours.dtype == dtype
                assert off(ours, exactly) <= bound, (name, queries)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("score", PRODUCTS)
@torch.no_grad()
def test_sinks_of_the_fused_kernel_in_inference(score: str, dtype: torch.dtype) -> None:
    """Its logsumexp and the sink's number give context, weights and readouts."""
    for name in MASKS:
        for queries in (1, TQ):
            with torch.enable_grad():
                case, mask, true, moves = known(score, "sinks", name, queries, dtype)
            (*tensors, _), ours, select = case
            attended = attend(*tensors, score=ours, select=select, mask=mask, backend="fused")
            weights = attended.weights
            assert weights.logsumexp is not None
            bound = HEADROOM["fused"] * moves
            received, entropy = weights.read(Received(), Entropy())
            expected = true[0].sum(-2), torch.special.entr(true[0]).sum(-1)
            got = weights.dense(), attended.context, received, entropy
            for x, exactly in zip(got, (*true[:2], *expected), strict=True):
                assert off(x, exactly) <= bound, (name, queries)
            off_context = weights.check().context
            assert off_context is not None
            assert dtype.itemsize < 4 or off_context <= bound


@torch.no_grad()
def test_sinks_take_the_fused_kernel_by_themselves() -> None:
    query, key, value = torch.randn(3, 2, H, 40, D)
    attended = attend(query, key, value, select=Sinks(torch.linspace(-1, 1, H)))
    assert attended.kernel == "fused"
    far = attend(query, key, value, select=Sinks(torch.tensor([-1e4, 0.0, 1e4][:H])))
    plain = attend(query, key, value)
    torch.testing.assert_close(far.context[:, 0], plain.context[:, 0])
    assert not far.context[:, 2:].any()
    assert not far.weights.received()[:, 2:].any()

"""One matrix for all kernels: each cell is right, or refused by name; none is skipped.

A cell's tolerance is the error of a plain eager run in the same dtype, written here and apart from
the package, so that no number is a matter of taste.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from qkv.attention import (
    Additive,
    Attended,
    General,
    Score,
    attend,
    causal,
    dot,
    dropout,
    lookup,
    padding,
    window,
)
from qkv.attention import scaled_dot as scaled
from qkv.attention.backends import fused
from qkv.errors import ConfigError
from qkv.shapes import Bias, Mask
from tests import strategies
from tests.oracles import attention as oracle
from tests.strategies import DK, DV, HIDDEN, TK, TQ, B, D, H, Request

BACKENDS = ["reference", "products", "blocks", "fused"]
SCORES = ["dot", "scaled dot", "general", "additive"]
DTYPES = [torch.float64, torch.float32, torch.bfloat16, torch.float16]
P, SEED = 0.25, 0

# A kernel may be this many times as wrong as the eager run, which is itself off by luck. The fused
# backward takes Σ_j α_ij ∂α_ij from the context, which costs it digits where one weight is near 1.
HEADROOM = {"reference": 4, "products": 4, "blocks": 4, "fused": 12}

MASKS: dict[str, Callable[[int], Mask | None]] = {
    "none": lambda queries: None,
    "padding": lambda queries: padding(torch.tensor([TK, 4]), TK),
    "causal": lambda queries: causal(queries, TK),
    "causal and padding": lambda queries: causal(queries, TK) & padding(torch.tensor([TK, 6]), TK),
    "window": lambda queries: window(queries, TK, left=2, right=1),
    "each head its own": lambda queries: Mask(torch.rand(B, H, queries, TK) < 0.7),
    "an empty row": lambda queries: Mask(torch.arange(queries)[:, None] * torch.ones(TK) > 0),
    "an empty sentence": lambda queries: padding(torch.tensor([3, 0]), TK),
}

Eager = Callable[[Tensor, Tensor], Tensor]


def make_score(name: str, dtype: torch.dtype) -> tuple[Score, oracle.OracleScore, Eager]:
    """The package's score, the oracle's and an eager one, with the same parameters."""
    if name == "dot":
        return dot, oracle.dot(), lambda q, k: q @ k.mT
    if name == "scaled dot":
        return scaled, oracle.dot(D**-0.5), lambda q, k: q @ k.mT * D**-0.5
    if name == "general":
        bilinear = General(D, DK).to(dtype)
        w = bilinear.project.weight.detach()
        return bilinear, oracle.general(exact(w)), lambda q, k: (q @ w.T) @ k.mT
    module = Additive(D, DK, HIDDEN).to(dtype)
    w, u, v = (part.weight.detach() for part in (module.query, module.key, module.energy))
    return (
        module,
        oracle.additive(exact(w), exact(u), exact(v[0])),
        lambda q, k: torch.tanh((q @ w.T)[..., :, None, :] + (k @ u.T)[..., None, :, :]) @ v[0],
    )


def exact(x: Tensor) -> np.ndarray:
    return x.detach().double().numpy()


def make_inputs(name: str, backend: str, queries: int, dtype: torch.dtype) -> list[Tensor]:
    key_width = D if "dot" in name else DK
    value_width = key_width if backend == "fused" else DV  # the fused kernel's own condition
    shapes = (queries, D), (TK, key_width), (TK, value_width)
    return [torch.randn(B, H, *s).to(dtype).requires_grad_() for s in shapes]


def eager_run(
    tensors: list[Tensor], score: Eager, allowed: Tensor, factor: Tensor, upstream: Tensor
) -> list[Tensor]:
    """Weights, context and gradients, each step in the dtype of the inputs."""
    query, key, value = (x.detach().requires_grad_() for x in tensors)
    scores = score(query, key).masked_fill(~allowed, torch.finfo(query.dtype).min)
    weights = torch.softmax(scores, -1) * allowed.any(-1, keepdim=True)
    context = (weights * factor.to(query.dtype)) @ value
    return [weights, context, *torch.autograd.grad(context, (query, key, value), upstream)]


def drawn(attended: Attended, p: float) -> Tensor:
    """What dropout multiplies the weights with: a block draws for its own pairs only."""
    request = attended.weights.lookup
    factor = torch.ones(request.shape, dtype=torch.float64)
    in_blocks = attended.kernel == "blocks"
    for rows in request.pieces() if in_blocks else [slice(None)]:
        part = factor[..., rows, request.reach(rows) if in_blocks else slice(None)]
        part.copy_(dropout(part.contiguous(), p))
    return factor


def error(got: Tensor, true: np.ndarray) -> float:
    """The largest difference, relative to the largest true number."""
    assert got.shape == true.shape
    assert got.isfinite().all()
    return float(np.abs(exact(got) - true).max() / max(np.abs(true).max(), 1e-30))


@pytest.mark.parametrize("queries", [1, TQ])
@pytest.mark.parametrize("p", [0.0, P])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_cell(
    backend: str, score: str, mask: str, dtype: torch.dtype, p: float, queries: int
) -> None:
    torch.manual_seed(SEED)
    ours, truth, eager = make_score(score, dtype)
    tensors = make_inputs(score, backend, queries, dtype)
    seen_by = MASKS[mask](queries)
    request = {"score": ours, "mask": seen_by, "dropout": p, "backend": backend}
    if backend == "fused" and (p or score == "additive"):
        with pytest.raises(ConfigError, match="backend 'fused'"):
            attend(*tensors, **request)
        return
    allowed = torch.ones(queries, TK, dtype=torch.bool) if seen_by is None else seen_by.allowed
    upstream = torch.randn(B, H, queries, tensors[2].shape[-1]).to(dtype)

    torch.manual_seed(SEED)
    attended = attend(*tensors, **request)
    torch.manual_seed(SEED)
    factor = drawn(attended, p)
    gradients = torch.autograd.grad(attended.context, tensors, upstream)
    torch.manual_seed(SEED)
    with torch.no_grad():
        unrecorded = attend(*tensors, **request).context

    query, key, value = map(exact, tensors)
    random = {"upstream": exact(upstream), "factor": exact(factor)}
    answer = oracle.attend(query, key, value, truth, allowed.numpy(), **random)
    plain = eager_run(tensors, eager, allowed, factor, upstream)
    assert attended.kernel == backend
    assert torch.equal(unrecorded, attended.context)
    got = [attended.weights.dense(), attended.context, *gradients]
    true = [answer.weights, answer.context, *answer.gradients]
    tolerance = HEADROOM[backend] * max(torch.finfo(dtype).eps, *map(error, plain, true))
    for ours_, exactly in zip(got, true, strict=True):
        assert ours_.dtype == dtype
        assert error(ours_, exactly) <= tolerance
    empty = ~allowed.any(-1).expand(B, H, queries)
    for each in (attended.context, attended.weights.dense(), gradients[0]):
        assert not each[empty].any()


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("backend", BACKENDS)
def test_gradients_are_those_of_finite_differences(backend: str, score: str, mask: str) -> None:
    """Of the inputs and of the score's own parameters."""
    if backend == "fused" and score == "additive":
        return  # refused: see above
    torch.manual_seed(SEED)
    ours, _, _ = make_score(score, torch.float64)
    parameters = list(ours.parameters()) if isinstance(ours, nn.Module) else []
    tensors = make_inputs(score, backend, 2, torch.float64)
    seen_by = MASKS[mask](2)

    def context(query: Tensor, key: Tensor, value: Tensor, *_: Tensor) -> Tensor:
        return attend(query, key, value, score=ours, mask=seen_by, backend=backend).context

    assert torch.autograd.gradcheck(context, (*tensors, *parameters), fast_mode=True)


@pytest.fixture(autouse=True)
def many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two or three rows a block, so that there are several even here, and rows a fused pass."""
    monkeypatch.setattr(lookup, "PIECE", 2 * B * H * TK)
    monkeypatch.setattr(fused, "ROWS", 2)


@settings(max_examples=150, deadline=None)
@given(strategies.requests(), st.integers(1, 50))
def test_kernels_agree_on_any_request(request: Request, piece: int) -> None:
    """Any score with any selection, mask and bias: contexts and gradients, weights as a whole."""
    inputs = [x.requires_grad_() for x in (request.query, request.key, request.value)]
    names = "score", "select", "mask", "bias"
    shared = {name: getattr(request, name) for name in names}
    meant = attend(*inputs, backend="reference", **shared)
    upstream = torch.randn_like(meant.context)
    slopes = torch.autograd.grad(meant.context, inputs, upstream, allow_unused=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lookup, "PIECE", piece)
        for backend in ("products", "blocks", None):
            got = attend(*inputs, backend=backend, **shared)
            torch.testing.assert_close(got.context, meant.context)
            torch.testing.assert_close(got.weights.dense(), meant.weights.dense())
            gradients = torch.autograd.grad(got.context, inputs, upstream, allow_unused=True)
            for ours, exactly in zip(gradients, slopes, strict=True):
                torch.testing.assert_close(ours, exactly)
            assert got.weights.check().context == pytest.approx(0, abs=1e-12)


class Operators(TorchDispatchMode):
    """Notes which operators run inside."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        self.names.append(func.__name__)
        return func(*args, **(kwargs or {}))


FUSED_SHAPES = {
    "no leading axes": ((TQ, D), (TK, D)),
    "one leading axis": ((H, TQ, D), (H, TK, D)),
    "two leading axes": ((B, H, TQ, D), (B, H, TK, D)),
    "one head of keys": ((B, H, TQ, D), (B, 1, TK, D)),
    "one batch of queries": ((TQ, D), (B, H, TK, D)),
    "axes that broadcast both ways": ((B, 1, TQ, D), (H, TK, D)),
}


@pytest.mark.parametrize("mask", [None, causal(TQ, TK)])
@pytest.mark.parametrize("shapes", FUSED_SHAPES)
@pytest.mark.parametrize("transposed", [False, True])
def test_fused_is_fused(shapes: str, mask: Mask | None, transposed: bool) -> None:
    """torch falls back to plain products and says nothing; `kernel` would then be a lie."""
    for_query, for_key = FUSED_SHAPES[shapes]
    query, key, value = torch.randn(for_query), torch.randn(for_key), torch.randn(for_key)
    if transposed:
        query, key, value = (x.mT.contiguous().mT for x in (query, key, value))
    with Operators() as ran:
        context = attend(query, key, value, mask=mask, backend="fused").context
    assert "_scaled_dot_product_flash_attention_for_cpu.default" in ran.names
    torch.testing.assert_close(context, attend(query, key, value, mask=mask).context)


@pytest.mark.parametrize("mask", MASKS)
def test_without_the_private_operator_the_public_function_serves(
    mask: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(SEED)
    tensors = make_inputs("dot", "fused", TQ, torch.float64)
    request = {"mask": MASKS[mask](TQ), "backend": "fused"}
    private = attend(*tensors, **request)
    monkeypatch.setattr(fused, "OPERATOR", None)
    public = attend(*tensors, **request)
    upstream = torch.randn_like(public.context)
    torch.testing.assert_close(public.context, private.context)
    torch.testing.assert_close(public.weights.topk(3), private.weights.topk(3))
    slopes = (torch.autograd.grad(x.context, tensors, upstream) for x in (public, private))
    torch.testing.assert_close(*slopes)


@pytest.mark.parametrize("backend", BACKENDS)
def test_nothing_to_attend_to_and_nobody_to_attend(backend: str) -> None:
    none, some = torch.randn(B, 0, D), torch.randn(B, TK, D)
    assert torch.equal(attend(some, none, none, backend=backend).context, torch.zeros(B, TK, D))
    assert attend(none, some, some, backend=backend).context.shape == (B, 0, D)


@pytest.mark.parametrize("keys", [TQ, TQ + 3, TQ - 2])
def test_a_triangle_needs_no_mask(keys: int) -> None:
    """The kernel's own causal order, wherever the first query stands at the first key."""
    torch.manual_seed(SEED)
    tensors = [torch.randn(B, H, n, D).double().requires_grad_() for n in (TQ, keys, keys)]
    seen = []
    for mask in (causal(TQ, keys, align="start"), Mask(causal(TQ, keys, align="start").allowed)):
        assert mask.is_triangle == (not seen)
        attended = attend(*tensors, mask=mask, backend="fused")
        slopes = torch.autograd.grad(attended.context.square().sum(), tensors)
        seen.append(
            [attended.context, attended.weights.entropy(), attended.weights.dense(), *slopes]
        )
    torch.testing.assert_close(*seen)
    assert not causal(TQ, keys + TQ).is_triangle
    assert not (causal(TQ) & padding(torch.tensor([2]), TQ)).is_triangle
    assert not window(TQ, left=1, right=0).is_triangle


def test_a_bias_is_made_for_some_rows_at_a_time() -> None:
    made: list[int] = []

    def rule(i: Tensor, j: Tensor) -> Tensor:
        made.append(len(i))
        return (j - i) / 10

    tensors = make_inputs("dot", "fused", TQ, torch.float64)
    bias = Bias.by_rule((TQ, TK), rule)
    context = attend(*tensors, bias=bias, backend="fused").context
    assert made == [2, 2, 1]
    torch.testing.assert_close(context, attend(*tensors, bias=bias, backend="products").context)

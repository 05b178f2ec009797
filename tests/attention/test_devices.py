"""Everything is made where its tensors live: on a fake device, where two devices in one call raise.

A fake tensor has no numbers: asking one for them, which makes the CPU wait for a real device,
raises too. The device is `meta`, for a torch without CUDA can neither index nor differentiate what
is on a faked `cuda`. What only a real one shows is tested where there is one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from qkv.attention import (
    Additive,
    Attended,
    Concat,
    Cosine,
    Coverage,
    General,
    Hard,
    LocalM,
    LocalP,
    Location,
    RelativeBuckets,
    Sinks,
    SoftCapped,
    Softmax,
    TopK,
    alibi,
    attend,
    causal,
    documents,
    dot,
    entmax15,
    lookup,
    padding,
    prefix,
    readouts,
    scaled_dot,
    softmax,
    sparsemax,
    uniform,
    window,
)
from qkv.attention.backends import KERNELS, fused
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Bias, Mask
from tests.strategies import HIDDEN, TK, TQ, B, D, H

META, CUDA = torch.device("meta"), torch.device("cuda", 0)
DTYPES = [torch.float32, torch.bfloat16, torch.float16]


def ints(*shape: int) -> Tensor:
    return torch.ones(shape, dtype=torch.int64)


def bools(*shape: int) -> Tensor:
    return torch.ones(shape, dtype=torch.bool)


# Made where torch's default device is the fake one, but for rules, which know no device.
MASKS: dict[str, Callable[[], Mask]] = {
    "stored": lambda: Mask(bools(H, TQ, TK)),
    "padding": lambda: padding(ints(B), TK),
    "prefix": lambda: prefix(ints(B), TQ, TK),
    "documents": lambda: documents(ints(B, TQ), ints(B, TK)),
    "composed": lambda: Mask(bools(1, TK)) & ~window(TQ, TK, left=1) | causal(TQ, TK),
}
RULES: dict[str, Callable[[], Any]] = {
    "none": lambda: None,
    "causal": lambda: causal(TQ, TK),
    "triangle": lambda: causal(TQ, TK, align="start"),
    "window": lambda: window(TQ, TK, left=2, right=1),
    "not near": lambda: ~window(TQ, TK, left=1, right=1),
    "two": lambda: causal(TQ, TK) & window(TQ, TK, left=2),
    "alibi": lambda: alibi(H, TQ, TK),
    "two alibis": lambda: alibi(H, TQ, TK) + alibi(1, TQ, TK),
}
BIASES: dict[str, Callable[[], Bias]] = {
    "relative": lambda: RelativeBuckets(H)(TQ, TK),
    "coverage": lambda: Coverage(H)(torch.ones(B, H, TK)),
    "stored": lambda: Bias(torch.zeros(TQ, TK)),
    "summed": lambda: RelativeBuckets(H)(TQ, TK) + Bias(torch.zeros(TQ, TK)),
}
SCORES: dict[str, Callable[[], Any]] = {
    "dot": lambda: dot,
    "scaled dot": lambda: scaled_dot,
    "cosine": lambda: Cosine(),
    "soft-capped": lambda: SoftCapped(3.0),
    "uniform": lambda: uniform,
    "general": lambda: General(D, D),
    "additive": lambda: Additive(D, D, HIDDEN),
    "concat": lambda: Concat(D, D, HIDDEN),
    "location": lambda: Location(D, TK),
    "a function": lambda: lambda query, key: query @ key.mT,
}
SELECTIONS: dict[str, Callable[[], Any]] = {
    "softmax": lambda: softmax,
    "temperature": lambda: Softmax(0.7),
    "sparsemax": lambda: sparsemax,
    "entmax15": lambda: entmax15,
    "top-k": lambda: TopK(3),
    "sinks": lambda: Sinks(torch.zeros(H)),
    "local-m": lambda: LocalM(2),
    "local-p": lambda: LocalP(D, HIDDEN, 2),
    "drawn": lambda: Hard(),
    "partly drawn": lambda: Hard(soft_share=0.5),
    "best": lambda: Hard(sample=False),
}
EVERY_MASK = [*MASKS, *(name for name in RULES if "alibi" not in name)]
EVERY_BIAS = [*BIASES, "none", "alibi", "two alibis"]
# Each score, each selection (with a score that may be -∞), each mask, each bias.
CELLS = (
    [(score, "softmax", "composed", "none") for score in SCORES]
    + [("a function", select, "composed", "none") for select in SELECTIONS]
    + [("scaled dot", "softmax", mask, "none") for mask in EVERY_MASK]
    + [("scaled dot", "softmax", "two", bias) for bias in EVERY_BIAS]
    + [("scaled dot", "top-k", mask, "none") for mask in EVERY_MASK]
)


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """With three rows a piece and a pass, so that there are several even here."""
    monkeypatch.setattr(lookup, "PIECE_ELSEWHERE", 3 * B * H * TK)
    monkeypatch.setattr(fused, "ROWS_ELSEWHERE", 3)
    if "real" in request.node.name:
        yield
        return
    with FakeTensorMode():
        yield


@contextmanager
def made_on(device: torch.device, dtype: torch.dtype) -> Iterator[None]:
    """What is made inside has that device and dtype where it does not name another."""
    usual = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with device:
            yield
    finally:
        torch.set_default_dtype(usual)


def make(device: torch.device, dtype: torch.dtype, *cell: str) -> tuple[list[Tensor], dict]:
    score, select, mask, bias = cell
    pairs = {"mask": RULES[mask]() if mask in RULES else None}
    pairs |= {"bias": RULES[bias]() if bias in RULES else None}
    with made_on(device, dtype):
        shapes = (B, H, TQ, D), (B, H, TK, D), (B, H, TK, D)
        tensors = [torch.randn(shape, requires_grad=True) for shape in shapes]
        pairs |= {"mask": MASKS[mask]()} if mask in MASKS else {}
        pairs |= {"bias": BIASES[bias]()} if bias in BIASES else {}
        return tensors, {"score": SCORES[score](), "select": SELECTIONS[select](), **pairs}


def check(attended: Attended, tensors: list[Tensor]) -> None:
    query, *_, value = tensors
    for x in (attended.context, attended.weights[0, 1, 2], attended.weights[..., 1:3, :4]):
        assert (x.device, x.dtype) == (query.device, query.dtype)
    assert attended.context.shape == query.shape
    attended.context.sum().backward()
    assert value.grad is not None
    assert value.grad.device == query.device


@pytest.mark.parametrize(
    ("backend", "dtype"), [(None, torch.bfloat16), *((name, torch.float32) for name in KERNELS)]
)
def test_every_part_is_made_where_the_query_is(backend: str | None, dtype: torch.dtype) -> None:
    served = 0
    for cell in CELLS:
        tensors, request = make(META, dtype, *cell)
        try:
            attended = attend(*tensors, **request, backend=backend)
        except ConfigError:
            assert backend in ("fused", "nearest")
            continue
        check(attended, tensors)
        served += 1
    assert served >= len(EVERY_MASK)


@pytest.mark.parametrize("mask", EVERY_MASK)
def test_readouts_are_made_there_too(mask: str) -> None:
    for select in SELECTIONS:
        tensors, request = make(META, torch.float32, "scaled dot", select, mask, "alibi")
        weights = attend(*tensors, **request).weights
        (values, keys), best, *sums = weights.read(
            readouts.TopK(3), readouts.Argmax(), readouts.Entropy(), readouts.Received()
        )
        sums += weights.mass(causal(TQ, TK)), weights.mean(), weights.pool(2, 3)
        assert {x.device for x in (values, keys, best, *sums)} == {META}


def test_dropout_draws_there() -> None:
    for backend in ("reference", "products", "blocks"):
        tensors, request = make(META, torch.float32, "scaled dot", "softmax", "causal", "none")
        check(attend(*tensors, **request, dropout=0.5, backend=backend), tensors)


def test_off_the_cpu_the_fused_kernel_serves_all_that_it_can() -> None:
    tensors, request = make(META, torch.float32, "scaled dot", "softmax", "none", "none")
    assert attend(*tensors, **request).kernel == "fused"
    assert attend(*tensors, **request | {"select": sparsemax}).kernel == "products"


def test_what_is_stored_elsewhere_is_refused_in_a_sentence() -> None:
    tensors, _ = make(META, torch.float32, "dot", "softmax", "none", "none")
    known = {"mask": Mask(bools(TQ, TK)), "bias": Bias(torch.zeros(TQ, TK))}
    for name, pairs in known.items():
        with pytest.raises(ShapeError) as error:
            attend(*tensors, **{name: pairs})
        assert str(error.value) == (
            f"attend(): {name} must be where query is, on meta; got cpu. "
            f"Use {name}.to(query.device)."
        )
        check(attend(*tensors, **{name: pairs.to(META)}), tensors)
    relative = RelativeBuckets(H)(TQ, TK)  # which holds the weights of a module
    with pytest.raises(ShapeError, match="bias must be where query is"):
        attend(*tensors, bias=relative)
    check(attend(*tensors, bias=relative.to(META)), tensors)
    padded = padding(ints(B), TK)
    with pytest.raises(ShapeError, match="got cpu"):
        attend(*tensors, mask=padded & causal(TQ, TK))
    check(attend(*tensors, mask=(padded & causal(TQ, TK)).to(META)), tensors)
    with pytest.raises(ShapeError, match=r"is on cpu and Mask.* on meta; move one with \.to"):
        _ = padded | padded.to(META)
    with pytest.raises(ShapeError, match="ids on one device; got cpu and meta"):
        documents(ints(3), ints(4).to(META))


def test_a_rule_is_made_once_for_each_device() -> None:
    made: list[torch.device] = []

    def rule(i: Tensor, j: Tensor) -> Tensor:
        made.append(i.device)
        return j <= i

    mask = Mask.by_rule((TQ, TK), rule)
    assert mask.device is None
    for device in (META, META):
        tensors, _ = make(device, torch.float32, "dot", "softmax", "none", "none")
        attend(*tensors, mask=mask, backend="products")
    assert made == [META]
    assert mask.to(META).device == META
    assert mask.to(META) is mask.to(META)
    assert mask.to(CUDA).shape == mask.shape


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("backend", [None, *KERNELS])
def test_real_cuda_means_what_the_cpu_means(backend: str | None, dtype: torch.dtype) -> None:
    for cell in CELLS:
        if "drawn" in cell[1]:
            continue
        torch.manual_seed(0)
        tensors, request = make(torch.device("cpu"), dtype, *cell)
        there = [x.detach().to(CUDA).requires_grad_() for x in tensors]
        try:
            got = attend(*there, **moved(request), backend=backend)
        except ConfigError:
            assert backend in ("fused", "nearest")
            continue
        true = attend(*tensors, **request, backend="reference")
        bound: dict[str, Any] = {
            "atol": 30 * torch.finfo(dtype).eps,
            "rtol": 30 * torch.finfo(dtype).eps,
        }
        torch.testing.assert_close(got.context.cpu(), true.context, **bound)
        torch.testing.assert_close(got.weights.dense().cpu(), true.weights.dense(), **bound)
        for ours, exactly in zip(
            *(
                torch.autograd.grad(x.context.sum(), inputs, allow_unused=True)
                for x, inputs in ((got, there), (true, tensors))
            ),
            strict=True,
        ):
            if exactly is not None:
                torch.testing.assert_close(ours.cpu(), exactly, **bound)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("mask", ["none", "triangle"])
def test_real_cuda_kernels_leave_a_logsumexp(mask: str, dtype: torch.dtype) -> None:
    query, key, value = (torch.randn(B, H, 100, 64, device=CUDA, dtype=dtype) for _ in range(3))
    triangle = None if mask == "none" else causal(100, 100, align="start")
    weights = attend(query, key, value, mask=triangle, backend="fused").weights
    assert weights.logsumexp is not None
    scores = query.double() @ key.double().mT / 8
    if triangle is not None:
        scores = scores.masked_fill(~triangle.to(CUDA).allowed, -torch.inf)
    expected = scores.logsumexp(-1)
    assert weights.logsumexp.shape == expected.shape
    torch.testing.assert_close(weights.logsumexp.double(), expected, atol=1e-3, rtol=1e-3)
    assert weights.check().row_sum < 1e-2


def moved(request: dict[str, Any]) -> dict[str, Any]:
    return {
        name: x.to(CUDA)
        if hasattr(x, "to")
        else Sinks(x.sinks.to(CUDA))
        if isinstance(x, Sinks)
        else x
        for name, x in request.items()
    }

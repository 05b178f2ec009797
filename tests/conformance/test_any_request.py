"""Any request at all: a legal one is right on every kernel, an illegal one refused in a sentence.

Axes that are missing, 1 or 0, groups of heads, scores and biases of -∞ or of the lowest number, a
scale of 0 or below it. The truth is `reference`, held to the papers' softmax row by row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from qkv.attention import (
    Attended,
    Cosine,
    LocalM,
    SoftCapped,
    Softmax,
    TopK,
    attend,
    causal,
    dot,
    entmax15,
    lookup,
    scaled_dot,
    softmax,
    sparsemax,
    window,
)
from qkv.attention.backends import KERNELS, fused
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Bias, Mask
from tests.oracles import select as oracle
from tests.strategies import seeds

LOWEST = torch.finfo(torch.float32).min
sizes = st.integers(0, 3)


def sparse_score(query: Tensor, key: Tensor) -> Tensor:
    """-∞ wherever two vectors point apart, so here and there in a whole row."""
    scores = dot(query, key)
    return scores.masked_fill(scores < 0, -torch.inf)


@dataclass(frozen=True)
class Request:
    query: Tensor
    key: Tensor
    value: Tensor
    options: dict[str, Any]

    def run(self, backend: str | None) -> Attended:
        return attend(self.query, self.key, self.value, **self.options, backend=backend)


@st.composite
def leading(draw: st.DrawFn, whole: list[int]) -> list[int]:
    """These axes, some of them 1 and the first ones perhaps missing."""
    kept = whole[draw(st.integers(0, len(whole))) :]
    return [draw(st.sampled_from([1, size])) for size in kept]


@st.composite
def requests(draw: st.DrawFn, dtype: torch.dtype = torch.float64) -> Request:
    torch.manual_seed(draw(seeds))
    whole = draw(st.lists(sizes, max_size=3))
    queries, keys, width = draw(sizes), draw(sizes), draw(sizes)
    value_width = draw(st.sampled_from([width, draw(sizes)]))
    shapes = (queries, width), (keys, width), (keys, value_width)
    query, key, value = (
        torch.randn(*draw(leading(whole)), *shape, dtype=dtype) for shape in shapes
    )
    met = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])

    def pairs() -> list[int]:
        last = [draw(st.sampled_from([1, size])) for size in (queries, keys)]
        return [*draw(leading(list(met))), *last]

    shape = pairs()
    masks = [
        None,
        causal(queries, keys),
        causal(queries, keys, align="start"),
        window(queries, keys, left=1, right=0),
        Mask(torch.rand(shape) < 0.6),
        Mask(torch.rand(shape) < 0.6) & causal(queries, keys),
        ~Mask(torch.rand(shape) < 0.8),
    ]
    added = torch.randn(pairs(), dtype=dtype)
    hiding = draw(st.sampled_from([-torch.inf, LOWEST]))
    far = Bias(added - 1e6)  # all alike, which changes no softmax
    biases = [None, Bias(added), Bias(added.masked_fill(added < 0.3, hiding)), far]
    return Request(
        query,
        key,
        value,
        {
            "mask": draw(st.sampled_from(masks)),
            "bias": draw(st.sampled_from(biases)),
            "scale": draw(st.sampled_from([None, 0.0, -0.7, 0.5])),
            "score": draw(
                st.sampled_from([dot, scaled_dot, Cosine(0.5), SoftCapped(2.0), sparse_score])
            ),
            "select": draw(
                st.sampled_from(
                    [softmax, Softmax(0.7), sparsemax, entmax15, TopK(2), LocalM(1, start=0)]
                )
            ),
        },
    )


@pytest.fixture(autouse=True)
def many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "PIECE", 8)
    monkeypatch.setattr(fused, "ROWS", 2)


def read(attended: Attended) -> list[Tensor]:
    """Weights, and what is read of them: in any order where weights are equal."""
    weights = attended.weights
    keys = weights.shape[-1]
    best = [weights.topk(keys)[0]] if keys else []
    mass = weights.mass(Mask(torch.ones(1, keys, dtype=torch.bool)))
    weights.argmax()
    weights.check()
    return [weights.dense(), *best, weights.entropy(), weights.received(), mass]


def differentiated(attended: Attended, inputs: list[Tensor]) -> list[Tensor]:
    if not attended.context.requires_grad:
        return []
    torch.manual_seed(0)
    upstream = torch.randn_like(attended.context)
    return list(torch.autograd.grad(attended.context, inputs, upstream, materialize_grads=True))


@settings(max_examples=400, deadline=None)
@given(requests())
def test_every_kernel_is_right_on_any_legal_request(request: Request) -> None:
    inputs = [x.requires_grad_() for x in (request.query, request.key, request.value)]
    truth = request.run("reference")
    expected = [truth.context, *read(truth), *differentiated(truth, inputs)]
    assert all(x.isfinite().all() for x in expected)
    # Of equal scores any k are the best, and kernels choose others.
    tied = request.options["scale"] == 0.0 or isinstance(request.options["score"], Cosine)
    ambiguous = isinstance(request.options["select"], TopK) and tied
    for backend in (*KERNELS, None):
        try:
            got = request.run(backend)
        except ConfigError:
            assert backend in ("fused", "nearest")
            continue
        results = [got.context, *read(got), *differentiated(got, inputs)]
        for ours, exactly in zip(results, expected, strict=True):
            assert ours.shape == exactly.shape
            assert ours.isfinite().all()
            if not ambiguous:
                torch.testing.assert_close(ours, exactly, atol=1e-8, rtol=1e-7)
        if not ambiguous:  # read from the logsumexp, where there is one
            check_unrecorded(request, backend, expected)


def check_unrecorded(request: Request, backend: str | None, expected: list[Tensor]) -> None:
    with torch.no_grad():
        got = request.run(backend)
        for ours, exactly in zip([got.context, *read(got)], expected, strict=False):
            torch.testing.assert_close(ours, exactly.detach(), atol=1e-8, rtol=1e-7)
        hidden = Mask(expected[1] == 0)
        assert not got.weights.mass(hidden).any()


@settings(max_examples=200, deadline=None)
@given(requests())
def test_the_reference_is_the_papers_softmax(request: Request) -> None:
    """What is hidden, by mask or by -∞, has weight 0, and so has a row that is hidden whole."""
    request = replace(request, options=request.options | {"select": softmax})
    weights = request.run("reference").weights
    mask, bias, scale, score = (request.options[x] for x in ("mask", "bias", "scale", "score"))
    scores = score(request.query, request.key)
    if scale is not None:
        scores = scored(request, scale)
    if bias is not None:
        scores = scores + bias.part()
    allowed = torch.ones((), dtype=torch.bool) if mask is None else mask.allowed
    shape = weights.shape
    seen = allowed.expand(shape) & (scores != -torch.inf)
    expected = oracle.softmax(scores.expand(shape).numpy(), seen.numpy())
    np.testing.assert_allclose(weights.dense().numpy(), expected, atol=1e-12)


def scored(request: Request, scale: float) -> Tensor:
    """A scale takes the place of the score's own factor."""
    score, query, key = request.options["score"], request.query, request.key
    if isinstance(score, Cosine):
        return score(query, key) * score.temperature * scale
    if score is dot or score is scaled_dot:
        return dot(query, key) * scale
    scores = score(query, key)
    return torch.where(scores == -torch.inf, scores, scores * scale)


@settings(max_examples=300, deadline=None)
@given(requests(torch.float32))
def test_in_float32_all_is_finite_and_what_is_hidden_is_0(request: Request) -> None:
    mask = request.options["mask"]
    for backend in (*KERNELS, None):
        for dtype in (torch.float32, torch.bfloat16, torch.float16):
            lowered = [x.to(dtype) for x in (request.query, request.key, request.value)]
            try:
                got = attend(*lowered, **request.options, backend=backend)
            except ConfigError:
                continue
            assert got.context.isfinite().all()
            for x in read(got):
                assert x.isfinite().all()
            if mask is not None:
                assert not got.weights.dense()[~mask.allowed.expand(got.weights.shape)].any()


@settings(max_examples=300, deadline=None)
@given(requests(), st.data())
def test_an_illegal_request_is_refused_by_attend_itself(
    request: Request, data: st.DataObject
) -> None:
    """One axis of one input made too long, or one axis too many."""
    tensors = {"query": request.query, "key": request.key, "value": request.value}
    pairs = {
        name: request.options[name]
        for name in ("mask", "bias")
        if request.options[name] is not None
    }
    name = data.draw(st.sampled_from([*tensors, *pairs]))
    shape = list((tensors | pairs)[name].shape)
    axis = data.draw(st.integers(0, len(shape) - 1))
    shape[axis] += data.draw(st.integers(2, 3))
    changed = {n: shape if n == name else list(x.shape) for n, x in (tensors | pairs).items()}
    if is_legal(changed):
        return
    inputs = {n: torch.randn(changed[n], dtype=torch.float64) for n in tensors}
    options = dict(request.options)
    if "mask" in pairs:
        options["mask"] = Mask(torch.rand(changed["mask"]) < 0.6)
    if "bias" in pairs:
        options["bias"] = Bias(torch.randn(changed["bias"]))
    for backend in (*KERNELS, None):
        with pytest.raises((ShapeError, ConfigError), match=r"attend\(\)"):
            attend(*inputs.values(), **options, backend=backend)


def is_legal(shapes: dict[str, list[int]]) -> bool:
    """The rules of attend's docstring, written down once more."""
    query, key, value = (shapes[name] for name in ("query", "key", "value"))
    if query[-1] != key[-1] or key[-2] != value[-2]:
        return False
    leads = [query[:-2], *(grouped(x, query) for x in (key, value))]
    try:
        full = [*torch.broadcast_shapes(*leads), query[-2], key[-2]]
    except RuntimeError:
        return False
    for name in ("mask", "bias"):
        own = shapes.get(name, [])
        fits = all(a in (1, b) for a, b in zip(reversed(own), reversed(full), strict=False))
        if len(own) > len(full) or not fits:
            return False
    return True


def grouped(shape: list[int], query: list[int]) -> list[int]:
    lead = shape[:-2]
    if min(len(shape), len(query)) >= 4 and 1 < lead[-1] < query[-3] and not query[-3] % lead[-1]:
        lead[-1] = query[-3]
    return lead

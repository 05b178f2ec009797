"""On a CUDA device `attend` gives what it gives in float64 on the CPU, in every kernel."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

import qkv
from qkv.attention import Hard, LocalP, TopK, alibi, documents, entmax15, prefix, sparsemax, window
from qkv.errors import ConfigError
from qkv.shapes import Bias, Mask

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")

B, H, TQ, TK, D = 2, 3, 37, 41, 16
LENGTHS = torch.tensor([41, 23])
MASKS: dict[str, Any] = {
    "none": lambda: None,
    "causal": lambda: qkv.causal(TQ, TK),
    "window": lambda: window(TQ, TK, left=5, right=2),
    "padding": lambda: qkv.padding(LENGTHS, TK),
    "prefix": lambda: prefix(LENGTHS // 2, TQ, TK),
    "documents": lambda: documents(torch.arange(TQ) // 9, torch.arange(TK) // 9),
    "empty rows": lambda: Mask(torch.arange(TQ)[:, None] % 3 != 0) & qkv.causal(TQ, TK),
    "stored": lambda: Mask(
        torch.rand(B, 1, TQ, TK, generator=torch.Generator().manual_seed(1)) < 0.5
    ),
}
# What rounding alone may do; float32 products run in full precision here.
TOLERANCES = {torch.float64: 1e-10, torch.float32: 2e-5, torch.bfloat16: 3e-2, torch.float16: 4e-3}


def inputs(dtype: torch.dtype) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(B, H, t, D, generator=generator).to(dtype) for t in (TQ, TK, TK)]


@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("backend", [None, "reference", "products", "blocks", "fused"])
def test_context_weights_and_gradients(backend: str | None, mask: str, dtype: torch.dtype) -> None:
    cpu = inputs(dtype)
    exact = [x.double().requires_grad_() for x in cpu]
    wanted, wanted_weights = qkv.attend(*exact, mask=MASKS[mask](), backend="reference")
    here = [x.detach().cuda().requires_grad_() for x in cpu]
    pairs = MASKS[mask]()
    pairs = pairs if pairs is None else pairs.to(here[0].device)
    context, weights = qkv.attend(*here, mask=pairs, backend=backend)
    bound = TOLERANCES[dtype]
    torch.testing.assert_close(context.double().cpu(), wanted, atol=bound, rtol=bound)
    dense = weights.dense().double().cpu()
    torch.testing.assert_close(dense, wanted_weights.dense(), atol=bound, rtol=bound)
    upstream = torch.randn(B, H, TQ, D, generator=torch.Generator().manual_seed(2))
    wanted.backward(upstream.double())
    context.backward(upstream.to(dtype).cuda())
    for x, y in zip(here, exact, strict=True):
        assert x.grad is not None
        assert y.grad is not None
        torch.testing.assert_close(x.grad.double().cpu(), y.grad, atol=4 * bound, rtol=4 * bound)


@pytest.mark.parametrize(
    ("select", "mask"),
    list(product([TopK(3), entmax15, sparsemax, Hard(sample=False)], ["none", "causal"])),
)
def test_other_selections(select: Any, mask: str) -> None:
    cpu = inputs(torch.float32)
    wanted = qkv.attend(*cpu, select=select, mask=MASKS[mask]())
    found = qkv.attend(*(x.cuda() for x in cpu), select=select, mask=MASKS[mask]())
    torch.testing.assert_close(found.context.cpu(), wanted.context, atol=2e-5, rtol=2e-5)


def test_biases_and_draws() -> None:
    query, key, value = (x.cuda() for x in inputs(torch.float32))
    cpu = inputs(torch.float32)
    wanted = qkv.attend(*cpu, bias=alibi(H, TQ, TK))
    torch.testing.assert_close(
        qkv.attend(query, key, value, bias=alibi(H, TQ, TK)).context.cpu(),
        wanted.context, atol=2e-5, rtol=2e-5,
    )  # fmt: skip
    added = torch.randn(H, TQ, TK)
    found = qkv.attend(query, key, value, bias=Bias(added.cuda()))
    wanted = qkv.attend(*cpu, bias=Bias(added))
    torch.testing.assert_close(found.context.cpu(), wanted.context, atol=2e-5, rtol=2e-5)
    drawn = qkv.attend(query, key, value, select=Hard(True), mask=qkv.causal(TQ, TK))
    assert set(drawn.weights.dense().unique().tolist()) == {0.0, 1.0}
    local = LocalP(D, 8, 6).cuda()
    assert qkv.attend(query, key, value, select=local).context.device.type == "cuda"


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_readouts_without_all_weights(dtype: torch.dtype) -> None:
    query, key, value = (torch.randn(1, 4, 700, 64, dtype=dtype) for _ in range(3))
    wanted = qkv.attend(query.double(), key.double(), value.double(), mask=qkv.causal(700)).weights
    weights = qkv.attend(query.cuda(), key.cuda(), value.cuda(), mask=qkv.causal(700)).weights
    atol = {torch.float32: 1e-5, torch.bfloat16: 5e-3}[dtype]
    close = {"atol": atol, "rtol": 20 * atol, "check_dtype": False}
    torch.testing.assert_close(weights.received().cpu().double(), wanted.received(), **close)
    torch.testing.assert_close(weights.entropy().cpu().double(), wanted.entropy(), **close)
    torch.testing.assert_close(weights.topk(4)[0].cpu().double(), wanted.topk(4)[0], **close)
    torch.testing.assert_close(weights[0, 2, 611].cpu().double(), wanted[0, 2, 611], **close)


def test_a_backend_asked_for_is_taken_or_refused() -> None:
    query, key, value = (x.cuda() for x in inputs(torch.float32))
    assert qkv.attend(query, key, value, backend="fused").kernel == "fused"
    with pytest.raises(ConfigError):
        qkv.attend(query, key, value, select=entmax15, backend="fused")

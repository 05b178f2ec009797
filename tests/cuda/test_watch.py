"""On a CUDA device `watch` shows what each of torch's kernels attended to, and moves nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention as bound_at_import

import qkv
from qkv import readouts
from qkv.attention import for_query_heads

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")

B, H, TQ, TK, D = 2, 4, 37, 41, 64  # 37 queries: one kernel pads its logsumexp to 64
KERNELS = {
    "flash_attention": SDPBackend.FLASH_ATTENTION,
    "efficient_attention": SDPBackend.EFFICIENT_ATTENTION,
    "cudnn_attention": SDPBackend.CUDNN_ATTENTION,
    "not fused": SDPBackend.MATH,
}
FORMS: dict[str, Any] = {
    "plain": dict,
    "causal": lambda: {"is_causal": True},
    "mask": lambda: {"attn_mask": torch.ones(TQ, TK, dtype=torch.bool).tril(3).cuda()},
    "scale": lambda: {"scale": 0.3},
}
DTYPES = [torch.float32, torch.bfloat16, torch.float16]


class Attention(nn.Module):
    def __init__(self, sdpa: Any, options: dict[str, Any]) -> None:
        super().__init__()
        self.sdpa, self.options = sdpa, options

    def forward(self, q: Tensor, k: Tensor) -> Tensor:
        sdpa = self.sdpa or torch.nn.functional.scaled_dot_product_attention
        return sdpa(q, k, k, **self.options)


def rounding(q: Tensor, k: Tensor, options: dict[str, Any]) -> float:
    """Twice what weights made step by step in this dtype are off, and at least float32's."""
    scores = q @ k.mT * options.get("scale", D**-0.5)
    hidden = truth(q, k, options) == 0
    eager = scores.masked_fill(hidden, -torch.inf).softmax(-1)
    return max(2e-5, 2 * (eager.double() - truth(q, k, options)).abs().max().item())


def truth(q: Tensor, k: Tensor, options: dict[str, Any]) -> Tensor:
    scores = q.double() @ k.double().mT * options.get("scale", D**-0.5)
    allowed = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool, device="cuda")
    if options.get("is_causal"):
        allowed = allowed.tril()
    allowed = options.get("attn_mask", allowed)
    return scores.masked_fill(~allowed, -torch.inf).softmax(-1)


@pytest.mark.parametrize("bound", [False, True], ids=["function", "operator"])
@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_each_kernel(kernel: str, form: str, dtype: torch.dtype, grad: bool, bound: bool) -> None:
    if bound and kernel == "not fused":
        pytest.skip("said to be unseen: only the operator would show it")
    torch.manual_seed(0)
    q, k = (torch.randn(B, H, t, D, device="cuda", dtype=dtype) for t in (TQ, TK))
    options = FORMS[form]()
    model = Attention(bound_at_import if bound else None, options)
    q.requires_grad_(grad)
    with sdpa_kernel(KERNELS[kernel]):
        try:
            expected = model(q, k)
        except RuntimeError as error:
            pytest.skip(f"{kernel} does not serve this: {error}")
        with qkv.watch(model) as seen:
            assert torch.equal(model(q, k), expected)
    (record,) = seen
    assert record.kernel == kernel
    weights, whole = record.weights, truth(q, k, options)
    if grad and kernel in ("flash_attention", "efficient_attention"):
        assert weights.logsumexp is not None
        assert weights.logsumexp.shape == (B, H, TQ)
    error = rounding(q, k, options)
    close: dict[str, Any] = {"rtol": 0, "atol": error}
    torch.testing.assert_close(weights.dense().double(), whole, **close)
    torch.testing.assert_close(weights.topk(3)[0].double(), whole.topk(3).values, **close)
    received: dict[str, Any] = {"rtol": 0, "atol": 20 * error}
    torch.testing.assert_close(weights.received().double(), whole.sum(-2), **received)
    assert record.check is not None
    assert record.check.row_sum < error


@torch.inference_mode()
def test_grouped_heads_offloaded_and_in_another_thread() -> None:
    torch.manual_seed(0)
    q = torch.randn(B, H, TQ, D, device="cuda", dtype=torch.bfloat16)
    k = torch.randn(B, 2, TQ, D, device="cuda", dtype=torch.bfloat16)
    model = Attention(None, {"enable_gqa": True, "is_causal": True})
    with qkv.watch(model, offload="cpu") as seen, ThreadPoolExecutor(1) as pool:
        pool.submit(torch.inference_mode()(model), q, k).result()
    (record,) = seen
    assert record._call is not None
    assert {x.device.type for x in record._call.tensors()} == {"cpu"}
    weights = record.weights.dense()
    assert weights.device.type == "cuda"
    keys, options = for_query_heads(k, q), {"is_causal": True}
    bound = rounding(q, keys, options)
    torch.testing.assert_close(weights.double(), truth(q, keys, options), rtol=0, atol=bound)


@pytest.mark.parametrize("fast", [False, True])
def test_readouts_of_torchs_encoder(fast: bool) -> None:
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True).cuda().eval()
    x = torch.randn(B, TQ, 32, device="cuda")
    some = [readouts.TopK(3), readouts.Entropy(), readouts.Received(), readouts.Pool(5, 7)]
    with torch.set_grad_enabled(not fast), qkv.watch(layer, readouts=some) as seen:
        layer(x)
    _, whole = layer.self_attn(x, x, x, average_attn_weights=False)
    (record,) = seen
    (values, keys), entropy, received, tiles = record.readouts.values()
    torch.testing.assert_close(values, whole.topk(3).values, rtol=0, atol=1e-4)
    torch.testing.assert_close(whole.gather(-1, keys), values, rtol=0, atol=1e-4)
    torch.testing.assert_close(entropy, torch.special.entr(whole).sum(-1), rtol=0, atol=2e-3)
    torch.testing.assert_close(received, whole.sum(-2), rtol=0, atol=2e-3)
    assert tiles.shape == (B, 4, 5, 7)

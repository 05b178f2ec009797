"""The loss that overwrites the logits, bit for bit torch's own on one thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

from qkv.training import cross_entropy as module
from qkv.training.cross_entropy import cross_entropy

TOKENS, WIDTH, VOCABULARY = 307, 13, 1009

Loss = Callable[[Tensor, Tensor, float], Tensor]


@pytest.fixture(autouse=True)
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART", 31 * VOCABULARY)  # nine parts, and one of 28 rows


def readout(dtype: torch.dtype) -> tuple[Tensor, nn.Linear, Tensor]:
    """Features (N, M) and what makes logits of them, and the target (N,)."""
    torch.manual_seed(5)
    features = torch.randn(TOKENS, WIDTH, dtype=dtype, requires_grad=True)
    return features, nn.Linear(WIDTH, VOCABULARY, dtype=dtype), torch.randint(VOCABULARY, (TOKENS,))


def gradients(loss: Loss, dtype: torch.dtype, smoothing: float, factor: float) -> list[Tensor]:
    """The loss, and the gradients of all that it comes from."""
    features, linear, target = readout(dtype)
    value = loss(linear(features), target, smoothing)
    (factor * value).backward()
    given = [each.grad for each in (features, *linear.parameters())]
    return [value.detach(), *(grad for grad in given if grad is not None)]


def of_torch(logits: Tensor, target: Tensor, smoothing: float) -> Tensor:
    return functional.cross_entropy(logits.float(), target, label_smoothing=smoothing)


def ours(logits: Tensor, target: Tensor, smoothing: float) -> Tensor:
    return cross_entropy(logits, target, smoothing)[0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.37])
def test_bit_for_bit(dtype: torch.dtype, smoothing: float) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        got, wanted = (gradients(loss, dtype, smoothing, 1.0) for loss in (ours, of_torch))
    finally:
        torch.set_num_threads(threads)
    assert len(got) == 4
    for one, other in zip(got, wanted, strict=True):
        assert torch.equal(one, other)


def test_against_autograd_in_float64() -> None:
    got = gradients(ours, torch.float32, 0.1, -2.5)
    features, linear, target = readout(torch.float32)
    features, linear = features.detach().double().requires_grad_(), linear.double()
    value = functional.cross_entropy(linear(features), target, label_smoothing=0.1)
    (-2.5 * value).backward()
    wanted = [value.detach(), features.grad, *(each.grad for each in linear.parameters())]
    for one, other in zip(got, wanted, strict=True):
        torch.testing.assert_close(one, other, check_dtype=False, rtol=1e-4, atol=1e-6)


def test_log_probabilities_of_the_targets_have_no_gradient() -> None:
    features, linear, target = readout(torch.float32)
    logits = linear(features)
    wanted = logits.detach().log_softmax(1)[torch.arange(TOKENS), target]
    _, log_p = cross_entropy(logits, target, 0.1)
    assert torch.equal(log_p, wanted)
    assert not log_p.requires_grad


def test_nothing_as_large_as_the_logits_is_made() -> None:
    features, linear, target = readout(torch.bfloat16)
    sizes: list[int] = []

    class Sizes(TorchDispatchMode):
        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            result = func(*args, **(kwargs or {}))
            several = result if isinstance(result, (tuple, list)) else [result]
            inputs = {arg.untyped_storage().data_ptr() for arg in args if isinstance(arg, Tensor)}
            sizes.extend(
                each.untyped_storage().nbytes()
                for each in several
                if isinstance(each, Tensor) and each.untyped_storage().data_ptr() not in inputs
            )
            return result

    with Sizes():
        ours(linear(features), target, 0.1).backward()
    logits = 2 * TOKENS * VOCABULARY
    assert sizes.count(logits) == 1
    assert max(size for size in sizes if size != logits) <= 4 * module.PART


def test_a_readout_that_needs_its_result_is_refused() -> None:
    features, linear, target = readout(torch.float32)
    loss = ours(torch.tanh(linear(features)), target, 0.1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()

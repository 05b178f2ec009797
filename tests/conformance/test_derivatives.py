"""Second derivatives, forward mode and torch.func: right, or refused in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.autograd import forward_ad

from qkv.attention import TopK, attend, causal, lookup, padding, softmax, window
from qkv.attention.backends import KERNELS, fused
from qkv.errors import ConfigError
from qkv.shapes import Bias, Mask
from tests.conformance.test_selections import SELECTIONS
from tests.strategies import B, D, H

QUERIES, KEYS = 3, 5
MASKS: dict[str, Callable[[], Mask | None]] = {
    "none": lambda: None,
    "triangle": lambda: causal(QUERIES, KEYS, align="start"),
    "window": lambda: window(QUERIES, KEYS, left=1, right=0),
    "an empty sentence": lambda: padding(torch.tensor([0, KEYS]), KEYS),
}


@pytest.fixture(autouse=True)
def many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "PIECE", 2 * B * H * KEYS)
    monkeypatch.setattr(fused, "ROWS", 2)


def inputs() -> list[Tensor]:
    torch.manual_seed(0)
    shapes = (B, H, QUERIES, D), (B, H, KEYS, D), (B, H, KEYS, D)
    return [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("select", SELECTIONS)
@pytest.mark.parametrize("backend", KERNELS)
def test_second_derivatives_are_those_of_finite_differences(
    backend: str, select: str, mask: str
) -> None:
    if (backend, select) in {("fused", s) for s in SELECTIONS} - {
        ("fused", "softmax"),
        ("fused", "temperature"),
    } or (backend == "nearest" and select != "top-k"):
        return  # refused by name: see test_selections
    torch.manual_seed(0)
    chosen = SELECTIONS[select]()
    chosen = chosen.double() if isinstance(chosen, nn.Module) else chosen

    def context(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        options = {"select": chosen, "mask": MASKS[mask](), "backend": backend}
        return attend(query, key, value, **options).context

    assert torch.autograd.gradgradcheck(context, inputs(), fast_mode=True)


@pytest.mark.parametrize("size", [4, 40])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_a_penalty_on_the_gradient_trains_at_any_size(dtype: torch.dtype, size: int) -> None:
    """The kernel that is picked for 40 × 40, and for float64, is the fused one."""
    torch.manual_seed(0)
    slopes = []
    for backend in (None, "reference"):
        torch.manual_seed(0)
        x = torch.randn(B, H, size, D, dtype=dtype, requires_grad=True)
        attended = attend(x, x, x, mask=causal(size), backend=backend)
        (slope,) = torch.autograd.grad(attended.context.square().sum(), x, create_graph=True)
        slopes.append(torch.autograd.grad(slope.square().sum(), x)[0])
    rounding = 1e3 * torch.finfo(dtype).eps * float(slopes[1].abs().max())
    torch.testing.assert_close(*slopes, atol=rounding, rtol=0)


@pytest.mark.parametrize("size", [4, 40])
def test_forward_mode_and_transforms_get_a_kernel_that_has_them(size: int) -> None:
    torch.manual_seed(0)
    query, key, value, along = torch.randn(4, B, size, D, dtype=torch.float64)
    bias = Bias(torch.randn(size, size, dtype=torch.float64))
    several: list[dict[str, Any]] = [
        {},
        {"bias": bias},
        {"select": TopK(3)},
        {"mask": causal(size)},
    ]
    for options in several:

        def context(x: Tensor, backend: str | None = None, options: Any = options) -> Tensor:
            return attend(x, key, value, **options, backend=backend).context

        # The derivative along a direction, from two gradients.
        zeros = torch.zeros_like(query, requires_grad=True)
        (back,) = torch.autograd.grad(
            context(query.requires_grad_(), "products"), query, zeros, create_graph=True
        )
        (expected,) = torch.autograd.grad(back, zeros, along)
        query = query.detach()
        torch.testing.assert_close(torch.func.jvp(context, (query,), (along,))[1], expected)
        with forward_ad.dual_level():
            dual = context(forward_ad.make_dual(query, along))
            torch.testing.assert_close(forward_ad.unpack_dual(dual).tangent, expected)
        one_by_one = torch.stack([attend(q, key, value, **options).context for q in query])
        torch.testing.assert_close(torch.vmap(context)(query), one_by_one)
        slope = torch.func.grad(lambda x: context(x).square().sum())(query)
        x = query.clone().requires_grad_()
        torch.testing.assert_close(slope, torch.autograd.grad(context(x).square().sum(), x)[0])


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        ("fused", "has no forward-mode derivative and serves no transform of torch.func"),
        ("blocks", "cannot compute again inside a transform of torch.func"),
    ],
)
def test_a_kernel_that_has_no_transform_says_so(backend: str, said: str) -> None:
    def context(x: Tensor) -> Tensor:
        return attend(x, x, x, select=softmax, backend=backend).context

    x = torch.randn(3, D)
    with pytest.raises(ConfigError) as error:
        torch.func.jvp(context, (x,), (x,))
    assert str(error.value) == f"attend(): backend {backend!r} {said}; use 'products'."

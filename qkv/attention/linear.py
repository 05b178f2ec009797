"""Linear layers whose products without a gradient run by oneDNN, where that is faster."""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import linear as torchs

from qkv.shapes import are_transforms_active

__all__ = ["Linear", "linear", "prepared"]

# PyTorch gives float32 to MKL, which leaves AVX-512 alone on processors that are not Intel's: half
# of the speed. This is what its own compiler calls; it has no gradient, and numbers are the same.
_ONEDNN = (
    getattr(torch.ops.mkldnn, "_linear_pointwise", None)
    if torch.backends.mkldnn.is_available() and platform.machine() in ("x86_64", "AMD64")
    else None
)
_LAYOUT = getattr(torch.ops.mkldnn, "_reorder_linear_weight", None)
_LARGE = 1 << 19  # numbers in a weight, from which a copy pays
_ROWS = 32  # about so many are expected
_FROM = 1 << 20  # multiplications; before, its call costs more (8 µs) than it wins


class Linear(nn.Linear):
    """`nn.Linear` by `linear`."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - as torch's
        return linear(input, self.weight, self.bias)


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x (..., K), weight (V, K), bias (V,) → x Wᵀ + b, (..., V)."""
    if x.numel() * len(weight) >= _FROM and _ONEDNN is not None and _serves(x, weight):
        return _ONEDNN(x, weight, bias, "none", [], "")
    return torchs(x, weight, bias)


def prepared(weight: Tensor, bias: Tensor | None = None) -> Callable[[Tensor], Tensor]:
    """`linear` by this weight, which is copied into the layout that oneDNN wants where it has one.

    A large weight and few rows take half of the time so. What the copy is made of must not change.
    """
    usable = weight.is_cpu and weight.dtype in (torch.float32, torch.bfloat16)
    if _ONEDNN is None or _LAYOUT is None or not usable or weight.numel() < _LARGE:
        return partial(linear, weight=weight, bias=bias)
    copy = _LAYOUT(weight, _ROWS)

    def product(x: Tensor) -> Tensor:
        return _ONEDNN(x.to(copy.dtype), copy, bias, "none", [], "").to(x.dtype)

    return product


def _serves(x: Tensor, weight: Tensor) -> bool:
    """Is it a product in float32 on the CPU, that nobody differentiates, traces or lowers?"""
    return (
        x.is_cpu
        and x.dtype is torch.float32
        and weight.dtype is torch.float32
        and not torch.is_grad_enabled()
        and not torch.is_autocast_enabled("cpu")
        and not torch.compiler.is_compiling()
        and not torch.jit.is_tracing()  # pyright: ignore[reportPrivateImportUsage]
        and not are_transforms_active()
    )

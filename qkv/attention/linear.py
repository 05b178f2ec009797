"""Linear layers whose products without a gradient run by oneDNN, where that is faster."""

from __future__ import annotations

import platform

import torch
from torch import Tensor, nn
from torch.nn.functional import linear as torchs

from qkv.shapes import are_transforms_active

__all__ = ["Linear", "linear"]

# PyTorch gives float32 to MKL, which leaves AVX-512 alone on processors that are not Intel's: half
# of the speed. This is what its own compiler calls; it has no gradient, and numbers are the same.
_ONEDNN = (
    getattr(torch.ops.mkldnn, "_linear_pointwise", None)
    if torch.backends.mkldnn.is_available() and platform.machine() in ("x86_64", "AMD64")
    else None
)
_FROM = 1 << 20  # multiplications; before, its call costs more (8 µs) than it wins


class Linear(nn.Linear):
    """`nn.Linear` by `linear`."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - as torch's
        return linear(input, self.weight, self.bias)


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x (..., K), weight (V, K), bias (V,) → x Wᵀ + b, (..., V).

    Weights may be narrower than x: then so is the product, but not what comes out.
    """
    if weight.element_size() < x.element_size():
        return torchs(x.to(weight.dtype), weight, bias).to(x.dtype)
    if x.numel() * len(weight) >= _FROM and _ONEDNN is not None and _serves(x, weight):
        return _ONEDNN(x, weight, bias, "none", [], "")
    return torchs(x, weight, bias)


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

"""Linear layers whose products without a gradient run by oneDNN, where that is faster."""

from __future__ import annotations

import platform
from collections.abc import Callable

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
    """x (..., K), weight (V, K), bias (V,) → x Wᵀ + b, (..., V).

    Weights may be narrower than x: then so is the product, but not what comes out.
    """
    if weight.element_size() < x.element_size():
        return torchs(x.to(weight.dtype), weight, bias).to(x.dtype)
    if x.numel() * len(weight) >= _FROM and _ONEDNN is not None and _serves(x, weight):
        return _ONEDNN(x, weight, bias, "none", [], "")
    return torchs(x, weight, bias)


def prepared(weight: Tensor, bias: Tensor) -> Callable[[Tensor], Tensor]:
    """`linear` by this weight, for many x (N, K) without a gradient: what can be, is decided here.

    oneDNN has a layout of its own for weights, in which a large one takes half of the time when
    rows are few: it gets a copy. The weight must not change any more.
    """
    kind, weight = weight.dtype, weight.detach()
    bias, transposed = bias.detach().to(kind), weight.T
    usable = _ONEDNN is not None and weight.is_cpu and kind in (torch.float32, torch.bfloat16)
    copy = weight
    if usable and _LAYOUT is not None and weight.numel() >= _LARGE:
        copy = _LAYOUT(copy, _ROWS)
    least = _FROM // weight.numel() if copy.layout is torch.strided else 0  # rows, and one more

    def product(x: Tensor) -> Tensor:
        if usable and _ONEDNN and x.shape[0] > least and x.dtype is kind:
            return _ONEDNN(x, copy, bias, "none", [], "")
        return torch.addmm(bias, x, transposed)

    def narrow(x: Tensor) -> Tensor:
        return product(x.to(kind)).to(x.dtype)

    return narrow if weight.element_size() < 4 else product


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

"""Dropout whose random numbers are cheap on a CPU."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["dropout"]


def dropout(x: Tensor, p: float, training: bool = True) -> Tensor:
    """Zero each element with probability `p`, scale the rest by 1 / (1 - p).

    torch draws one number an element on one core; here one 64-bit draw decides eight elements on
    the CPU, so `p` is rounded to a multiple of 1/256 (the scale uses the rounded value: the mean is
    kept). Elsewhere it is torch's own.
    Source: Srivastava et al. 2014.
    """
    if not training or p == 0.0:
        return x
    threshold = round(p * 256)
    if x.device.type != "cpu" or not 0 < threshold < 256:
        return functional.dropout(x, p, True)
    draws = torch.empty((x.numel() + 7) // 8, dtype=torch.int64, device=x.device)
    draws = draws.random_(-(2**63), None)
    kept = draws.view(torch.uint8)[: x.numel()].view(x.shape) >= threshold
    return x * (kept * x.new_tensor(256 / (256 - threshold)))

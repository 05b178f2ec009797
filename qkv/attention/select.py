"""From scores to weights over the keys: (..., Tq, Tk) → (..., Tq, Tk), rows summing to one."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from qkv.shapes import Mask

__all__ = ["Select", "softmax"]

Select = Callable[[Tensor, Mask | None], Tensor]


def softmax(scores: Tensor, mask: Mask | None) -> Tensor:
    """α_ij = exp(e_ij) / Σ_k exp(e_ik) over the keys that `mask` allows; an empty row is all zero.

    Args:
        scores: (..., Tq, Tk), floating; the exponentials are summed in float32 or wider.
    """
    if mask is not None:
        # The lowest finite number, not -inf: an empty row then has no NaN in its gradient either.
        scores = scores.masked_fill(~mask.allowed, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, -1)
    if mask is not None and mask.has_empty_row:
        weights = weights.masked_fill(~mask.allowed.any(-1, keepdim=True), 0.0)
    return weights

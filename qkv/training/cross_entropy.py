"""Cross-entropy that holds the logits of a batch once.

They are by far the largest tensor of a step, and autograd would hold six of their size: in two
precisions, as log-probabilities, and the gradients of all of these.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn.functional import nll_loss

__all__ = ["cross_entropy"]

PART = 1 << 21  # logits that are worked on at once


def cross_entropy(logits: Tensor, target: Tensor, smoothing: float) -> tuple[Tensor, Tensor]:
    """Mean over the tokens of −(1 − ε) log p(y) − ε / V Σ_v log p(v), computed in float32.

    Bit for bit `torch.nn.functional.cross_entropy` with `label_smoothing`, and its gradient.

    Args:
        logits: (N, V), floating; their gradient takes their place.
        target: (N,) int64.
        smoothing: ε.
    Returns:
        the mean (), and log p(y) of each token (N,) without a gradient.
    """
    return _CrossEntropy.apply(logits, target, smoothing)  # pyright: ignore[reportReturnType]


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, logits: Tensor, target: Tensor, smoothing: float
    ) -> tuple[Tensor, Tensor]:
        # Sharing a version with the logits, so that autograd refuses a readout that needs them.
        overwritten = logits.detach()
        size = max(1, PART // logits.shape[1])
        parts = zip(overwritten.split(size), target.split(size), strict=True)
        each = [_overwrite(*part, smoothing, len(target)) for part in parts]
        log_p, sums = (torch.cat(pieces) for pieces in zip(*each, strict=True))
        ctx.save_for_backward(overwritten)
        ctx.mark_non_differentiable(log_p)
        mean = nll_loss(log_p[:, None], torch.zeros_like(target))  # it sums in an order of its own
        if smoothing:
            mean = mean * (1 - smoothing) + (-sums).mean() * (smoothing / logits.shape[1])
        return mean, log_p

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor, _: None) -> tuple[Tensor, None, None]:
        (overwritten,) = ctx.saved_tensors
        # A pass over all logits less, where a look at the number waits for no device.
        plain = gradient.device.type == "cpu" and bool(gradient == 1)
        return overwritten if plain else overwritten.mul_(gradient), None, None


def _overwrite(
    logits: Tensor, target: Tensor, smoothing: float, tokens: int
) -> tuple[Tensor, Tensor]:
    """Put the gradient of the mean over `tokens` in place of these logits (R, V).

    Returns:
        log p(y) and Σ_v log p(v), (R,) each.
    """
    with torch.enable_grad():
        leaf = logits.float().detach().requires_grad_()
        log_p = torch.log_softmax(leaf, 1)
    # Rounded factor by factor, as autograd would.
    spread = np.float32(smoothing / logits.shape[1]) / np.float32(tokens)
    own = np.float32(1 - smoothing) / np.float32(tokens)
    of_log_p = torch.full_like(leaf, -float(spread), requires_grad=False)
    of_log_p.scatter_(1, target[:, None], -float(spread + own))
    (gradient,) = torch.autograd.grad(log_p, leaf, of_log_p)
    log_p = log_p.detach()
    logits.copy_(gradient)
    return log_p.gather(1, target[:, None])[:, 0], log_p.sum(1)

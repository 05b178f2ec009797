"""The learning rate at each step, and how soft hard attention is."""

from __future__ import annotations

from math import cos, pi

__all__ = ["soft_share", "warmup_cosine"]


def warmup_cosine(step: int, *, peak: float, warmup: int, last: int) -> float:
    """Linear from 0 to `peak` over `warmup` steps, then a half cosine to 0 at `last`.

    step: of the update about to be made, from 1 (Loshchilov and Hutter 2017, without restarts).
    """
    warmup = min(warmup, max(1, last // 2))
    if step <= warmup:
        return peak * step / warmup
    return peak * (1 + cos(pi * (step - warmup) / max(1, last - warmup))) / 2


def soft_share(step: int, *, start: float, end: float, last: int) -> float:
    """1 up to `start` · last, then linear to `end` at 0.9 · last; `end` throughout if start is 0.

    step: of the update about to be made, from 1. start: 0 or above, below 0.9.
    """
    if not start:
        return end
    fallen = (step / last - start) / (0.9 - start)
    return 1 - (1 - end) * min(max(fallen, 0.0), 1.0)

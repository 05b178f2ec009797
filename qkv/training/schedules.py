"""The learning rate at each step."""

from __future__ import annotations

from math import cos, pi

__all__ = ["warmup_cosine"]


def warmup_cosine(step: int, *, peak: float, warmup: int, last: int) -> float:
    """Linear from 0 to `peak` over `warmup` steps, then a half cosine to 0 at `last`.

    step: of the update about to be made, from 1 (Loshchilov and Hutter 2017, without restarts).
    """
    warmup = min(warmup, max(1, last // 2))
    if step <= warmup:
        return peak * step / warmup
    return peak * (1 + cos(pi * (step - warmup) / max(1, last - warmup))) / 2

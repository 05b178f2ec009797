"""The k largest numbers of long rows."""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor

__all__ = ["largest"]

LANES = 32
WIDE = 1 << 15  # numbers, from which it pays to look at maxima before ranks


def largest(x: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k largest of each row, falling: values and positions, (..., n) → (..., k) each.

    `topk` through the k groups with the largest maxima, which hold the k largest numbers: finding
    maxima is several times as fast as keeping an order. Group g has the positions g, g + groups,
    g + 2 · groups, … so that maxima are taken of whole rows of numbers.
    """
    keys = x.shape[-1]
    # Maxima of groups and then k · n / groups members are looked at: least at groups = √(k · n).
    # Of a number of groups that vector units divide, maxima take a fifth of the time.
    groups = LANES * max(1, round(sqrt(k * keys) / LANES))
    size = keys // groups
    if x.numel() < WIDE or size < 4 or groups < 2 * k:
        top = x.topk(k, -1)
        return top.values, top.indices
    whole = groups * size
    maxima = x.detach()[..., :whole].unflatten(-1, (size, groups)).amax(-2)
    best = maxima.topk(k, -1, sorted=False).indices  # (..., k)
    members = (best[..., None] + torch.arange(0, whole, groups, device=x.device)).flatten(-2)
    if whole < keys:
        rest = torch.arange(whole, keys, device=x.device).expand(*best.shape[:-1], -1)
        members = torch.cat((members, rest), -1)
    top = x.gather(-1, members).topk(k, -1)
    return top.values, members.gather(-1, top.indices)

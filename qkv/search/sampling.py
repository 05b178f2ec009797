"""Words drawn by their probability: texts as the model would write them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from qkv.search.search import Search

__all__ = ["chances", "draw"]


def chances(
    seeds: Sequence[int], limits: Sequence[int], texts: int, device: torch.device
) -> Tensor:
    """Uniform numbers for `texts` texts of each sentence, a row a text: (B · texts, most tokens).

    Each sentence has its own generator, on the CPU: its numbers are the same beside any others and
    on any device, and the first of several texts is the one that is drawn alone.
    """
    rows = torch.zeros(len(seeds), texts, max(limits, default=0))
    for row, seed, limit in zip(rows, seeds, limits, strict=True):
        row[:, :limit] = torch.rand(texts, limit, generator=torch.Generator().manual_seed(seed))
    return rows.flatten(0, 1).to(device)


def draw(log_p: Tensor, search: Search, chance: Tensor) -> Tensor:
    """Tokens (N,) int64, drawn of p^(1 / temperature), the unlikely ones left out.

    Top k (Fan et al. 2018), then top p, the nucleus (Holtzman et al. 2020, equation 2): the fewest
    of the likeliest tokens whose probabilities sum up to p or more.

    Args:
        log_p: (N, V). chance: (N,) in [0, 1), the place in the sum of the probabilities.
    """
    p = _kept((log_p / search.temperature).softmax(-1), search)
    # In the order of ids, for near equals change ranks with the roundings of what stands beside.
    sums = p.double().cumsum(-1)
    place = (sums <= chance[:, None] * sums[:, -1:]).sum(-1)
    ids = torch.arange(p.shape[1], device=p.device)
    last = torch.where(p > 0, ids, 0).amax(-1)  # where a sum is rounded, or nothing is a number
    return torch.minimum(place, last)


def _kept(p: Tensor, search: Search) -> Tensor:
    """Without what is left out."""
    if not search.top_k and search.top_p == 1.0:
        return p
    ranked, tokens = p.sort(-1, descending=True)
    if search.top_k:
        ranked[:, search.top_k :] = 0.0
    before = ranked.cumsum(-1) - ranked
    outside = before >= search.top_p * ranked.sum(-1, keepdim=True)
    ranked[:, 1:].masked_fill_(outside[:, 1:], 0.0)  # the likeliest always stays
    return torch.zeros_like(p).scatter_(1, tokens, ranked)

"""Numbers added to the scores: what is known about a pair besides its query and its key."""

from __future__ import annotations

from math import log

import torch
from torch import Tensor, nn

from qkv.errors import ConfigError
from qkv.shapes import Bias

__all__ = ["Coverage", "RelativeBuckets", "alibi"]


def alibi(
    heads: int, queries: int, keys: int | None = None, *, device: torch.device | None = None
) -> Bias:
    """-m_h · distance, a slope for each head (Press et al. 2022): (H, Tq, Tk), never stored.

    The last query stands at the last key. The slopes are 2^(-8 h / n), h = 1 … n; where the heads
    are no power of two, those of the next lower one and then every other slope of the next higher,
    as published.
    """
    keys = queries if keys is None else keys
    slopes = torch.tensor(_slopes(heads), device=device)[:, None, None]
    shift = keys - queries

    def rule(i: Tensor, j: Tensor) -> Tensor:
        return -slopes.to(i.device) * (i + shift - j).abs()

    return Bias.by_rule((heads, queries, keys), rule, device=device)


def _slopes(heads: int) -> list[float]:
    if heads < 1:
        raise ConfigError(f"alibi(): heads must be at least 1; got {heads}.")
    lower = 1 << (heads.bit_length() - 1)
    first = [2.0 ** (-8 * h / lower) for h in range(1, lower + 1)]
    between = [2.0 ** (-4 * h / lower) for h in range(1, 2 * lower, 2)]
    return first + between[: heads - lower]


class RelativeBuckets(nn.Module):
    """A learned number for each head and each distance, far ones sharing (Raffel et al. 2020).

    Half of the buckets hold one distance each, the other half grow by powers up to `farthest`, and
    the last holds all that is farther. `weight` (buckets, H) is as in T5.

    Args:
        heads: H.
        buckets: how many; with `bidirectional` half of them for each side.
        farthest: keys; from this distance on all are alike.
        bidirectional: False: keys after the query count as distance 0, for a causal decoder.
    """

    def __init__(
        self, heads: int, *, buckets: int = 32, farthest: int = 128, bidirectional: bool = True
    ) -> None:
        super().__init__()
        side = buckets // 2 if bidirectional else buckets
        if side < 2 or (bidirectional and buckets % 2) or farthest <= side // 2:
            raise ConfigError(
                "RelativeBuckets: needs two buckets or more a side, an even number of them if "
                f"bidirectional, and farthest beyond half a side; got buckets={buckets}, "
                f"farthest={farthest}."
            )
        self.side, self.farthest, self.bidirectional = side, farthest, bidirectional
        self.weight = nn.Parameter(torch.zeros(buckets, heads))

    def forward(self, queries: int, keys: int | None = None) -> Bias:
        """(H, Tq, Tk), never stored; the last query stands at the last key."""
        keys = queries if keys is None else keys
        return Bias.by_rule(
            (self.weight.shape[1], queries, keys),
            lambda i, j: self._weights(j - i - (keys - queries)),
            requires_grad=self.weight.requires_grad,
            device=self.weight.device,
        )

    def _weights(self, ahead: Tensor) -> Tensor:
        return self.weight.to(ahead.device)[self._bucket(ahead)].movedim(-1, 0)

    def _bucket(self, ahead: Tensor) -> Tensor:
        """Key position minus query position → bucket, int64."""
        if self.bidirectional:
            first, distance = torch.where(ahead > 0, self.side, 0), ahead.abs()
        else:
            first, distance = torch.zeros_like(ahead), (-ahead).clamp(min=0)
        exact = self.side // 2
        grown = (distance.clamp(min=1) / exact).log() / log(self.farthest / exact)
        far = (exact + grown * (self.side - exact)).long().clamp(max=self.side - 1)
        return first + torch.where(distance < exact, distance, far)


class Coverage(nn.Module):
    """w_h · Σ_{t' < t} α_t'j: what has been attended to already (Tu et al. 2016, linguistic form).

    One learned number a head, 0 at first; below 0 it keeps a decoder from looking twice.
    """

    def __init__(self, heads: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(heads, 1, 1))

    def forward(self, received: Tensor) -> Bias:
        """received: (..., H, Tk) or (..., Tk) with one head, summed over earlier queries → Bias.

        (Tk,) alone serves every head.
        """
        if len(self.weight) == 1:
            return Bias(received[..., None, :] * self.weight[0])
        return Bias(received[..., None, :] * self.weight)

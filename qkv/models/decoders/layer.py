"""A layer of the Transformer's decoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from qkv.attention import Heads, Weights, dropout
from qkv.models.attending import FREE, Look
from qkv.models.parts import Activation, FeedForward
from qkv.shapes import Mask

__all__ = ["DecoderLayer", "Projected"]

Projected = tuple[Tensor, Tensor]  # keys and values, (B, H, T, D) each


class DecoderLayer(nn.Module):
    """Self-attention, cross-attention, feed-forward; each x + sublayer(norm(x)).

    after: each norm(x + sublayer(x)).
    """

    def __init__(
        self,
        width: int,
        heads: int,
        feedforward: int,
        dropout: float,
        activation: Activation = torch.relu,
        after: bool = False,
    ) -> None:
        super().__init__()
        self.dropout, self.after = dropout, after
        self.own_norm = nn.LayerNorm(width)
        self.own = Heads(width, heads)
        self.cross_norm = nn.LayerNorm(width)
        self.cross = Heads(width, heads)
        self.feedforward = FeedForward(width, feedforward, dropout, activation, after)

    def forward(
        self,
        x: Tensor,
        past: Projected | None,
        memory: Projected,
        mask: Mask | None,
        memory_mask: Mask | None,
        looks: tuple[Look, Look] = (FREE, FREE),
    ) -> tuple[Tensor, Projected, tuple[Weights, Weights]]:
        """x (B, T, M) after `past` words → x, own keys and values so far, what was seen.

        looks: at its own words and at the memory.
        """
        at_own, at_memory = looks
        normed = x if self.after else self.own_norm(x)
        own = self.own.project(normed, normed)
        if past is not None:
            own = (torch.cat((past[0], own[0]), 2), torch.cat((past[1], own[1]), 2))
        out, by_self = self.own(normed, *own, at_own.within(mask), at_own.bias, at_own.pinned)
        x = x + dropout(out, self.dropout, self.training)
        x = self.own_norm(x) if self.after else x
        seen = at_memory.within(memory_mask)
        normed = x if self.after else self.cross_norm(x)
        out, by_cross = self.cross(normed, *memory, seen, at_memory.bias, at_memory.pinned)
        x = x + dropout(out, self.dropout, self.training)
        x = self.cross_norm(x) if self.after else x
        return self.feedforward(x), own, (by_self.weights, by_cross.weights)

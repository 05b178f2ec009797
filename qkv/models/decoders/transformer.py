"""The Transformer decoder (Vaswani et al. 2017): known words in one pass, or step by step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn

from qkv.attention import Heads, Weights, causal, dropout
from qkv.models.memory import Decoded, Memory, State
from qkv.models.parts import Embed, FeedForward
from qkv.shapes import Mask

__all__ = ["TransformerDecoder"]

Projected = tuple[Tensor, Tensor]  # keys and values, (B, H, T, D) each


class TransformerDecoder(nn.Module):
    """Self-attention over the words so far, cross-attention over the memory."""

    def __init__(
        self,
        embed: Embed,
        output: nn.Linear,
        *,
        width: int,
        heads: int,
        feedforward: int,
        layers: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.embed, self.output = embed, output
        self.layers = nn.ModuleList(
            DecoderLayer(width, heads, feedforward, dropout) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, memory: Memory, tokens: Tensor) -> Decoded:
        """tokens (B, T) int64, BOS first → features (B, T, M) and the weights of every layer."""
        x = self.embed(tokens)
        mask = causal(tokens.shape[1], device=tokens.device)
        self_weights, cross_weights = [], []
        for layer, projected in zip(self.layers, self._project(memory), strict=True):
            x, _, (by_self, by_cross) = layer(x, None, projected, mask, memory.mask)
            self_weights.append(by_self)
            cross_weights.append(by_cross)
        return Decoded(self.norm(x), tuple(cross_weights), tuple(self_weights))

    def start(self, memory: Memory) -> State:
        """Nothing read yet; the memory projected once for all steps."""
        fixed = tuple(tensor for pair in self._project(memory) for tensor in pair)
        return State(tuple(t[:, :, :0] for t in fixed), fixed)  # (B, H, 0, D): no words so far

    def step(self, state: State, token: Tensor, memory: Memory) -> tuple[Tensor, State]:
        """Read token (B,) → logits (B, V) of the next one, and the state after it."""
        x = self.embed(token[:, None], state.position)
        moving: list[Tensor] = []
        for i, layer in enumerate(self.layers):
            pair = slice(2 * i, 2 * i + 2)
            x, own, _ = layer(x, state.moving[pair], state.fixed[pair], None, memory.mask)
            moving += own
        logits = self.readout(self.norm(x[:, 0]))
        return logits, replace(state, moving=tuple(moving), position=state.position + 1)

    def readout(self, features: Tensor) -> Tensor:
        """(..., M) → logits (..., V)."""
        return self.output(features)

    def _project(self, memory: Memory) -> list[Projected]:
        """The memory's keys and values as each layer's cross-attention takes them."""
        layers = cast("Iterable[DecoderLayer]", self.layers)  # a ModuleList forgets their class
        return [layer.cross.project(memory.keys, memory.values) for layer in layers]


class DecoderLayer(nn.Module):
    """Self-attention, cross-attention, feed-forward; each x + sublayer(norm(x))."""

    def __init__(self, width: int, heads: int, feedforward: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.own_norm = nn.LayerNorm(width)
        self.own = Heads(width, heads)
        self.cross_norm = nn.LayerNorm(width)
        self.cross = Heads(width, heads)
        self.feedforward = FeedForward(width, feedforward, dropout)

    def forward(
        self,
        x: Tensor,
        past: Projected | None,
        memory: Projected,
        mask: Mask | None,
        memory_mask: Mask,
    ) -> tuple[Tensor, Projected, tuple[Weights, Weights]]:
        """x (B, T, M) after `past` words → x, own keys and values so far, what was seen."""
        normed = self.own_norm(x)
        own = self.own.project(normed, normed)
        if past is not None:
            own = (torch.cat((past[0], own[0]), 2), torch.cat((past[1], own[1]), 2))
        out, by_self = self.own(normed, *own, mask)
        x = x + dropout(out, self.dropout, self.training)
        out, by_cross = self.cross(self.cross_norm(x), *memory, memory_mask)
        x = x + dropout(out, self.dropout, self.training)
        return self.feedforward(x), own, (by_self.weights, by_cross.weights)

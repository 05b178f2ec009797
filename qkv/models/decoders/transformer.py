"""The Transformer decoder (Vaswani et al. 2017): known words in one pass, or step by step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from qkv.attention import Heads, Weights, causal, dropout
from qkv.models.attending import FREE, PLAIN, Attending, Call, Look
from qkv.models.memory import Decoded, Memory, State, Step
from qkv.models.parts import Activation, Embed, FeedForward
from qkv.shapes import Mask

__all__ = ["TransformerDecoder"]

Projected = tuple[Tensor, Tensor]  # keys and values, (B, H, T, D) each


class TransformerDecoder(nn.Module):
    """Self-attention over the words so far, cross-attention over the memory.

    activation, after: see `DecoderLayer`.
    """

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
        activation: Activation = torch.relu,
        after: bool = False,
    ) -> None:
        super().__init__()
        self.embed, self.output, self.heads = embed, output, heads
        sizes = width, heads, feedforward, dropout, activation, after
        self.layers = nn.ModuleList(DecoderLayer(*sizes) for _ in range(layers))
        self.norm = nn.Identity() if after else nn.LayerNorm(width)

    @property
    def vocabulary_size(self) -> int:
        return self.output.out_features

    def forward(self, memory: Memory, tokens: Tensor, *, attention: Attending = PLAIN) -> Decoded:
        """tokens (B, T) int64, BOS first → features (B, T, M) and the weights of every layer."""
        self._check(attention)
        x = self.embed(tokens)
        mask = causal(tokens.shape[1], device=tokens.device)
        self_weights, cross_weights = [], []
        for number, projected in enumerate(self._project(memory)):
            looks = self._looks(attention, number, memory, tokens.shape[1])
            layer = self.layers[number]
            x, _, (by_self, by_cross) = layer(x, None, projected, mask, memory.mask, looks)
            self_weights.append(by_self)
            cross_weights.append(by_cross)
        return Decoded(self.norm(x), tuple(cross_weights), tuple(self_weights))

    def start(self, memory: Memory) -> State:
        """Nothing read yet; the memory projected once for all steps."""
        fixed = tuple(tensor for pair in self._project(memory) for tensor in pair)
        none = tuple(tensor[:, :, :0] for tensor in fixed)  # words so far, (S, H, 0, D)
        return State((memory.present[:, :0],), fixed + none)

    def step(
        self, state: State, token: Tensor, memory: Memory, *, attention: Attending = PLAIN
    ) -> Step:
        """Read token (N,) int64 → logits (N, V) of the next one, and the state after it.

        The words so far of a sentence's hypotheses are kept together, and each sees its own.
        """
        self._check(attention)
        x = memory.by_sentence(self.embed(token[:, None], state.position))  # (S, k, M)
        k, half = x.shape[1], 2 * len(self.layers)
        own_word = torch.eye(k, dtype=torch.bool, device=x.device).repeat(len(x), 1)
        seen = torch.cat((*state.moving, own_word), 1)  # (N, words of the sentence)
        alone = seen.shape[1] == state.position + 1
        mask = None if alone else Mask(seen.view(len(x), 1, k, -1))
        past: list[Tensor] = []
        cross_weights = []
        for i, layer in enumerate(self.layers):
            projected, before = (state.fixed[n : n + 2] for n in (2 * i, half + 2 * i))
            looks = self._looks(attention, i, memory, 1, state.position)
            x, own, (_, by_cross) = layer(x, before, projected, mask, memory.padding, looks)
            past += own
            cross_weights.append(by_cross)
        logits = self.readout(self.norm(x.flatten(0, 1)))
        after = State((seen,), (*state.fixed[:half], *past), state.position + 1)
        return Step(logits, after, tuple(cross_weights))

    def readout(self, features: Tensor) -> Tensor:
        """(..., M) → logits (..., V)."""
        return self.output(features)

    def _check(self, attention: Attending) -> None:
        attention.check("self", len(self.layers), self.heads)
        attention.check("cross", len(self.layers), self.heads)

    def _looks(
        self, attention: Attending, layer: int, memory: Memory, words: int, first: int = 0
    ) -> tuple[Look, Look]:
        """What is asked of a layer's self-attention and of its cross-attention."""
        if not attention.rules:
            return FREE, FREE
        keys = memory.keys
        own = Call(self.heads, words, first + words, keys.device, first)
        cross = own._replace(keys=keys.shape[1])
        return attention.at("self", layer, own), attention.at("cross", layer, cross)

    def _project(self, memory: Memory) -> list[Projected]:
        """The memory's keys and values as each layer's cross-attention takes them."""
        layers = cast("Iterable[DecoderLayer]", self.layers)  # a ModuleList forgets their class
        return [layer.cross.project(memory.keys, memory.values) for layer in layers]


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

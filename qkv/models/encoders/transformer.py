"""The Transformer encoder (Vaswani et al. 2017, section 3), normalised before each sublayer."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from qkv.attention import Heads, Weights, dropout
from qkv.models.attending import FREE, PLAIN, Attending, Call, Look
from qkv.models.memory import Memory
from qkv.models.parts import Activation, Embed, FeedForward
from qkv.models.quick import Kept, Own, Think, lazy
from qkv.shapes import Mask

__all__ = ["EncoderLayer", "TransformerEncoder", "encode"]


class TransformerEncoder(nn.Module):
    """Self-attention over the source: queries, keys and values from one sequence.

    activation, after: see `EncoderLayer`.
    """

    fixed = False

    def __init__(
        self,
        embed: Embed,
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
        self.embed = embed
        sizes = width, heads, feedforward, dropout, activation, after
        self.layers = nn.ModuleList(EncoderLayer(*sizes) for _ in range(layers))
        self.norm = nn.Identity() if after else nn.LayerNorm(width)

    def forward(self, source: Tensor, present: Tensor, *, attention: Attending = PLAIN) -> Memory:
        """source (B, S) int64, present (B, S) bool → Memory with keys = values, (B, S, M)."""
        x, self_weights = encode(self.layers, self.embed(source), present, attention)
        x = self.norm(x)
        return Memory(x, x, present, self_weights=self_weights)


def encode(
    layers: nn.ModuleList, x: Tensor, present: Tensor, attention: Attending
) -> tuple[Tensor, tuple[Weights, ...]]:
    """x (B, S, M) through `EncoderLayer`s → (B, S, M) and the self-attention of each."""
    heads = cast("EncoderLayer", layers[0]).heads.number if len(layers) else 0
    attention.check("encoder", len(layers), heads)
    quick = None if attention.rules else _QUICK.now(layers)
    if quick is not None:
        return quick(x, present)
    mask = Mask(present[:, None, None, :])
    call = Call(heads, x.shape[1], x.shape[1], x.device)
    self_weights = []
    for number, layer in enumerate(layers):
        x, weights = layer(x, mask, attention.at("encoder", number, call))
        self_weights.append(weights)
    return x, tuple(self_weights)


class Quick:
    """The layers' weights laid out for a pass without a gradient; see `qkv.models.quick`."""

    def __init__(self, layers: nn.ModuleList) -> None:
        every = cast("list[EncoderLayer]", list(layers))
        self.own = [Own(each.heads, each.norm, each.after) for each in every]
        self.think = [Think(each.feedforward) for each in every]

    def __call__(self, x: Tensor, present: Tensor) -> tuple[Tensor, tuple[Weights, ...]]:
        memory, shape, weights = Memory(x, x, present), x.shape, []
        x = x.flatten(0, 1)
        for own, think in zip(self.own, self.think, strict=True):
            every = own.project(x, shape[0])
            query, keys = every[:, :, 0], every[:, :, 1:]
            x = think(own.attend(x, query, keys, memory.hidden))
            weights.append(lazy(query, keys[:, :, 0], keys[:, :, 1], memory.padding))
        return x.view(shape), tuple(weights)


_QUICK = Kept(Quick)


class EncoderLayer(nn.Module):
    """x + attend(norm(x)), then x + feedforward(norm(x)).

    Differs from the paper: normalised before, not after (Xiong et al. 2020), which trains without
    a long warm-up. after: as in the paper, norm(x + attend(x)), then norm(x + feedforward(x)).
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
        self.norm = nn.LayerNorm(width)
        self.heads = Heads(width, heads)
        self.feedforward = FeedForward(width, feedforward, dropout, activation, after)

    def forward(self, x: Tensor, mask: Mask, look: Look = FREE) -> tuple[Tensor, Weights]:
        normed = x if self.after else self.norm(x)
        key, value = self.heads.project(normed, normed)
        out, attended = self.heads(normed, key, value, look.within(mask), look.bias, look.pinned)
        x = x + dropout(out, self.dropout, self.training)
        return self.feedforward(self.norm(x) if self.after else x), attended.weights

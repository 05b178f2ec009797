"""The Transformer decoder (Vaswani et al. 2017): known words in one pass, or step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import cast

import torch
from torch import Tensor, nn

from qkv.attention import Weights, causal, is_observed
from qkv.models.attending import FREE, PLAIN, Attending, Call, Look
from qkv.models.decoders.layer import DecoderLayer, Projected
from qkv.models.decoders.quick import laid_out, lay_out
from qkv.models.memory import Decoded, Memory, State, Step
from qkv.models.parts import Activation, Embed
from qkv.models.words import Words
from qkv.shapes import Mask

__all__ = ["TransformerDecoder"]


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
        dtype = torch.promote_types(memory.keys.dtype, torch.float32)
        nothing = memory.keys.new_zeros(len(memory.keys), 0, dtype=dtype)  # to scores of no words
        if not (self.training or torch.is_grad_enabled()):
            lay_out(self)
        return State((nothing,), fixed, words=Words.none(fixed[::2]))

    def step(
        self, state: State, token: Tensor, memory: Memory, *, attention: Attending = PLAIN
    ) -> Step:
        """Read token (N,) int64 → logits (N, V) of the next one, and the state after it.

        The words so far of a sentence's hypotheses are kept together, and each sees its own.
        """
        self._check(attention)
        assert state.words is not None  # nosec: of `start`
        x = self.embed(token[:, None], state.position)  # (N, 1, M)
        sentences, k = len(memory.keys), len(x) // max(1, len(memory.keys))
        words, added = state.words.packed(state.moving[0].view(sentences, k, -1), k)
        count, own = added.shape[2], _own_word(sentences, k, added)
        words, added = words.claim(count, k), torch.cat((added, own), 2)
        past = [layer[:, :, : count + k] for layer in words.layers]
        alone = count + k == state.position + 1  # no words but one hypothesis's
        given = past, None if alone else added[:, None], state.fixed, memory
        quick = None if attention.rules or is_observed() else laid_out(self)
        if quick is None:
            x, looks = memory.by_sentence(x), partial(self._looks, attention, first=state.position)
            logits, cross = self._step(x, *given, looks)
        else:
            logits, cross = quick.step(x[:, 0], *given)
        after = State((added.flatten(0, 1),), state.fixed, state.position + 1, words)
        return Step(logits, after, cross)

    def _step(
        self,
        x: Tensor,
        past: list[Tensor],
        added: Tensor | None,
        fixed: tuple[Tensor, ...],
        memory: Memory,
        looks: Callable[..., tuple[Look, Look]],
    ) -> tuple[Tensor, tuple[Weights, ...]]:
        """`Quick.step` by the modules, x (S, k, M): a pass over k words, each with its own past."""
        mask, cross_weights = None if added is None else Mask(added == 0), []
        k = x.shape[1]
        for i, layer in enumerate(self.layers):
            before = past[i][:, :, :-k].chunk(2, 3)
            projected = fixed[2 * i : 2 * i + 2]
            x, own, (_, by_cross) = layer(
                x, before, projected, mask, memory.padding, looks(i, memory, 1)
            )
            past[i][:, :, -k:] = torch.cat(own, 3)[:, :, -k:]
            cross_weights.append(by_cross)
        return self.readout(self.norm(x.flatten(0, 1))), tuple(cross_weights)

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


def _own_word(sentences: int, k: int, like: Tensor) -> Tensor:
    """(S, k, k), what is added to the scores of the words that k hypotheses read now."""
    own = torch.zeros(k, k, dtype=like.dtype, device=like.device)
    if k > 1:
        own.fill_(-torch.inf).fill_diagonal_(0.0)
    return own.expand(sentences, k, k)

"""The Transformer decoder (Vaswani et al. 2017): known words in one pass, or step by step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from qkv.attention import Weights, causal
from qkv.models.attending import FREE, PLAIN, Attending, Call, Look
from qkv.models.decoders.layer import DecoderLayer, Projected
from qkv.models.memory import Decoded, Memory, State, Step
from qkv.models.parts import Activation, Embed
from qkv.models.quick import Across, Kept, Own, Think, joined, lazy, normaliser, product
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
        quick = _QUICK.now(self)
        if quick is None or memory.keys is not memory.values:
            fixed = tuple(tensor for pair in self._project(memory) for tensor in pair)
        else:
            fixed = quick.project(memory.keys)
        return State((), fixed, words=Words.none(fixed[::2]))

    def step(
        self, state: State, token: Tensor, memory: Memory, *, attention: Attending = PLAIN
    ) -> Step:
        """Read token (N,) int64 → logits (N, V) of the next one, and the state after it.

        The words so far of a sentence's hypotheses are kept together, and each sees its own.
        """
        if attention.rules:
            self._check(attention)
        assert state.words is not None  # nosec: of `start`
        sentences = len(memory.keys)
        k = len(token) // sentences if sentences else 1
        words, added = state.words, None
        if k > 1 or state.moving:
            words, added = _seen(state, sentences, k)
        count = state.position if added is None else added.shape[3] - k
        words = words.claim(count, k)
        past = [layer.narrow(3, 0, count + k) for layer in words.layers]  # with room for the new
        given = past, added, state.fixed, memory
        quick = None if attention.rules else _QUICK.last(self)
        if quick is None:
            x = memory.by_sentence(self.embed(token[:, None], state.position))
            logits, cross = self._step(x, *given, attention, state.position)
        else:
            logits, cross = quick.step(self.embed.one(token, state.position), *given)
        moving = () if added is None else (added.flatten(0, 2),)
        return Step(logits, State(moving, state.fixed, state.position + 1, words), cross)

    def _step(
        self,
        x: Tensor,
        past: list[Tensor],
        added: Tensor | None,
        fixed: tuple[Tensor, ...],
        memory: Memory,
        attention: Attending,
        first: int,
    ) -> tuple[Tensor, tuple[Weights, ...]]:
        """See `Quick.step`; x (S, k, M): a pass over k words, each with a past of its own."""
        mask, cross_weights, k = None if added is None else Mask(added == 0), [], x.shape[1]
        for i, layer in enumerate(self.layers):
            before = past[i][..., :-k, :].unbind(2)
            looks = self._looks(attention, i, memory, 1, first)
            projected = fixed[2 * i : 2 * i + 2]
            x, own, (_, by_cross) = layer(x, before, projected, mask, memory.padding, looks)
            past[i][..., -k:, :] = torch.stack([each[..., -k:, :] for each in own], 2)
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


class Quick:
    """The decoder's weights laid out for steps; see `qkv.models.quick`."""

    def __init__(self, decoder: TransformerDecoder) -> None:
        layers = cast("list[DecoderLayer]", list(decoder.layers))
        self.heads = decoder.heads
        self.memory = joined(part for each in layers for part in (each.cross.key, each.cross.value))
        self.own = [Own(each.own, each.own_norm, each.after) for each in layers]
        self.cross = [Across(each.cross, each.cross_norm, each.after) for each in layers]
        self.think = [Think(each.feedforward) for each in layers]
        self.norm, self.output = normaliser(decoder.norm), product(decoder.output)

    def project(self, x: Tensor) -> tuple[Tensor, ...]:
        """The memory's keys and values of each layer, (S, H, Tk, D), in one product."""
        every = self.memory(x.flatten(0, 1))
        every = every.view(*x.shape[:2], -1, self.heads, x.shape[2] // self.heads)
        return every.permute(2, 0, 3, 1, 4).contiguous().unbind()

    def step(
        self,
        x: Tensor,
        past: list[Tensor],
        added: Tensor | None,
        fixed: tuple[Tensor, ...],
        memory: Memory,
    ) -> tuple[Tensor, tuple[Weights, ...]]:
        """x (N, M) → logits (N, V), and what was attended to.

        Args:
            past: of each layer (S, H, 2, words, D), whose last k are written here.
            added: (S, 1, k, words) to the scores of words; None: each sees all.
            fixed: of `project`.
        """
        sentences, hidden, padding, cross = len(memory.keys), memory.hidden, memory.padding, []
        k = len(x) // sentences if sentences else 1
        before = past[0].shape[3] - k
        for number, own in enumerate(self.own):
            every, key, value = own.project(x, sentences), fixed[2 * number], fixed[2 * number + 1]
            past[number].narrow(3, before, k).copy_(every.narrow(2, 1, 2))
            x = own.attend(x, every.select(2, 0), past[number], added)
            x, query = self.cross[number].attend(x, key, value, hidden)
            x = self.think[number](x)
            cross.append(lazy(query, key, value, padding))
        return self.output(self.norm(x)), tuple(cross)


_QUICK = Kept(Quick)


def _seen(state: State, sentences: int, k: int) -> tuple[Words, Tensor]:
    """Words with room for k more, and what hides from a hypothesis those that others read.

    (S, 1, k, words), added to scores: -∞ hides. As long as there is one hypothesis a sentence,
    nothing is hidden, and nothing is kept of it.
    """
    assert state.words is not None  # nosec: of `start`
    like = state.words.layers[0]
    dtype = torch.promote_types(like.dtype, torch.float32)
    if state.moving:
        before = state.moving[0].view(sentences, k, -1)
    else:
        before = torch.zeros(sentences, k, state.position, dtype=dtype, device=like.device)
    words, before = state.words.packed(before, k)
    own = torch.full((k, k), -torch.inf, dtype=dtype, device=like.device).fill_diagonal_(0.0)
    return words, torch.cat((before, own.expand(sentences, k, k)), 2)[:, None]

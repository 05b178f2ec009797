"""Several models as one: their probabilities of the next word are mixed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import log
from typing import cast

import torch
from torch import Tensor, nn

from qkv.models.attending import PLAIN, Attending
from qkv.models.decoders import Decoder
from qkv.models.encoder_decoder import EncoderDecoder
from qkv.models.encoders import Encoder
from qkv.models.memory import Decoded, Memory, State, Step

__all__ = ["Mixture", "ensemble"]


def ensemble(models: Sequence[EncoderDecoder]) -> EncoderDecoder:
    """One model of several, of any architectures, that have the same vocabularies.

    What is attended to is what the first of them attends to: positions that an RNN and a
    Transformer look at have no mean that says anything about either.
    """
    encoders, decoders = ([getattr(m, name) for m in models] for name in ("encoder", "decoder"))
    return EncoderDecoder(_Encoders(encoders), Mixture(decoders)).eval()


@dataclass(frozen=True)
class _Memories(Memory):
    """The memories of all models; it looks like the first."""

    each: tuple[Memory, ...] = ()

    @classmethod
    def of(cls, each: Sequence[Memory]) -> _Memories:
        first = each[0]
        looks = first.keys, first.values, first.present, first.start, first.self_weights
        return cls(*looks, tuple(each))

    def select(self, rows: Tensor) -> _Memories:
        return self.of([memory.select(rows) for memory in self.each])


@dataclass(frozen=True)
class _States(State):
    """The states of all decoders."""

    each: tuple[State, ...] = ()

    def reorder(self, rows: Tensor) -> _States:
        return replace(self, each=tuple(state.reorder(rows) for state in self.each))

    def select(self, rows: Tensor, sentences: Tensor | None = None) -> _States:
        return replace(self, each=tuple(state.select(rows, sentences) for state in self.each))


class _Encoders(nn.Module):
    """An `Encoder` of several."""

    def __init__(self, encoders: Sequence[Encoder]) -> None:
        super().__init__()
        self.fixed = encoders[0].fixed
        self.each = nn.ModuleList(cast("Sequence[nn.Module]", encoders))

    def forward(self, source: Tensor, present: Tensor, *, attention: Attending = PLAIN) -> Memory:
        return _Memories.of([encode(source, present, attention=attention) for encode in self.each])


class Mixture(nn.Module):
    """A `Decoder` of several: P(word) is the mean of theirs, word by word.

    Its features are the logarithms of P, which `readout` has nothing to add to.
    """

    def __init__(self, decoders: Sequence[Decoder]) -> None:
        super().__init__()
        self.each = nn.ModuleList(cast("Sequence[nn.Module]", decoders))

    @property
    def vocabulary_size(self) -> int:
        return cast("Decoder", self.each[0]).vocabulary_size

    def forward(self, memory: Memory, tokens: Tensor, *, attention: Attending = PLAIN) -> Decoded:
        read = [d(own, tokens, attention=attention) for d, own in self._with_memories(memory)]
        decoders = cast("Sequence[Decoder]", self.each)
        logits = [d.readout(one.features) for d, one in zip(decoders, read, strict=True)]
        return replace(read[0], features=_mean(logits), draws=None)

    def start(self, memory: Memory) -> State:
        return _States((), each=tuple(d.start(own) for d, own in self._with_memories(memory)))

    def step(
        self, state: State, token: Tensor, memory: Memory, *, attention: Attending = PLAIN
    ) -> Step:
        assert isinstance(state, _States)
        steps = [
            decoder.step(own, token, seen, attention=attention)
            for own, (decoder, seen) in zip(state.each, self._with_memories(memory), strict=True)
        ]
        after = replace(state, each=tuple(s.state for s in steps), position=state.position + 1)
        return Step(_mean([step.logits for step in steps]), after, steps[0].cross)

    def readout(self, features: Tensor) -> Tensor:
        return features

    def _with_memories(self, memory: Memory) -> Iterator[tuple[Decoder, Memory]]:
        assert isinstance(memory, _Memories)
        return zip(cast("Sequence[Decoder]", self.each), memory.each, strict=True)


def _mean(logits: Sequence[Tensor]) -> Tensor:
    """Logits (..., V) of each model → log of the mean of their probabilities, float32."""
    each = torch.stack([torch.log_softmax(one.float(), -1) for one in logits])
    return torch.logsumexp(each, 0) - log(len(logits))

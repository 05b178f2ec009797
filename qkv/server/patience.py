"""Searches that give up: a thread cannot be stopped from outside, so the search asks as it goes."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, TypeVar

from torch import Tensor, nn

from qkv.models import PLAIN, Attending, Decoder, EncoderDecoder, Memory
from qkv.models.memory import Decoded, State, Step
from qkv.pipeline import Captioner, Translator
from qkv.search.hypothesis import Hypothesis

__all__ = ["asking", "whole"]

T = TypeVar("T", bound=Translator | Captioner)


class Asking(nn.Module):
    """A `Decoder` that calls `check` before each step, which may raise."""

    def __init__(self, decoder: Decoder, check: Callable[[], None]) -> None:
        super().__init__()
        self.decoder, self.check = decoder, check

    @property
    def vocabulary_size(self) -> int:
        return self.decoder.vocabulary_size

    def forward(self, memory: Memory, tokens: Tensor, *, attention: Attending = PLAIN) -> Decoded:
        return self.decoder(memory, tokens, attention=attention)

    def start(self, memory: Memory) -> State:
        return self.decoder.start(memory)

    def step(
        self, state: State, token: Tensor, memory: Memory, *, attention: Attending = PLAIN
    ) -> Step:
        self.check()
        return self.decoder.step(state, token, memory, attention=attention)

    def readout(self, features: Tensor) -> Tensor:
        return self.decoder.readout(features)


def asking(pipeline: T, check: Callable[[], None]) -> T:
    """The same, sharing its weights, whose searches call `check` before each batch and step.

    Steps are asked about where torch searches.
    """
    own, model = copy(pipeline), pipeline.model
    own.model = EncoderDecoder(model.encoder, Asking(model.decoder, check)).eval()
    if isinstance(own, Translator):
        find = own.find

        def asked(*given: Any) -> list[list[Hypothesis]]:
            check()
            return find(*given)

        own.find = asked
    return own


def whole(translator: Translator) -> Translator:
    """The same, which reads a text as one, however many sentences it has."""
    own = copy(translator)
    own.sentences = None
    return own

"""All that search, training and inspection rely on in a decoder."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from qkv.models.attending import PLAIN, Attending
from qkv.models.memory import Decoded, Memory, State, Step

__all__ = ["Decoder"]


class Decoder(Protocol):
    """An `nn.Module` from a Memory to words; another one is a file here and a line in `build`.

    Known words are read in one pass (`forward`, for training and for showing) or one by one
    (`start` and `step`, for search); both give the same logits and the same weights.
    """

    @property
    def vocabulary_size(self) -> int:
        """V, tokens that can be told apart."""
        ...

    def __call__(self, memory: Memory, tokens: Tensor, *, attention: Attending = PLAIN) -> Decoded:
        """tokens (B, T) int64, BOS first → features (B, T, M), and what was attended to."""
        ...

    def start(self, memory: Memory) -> State:
        """Nothing read yet; what depends on the memory alone is computed here."""
        ...

    def step(
        self, state: State, token: Tensor, memory: Memory, *, attention: Attending = PLAIN
    ) -> Step:
        """Read token (N,) int64 at `state.position` → logits (N, V) of the next one, and more.

        Row i of the memory serves the k = N / S hypotheses from row i · k on: they are k queries
        of one attention. With rules in `attention` k is 1.
        """
        ...

    def readout(self, features: Tensor) -> Tensor:
        """(..., M) → logits (..., V)."""
        ...

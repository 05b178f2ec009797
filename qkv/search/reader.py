"""The decoder's side of a search: it reads a token a row, and tells what the next could be."""

from __future__ import annotations

import torch
from torch import Tensor

from qkv.models import Attending, Decoder, Memory
from qkv.search.penalties import covered

__all__ = ["Reader"]


class Reader:
    """Where a decoder stands in N texts, and what they have attended to.

    covers: whether it sums up the attention that source positions receive.
    """

    def __init__(
        self, decoder: Decoder, memory: Memory, attention: Attending, *, covers: bool
    ) -> None:
        self._decoder, self._memory, self._attention = decoder, memory, attention
        self.device = memory.keys.device
        self._state = decoder.start(memory)
        self._received = torch.zeros_like(memory.present, dtype=torch.float32) if covers else None

    def read(self, token: Tensor) -> Tensor:
        """token: (N,) int64 → log-probabilities (N, V) of the next one, float32."""
        step = self._decoder.step(self._state, token, self._memory, attention=self._attention)
        self._state = step.state
        if self._received is not None:
            self._received = self._received + step.cross[-1].dense()[:, :, 0].mean(1)
        return torch.log_softmax(step.logits.float(), -1)

    def coverage(self) -> Tensor | None:
        """See `covered`: (N,); None where nothing is summed up."""
        return None if self._received is None else covered(self._received, self._memory.present)

    def reorder(self, rows: Tensor) -> None:
        """Row i goes on with the text at rows[i], of the same sentence."""
        self._state = self._state.reorder(rows)
        if self._received is not None:
            self._received = self._received[rows]

    def select(self, rows: Tensor) -> None:
        """The same across sentences."""
        self._state = self._state.select(rows)
        self._memory, self._attention = self._memory.select(rows), self._attention.select(rows)
        if self._received is not None:
            self._received = self._received[rows]

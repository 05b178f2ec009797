"""The decoder's side of a search: it reads a token a row, and tells what the next could be."""

from __future__ import annotations

import torch
from torch import Tensor

from qkv.models import Attending, Decoder, Memory
from qkv.search.kept import Keep, Kept
from qkv.search.penalties import covered

__all__ = ["STAY", "Reader"]

# Sentences that have ended are read along until this share of all is open, for leaving costs what
# is kept of the others a copy.
STAY = 3 / 4


class Reader:
    """Where a decoder stands in N texts, and what they have attended to.

    The k texts of a sentence share its row of the memory; but rules of attention are said by row of
    the batch, and so each text then has a row of its own.

    covers: whether it sums up the attention that source positions receive. keep: see `Kept`.
    """

    def __init__(
        self,
        decoder: Decoder,
        memory: Memory,
        attention: Attending,
        *,
        covers: bool,
        keep: Keep | None = None,
    ) -> None:
        self._decoder, self._memory, self._attention = decoder, memory, attention
        self.device = memory.keys.device
        self._state = decoder.start(memory)
        self._received = torch.zeros_like(memory.present, dtype=torch.float32) if covers else None
        self.kept = None if keep is None else Kept(keep)

    def read(self, token: Tensor) -> Tensor:
        """token: (N,) int64 → log-probabilities (N, V) of the next one, float32."""
        step = self._decoder.step(self._state, token, self._memory, attention=self._attention)
        self._state = step.state
        if self._received is not None:
            self._received = self._received + step.cross[-1].dense().mean(1).flatten(0, 1)
        if self.kept is not None:
            self.kept.read(step.cross)
        return torch.log_softmax(step.logits.float(), -1)

    def end(self, rows: Tensor) -> None:
        """The texts in these rows have ended, and are given to `Ended` in this order."""
        if self.kept is not None:
            self.kept.end(rows)

    def coverage(self) -> Tensor | None:
        """See `covered`: (N,); None where nothing is summed up."""
        if self._received is None:
            return None
        present = self._memory.present
        received = self._received.view(len(present), -1, present.shape[1])  # (S, k, Tk)
        return covered(received, present[:, None]).flatten()

    def go_on(self, rows: Tensor, sentences: Tensor | None = None) -> None:
        """Row i goes on with the text at rows[i]; sentences: which stay open, None: all."""
        if self._received is not None:
            self._received = self._received[rows]
        if self.kept is not None:
            self.kept.go_on(rows)
        if self._attention.rules:
            sentences = rows
        if sentences is None:
            self._state = self._state.reorder(rows)
            return
        self._state = self._state.select(rows, sentences)
        self._memory = self._memory.select(sentences)
        self._attention = self._attention.select(sentences)

"""A recurrent encoder: all hidden states as keys and values, the last one as the start."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from qkv.attention import dropout
from qkv.models.attending import PLAIN, Attending
from qkv.models.memory import Memory

__all__ = ["RecurrentEncoder"]


class RecurrentEncoder(nn.Module):
    """h_1 … h_n of an LSTM or GRU, in one or both directions (Bahdanau et al. 2015, section 3.2).

    Args:
        embedding: (source vocabulary, E), padding at id 0.
        width: of h_i; with two directions each has width / 2.
        fixed: hand over the final state alone, as a Memory of length one (Sutskever et al. 2014).
    """

    def __init__(
        self,
        embedding: nn.Embedding,
        *,
        cell: type[nn.LSTM] | type[nn.GRU],
        width: int,
        layers: int,
        bidirectional: bool,
        dropout: float,
        fixed: bool,
    ) -> None:
        super().__init__()
        self.embedding, self.dropout, self.fixed = embedding, dropout, fixed
        directions = 2 if bidirectional else 1
        self.rnn = cell(
            embedding.embedding_dim,
            width // directions,
            layers,
            batch_first=True,
            bidirectional=bidirectional,
            dropout=dropout if layers > 1 else 0.0,
        )

    def forward(self, source: Tensor, present: Tensor, *, attention: Attending = PLAIN) -> Memory:
        """source (B, S) int64, present (B, S) bool → Memory, keys = values = h (B, S, width)."""
        attention.check("encoder", layers=0, heads=0)
        x = dropout(self.embedding(source), self.dropout, self.training)
        packed = pack_padded_sequence(
            x, present.sum(1).cpu(), batch_first=True, enforce_sorted=False
        )
        out, final = self.rnn(packed)
        start = tuple(self._by_layer(f) for f in (final if isinstance(final, tuple) else (final,)))
        if self.fixed:
            last = start[0][:, -1:]  # (B, 1, width): the vector c into which all must fit
            return Memory(last, last, torch.ones_like(present[:, :1]), start)
        states, _ = pad_packed_sequence(out, batch_first=True, total_length=source.shape[1])
        states = dropout(states, self.dropout, self.training)
        return Memory(states, states, present, start)

    def _by_layer(self, final: Tensor) -> Tensor:
        """(layers · directions, B, width / directions) → (B, layers, width)."""
        layers = self.rnn.num_layers
        return final.unflatten(0, (layers, -1)).permute(2, 0, 1, 3).flatten(2)

"""The words that hypotheses have read, as a Transformer's attention takes them: once a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

__all__ = ["Words"]

ROOM = 32  # columns at first
PACKED_FROM = 64  # columns, from which it pays to look for those that nobody sees any more


class Words:
    """Keys and values, (S, H, 2, room, D) a layer: a column a word of any hypothesis.

    Which columns are a hypothesis's own past it knows itself, so that nothing is moved when beams
    change places. Columns are only ever added: the newest state of a search writes behind all
    others, in place, and a state that is gone on from twice is copied.

    count: columns in use.
    """

    def __init__(self, layers: Sequence[Tensor], count: int = 0) -> None:
        self.layers, self.count = tuple(layers), count

    @classmethod
    def none(cls, keys: Sequence[Tensor]) -> Words:
        """For the words of S sentences; keys: (S, H, Tk, D), of each layer's memory."""
        return cls([key.new_empty(*key.shape[:2], 2, ROOM, key.shape[3]) for key in keys])

    def select(self, rows: Tensor) -> Words:
        """Those of these sentences."""
        return Words([layer.index_select(0, rows) for layer in self.layers], self.count)

    def claim(self, count: int, more: int) -> Words:
        """With `more` new columns behind the first `count`, which are yet to be written."""
        end, room = count + more, self.layers[0].shape[3]
        frozen = self.layers[0].is_inference() and not torch.is_inference_mode_enabled()
        if end <= room and count == self.count and not frozen:
            self.count = end
            return self
        room = room if end <= room else 2 * end
        layers = [x.new_empty(*x.shape[:3], room, x.shape[4]) for x in self.layers]
        for new, old in zip(layers, self.layers, strict=True):
            new[..., :count, :] = old[..., :count, :]
        return Words(layers, end)

    def packed(self, added: Tensor, more: int) -> tuple[Words, Tensor]:
        """Without the columns that no hypothesis sees, if there is no room for `more`.

        added: (S, k, columns) to scores, -∞ where a hypothesis does not see.
        """
        room, count = self.layers[0].shape[3], added.shape[2]
        if added.shape[1] == 1 or count + more <= room or count < PACKED_FROM:
            return self, added
        live = (added == 0).any(1)  # (S, columns)
        most = int(live.sum(1).max())
        kept = live.byte().argsort(dim=1, descending=True, stable=True)[:, :most]
        columns = kept[:, None, None, :, None]
        layers = [
            x.gather(3, columns.expand(-1, *x.shape[1:3], -1, x.shape[4])) for x in self.layers
        ]
        return Words(layers, most), added.gather(2, kept[:, None].expand(-1, added.shape[1], -1))

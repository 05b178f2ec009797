"""What passes between the rooms: Memory from an encoder to a decoder, State from step to step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from qkv.attention import Weights
from qkv.models.words import Words
from qkv.shapes import Mask, are_transforms_active

__all__ = ["Decoded", "Draws", "Memory", "State", "Step"]


@dataclass(frozen=True)
class Memory:
    """What an encoder hands to a decoder. Words and image regions look alike from here on.

    In a step of a search a row serves the k hypotheses of its sentence, which stand side by side.

    keys: (B, Tk, Dk); values: (B, Tk, Dv); present: (B, Tk) bool, False on padding.
    start: what a recurrent decoder begins with, each (B, layers, width); empty from a Transformer.
    self_weights: the encoder's own, one Weights (B, H, Tk, Tk) a layer; empty from an RNN.
    """

    keys: Tensor
    values: Tensor
    present: Tensor
    start: tuple[Tensor, ...] = ()
    self_weights: tuple[Weights, ...] = ()

    def by_sentence(self, x: Tensor) -> Tensor:
        """x (B · k, T, M) of hypotheses → (B, k · T, M), the queries of each sentence."""
        sentences = len(self.keys)
        each = len(x) // sentences if sentences else 1
        return x.reshape(sentences, each * x.shape[1], *x.shape[2:])

    @cached_property
    def mask(self) -> Mask:
        """(B, 1, 1, Tk), for heads and queries to broadcast over."""
        mask = Mask(self.present[:, None, None, :])
        mask.made_of = ()  # nobody writes into a memory, and each step of a search asks its mask
        return mask

    @cached_property
    def padding(self) -> Mask | None:
        """The same for a step; None if all are present, which is asked where no device waits."""
        unsaid = not self.present.is_cpu or are_transforms_active()
        return self.mask if unsaid or not bool(self.present.all()) else None

    @cached_property
    def hidden(self) -> Tensor | None:
        """What a step adds to scores: (S, 1, 1, Tk), -∞ on padding; None where there is none."""
        if self.padding is None:
            return None
        dtype = torch.promote_types(self.keys.dtype, torch.float32)
        nothing = torch.zeros(self.present.shape, dtype=dtype, device=self.present.device)
        return nothing.masked_fill_(~self.present, -torch.inf)[:, None, None]

    def select(self, rows: Tensor) -> Memory:
        """The memory of these batch rows, in this order (rows may repeat); rows: (N,) int64."""
        keys = self.keys.index_select(0, rows)
        same = self.values is self.keys
        return Memory(
            keys,
            keys if same else self.values.index_select(0, rows),
            self.present.index_select(0, rows),
            _selected(self.start, rows),
        )


@dataclass(frozen=True)
class State:
    """A decoder between two steps, in N = S · k hypotheses, k of each of S sentences.

    moving: follows a hypothesis (hidden states), N rows.
    fixed: belongs to the sentence (projected memory), the same for all its hypotheses, S rows.
    position: how many tokens have been read.
    words: what a Transformer keeps of them, S rows.
    """

    moving: tuple[Tensor, ...]
    fixed: tuple[Tensor, ...] = ()
    position: int = 0
    words: Words | None = None

    def reorder(self, rows: Tensor) -> State:
        """Row i continues the hypothesis that stood at rows[i], of the same sentence.

        There may be another number of them; it is the same for each sentence.
        """
        return replace(self, moving=_selected(self.moving, rows))

    def select(self, rows: Tensor, sentences: Tensor | None = None) -> State:
        """Like `reorder`, of these sentences, in this order; None: each row is one (k = 1)."""
        sentences = rows if sentences is None else sentences
        fixed, words = _selected(self.fixed, sentences), self.words and self.words.select(sentences)
        return replace(self.reorder(rows), fixed=fixed, words=words)


@dataclass(frozen=True)
class Step:
    """What reading one token gives.

    logits: (N, V), of the next token. state: after it.
    cross: the step's weights over the memory, (S, H, k, Tk) a layer, lazy.
    """

    logits: Tensor
    state: State
    cross: tuple[Weights, ...]


@dataclass(frozen=True)
class Draws:
    """What hard attention drew in a pass, for REINFORCE.

    log_prob: (B, T), of the position drawn, in nats. drawn: (B, T) bool, False where all positions
    were attended to softly, or none could be.
    soft: (B, 1, T, Tk), the weights before the draw.
    enter_state: whether what was drawn enters the cell, and so changes all later words.
    """

    log_prob: Tensor
    drawn: Tensor
    soft: Weights
    enter_state: bool


@dataclass(frozen=True)
class Decoded:
    """A decoder's pass over known words (teacher forcing).

    features: (B, T, M), what `readout` turns into logits.
    cross_weights: one Weights (B, H, T, Tk) a layer; self_weights: (B, H, T, T), empty from an RNN.
    draws: of hard attention in training, else None.
    """

    features: Tensor
    cross_weights: tuple[Weights, ...]
    self_weights: tuple[Weights, ...] = ()
    draws: Draws | None = None


def _selected(tensors: tuple[Tensor, ...], rows: Tensor) -> tuple[Tensor, ...]:
    """`tensor[rows]` of each, for which `index_select` takes a quarter of the time."""
    return tuple(tensor.index_select(0, rows) for tensor in tensors)

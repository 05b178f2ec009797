"""What training and search rely on in an encoder."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from qkv.models.attending import PLAIN, Attending
from qkv.models.memory import Memory

__all__ = ["Encoder"]


class Encoder(Protocol):
    """An `nn.Module` from a source to a Memory.

    fixed: whether it hands over one vector, with nothing to attend to.
    """

    fixed: bool

    def __call__(self, source: Tensor, present: Tensor, *, attention: Attending = PLAIN) -> Memory:
        """source (B, S) int64, or (B, S, C) floating; present (B, S) bool, False on padding."""
        ...

"""The attention of any PyTorch model, seen while its own kernels run."""

from qkv.inspection.watching.alignment import Alignment, by_words, words
from qkv.inspection.watching.record import Record
from qkv.inspection.watching.seen import Seen, load
from qkv.inspection.watching.unseen import Unseen
from qkv.inspection.watching.watch import estimate, watch

__all__ = [
    "Alignment",
    "Record",
    "Seen",
    "Unseen",
    "by_words",
    "estimate",
    "load",
    "watch",
    "words",
]

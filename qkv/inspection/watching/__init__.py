"""The attention of any PyTorch model, seen while its own kernels run."""

from qkv.inspection.watching.record import Record, Seen
from qkv.inspection.watching.unseen import Unseen
from qkv.inspection.watching.watch import watch

__all__ = ["Record", "Seen", "Unseen", "watch"]

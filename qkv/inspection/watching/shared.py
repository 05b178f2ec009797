"""What all threads share while a watch block is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Lock

from torch import Tensor, nn

from qkv.inspection.watching.changing import Changes
from qkv.inspection.watching.plan import Plan
from qkv.inspection.watching.provenance import storage
from qkv.inspection.watching.record import Record
from qkv.inspection.watching.seen import Seen
from qkv.inspection.watching.snapshots import Offload, Snapshots
from qkv.inspection.watching.unseen import unseen

__all__ = ["Shared"]


class Shared:
    """The model, the plan, what is changed, and what has been seen of it.

    weights: the storages of the model's parameters and buffers.
    ran: the names of modules that ran. eager: of those that made weights by a plain softmax.
    failed: where a call could not be recorded, and why.
    """

    def __init__(self, model: nn.Module, plan: Plan, changes: Changes, dry: bool) -> None:
        self.model, self.plan, self.changes, self.seen = model, plan, changes, Seen()
        self.modules = dict(model.named_modules())
        self.names = {id(module): name for name, module in self.modules.items()}
        self.weights = {storage(x) for x in _own_tensors(self.modules.values())}
        offload = None if plan.offload is None else Offload(plan.offload)
        self.snapshots = Snapshots(self.weights, plan.bytes, offload, dry)
        self.ran: set[str] = set()
        self.eager: set[str] = set()
        self.failed: dict[str, str] = {}
        self.is_open = True
        self.lock = Lock()
        self._order: dict[str, int] = {}  # modules that attend, by their first call

    def includes(self, name: str) -> bool:
        """Are the calls of this module, which attends, to be kept?"""
        return self.plan.includes(name, self.number(name))

    def number(self, name: str) -> int:
        """Of a module among those that attend, by its first call."""
        with self.lock:
            return self._order.setdefault(name, len(self._order))

    def add(self, record: Record) -> int | None:
        """The record's number; a block that is closed takes none."""
        with self.lock:
            if not self.is_open:
                return None
            self.seen.records.append(record)
            return len(self.seen.records) - 1

    def finish(self, running: dict[str, str]) -> None:
        """The block has been closed; running: modules that have not returned, and their threads."""
        self.snapshots.finish()
        self.seen.bytes = self.snapshots.bytes
        attended = set(self._order)
        self.seen.unseen = unseen(
            self.model, self.modules, self.ran, attended, self.eager, self.failed, running
        )


def _own_tensors(modules: Iterable[nn.Module]) -> Iterator[Tensor]:
    """Parameters and buffers, as they are kept: to look for repeated ones would take longer."""
    for module in modules:
        for own in (module._parameters, module._buffers):
            yield from (x for x in own.values() if x is not None)

"""An open watch block: what its threads share, and how they come and go.

A thread is followed from where it calls a module of the watched model, or has it generate, until
that returns: torch's modes and whoever listens to functions belong to one thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import get_ident
from typing import Any

from torch import Tensor, nn
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)

from qkv.inspection.watching.functions import following_generations
from qkv.inspection.watching.plan import Plan
from qkv.inspection.watching.provenance import storage
from qkv.inspection.watching.record import Record
from qkv.inspection.watching.seen import Seen
from qkv.inspection.watching.snapshots import Offload, Snapshots
from qkv.inspection.watching.thread import Thread
from qkv.inspection.watching.unseen import unseen

__all__ = ["Block"]


class _Local(threading.local):
    """The blocks that this thread has opened."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []


_LOCAL = _Local()


class Block:
    """Watches a model in the thread that opens the block, and in all others that call it.

    ran: the names of modules that ran. eager: of those that made weights by a plain softmax.
    failed: where a call could not be recorded, and why.
    """

    def __init__(self, model: nn.Module, plan: Plan, dry: bool) -> None:
        self.model, self.plan, self.seen = model, plan, Seen()
        self.modules = dict(model.named_modules())
        self.names = {id(module): name for name, module in self.modules.items()}
        self.weights = {storage(x) for x in _own_tensors(self.modules.values())}
        offload = None if plan.offload is None else Offload(plan.offload)
        self.snapshots = Snapshots(self.weights, plan.bytes, offload, dry)
        self.ran: set[str] = set()
        self.eager: set[str] = set()
        self.failed: dict[str, str] = {}
        self._order: dict[str, int] = {}  # modules that attend, by their first call
        self._threads: dict[int, Thread] = {}
        self._lock = threading.Lock()
        self._is_open = True
        self._hooks: list[Callable[[], None]] = []

    @contextmanager
    def opened(self) -> Iterator[Seen]:
        with ExitStack() as stack:
            stack.callback(self._finish)
            self._hooks += [
                register_module_forward_pre_hook(self._enter).remove,
                register_module_forward_hook(self._leave, always_call=True).remove,
            ]
            _LOCAL.blocks.append(self)
            stack.callback(_LOCAL.blocks.remove, self)
            stack.enter_context(following_generations(self))
            stack.enter_context(self._staying(self._arrive()))
            yield self.seen

    # threads

    @contextmanager
    def following(self, model: nn.Module) -> Iterator[None]:
        """This thread has a model generate, which may be one of the watched modules."""
        thread = self._thread(model)
        if thread is None:
            yield
        else:
            with self._staying(thread):
                yield

    @contextmanager
    def _staying(self, thread: Thread) -> Iterator[None]:
        thread.stays += 1
        try:
            yield
        finally:
            thread.stays -= 1
            self._let_go(thread)

    def _enter(self, module: nn.Module, _: Any) -> None:
        thread = self._thread(module)
        if thread is not None:
            thread.enter(self.names[id(module)])

    def _leave(self, module: nn.Module, *_: Any) -> None:
        thread = self._threads.get(get_ident())
        name = self.names.get(id(module))
        if thread is not None and name is not None and thread.leave(name):
            self.ran.add(name)
            self._let_go(thread)

    def _thread(self, module: nn.Module) -> Thread | None:
        """This thread, if what it calls is of the watched model and of no block of its own."""
        if id(module) not in self.names:
            return None
        known = self._threads.get(get_ident())
        if known is not None or any(id(module) in own.names for own in _LOCAL.blocks):
            return known
        return self._arrive() if self._is_open else None

    def _arrive(self) -> Thread:
        thread = self._threads[get_ident()] = Thread(self)
        thread.listen()
        return thread

    def _let_go(self, thread: Thread) -> None:
        """Once it is in no module of the model, the thread is as it was."""
        if not thread.stays and not thread.inside:
            thread.close()
            with self._lock:
                del self._threads[get_ident()]
                if not self._is_open and not self._threads:
                    self._unhook()

    def _unhook(self) -> None:
        while self._hooks:
            self._hooks.pop()()

    # records

    def includes(self, name: str) -> bool:
        """Are the calls of this module, which attends, to be kept?"""
        with self._lock:
            number = self._order.setdefault(name, len(self._order))
        return self.plan.includes(name, number)

    def add(self, record: Record) -> int | None:
        """The record's number; a block that is closed takes none."""
        with self._lock:
            if not self._is_open:
                return None
            self.seen.records.append(record)
            return len(self.seen.records) - 1

    def _finish(self) -> None:
        """Threads that still run the model then take the hooks away when they are through."""
        with self._lock:
            self._is_open = False
            running = {t.inside[0][0]: t.name for t in self._threads.values() if t.inside}
            if not self._threads:
                self._unhook()
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

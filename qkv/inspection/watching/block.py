"""An open watch block: how threads come and go.

A thread is followed from where it calls a module of the watched model, or has it generate, until
that returns: torch's modes and whoever listens to functions belong to one thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import get_ident
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)

from qkv.errors import ConfigError
from qkv.inspection.watching.changing import Changes
from qkv.inspection.watching.functions import following_generations
from qkv.inspection.watching.plan import Plan
from qkv.inspection.watching.seen import Seen
from qkv.inspection.watching.shared import Shared
from qkv.inspection.watching.thread import Thread

__all__ = ["Block"]


class _Local(threading.local):
    """The blocks that this thread has opened."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []


_LOCAL = _Local()


class Block:
    """Watches a model in the thread that opens the block, and in all others that call it."""

    def __init__(
        self, model: nn.Module, plan: Plan, changes: Changes | None = None, *, dry: bool = False
    ) -> None:
        if not isinstance(model, nn.Module):
            has = "; it has one, .model" if hasattr(model, "model") else ""
            raise ConfigError(f"watch(): needs a torch module; got {type(model).__name__}{has}.")
        self._shared = Shared(model, plan, changes or Changes({}), dry)
        self.names = self._shared.names
        self._threads: dict[int, Thread] = {}
        self._hooks: list[Callable[[], None]] = []

    @contextmanager
    def opened(self) -> Iterator[Seen]:
        with ExitStack() as stack:
            stack.callback(self._finish)
            if self._shared.changes:
                stack.enter_context(_without_fast_paths())
            self._hooks += [
                register_module_forward_pre_hook(self._enter).remove,
                register_module_forward_hook(self._leave, always_call=True).remove,
            ]
            _LOCAL.blocks.append(self)
            stack.callback(_LOCAL.blocks.remove, self)
            stack.enter_context(following_generations(self))
            thread = self._arrive()
            assert thread is not None
            stack.enter_context(self._staying(thread))
            stack.callback(thread.inside.clear)
            yield self._shared.seen
        self._shared.changes.check()

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
            self._shared.ran.add(name)
            self._let_go(thread)

    def _thread(self, module: nn.Module) -> Thread | None:
        """This thread, if what it calls is of the watched model and of no block of its own."""
        if id(module) not in self.names:
            return None
        known = self._threads.get(get_ident())
        if known is not None or any(id(module) in own.names for own in _LOCAL.blocks):
            return known
        return self._arrive()

    def _arrive(self) -> Thread | None:
        with self._shared.lock:
            if not self._shared.is_open:
                return None
            thread = self._threads[get_ident()] = Thread(self._shared)
        thread.listen()
        return thread

    def _let_go(self, thread: Thread) -> None:
        """Once it is in no module of the model, the thread is as it was."""
        if not thread.stays and not thread.inside:
            thread.close()
            with self._shared.lock:
                del self._threads[get_ident()]
                if not self._shared.is_open and not self._threads:
                    self._unhook()

    def _unhook(self) -> None:
        while self._hooks:
            self._hooks.pop()()

    def _finish(self) -> None:
        """Threads that still run the model then take the hooks away when they are through."""
        with self._shared.lock:
            self._shared.is_open = False
            running = {t.inside[0][0]: t.name for t in self._threads.values() if t.inside}
            if not self._threads:
                self._unhook()
        self._shared.finish(running)


@contextmanager
def _without_fast_paths() -> Iterator[None]:
    """torch's own modules attend by operators that nothing can be asked of, unless told not to."""
    enabled = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(enabled)

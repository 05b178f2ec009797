"""Signals that end a process wait until its state is whole."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType, TracebackType
from typing import TypeAlias

__all__ = ["ENDING", "Signals"]

Handler: TypeAlias = Callable[[int, FrameType | None], object]

ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


class Signals:
    """Inside this block what the process does upon an ending signal is done at the next `check`.

    What is ignored, or ends the process without Python, stays so. Only the main thread gets
    signals; in another one nothing waits.
    """

    def __init__(self) -> None:
        self._handlers: dict[int, Handler] = {}
        self._waiting: list[int] = []
        self._open = False

    def __enter__(self) -> Signals:
        if current_thread() is main_thread():
            handlers = {number: signal.getsignal(number) for number in ENDING}
            self._handlers = {n: handler for n, handler in handlers.items() if callable(handler)}
        for number in self._handlers:
            signal.signal(number, self._receive)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: TracebackType | object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if kind is None:
            self.check()

    def check(self) -> None:
        """Do what a signal that came meanwhile does: most likely, raise."""
        if self._waiting:
            number = self._waiting.pop()
            self._handlers[number](number, None)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Inside this block nothing is changed that a signal could leave half done."""
        self._open = True
        try:
            self.check()
            yield
        finally:
            self._open = False

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self._open:
            self._handlers[number](number, frame)
        else:
            self._waiting.append(number)

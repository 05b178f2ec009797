"""Who is told of every `attend` in this thread, such as a `watch` block."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any, ParamSpec, Protocol, TypeVar

__all__ = ["Observer", "is_observed", "observed", "observing"]

P = ParamSpec("P")
R = TypeVar("R")


class Observer(Protocol):
    """Runs a call of `attend`, given with its arguments, and returns what it returns."""

    def attending(self, run: Callable[..., Any], args: Any, kwargs: Any) -> Any: ...


class _Local(threading.local):
    def __init__(self) -> None:
        self.observers: list[Observer] = []


_LOCAL = _Local()


@contextmanager
def observing(observer: Observer) -> Iterator[None]:
    """Inside the block, `observer` runs what this thread attends."""
    _LOCAL.observers.append(observer)
    try:
        yield
    finally:
        _LOCAL.observers.remove(observer)


def is_observed() -> bool:
    """Is anybody told of what this thread attends?"""
    return bool(_LOCAL.observers)


def observed(function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _LOCAL.observers:
            return function(*args, **kwargs)
        run: Callable[[], R] = partial(function, *args, **kwargs)
        for observer in _LOCAL.observers:
            run = partial(observer.attending, run, args, kwargs)
        return run()

    return call

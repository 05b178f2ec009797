"""The functions through which models ask for attention, listened to where they are called; and how
those of transformers generate.

The operators below see neither what dropout, a gradient of the mask or wide values keep from the
fused kernels, nor the tensors that gradients flow to. A mode for functions would see both, but
under one torch leaves its fast paths, and the model's numbers would no longer be its own.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial, wraps
from typing import Any, Protocol

from torch import nn
from torch.nn import functional

__all__ = ["Listener", "following_generations", "listening"]

NAMES = "scaled_dot_product_attention", "multi_head_attention_forward"


class Listener(Protocol):
    """Runs a call, with `extra` arguments if needed, and returns its result."""

    def function_called(
        self, name: str, run: Callable[..., Any], args: Any, kwargs: Any, **extra: Any
    ) -> Any: ...


class Follower(Protocol):
    """Watches a thread while a model that it follows generates there."""

    def following(self, model: nn.Module) -> AbstractContextManager[None]: ...


class _Local(threading.local):
    """Who listens in this thread, the outermost first."""

    def __init__(self) -> None:
        self.listeners: list[Listener] = []


_LOCAL = _Local()
_LOCK = threading.Lock()
_ORIGINALS: list[tuple[Any, str, Callable[..., Any]]] = []  # where they belong, by name
_FOLLOWERS: list[Follower] = []
_listeners = 0  # in all threads


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Inside the block, `listener` runs the calls of this thread."""
    _count(1)
    _LOCAL.listeners.append(listener)
    try:
        yield
    finally:
        _LOCAL.listeners.remove(listener)
        _count(-1)


@contextmanager
def following_generations(follower: Follower) -> Iterator[None]:
    """Inside the block, `follower` follows models that generate, in any thread."""
    _FOLLOWERS.append(follower)
    try:
        yield
    finally:
        _FOLLOWERS.remove(follower)


def _count(change: int) -> None:
    """The first listener of all threads puts the functions in place, the last takes them away."""
    global _listeners
    with _LOCK:
        if not _listeners:
            owners = [(functional, name) for name in NAMES]
            if "transformers.generation.utils" in sys.modules:
                mixin = sys.modules["transformers.generation.utils"].GenerationMixin
                owners.append((mixin, "generate"))
            for owner, name in owners:
                _ORIGINALS.append((owner, name, getattr(owner, name)))
                setattr(owner, name, _overheard(*_ORIGINALS[-1][1:]))
        _listeners += change
        if not _listeners:
            while _ORIGINALS:
                setattr(*_ORIGINALS.pop())


def _overheard(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        with ExitStack() as stack:
            if name == "generate":
                for follower in tuple(_FOLLOWERS):
                    stack.enter_context(follower.following(args[0]))
            run = partial(original, *args, **kwargs)
            for listener in tuple(_LOCAL.listeners):
                run = partial(listener.function_called, name, run, args, kwargs)
            return run()

    return call

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
from torch.nn.attention import flex_attention

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
# Where they belong, by name, and what stands there meanwhile.
_ORIGINALS: list[tuple[Any, str, Any, Any]] = []
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
            for owner, name in _owners():
                _put(owner, name, _overheard(name, getattr(owner, name)))
            _put(flex_attention, "_FLEX_ATTENTION_DISABLE_COMPILE_DEBUG", _Listened())
            if (compiler := sys.modules.get("torch._dynamo.eval_frame")) is not None:
                _put(compiler, "_stance", _Stance(compiler._stance))
        _listeners += change
        if not _listeners:
            while _ORIGINALS:
                owner, name, original, replacement = _ORIGINALS.pop()
                if getattr(owner, name) is replacement:
                    setattr(owner, name, original)


def _owners() -> Iterator[tuple[Any, str]]:
    yield from ((functional, name) for name in NAMES)
    if "transformers.generation.utils" in sys.modules:
        yield sys.modules["transformers.generation.utils"].GenerationMixin, "generate"


def _put(owner: Any, name: str, replacement: Any) -> None:
    _ORIGINALS.append((owner, name, getattr(owner, name), replacement))
    setattr(owner, name, replacement)


class _Listened:
    """True in threads that are listened to: flex_attention does not compile itself there."""

    def __bool__(self) -> bool:
        return bool(_LOCAL.listeners)


class _Stance:
    """torch's compiler's, but threads that are listened to run all as it is written.

    Without it, operators under a mode are not compiled either, but what hears them is, and what has
    run so once is never compiled again.
    """

    def __init__(self, others: Any) -> None:
        self._others = others

    @property
    def stance(self) -> str:
        return "force_eager" if _LOCAL.listeners else self._others.stance

    def __getattr__(self, name: str) -> Any:
        return getattr(self._others, name)


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

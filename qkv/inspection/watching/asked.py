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
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any, Protocol

from torch.nn import functional

__all__ = ["Asker", "listening"]

NAMES = "scaled_dot_product_attention", "multi_head_attention_forward"


class Asker(Protocol):
    """Is told of a call, and runs it, with `more` arguments if need be."""

    def asked(
        self, name: str, run: Callable[..., Any], args: Any, kwargs: Any, **more: Any
    ) -> Any: ...


class _Local(threading.local):
    """Who listens in this thread, the outermost first."""

    def __init__(self) -> None:
        self.askers: list[Asker] = []


_LOCAL = _Local()
_LOCK = threading.Lock()
_ORIGINALS: list[tuple[Any, str, Callable[..., Any]]] = []  # where they belong, by name
_listeners = 0  # in all threads


@contextmanager
def listening(asker: Asker) -> Iterator[None]:
    """Inside the block, `asker` hears what this thread asks for."""
    _count(1)
    _LOCAL.askers.append(asker)
    try:
        yield
    finally:
        _LOCAL.askers.remove(asker)
        _count(-1)


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
        run = partial(original, *args, **kwargs)
        for asker in _LOCAL.askers:
            run = partial(asker.asked, name, run, args, kwargs)
        return run()

    return call

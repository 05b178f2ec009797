"""Large pieces of work, dealt to threads: each is done by one core, from start to end.

torch shares each operator out over its threads, which then wait for each other: many short ones,
where another program has one of the cores, take ten times as long. Pieces wait for nobody, and a
core that has little time is dealt few of them.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from threading import Lock, Thread
from typing import TypeVar

import torch

__all__ = ["are_modes_active", "dealt"]

Piece = TypeVar("Piece")
Result = TypeVar("Result")

# Pieces a thread that are under way or done, and not yet taken: so far may one be behind.
AHEAD = 8

_LOCK = Lock()


def dealt(
    work: Callable[[Piece], Result], pieces: Iterable[Piece], threads: int
) -> Iterator[Result]:
    """What `work` makes of each piece, in their order, on so many threads beside this one.

    Gradients, inference and autocast are in them what they are here.
    """
    pool, work, under_way = _pool(threads), _as_here(work), deque[Future[Result]]()
    try:
        for piece in pieces:
            if len(under_way) == AHEAD * threads:
                yield under_way.popleft().result()
            under_way.append(pool.submit(work, piece))
        while under_way:
            yield under_way.popleft().result()
    finally:
        for each in under_way:
            each.cancel()


def are_modes_active() -> bool:
    """Does this thread have what others would not: modes that see or change what torch computes?"""
    return bool(torch._C._len_torch_dispatch_stack() or torch._C._len_torch_function_stack())


def _as_here(work: Callable[[Piece], Result]) -> Callable[[Piece], Result]:
    gradient, inference = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
    autocast, dtype = torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu")

    def run(piece: Piece) -> Result:
        with (
            torch.inference_mode(inference),
            torch.set_grad_enabled(gradient),
            torch.autocast("cpu", dtype, enabled=autocast),
        ):
            return work(piece)

    return run


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, "qkv", initializer=_compute_alone)


def _compute_alone() -> None:
    """From now on this thread does by itself what it asks of torch.

    Each thread has its own number; setting one also sets what later threads begin with. A thread
    that ends there puts that back.
    """
    with _LOCK:
        of_others = torch.get_num_threads()
        torch.set_num_threads(1)
        putting_back = Thread(target=torch.set_num_threads, args=(of_others,))
        putting_back.start()
        putting_back.join()


if hasattr(os, "register_at_fork"):  # a process that was forked off has none of these threads
    os.register_at_fork(after_in_child=_pool.cache_clear)

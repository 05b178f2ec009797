"""One thread that computes: what waits and is of one kind is computed together."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from math import inf
from threading import Condition, Thread
from typing import Any, Protocol, TypeVar

from qkv.server.limits import Limits
from qkv.server.refusal import RETRY_AFTER, Refused

__all__ = ["Engine", "Work"]

T = TypeVar("T")


class Work(Hashable, Protocol):
    """What is done with some items at once; equal works are done together.

    most: the sum of the sizes of items to take together; a larger item is taken alone.
    """

    @property
    def most(self) -> int: ...

    def size(self, item: Any) -> int: ...

    def __call__(self, items: list[Any]) -> Sequence[Any]:
        """A result for each."""
        ...


@dataclass(eq=False)
class _Once:
    """Work of its own kind, on nothing."""

    function: Callable[[], Any]
    most = 1

    def size(self, item: None) -> int:
        return 1

    def __call__(self, items: list[None]) -> Sequence[Any]:
        return [self.function()]


@dataclass(eq=False)
class _Job:
    work: Work
    item: Any
    size: int
    result: Future[Any] = field(default_factory=Future)
    wanted: bool = True


class Engine:
    """Computes in the order of arrival, but takes along what can be computed with the first.

    An item that fails does so alone. Its request may have gone, by its time limit: then it is left
    out if it has not begun, and given up where the work calls `check`.

    batched: is told how many items each batch had.
    """

    def __init__(self, limits: Limits, batched: Callable[[int], None] = lambda _: None) -> None:
        self._limits, self._batched = limits, batched
        self._waiting: deque[_Job] = deque()
        self._changed = Condition()
        self._begun: list[_Job] = []
        self._until = inf
        self._open = True
        self._thread = Thread(target=self._run, name="qkv engine", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many items."""
        return len(self._waiting)

    async def once(self, function: Callable[[], T]) -> T:
        """What the function gives, called by the engine's thread; errors as in `compute`."""
        [result] = await self.compute(_Once(function), [None])
        return result

    async def compute(self, work: Work, items: Sequence[Any]) -> list[Any]:
        """A result for each item.

        Raises:
            Refused: too many wait, it took too long, or the server is stopping.
            Exception: what the work raised for the first item that it failed on.
        """
        jobs = [_Job(work, item, work.size(item)) for item in items]
        self._enter(jobs)
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await asyncio.gather(*(asyncio.wrap_future(job.result) for job in jobs))
        except TimeoutError:
            raise Refused(
                504, f"not done within {self._limits.seconds:g} seconds; send less at a time."
            ) from None
        finally:
            for job in jobs:
                job.wanted = False
                job.result.cancel()

    def check(self) -> None:
        """Called by the work now and then: is there any use in going on?

        Raises:
            Refused: nobody waits for it any more, or it has taken too long.
        """
        if time.monotonic() > self._until or not any(job.wanted for job in self._begun):
            raise Refused(
                504,
                f"not computed within {self._limits.batch_seconds:g} seconds; send less at a time.",
            )

    def close(self) -> None:
        """Finish what waits and end the thread."""
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join()

    def _enter(self, jobs: list[_Job]) -> None:
        with self._changed:
            if not self._open:
                raise Refused(503, "the server is stopping.", RETRY_AFTER)
            if len(self._waiting) + len(jobs) > self._limits.queue:
                raise Refused(429, "too many texts are waiting; try again later.", RETRY_AFTER)
            self._waiting.extend(jobs)
            self._changed.notify()

    def _run(self) -> None:
        while jobs := self._next():
            begun = [job for job in jobs if job.result.set_running_or_notify_cancel()]
            if begun:
                self._batched(len(begun))
                self._compute(begun)

    def _next(self) -> list[_Job]:
        """The first that waits, and what goes with it; nothing once the engine is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or not self._open)
            taken: list[_Job] = []
            kept: deque[_Job] = deque()
            size = 0
            for job in self._waiting:
                alike = not taken or job.work == taken[0].work
                if alike and (not taken or size + job.size <= job.work.most):
                    taken.append(job)
                    size += job.size
                else:
                    kept.append(job)
            self._waiting = kept
            return taken

    def _compute(self, jobs: list[_Job]) -> None:
        """Together; if that fails, each alone, the largest last."""
        self._begun, self._until = jobs, time.monotonic() + self._limits.batch_seconds
        try:
            results = jobs[0].work([job.item for job in jobs])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is its request's
            if len(jobs) == 1:
                jobs[0].result.set_exception(error)
                return
            for job in sorted(jobs, key=lambda job: job.size):
                self._compute([job])
            return
        for job, result in zip(jobs, results, strict=True):
            job.result.set_result(result)

"""The engine: what is alike goes together, what fails fails alone, and limits hold."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest

from qkv.server.engine import Engine
from qkv.server.limits import Limits
from qkv.server.refusal import Refused


@dataclass(frozen=True)
class Doubling:
    """Items of their own size; negative ones fail. It waits for `go` each time."""

    name: str = ""
    most: int = 10
    batches: list[list[int]] = field(default_factory=list, compare=False)
    go: Event = field(default_factory=Event, compare=False)

    def size(self, item: int) -> int:
        return abs(item)

    def __call__(self, items: list[int]) -> list[int]:
        assert self.go.wait(10)
        self.batches.append(list(items))
        if min(items) < 0:
            raise ValueError(f"{min(items)} is negative")
        return [2 * item for item in items]


@contextmanager
def engine(limits: Limits | None = None) -> Iterator[Engine]:
    made = Engine(limits or Limits())
    try:
        yield made
    finally:
        made.close()


async def begun(engine: Engine, work: Doubling) -> asyncio.Task[list[int]]:
    """A request that the engine is busy with until `work.go` is set."""
    task = asyncio.create_task(engine.compute(work, [1]))
    while True:
        await asyncio.sleep(0.001)
        if not engine.waiting:
            return task


async def waiting(engine: Engine, work: Any, *requests: list[int]) -> list[asyncio.Task[Any]]:
    """Each request of its own task, all of them in the queue, in this order."""
    tasks = []
    for items in requests:
        before = engine.waiting
        tasks.append(asyncio.create_task(engine.compute(work, items)))
        while engine.waiting < before + len(items):
            await asyncio.sleep(0.001)
    return tasks


def run(test: Callable[[Engine], Any], limits: Limits | None = None) -> None:
    with engine(limits) as made:
        asyncio.run(asyncio.wait_for(test(made), 20))


def test_what_waits_is_computed_together_up_to_the_size() -> None:
    work = Doubling()

    async def test(engine: Engine) -> None:
        first = await begun(engine, work)
        rest = await waiting(engine, work, [2, 3], [4], [5], [12], [6])
        work.go.set()
        assert await first == [2]
        assert await asyncio.gather(*rest) == [[4, 6], [8], [10], [24], [12]]

    run(test)
    assert work.batches == [[1], [2, 3, 4], [5], [12], [6]]


def test_only_equal_works_go_together_and_the_oldest_goes_first() -> None:
    one, other = Doubling("one"), Doubling("other")
    other.go.set()

    async def test(engine: Engine) -> None:
        first = await begun(engine, one)
        tasks = [
            *await waiting(engine, other, [2]),
            *await waiting(engine, one, [3]),
            *await waiting(engine, other, [4]),
        ]
        one.go.set()
        assert await asyncio.gather(first, *tasks) == [[2], [4], [6], [8]]

    run(test)
    assert other.batches == [[2, 4]]
    assert one.batches == [[1], [3]]


def test_what_fails_does_so_alone() -> None:
    work = Doubling()

    async def test(engine: Engine) -> None:
        first = await begun(engine, work)
        good, bad, late = await waiting(engine, work, [2], [-3], [4])
        work.go.set()
        assert await asyncio.gather(first, good, late) == [[2], [4], [8]]
        with pytest.raises(ValueError, match="-3 is negative"):
            await bad

    run(test)


def test_more_than_the_queue_holds_is_refused_at_once() -> None:
    work = Doubling()

    async def test(engine: Engine) -> None:
        first = await begun(engine, work)
        [kept] = await waiting(engine, work, [2, 3, 4])
        with pytest.raises(Refused) as refused:
            await engine.compute(work, [5])
        assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "2"})
        work.go.set()
        assert await kept == [4, 6, 8]
        assert await first == [2]

    run(test, Limits(queue=3))


def test_what_has_not_begun_in_time_is_never_computed() -> None:
    work = Doubling()

    async def test(engine: Engine) -> None:
        first = await begun(engine, work)
        with pytest.raises(Refused, match=r"within 0\.2 seconds") as refused:
            await engine.compute(work, [5])
        assert refused.value.status == 504
        with pytest.raises(Refused):
            await first
        work.go.set()
        assert await engine.compute(work, [7]) == [14]

    run(test, Limits(seconds=0.2))
    assert work.batches == [[1], [7]]


@dataclass(frozen=True)
class Patient(Doubling):
    """Doubling that never ends for items of 9 and more, but asks whether to."""

    engines: list[Engine] = field(default_factory=list, compare=False)

    def __call__(self, items: list[int]) -> list[int]:
        while max(items) >= 9:
            self.engines[0].check()
            time.sleep(0.005)
        return super().__call__(items)


def test_what_takes_too_long_is_given_up_alone() -> None:
    work = Patient(most=100)
    work.go.set()

    async def test(engine: Engine) -> None:
        work.engines.append(engine)
        first = asyncio.create_task(engine.compute(work, [9]))
        while engine.waiting or not engine._begun:
            await asyncio.sleep(0.001)
        endless, short, other = await waiting(engine, work, [10], [3], [4])
        for task in (first, endless):
            with pytest.raises(Refused, match=r"not computed within 0\.3 seconds") as refused:
                await task
            assert refused.value.status == 504
        assert await asyncio.gather(short, other) == [[6], [8]]

    run(test, Limits(batch_seconds=0.3))
    assert work.batches == [[3], [4]]  # after the three together, the largest last


def test_what_nobody_waits_for_is_given_up() -> None:
    work = Patient()
    work.go.set()

    async def test(engine: Engine) -> None:
        work.engines.append(engine)
        with pytest.raises(Refused, match=r"not done within 0\.2 seconds"):
            await engine.compute(work, [9])
        assert await engine.compute(work, [1]) == [2]

    run(test, Limits(seconds=0.2, batch_seconds=1000))


def test_a_closed_engine_finishes_what_waits_and_takes_no_more() -> None:
    work = Doubling()

    async def test(engine: Engine) -> None:
        first = await begun(engine, work)
        [second] = await waiting(engine, work, [2])
        closing = asyncio.get_running_loop().run_in_executor(None, engine.close)
        while engine._open:
            await asyncio.sleep(0.001)
        with pytest.raises(Refused) as refused:
            await engine.compute(work, [3])
        assert refused.value.status == 503
        work.go.set()
        assert await asyncio.gather(first, second) == [[2], [4]]
        await closing

    run(test)


def test_a_function_is_called_alone_in_the_engines_thread() -> None:
    async def test(engine: Engine) -> None:
        assert await asyncio.gather(*(engine.once(lambda i=i: i) for i in range(3))) == [0, 1, 2]

    run(test)

"""Shards of a job in several processes, each with its own model; one that dies is replaced."""

from __future__ import annotations

import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import Any, TypeAlias

from qkv.bulk.job import Job, Shards
from qkv.errors import DataError, QkvError

__all__ = ["Report", "run"]

Report: TypeAlias = Callable[[int], None]

DEATHS = 2  # after which it is a row's fault, or a shard's whose rows are then taken one by one
STARTS = 5  # processes that may die, one after the other, before one has loaded its model
ROWS = 10  # that may be at fault before the job ends
STOP_S = 5.0

_CONTEXT = get_context("spawn")  # torch's threads do not survive a fork


@dataclass
class _Task:
    """A shard that is to be done.

    deaths: of processes that were doing it. row: which is under way, and its place, if rows are
    taken one by one. suspects: by row, processes that died at it. left_out: rows that no process is
    given again, and why.
    """

    shard: int
    deaths: int = 0
    row: tuple[int, str] | None = None
    suspects: Counter[int] = field(default_factory=Counter)
    left_out: dict[int, str] = field(default_factory=dict)


class _Worker:
    """A process, and the shard that it has to do; on a pipe it says how far it is."""

    def __init__(self, job: Job, task: _Task | None = None) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=_serve, args=(theirs, job), daemon=True)
        with _signals_blocked():
            self.process.start()
        theirs.close()
        self.task, self.is_ready, self.reason = task, False, ""

    def give(self, task: _Task) -> None:
        self.task, task.row = task, None
        with suppress(OSError):  # it has died; its pipe will say so
            self.pipe.send((task.shard, task.deaths >= DEATHS, task.left_out))

    def stop(self, *, now: bool) -> None:
        if now:
            self.process.kill()  # it leaves nothing that is not swept
        self.pipe.close()
        self.process.join(STOP_S)
        self.process.kill()
        self.process.join()


class _Crew:
    """The processes of a job, and the shards that nobody has been given yet.

    fatal: the errors of rows at which processes died.
    """

    def __init__(self, job: Job, jobs: int, report: Report) -> None:
        self._job, self._report = job, report
        self._waiting = deque(job.pending())
        self._failed_starts = 0
        self.fatal: list[str] = []
        self.workers: list[_Worker] = []
        for _ in range(min(jobs, len(self._waiting))):
            self.workers.append(_Worker(job))

    def work(self) -> None:
        """Until all is done."""
        while self.workers:
            for pipe in wait([worker.pipe for worker in self.workers]):
                [worker] = [each for each in self.workers if each.pipe is pipe]
                try:
                    said, value = worker.pipe.recv()
                except (EOFError, OSError):
                    self._replace(worker)
                else:
                    self._hear(worker, said, value)

    def _hear(self, worker: _Worker, said: str, value: Any) -> None:
        if said == "refused":
            raise value
        if said == "died":
            worker.reason = value
        elif said == "row" and worker.task:
            worker.task.row = value
        elif said == "done":
            worker.task = None
            self._report(value)
            self._go_on(worker)
        elif said == "ready":
            worker.is_ready, self._failed_starts = True, 0
            self._go_on(worker)

    def _go_on(self, worker: _Worker) -> None:
        task = worker.task or (_Task(self._waiting.popleft()) if self._waiting else None)
        if task:
            worker.give(task)
        else:
            self.workers.remove(worker)
            worker.stop(now=False)

    def _replace(self, worker: _Worker) -> None:
        """Another process gets its shard."""
        self.workers.remove(worker)
        worker.stop(now=True)
        reason = worker.reason or _reason(worker.process.exitcode)
        if not worker.is_ready:
            self._failed_starts += 1
            if self._failed_starts == STARTS:
                raise DataError(
                    f"{STARTS} processes ended before they were ready ({reason}); is there memory "
                    "for them? Give fewer --jobs."
                )
        elif worker.task:
            self._blame(worker.task, reason)
        if worker.task or self._waiting:
            self.workers.append(_Worker(self._job, worker.task))

    def _blame(self, task: _Task, reason: str) -> None:
        """A process died of this shard, and maybe of the row that it was at."""
        task.deaths += 1
        if task.row is None:
            return
        number, place = task.row
        task.suspects[number] += 1
        if task.suspects[number] == DEATHS:
            error = f"{place}: ended {DEATHS} processes that were at it ({reason})"
            task.left_out[number] = error
            self.fatal.append(error)
        if len(self.fatal) == ROWS:
            raise DataError(f"{self.fatal[0]}; {ROWS} rows did so, and nothing more is tried.")


def run(job: Job, jobs: int, report: Report) -> None:
    """Do what is left of a job in `jobs` processes.

    report: called with the number of rows each time that so many more are done.

    Raises:
        DataError: processes died of rows: which; all other rows are done.
        QkvError: it cannot be done, and some of it may be.
    """
    crew = _Crew(job, jobs, report)
    try:
        crew.work()
    finally:
        for worker in crew.workers:
            worker.stop(now=True)
    if crew.fatal:
        raise DataError(f"{'; '.join(crew.fatal)}. All other rows are done, in {job.folder}.")


def _serve(pipe: Connection, job: Job) -> None:
    """What a process does until nobody listens to it."""
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        shards = Shards(job)
        pipe.send(("ready", None))
        for shard, one_by_one, left_out in _tasks(pipe):
            tell = (lambda *row: pipe.send(("row", row))) if one_by_one else None
            pipe.send(("done", shards.do(shard, one_by_one=tell, left_out=left_out)))
    except QkvError as error:
        pipe.send(("refused", error))
    except ConnectionError:  # nobody listens
        pass
    except Exception as error:  # noqa: BLE001 - as if it had been killed
        pipe.send(("died", f"{type(error).__name__}: {error}"))


def _tasks(pipe: Connection) -> Iterator[tuple[int, bool, dict[int, str]]]:
    with suppress(EOFError, ConnectionError):
        while True:
            yield pipe.recv()


def _end_with_parent() -> None:
    """A parent that was killed cannot say so, and whoever starts it again shall be alone."""
    parent = parent_process()
    if parent:
        parent.join()
    os._exit(1)


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """A process started here, whole, gets no signal that may go to all processes of a terminal."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which would unblock them if it began with the process
    ours = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ours)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _reason(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        with suppress(ValueError):
            return signal.Signals(-exit_code).name
    return f"exit code {exit_code}"

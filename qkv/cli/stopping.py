"""A run that is stopped says how to go on, and ends with the exit code of its signal."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import quote

__all__ = ["ended_by_signals", "report", "stoppable"]

SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def stoppable(folder: Path, way_on: str = "") -> Iterator[None]:
    """Training into `folder` may end here by Ctrl-C, SIGTERM or SIGHUP, the latter as SystemExit.

    way_on: how to go on with the run; by default `qkv train --resume`.
    """
    with ended_by_signals():
        try:
            yield
        except (KeyboardInterrupt, SystemExit):
            _explain(folder, way_on)
            raise


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """In this block SIGTERM and SIGHUP raise SystemExit."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    ours = [number for number, handler in handlers.items() if handler == signal.SIG_DFL]
    for number in ours:  # what `nohup` has told to be ignored stays ignored
        signal.signal(number, _exit)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def report(line: str) -> None:
    """A line of progress; a run goes on when nobody can read it, as after its terminal closed."""
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)


def _exit(number: int, _: object) -> None:
    raise SystemExit(128 + number)


def _explain(folder: Path, way_on: str) -> None:
    from qkv.models.folder import read_config
    from qkv.training.card import use_command
    from qkv.training.run_folder import RunFolder

    run = RunFolder(folder)
    if not run.unfinished:
        if not run.finished:
            report("interrupted before the first step; nothing is kept")
        return
    if run.has_model:
        report(f"{folder} holds a model, the best so far; its README.md says of which step")
        report(f"use it with `{use_command(read_config(run.top), quote(str(folder)))}`")
    report(f"interrupted; go on with {way_on or f'`{run.resume_command}`'}")

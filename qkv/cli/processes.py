"""Several commands, some at a time, each in its own process; they end with this one."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

__all__ = ["run_all"]


def run_all(
    commands: Mapping[str, Sequence[str]], jobs: int, tell: Callable[[str, str], None]
) -> dict[str, int]:
    """The exit code of each, once all have ended.

    An exception here, such as an interrupt, ends those that run and starts no other.

    tell: called with the name and each line that a command prints, one at a time.
    """
    running: list[subprocess.Popen[str]] = []
    lock, stopping = Lock(), []

    def run(name: str) -> int:
        with lock:
            if stopping:
                return -1
            process = _start(commands[name])
            running.append(process)
        with process:
            for line in process.stdout or ():
                with lock:
                    if not stopping:
                        tell(name, line.rstrip("\n"))
        return process.returncode

    with ThreadPoolExecutor(jobs) as pool:
        ended = {name: pool.submit(run, name) for name in commands}
        try:
            return {name: each.result() for name, each in ended.items()}
        except BaseException:
            with lock:
                stopping.append(True)
                for process in running:
                    process.terminate()
            raise


def _start(command: Sequence[str]) -> subprocess.Popen[str]:
    """In a session of its own: an interrupt from the keyboard comes to it through us, once."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )

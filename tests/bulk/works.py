"""What tests do to rows instead of translating them: capitals, in no time, without torch."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qkv.bulk import Job, Outcome, at_work, run
from qkv.bulk.work import Compute, Place
from qkv.errors import DataError

__all__ = ["Capitals", "main", "text_of"]


@dataclass(frozen=True)
class Capitals:
    """Some texts are trouble: "kill" its process, "sleep" or "raise" in it, "refuse" or "warn".

    seconds: that a shard takes. broken: why nothing can be done.
    """

    pictures = False
    seconds: float = 0.0
    mark: str = ""
    broken: str = ""
    device: str = "cpu"

    def identity(self) -> dict[str, Any]:
        return {"task": "capitals", "mark": self.mark}

    def check(self) -> None:
        if self.broken == "early":
            raise DataError("nothing can be done.")

    def begin(self) -> Compute:
        if self.broken == "late":
            raise DataError("nothing can be done here.")
        if self.broken == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        return self._compute

    def _compute(self, texts: Sequence[str], place: Place) -> list[Outcome]:
        time.sleep(self.seconds * (0.5 + len(texts) % 3))
        return [self._outcome(text, place(number)) for number, text in enumerate(texts)]

    def _outcome(self, text: str, where: str) -> Outcome:
        if text == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if text == "sleep":
            time.sleep(60)
        if text == "raise":
            raise RuntimeError("no memory")
        if text == "refuse":
            return Outcome(error=f"{where}: refused.")
        if text == "unforeseen":
            raise DataError("never seen.")
        return Outcome(text.upper() + self.mark, "", ("odd",) if text == "warn" else ())


def text_of(folder: Path) -> str:
    """All parts of a job that wrote text, in order."""
    return "".join(path.read_text("utf-8") for path in sorted(folder.glob("part-*.txt")))


def main() -> None:
    """A job as a process of its own: its folder, the seconds of a shard, the processes."""
    folder, seconds, jobs = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    job = Job(folder / "out", folder / "in.txt", Capitals(seconds), shard_rows=7)
    with at_work(job) as job:
        run(job, jobs, lambda _: None)


if __name__ == "__main__":
    main()

"""Train once without a break, and once in processes that are killed at random moments.

    python -m tests.training.killed '{"folder": …, "data": …, "settings": …, "seed": 3}'

writes FOLDER/lives.json: for each process of the second run, the signal that ended it and the step
of the checkpoint that it left. A moment is the n-th call of any Python or C function, so that files
are half-written too.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from qkv import training
from qkv.models.folder import load_tensors

KILLED = 8
Moment = Callable[[int, object], bool]  # of the n-th call, and what is called, if it is C
IMPORTED_LATE = ("sacrebleu", "torch._dynamo", "torch.utils.tensorboard")


def never(*_: object) -> bool:
    return False


def life(folder: Path, requested: dict[str, Any], dies: Moment) -> int:
    """Start or resume in a child process that kills itself when `dies` says so; how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    calls = 0

    def count(frame: object, event: str, called: object) -> None:
        nonlocal calls
        calls += 1
        if dies(calls, called):
            os.kill(os.getpid(), signal.SIGKILL)

    begin = training.resume if training.RunFolder(folder).unfinished else training.start
    sys.setprofile(count)
    begin(folder, requested["data"], requested["settings"], report=lambda line: None)
    sys.setprofile(None)
    (folder.parent / "calls").write_text(str(calls))
    os._exit(0)


def checkpoint_step(folder: Path) -> int:
    path = training.RunFolder(folder).checkpoint
    return load_tensors(path)[1]["step"] if path.exists() else 0


def main() -> None:
    for name in IMPORTED_LATE:  # here, so that not every child does it again
        import_module(name)
    requested = json.loads(sys.argv[1])
    top = Path(requested["folder"])
    assert life(top / "unbroken", requested, never) == 0
    total = int((top / "calls").read_text())
    broken, random = top / "broken", Random(requested["seed"])
    run = training.RunFolder(broken)

    def before_the_first_checkpoint(_: int, called: object) -> bool:
        return called is os.fsync and run.unfinished  # written, but not yet in its place

    moments: list[Moment] = [before_the_first_checkpoint]
    for _ in range(KILLED):
        moment = random.randrange(total // 2)
        moments.append(lambda calls, _, moment=moment: calls == moment)
    lives = []
    for dies in [*moments, never]:
        if run.finished:
            break
        lives.append((life(broken, requested, dies), checkpoint_step(broken)))
    (top / "lives.json").write_text(json.dumps(lives))


if __name__ == "__main__":
    main()

"""Train many times, each ended at a random moment after the first validation; then use the folder.

    python -m tests.training.ended FOLDER MOMENTS SEED

prints a line for each moment: the signal, how the process ended, what the folder translates. A
moment is the n-th call of any Python or C function, so that files are half-written too.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from qkv import training
from qkv.cli.stopping import stoppable
from qkv.pipeline import load_translator
from tests.tiny import RNN, write_corpus

SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
SETTINGS: dict[str, Any] = RNN | {"max_steps": 80, "validations": 5, "checkpoint_steps": 9}
IMPORTED_LATE = ("sacrebleu", "torch._dynamo", "torch.utils.tensorboard")


def in_child(work: Callable[[], object]) -> int:
    """Its exit code, or the signal that ended it, negative."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        work()
        code = 0
    except KeyboardInterrupt:
        code = 130
    except SystemExit as end:
        code = int(str(end.code))
    finally:
        os._exit(code)


def run(folder: Path, data: dict[str, str], end: Callable[[int], object]) -> None:
    """Train; `end` is told of each call after the first validation, by its number."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1
        end(calls)

    def report(line: str) -> None:
        if "validation BLEU" in line:
            sys.setprofile(count)

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
    with stoppable(folder):
        training.start(folder, data, SETTINGS, report=report)
    sys.setprofile(None)
    (folder.parent / "calls").write_text(str(calls))


def translate(folder: Path) -> None:
    [translation] = load_translator(folder).translate(["我喜欢咖啡"])
    (folder / "translation").write_text(translation.text, encoding="utf-8")


def main(top: Path, moments: int, seed: int) -> int:
    """How many folders could not be used."""
    for name in IMPORTED_LATE:  # here, so that not every child does it again
        import_module(name)
    data = write_corpus(top)
    assert in_child(lambda: run(top / "unbroken", data, lambda _: None)) == 0
    random, total, bad = Random(seed), int((top / "calls").read_text()), Counter()
    for number in range(moments):
        folder, kind, moment = top / str(number), SIGNALS[number % 3], random.randrange(total)

        def end(calls: int, kind: int = kind, moment: int = moment) -> None:
            if calls == moment:
                os.kill(os.getpid(), kind)

        ended = in_child(lambda folder=folder, end=end: run(folder, data, end))
        used = in_child(lambda folder=folder: translate(folder))
        text = (folder / "translation").read_text("utf-8") if used == 0 else "NOTHING"
        bad[used != 0] += 1
        print(f"{kind.name} at call {moment:,} of {total:,}: ended {ended}; {text!r}", flush=True)  # noqa: T201
    return bad[True]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))

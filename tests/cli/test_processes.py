"""Commands in processes of their own."""

from __future__ import annotations

import sys
from pathlib import Path
from signal import SIGINT, pthread_kill
from threading import main_thread

import pytest

from qkv.cli.processes import run_all


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_lines_and_exit_codes() -> None:
    lines: list[tuple[str, str]] = []
    codes = run_all(
        {
            "a": python("import sys; print('one'); print('zwei ü', file=sys.stderr); sys.exit(3)"),
            "b": python("print('three')"),
        },
        1,
        lambda name, line: lines.append((name, line)),
    )
    assert codes == {"a": 3, "b": 0}
    assert sorted(lines) == [("a", "one"), ("a", "zwei ü"), ("b", "three")]


def test_as_many_at_a_time_as_jobs(tmp_path: Path) -> None:
    """Each of the two waits for the other's file."""
    wait = (
        "import sys, time, pathlib; pathlib.Path(sys.argv[1]).touch()\n"
        "while not pathlib.Path(sys.argv[2]).exists(): time.sleep(0.01)"
    )
    files = [str(tmp_path / name) for name in "ab"]
    commands = {"a": [*python(wait), *files], "b": [*python(wait), *files[::-1]]}
    assert run_all(commands, 2, lambda *_: None) == {"a": 0, "b": 0}


def test_an_interrupt_ends_those_that_run_and_starts_no_other(tmp_path: Path) -> None:
    def interrupt(*_: str) -> None:
        pthread_kill(main_thread().ident or 0, SIGINT)

    commands = {
        "a": python("import time; print('begun', flush=True); time.sleep(600)"),
        "b": python(f"open({str(tmp_path / 'b')!r}, 'w')"),
    }
    with pytest.raises(KeyboardInterrupt):
        run_all(commands, 1, interrupt)
    assert not (tmp_path / "b").exists()

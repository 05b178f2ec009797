"""Several processes do a job, die, are replaced; all are killed, and it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from qkv.bulk import Job, at_work, run
from qkv.errors import DataError
from tests.bulk.works import Capitals, text_of

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")

ROOT = Path(__file__).parents[2]


def job_of(folder: Path, lines: list[str], **changes: object) -> Job:
    (folder / "in.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    plain = Job(folder / "out", folder / "in.txt", Capitals(), shard_rows=7)
    return replace(plain, **changes)


def run_all(given: Job, jobs: int = 2) -> list[int]:
    """Do all of it; the rows of which it was told."""
    told: list[int] = []
    with at_work(given) as begun:
        run(begun, jobs, told.append)
    return told


def test_all_rows_are_done_in_order(tmp_path: Path) -> None:
    lines = [f"line {number}" for number in range(60)]
    told = run_all(job_of(tmp_path, lines), jobs=3)
    assert sorted(told) == [4, *[7] * 8]
    assert text_of(tmp_path / "out") == "".join(f"{line.upper()}\n" for line in lines)
    assert run_all(job_of(tmp_path, lines)) == []


@pytest.mark.parametrize(("trouble", "reason"), [("kill", "SIGKILL"), ("raise", "no memory")])
def test_a_row_that_ends_its_processes_is_named_and_all_else_is_done(
    tmp_path: Path, trouble: str, reason: str
) -> None:
    lines = [f"line {number}" for number in range(30)]
    lines[17] = trouble
    with pytest.raises(DataError) as refused:
        run_all(job_of(tmp_path, lines))
    told = str(refused.value)
    assert told.startswith(f"{tmp_path / 'in.txt'}, line 18: ended 2 processes")
    assert reason in told
    assert told.endswith(f"All other rows are done, in {tmp_path / 'out'}.")
    expected = ["" if line == trouble else line.upper() for line in lines]
    assert text_of(tmp_path / "out").split("\n") == [*expected, ""]
    [notes] = (tmp_path / "out").glob("notes-*")
    assert "line 18: ended 2 processes" in notes.read_text()
    assert run_all(job_of(tmp_path, lines)) == []


def test_what_no_process_can_do_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^nothing can be done here\.$"):
        run_all(job_of(tmp_path, ["a"], work=Capitals(broken="late")))


def test_processes_that_die_before_they_are_ready_are_not_started_for_ever(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"5 processes ended before they were ready \(SIGKILL"):
        run_all(job_of(tmp_path, ["a"] * 20, work=Capitals(broken="dies")))


def test_a_file_that_cannot_be_written_ends_it(tmp_path: Path) -> None:
    lines = ["a"] * 20 + ["warn"]
    (tmp_path / "out").mkdir()
    with at_work(job_of(tmp_path, lines)) as begun:
        begun.notes(2).mkdir()
        with pytest.raises(DataError, match=r"notes-00002\.jsonl: cannot be written"):
            run(begun, 2, lambda _: None)
    assert 2 in begun.pending()


def children(process: int) -> list[int]:
    """The processes that a process has started, by Linux's count."""
    listed = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def runs(process: int) -> bool:
    """Not so if it has ended and only nobody has asked how."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def started(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.bulk.works", str(folder), "0.02", "2"]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_killed_at_any_moment_it_goes_on_without_a_lost_or_doubled_row(tmp_path: Path) -> None:
    """Ten kills: a worker or all, then the parent; then it may come to its end."""
    random = Random(3)
    lines = [f"line {number} {'我' * (number % 9)}" for number in range(1400)]
    job_of(tmp_path, lines)
    out = tmp_path / "out"
    for turn in range(5):
        process, before = started(tmp_path), len(list(out.glob("part-*")))
        while turn % 2 and len(list(out.glob("part-*"))) == before:
            time.sleep(0.01)
        time.sleep(random.uniform(0.0, 0.5))
        workers = children(process.pid)
        for victim in random.choice([workers[-1:], workers]):
            os.kill(victim, signal.SIGKILL)
        time.sleep(random.uniform(0.0, 0.3))
        process.kill()
        assert process.wait() == -signal.SIGKILL  # it had not finished
        assert {path.read_text("utf-8").count("\n") for path in out.glob("part-*")} <= {7}
    assert list(out.glob("part-*"))
    last = started(tmp_path)
    assert last.wait() == 0
    assert text_of(out) == "".join(f"{line.upper()}\n" for line in lines)
    assert {path.suffix for path in out.iterdir()} == {".json", ".txt"}


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_processes_end_with_their_parent(tmp_path: Path) -> None:
    """Those at work too."""
    job_of(tmp_path, [*["line"] * 7, *["sleep"] * 7])
    process = started(tmp_path)
    while not list(tmp_path.glob("out/part-*")):
        time.sleep(0.05)
    workers = children(process.pid)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 40
    while any(map(runs, workers)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert workers

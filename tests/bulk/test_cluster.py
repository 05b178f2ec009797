"""The same under Ray Data, on a cluster of two workers."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from qkv.bulk import Job, at_work
from qkv.bulk.cluster import _Actor, run_on_ray
from qkv.errors import DataError
from tests.bulk.works import Capitals, text_of

pytest.importorskip("ray", reason="Ray is not installed: pip install 'qkv[ray]'")
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),
]


def actors() -> list[int]:
    """The processes of this machine that hold a model for Ray, and are children of its raylet."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"ray::MapWorker" in (process / "cmdline").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def kill_one_when(folder: Path, parts: int) -> None:
    while len(list(folder.glob("part-*"))) < parts:
        time.sleep(0.05)
    for actor in actors()[:1]:
        os.kill(actor, signal.SIGKILL)


def test_an_actor_is_killed_and_each_row_is_there_once(tmp_path: Path) -> None:
    """But those of a part that cannot be made; it is named."""
    lines = [f"line {number}" for number in range(100)]
    lines[48] = "raise"
    (tmp_path / "in.txt").write_text("".join(f"{line}\n" for line in lines))
    job = Job(tmp_path / "out", tmp_path / "in.txt", Capitals(0.2), shard_rows=7)
    killer = threading.Thread(target=kill_one_when, args=(job.folder, 3))
    killer.start()
    told: list[int] = []
    with at_work(job) as begun:
        with pytest.raises(
            DataError, match=r"1 of 15 .* part-00006\.txt \(RuntimeError: no memory"
        ):
            run_on_ray(begun, 2, "local", told.append)
        assert begun.pending() == [6]
    killer.join()
    assert sum(told) == 93
    capitals = [f"{line.upper()}\n" for line in lines]
    assert text_of(job.folder) == "".join(capitals[:42] + capitals[49:])


def test_a_part_is_not_tried_for_ever(tmp_path: Path) -> None:
    """Ray itself gives it to one actor after the other."""
    (tmp_path / "in.txt").write_text("a\nb\nkill\n")
    with at_work(Job(tmp_path / "out", tmp_path / "in.txt", Capitals(), shard_rows=1)) as job:
        for _ in range(3):
            process = get_context("spawn").Process(target=_Actor(job), args=({"shard": [2]},))
            process.start()
            process.join()
            assert process.exitcode == -signal.SIGKILL
        assert _Actor(job)({"shard": [2]}) == {"rows": [0], "error": ["3 actors died of it"]}
        assert _Actor(job)({"shard": [0]}) == {"rows": [1], "error": [""]}
        assert job.pending() == [1, 2]
    assert not list(job.folder.glob(".*"))


def test_an_address_where_there_is_no_cluster(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("a\n")
    with (
        at_work(Job(tmp_path / "out", tmp_path / "in.txt", Capitals())) as job,
        pytest.raises(DataError, match="--ray auto: no cluster there"),
    ):
        run_on_ray(job, 1, "auto", lambda _: None)

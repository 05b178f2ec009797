"""Kill a bulk job again and again, and count lines: lost, doubled, or others than unbroken.

    python benchmarks/bulk.py model text.txt --kills 100
    python benchmarks/bulk.py model text.txt --kills 20 --ray local

At random moments a process is killed (SIGKILL) that the job runs in: the first one, a worker, or
all at once. What survives goes on; what does not is started again by the same command, in a new
folder when a job has finished. Every finished job is compared with one that nobody touched.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory


def command(arguments: argparse.Namespace, out: Path) -> list[str]:
    given = ["--input", str(arguments.input), "--out", str(out), "--beam", str(arguments.beam)]
    given += ["--jobs", str(arguments.jobs), "--shard-rows", str(arguments.shard_rows)]
    given += ["--ray", arguments.ray] if arguments.ray else []
    return [sys.executable, "-m", "qkv", "translate", str(arguments.model), *given]


def lines(out: Path) -> list[str]:
    parts = sorted(out.glob("part-*"))
    return [line for part in parts for line in part.read_text("utf-8").split("\n")[:-1]]


def workers(process: subprocess.Popen[bytes], ray: bool) -> list[int]:
    """The processes that translate: those that the first one started, or Ray's actors below it."""
    mark, found = (b"ray::MapWorker" if ray else b"spawn_main"), []
    below = [process.pid]
    for parent in below:
        try:
            listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
            below += map(int, listed.split())
            found += [parent] if mark in Path(f"/proc/{parent}/cmdline").read_bytes() else []
        except OSError:  # it has just ended
            continue
    return found


def kill(process: subprocess.Popen[bytes], random: Random, ray: bool) -> str:
    """Kill something that runs; what it was, "" if there was nothing."""
    whom = random.choice(["worker"] if ray else ["first", "worker", "all"])
    victims = [] if whom == "worker" else [process.pid]
    if whom != "first":
        found = workers(process, ray)
        victims += [random.choice(found)] if found and whom == "worker" else []
        victims += found if whom == "all" else []
    for victim in victims:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            return ""
    return whom if victims else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("input", type=Path)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--most-s", type=float, default=6.0, help="between two kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--beam", type=int, default=1)
    parser.add_argument("--shard-rows", type=int, default=50)
    parser.add_argument("--ray")
    arguments = parser.parse_args()
    with TemporaryDirectory() as name:
        soak(arguments, Path(name))


def soak(arguments: argparse.Namespace, folder: Path) -> None:
    unbroken, out = folder / "unbroken", folder / "out"
    alone = argparse.Namespace(**{**vars(arguments), "ray": None})
    subprocess.run(command(alone, unbroken), check=True, stderr=subprocess.DEVNULL)
    expected, random = lines(unbroken), Random(arguments.seed)
    said = partial(print, flush=True)
    said(f"unbroken: {len(expected):,} lines in {len(list(unbroken.glob('part-*')))} parts")
    killed: Counter[str] = Counter()
    starts = finished = 0
    while killed.total() < arguments.kills or out.exists():
        starts += 1
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command(arguments, out), stderr=log, start_new_session=True)
        while process.poll() is None and killed.total() < arguments.kills:
            await_moment(process, out, random, arguments.most_s)
            if process.poll() is None and (whom := kill(process, random, bool(arguments.ray))):
                killed.update([whom])
                said(f"{killed.total()}: {whom}, {len(list(out.glob('part-*')))} parts")
        if process.wait() == 0:
            finished += 1
            compare(lines(out), expected)
            shutil.rmtree(out)
        elif process.returncode > 0:
            sys.exit((folder / "log").read_text("utf-8"))
    said(f"{killed.total()} kills ({dict(killed)}), {starts} starts, {finished} jobs finished")
    said("every finished job: the lines of the unbroken one, none lost, none doubled")


def await_moment(
    process: subprocess.Popen[bytes], out: Path, random: Random, most_s: float
) -> None:
    """Any moment; or one soon after a part is done, so that a busy machine gets on at all."""
    before, any_moment = len(list(out.glob("part-*"))), random.random() < 0.5
    until = time.monotonic() + (random.uniform(0, most_s) if any_moment else 60)
    while process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
        if not any_moment and len(list(out.glob("part-*"))) > before:
            any_moment, until = True, time.monotonic() + random.uniform(0, 1)


def compare(found: list[str], expected: list[str]) -> None:
    if found != expected:
        other = sum(a != b for a, b in zip(found, expected, strict=False))
        sys.exit(f"{len(found):,} lines instead of {len(expected):,}; {other:,} are others")


if __name__ == "__main__":
    main()

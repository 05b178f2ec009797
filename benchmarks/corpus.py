"""From a command line to the first update, over corpora of several sizes.

    PYTHONPATH=. python benchmarks/corpus.py FOLDER [--pairs 100000 1000000] [--updates 300]

FOLDER gets the corpora, as TSV files of a million pairs at most packed with zstd, and the caches.
A side has two sentences, drawn from 200,000 of the phrasebook's grammar (`tools/phrasebook`), so
pairs hardly ever repeat. Each corpus is trained on twice, the second time from what was
prepared; each run is a process of its own.

first line, first update: seconds since the process was started. prepared: pairs a second of what
comes before the machine is measured. own: most memory of the process that is no file's, in MiB,
before and in training; all: with the files' pages, which the system may take back.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

import pyarrow

SENTENCES, BLOCK, FILE = 200_000, 10_000, 1_000_000
SETTINGS = {
    "architecture": "transformer",
    "width": 128,
    "vocabulary": 8000,
    "threads": 1,
    "precision": "float32",
    "batch_tokens": 2048,
    "validate_on": 50,
    "validations": 1,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--updates", type=int, default=20)
    parser.add_argument("--run", nargs=2, default=(), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        data, out = given.run
        train(data, out, given.updates)
        return
    print("     pairs  run     first line  first update  prepared/s  own before  in training  all")
    for count in given.pairs:
        corpus = given.folder / f"{count}"
        make(corpus, count)
        cache = given.folder / f"cache-{count}"
        shutil.rmtree(cache, ignore_errors=True)
        for name in ("first", "second"):
            print(
                f"{count:10,}  {name:6}  {measured(corpus, cache, given.updates, count)}",
                flush=True,
            )


def make(folder: Path, count: int) -> None:
    """Files of pairs, if they are not there."""
    if folder.exists():
        return
    from tools.phrasebook._linked import align
    from tools.phrasebook._sentences import sentence

    random = Random(1)
    pool = [align(sentence(random, number % 2)) for number in range(SENTENCES)]
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for first in range(0, count, FILE):
        with pyarrow.CompressedOutputStream(str(part / f"{first:09}.tsv.zst"), "zstd") as out:
            for begin in range(first, min(first + FILE, count), BLOCK):
                size = min(BLOCK, count - begin)
                drawn = zip(random.choices(pool, k=size), random.choices(pool, k=size), strict=True)
                rows = (f"{a.source}{b.source}\t{a.target} {b.target}\n" for a, b in drawn)
                out.write("".join(rows).encode())
    part.rename(folder)


def measured(corpus: Path, cache: Path, updates: int, count: int) -> str:
    out = cache.with_name("out")
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, __file__, str(out), "--run", str(corpus / "*"), str(out)]
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, "--updates", str(updates)],
        stdout=subprocess.PIPE,
        env=os.environ | {"QKV_CACHE": str(cache)},
        encoding="utf-8",
    )
    memory = Memory(process.pid)
    times: dict[str, float] = {}
    for line in process.stdout or ():
        name = json.loads(line)
        times.setdefault(name, time.monotonic() - began)
        memory.training = memory.training or name == "update"
    if process.wait():
        raise SystemExit(f"training has failed with exit code {process.returncode}")
    memory.join()
    own, training, every = memory.most
    return (
        f"{times['line']:10.1f}  {times['update']:12.1f}  {count / times['measuring']:10,.0f}  "
        f"{own:10,.0f}  {training:11,.0f}  {every:5,.0f}"
    )


class Memory(threading.Thread):
    """MiB of a process, looked at ten times a second."""

    def __init__(self, process: int) -> None:
        super().__init__()
        self.status = Path(f"/proc/{process}/status")
        self.most = [0.0, 0.0, 0.0]
        self.training = False
        self.start()

    def run(self) -> None:
        while True:
            try:
                lines = dict(line.split(":", 1) for line in self.status.read_text().splitlines())
                own, every = (int(lines[n].split()[0]) / 1024 for n in ("RssAnon", "VmRSS"))
            except (OSError, KeyError):
                return
            self.most[self.training] = max(self.most[self.training], own)
            self.most[2] = max(self.most[2], every)
            time.sleep(0.1)


def train(data: str, out: str, updates: int) -> None:
    """What `qkv train` does; one word a line says how far it is."""

    def say(name: str) -> None:
        print(json.dumps(name), flush=True)

    say("line")  # as the command does before it imports torch
    from qkv import training
    from qkv.training import loop

    smooth = loop._smooth

    def updated(*arguments: object) -> None:
        smooth(*arguments)  # pyright: ignore[reportArgumentType]
        say("update")

    def report(line: str) -> None:
        print(line, file=sys.stderr, flush=True)
        if line.startswith("measuring how fast this machine trains the model"):
            say("measuring")

    loop._smooth = updated
    settings = SETTINGS | {"max_steps": updates}
    training.start(Path(out), {"data": [data]}, settings, report=report)


if __name__ == "__main__":
    main()

"""From a command line to the first update, over corpora of several sizes.

    PYTHONPATH=. python benchmarks/corpus.py FOLDER [--pairs 100000 1000000] [--updates 300]

FOLDER gets the corpora, as TSV files of a million pairs at most packed with zstd, and the caches.
A side has two sentences, drawn from 200,000 of the phrasebook's grammar (`tools/phrasebook`), so
pairs hardly ever repeat. Each corpus is trained on twice, the second time from what was
prepared; each run is a process of its own.

first line, first update: seconds since the process was started; processor: of all cores together,
up to the first update, which does not depend on what else the machine does. updates: target tokens
a second of those after the first. own: most memory of the process that is no file's, in MiB, while
the text is prepared, then while the machine is measured, then after the first update; all: with
the files' pages, which the system may take back.
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
from typing import Any

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
    print(
        "     pairs  run     first line  prepared  first update  processor  tokens/s  "
        "own: text  measuring  training    all"
    )
    for count in given.pairs:
        corpus = given.folder / f"{count}"
        make(corpus, count)
        cache = given.folder / f"cache-{count}"
        shutil.rmtree(cache, ignore_errors=True)
        for name in ("first", "second"):
            print(
                f"{count:10,}  {name:6}  {measured(corpus, cache, given.updates)}",
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


def measured(corpus: Path, cache: Path, updates: int) -> str:
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
    processor = speed = 0.0
    for line in process.stdout or ():
        name, seconds, speed = json.loads(line)
        if name not in times:
            times[name], processor = time.monotonic() - began, seconds
        memory.stage = {"line": 0, "measuring": 1, "update": 2}[name]
    if process.wait():
        raise SystemExit(f"training has failed with exit code {process.returncode}")
    memory.join()
    line, prepared, update = (times[name] for name in ("line", "measuring", "update"))
    text, measuring, training, every = memory.most
    return (
        f"{line:10.1f}  {prepared:8.1f}  {update:12.1f}  {processor:9.1f}  {speed:8,.0f}  "
        f"{text:9,.0f}  {measuring:9,.0f}  {training:8,.0f}  {every:5,.0f}"
    )


class Memory(threading.Thread):
    """MiB of a process, looked at ten times a second."""

    def __init__(self, process: int) -> None:
        super().__init__()
        self.status = Path(f"/proc/{process}/status")
        self.most = [0.0, 0.0, 0.0, 0.0]
        self.stage = 0
        self.start()

    def run(self) -> None:
        while True:
            try:
                lines = dict(line.split(":", 1) for line in self.status.read_text().splitlines())
                own, every = (int(lines[n].split()[0]) / 1024 for n in ("RssAnon", "VmRSS"))
            except (OSError, KeyError):
                return
            self.most[self.stage] = max(self.most[self.stage], own)
            self.most[3] = max(self.most[3], every)
            time.sleep(0.1)


def train(data: str, out: str, updates: int) -> None:
    """What `qkv train` does; each line says how far it is, and what it took."""

    def say(name: str, speed: float = 0.0) -> None:
        used = os.times()
        processor = used.user + used.system + used.children_user + used.children_system
        print(json.dumps([name, processor, speed]), flush=True)

    say("line")  # as the command does before it imports torch
    from qkv import training
    from qkv.training import loop

    step, began = loop._step, []

    def updated(model: Any, optimizer: Any, batch: Any, progress: Any, *rest: Any) -> Any:
        done = step(model, optimizer, batch, progress, *rest)
        began.append((time.monotonic(), progress.tokens))
        (first, before), (now, tokens) = began[0], began[-1]
        say("update", (tokens - before) / (now - first) if now > first else 0.0)
        return done

    def report(line: str) -> None:
        print(line, file=sys.stderr, flush=True)
        if line.startswith("measuring how fast this machine trains the model"):
            say("measuring")

    loop._step = updated
    settings = SETTINGS | {"max_steps": updates}
    training.start(Path(out), {"data": [data]}, settings, report=report)


if __name__ == "__main__":
    main()

"""Translating on the CPU: our torch, CTranslate2 and others with the same weights, in turns.

    python benchmarks/decoding.py MODEL FILE [SENTENCES [ROUNDS]]

MODEL is a folder that translates, FILE has a sentence a line. A round goes through all rows, one
after the other; a row is sentences a second, the median of the rounds, with cutting into tokens and
joining, but without loading. Each engine is a process of its own that waits while others compute;
MiB is the most memory that it has held up to the end of the row. `ratio` is to the first engine of
the same beam and batch; `same` is the share of texts that are those of the first.

`--engine NAME`, which may be repeated, chooses from `engines.ENGINES`. Those of others run in
environments of their own: `--engine eole=venv/bin/python`. Left out are

    bare …          stops a beam by a rule of its own, ranks by log P / length, protects nothing,
                    and gives texts without tokens and places
    transformers    the same; its tokens are cut and joined by its own tokenizer
    eole, joeynmt   stop a beam by rules of their own, protect nothing, no places; without their own
                    tokenizers, readers and settings (see `peers`), batches sorted by length
    RNN by joeynmt  c_0 is made as h_0, so that texts differ a little

Threads are torch's, as OMP_NUM_THREADS has them. With `--cpu` it counts seconds of the processor,
not of the clock, for machines that have other work too.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DEFAULT = ("qkv torch", "qkv ctranslate2", "bare float32", "bare int8")


class Engine:
    """One of `engines.ENGINES`, in its process.

    named: its name, and the Python that it runs in.
    """

    def __init__(self, named: str, model: str) -> None:
        self.name, _, python = named.partition("=")
        command = [python or sys.executable, HERE / "engines.py", self.name, model]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def __call__(self, **request: Any) -> dict[str, Any]:
        """See `engines.answer`."""
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        print(json.dumps(request), file=requests, flush=True)
        answer = answers.readline()
        if not answer:
            sys.exit(f"{self.name}: ended with {self._process.wait()}")
        return json.loads(answer)


def main() -> None:
    """Print a line a row."""
    given = _given()
    texts = Path(given.file).read_text(encoding="utf-8").splitlines()[: given.sentences]
    engines = [Engine(named, given.model) for named in given.engine or DEFAULT]
    print(f"{len(texts)} sentences, {given.rounds} rounds")
    print(
        f"{'':16} {'beam':>4} {'batch':>5} {'per s':>8} {'least':>8} {'most':>8} ratio  same   MiB"
    )
    for batch in given.batch or (1, 32, 64):
        for beam in given.beam or (1, 5):
            request = {"beam": beam, "batch": batch}
            for engine in engines:
                engine(texts=texts[:batch], **request)  # warm
            rounds = [
                [engine(texts=texts, **request) for engine in engines] for _ in range(given.rounds)
            ]
            for engine, row in zip(engines, _rows(rounds, given.cpu), strict=True):
                print(f"{engine.name:16} {beam:4} {batch:5} {row}", flush=True)


def _given() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("file")
    parser.add_argument("sentences", type=int, nargs="?", default=1000)
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    parser.add_argument("--engine", action="append", metavar="NAME[=PYTHON]")
    parser.add_argument("--beam", type=int, action="append")
    parser.add_argument("--batch", type=int, action="append")
    parser.add_argument("--cpu", action="store_true")
    return parser.parse_args()


def _rows(rounds: list[list[dict[str, Any]]], cpu: bool) -> Iterator[str]:
    """Of each engine; rounds: the answers of all of them, round by round."""
    clock = "processor_seconds" if cpu else "seconds"
    middle = 0.0
    for answers in zip(*rounds, strict=True):
        texts, wanted = answers[-1]["texts"], rounds[-1][0]["texts"]
        speeds = [len(texts) / answer[clock] for answer in answers]
        middle = middle or statistics.median(speeds)
        same = sum(a == b for a, b in zip(texts, wanted, strict=True))
        yield (
            f"{statistics.median(speeds):8.1f} {min(speeds):8.1f} {max(speeds):8.1f} "
            f"{statistics.median(speeds) / middle:5.2f} {same / len(texts):5.1%} "
            f"{answers[-1]['peak_mib']:6.0f}"
        )


if __name__ == "__main__":
    main()

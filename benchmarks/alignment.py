"""Alignment error rates of qkv and eflomal on the same pairs, one table.

    python benchmarks/alignment.py SET [SET …] [--eflomal PATH/eflomal-align]

A SET is NAME=DEV_SOURCE,DEV_TARGET,GOLD,TRAIN_TSV,MODEL[,REVERSE]: files of texts line for line,
the links drawn by hand, the pairs that the models and eflomal learn from, model folders. Texts of
NAME+tok are tokens with spaces, in lower case; of any other, text as people write it.

Both aligners get the same pairs, those to be scored first, cut at the same pieces: words, marks,
and characters of scripts without spaces. Links of pieces are links of the words that hold them.
eflomal's directions are symmetrised as ours are. Not in the table: time of training the models.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from qkv.data import DataFiles, Pair, join_tokens, read_lines, spans
from qkv.data.words import pieces
from qkv.evaluation import Links, alignment_scores, read_gold
from qkv.pipeline import METHODS, ROUNDS, Aligner, load_translator
from qkv.pipeline.alignment import Words, of_words
from qkv.pipeline.symmetrising import SYMMETRISERS, symmetrised


class Task(NamedTuple):
    """pairs to score with their words and gold links, and pairs to learn from."""

    name: str
    pairs: list[Pair]
    words: list[Words]
    sure: list[Links]
    possible: list[Links]
    also: list[Pair]
    models: list[Path]

    def row(self, method: str, links: Sequence[Links], seconds: float) -> None:
        s = alignment_scores(links, self.sure, self.possible)
        print(
            f"{self.name:18} {method:38} {s.error_rate:.3f}  {s.precision:.3f}  {s.recall:.3f}  "
            f"{seconds:8.0f}",
            flush=True,
        )


def read(given: str) -> Task:
    name, _, parts = given.partition("=")
    source, target, gold, train, *models = parts.split(",")
    sides = [[line.lower() for line in read_lines(each)] for each in (source, target)]
    if name.endswith("+tok"):
        joined = [[join_tokens(line) for line in side] for side in sides]
        pairs = [Pair(a.text, b.text) for a, b in zip(*joined, strict=True)]
        words = [(a.spans, b.spans) for a, b in zip(*joined, strict=True)]
    else:
        sides = [read_lines(each) for each in (source, target)]
        pairs = [Pair(*each) for each in zip(*sides, strict=True)]
        words = [(spans(a), spans(b)) for a, b in pairs]
    sure, possible = read_gold(gold, [(len(a), len(b)) for a, b in words])
    also = [pair for pair in DataFiles([Path(train)]).pairs() if all(map(str.strip, pair))]
    return Task(name, pairs, list(words), sure, possible, also, [Path(m) for m in models])


def ours(task: Task) -> None:
    translators = [load_translator(folder) for folder in task.models]
    for rounds in (0, ROUNDS):
        aligner = Aligner(translators[0], translators[1] if translators[1:] else None, rounds)
        began = time.perf_counter()
        weighed = aligner.weigh(task.pairs, words=task.words, also=task.also)
        seconds = time.perf_counter() - began
        for method in METHODS:
            links = aligner.link(weighed, method)
            what = "attention" if not rounds else f"qkv, {rounds} rounds"
            at = f" > {aligner.threshold:.2f}" if method == "soft" else ""
            sets = [{link[:2] for link in each} for each in links]
            task.row(f"{what}, {len(translators)} models, {method}{at}", sets, seconds)


def eflomal(task: Task, program: str) -> None:
    every = [*task.pairs, *task.also]
    with tempfile.TemporaryDirectory() as folder:
        files = {name: str(Path(folder, name)) for name in ("s", "t", "f", "r")}
        for side, name in enumerate("st"):
            lines = [" ".join(p[side][a:b] for a, b in pieces(p[side])).lower() for p in every]
            Path(files[name]).write_text("\n".join(lines) + "\n", encoding="utf-8")
        began = time.perf_counter()
        flags = [part for name, path in files.items() for part in (f"-{name}", path)]
        subprocess.run([program, *flags, "--overwrite"], check=True, capture_output=True)
        seconds = time.perf_counter() - began
        found = [_links(Path(files[name]).read_text(encoding="utf-8")) for name in "fr"]
    cut = [(pieces(a), pieces(b)) for a, b in task.pairs]
    ways = {"forward": found[0], "backward": found[1]} | {
        method: [symmetrised(a, b, method) for a, b in zip(*found, strict=True)]
        for method in SYMMETRISERS
    }
    for method, links in ways.items():
        sets = [{*of_words(*each)} for each in zip(links, cut, task.words, strict=False)]
        task.row(f"eflomal, {method}", sets, seconds)


def _links(text: str) -> list[Links]:
    pairs = ([link.split("-") for link in line.split()] for line in text.split("\n"))
    return [{(int(i), int(j)) for i, j in line} for line in pairs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--eflomal", help="its program; left out, its rows are")
    given = parser.parse_args()
    print(f"{'set':18} {'method':38} AER    prec.  recall  seconds")
    for task in map(read, given.sets):
        ours(task)
        if given.eflomal:
            eflomal(task, given.eflomal)


if __name__ == "__main__":
    main()

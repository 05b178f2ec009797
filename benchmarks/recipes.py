"""Try what to train on text of several sizes, and write the table that `qkv train` chooses from.

    python benchmarks/recipes.py DATA OUT [NAME ...]

DATA holds multi30k/ and tatoeba-zh-en/ with train and val files named by language. Runs the trials
named, or all, one after the other on one thread; one that is in OUT already is not run again. The
rows of all finished trials go to OUT/recipes.tsv, and from there by hand to qkv/training. Scores
are BLEU of the validation text, greedy search; seconds are of the processor.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from pathlib import Path
from random import Random

from qkv import training
from qkv.data import iter_parallel
from qkv.training.planning import machine_speed, size_of

MULTI30K, TATOEBA = ("multi30k", "en", "de"), ("tatoeba-zh-en", "zh", "en")
RNN = "architecture=rnn warmup_steps=300"
TRANSFORMER = "architecture=transformer warmup_steps=1000"
COLUMNS = ["corpus", "pairs", "tokens", "speed", "seconds", "score", "settings"]

# Name: text, pairs of it, settings. How many epochs is part of what is tried.
TRIALS: dict[str, tuple[tuple[str, str, str], int, str]] = {
    "m1-rnn": (
        MULTI30K,
        1000,
        f"{RNN} warmup_steps=200 vocabulary=1500 batch_tokens=512 dropout=0.5 epochs=68",
    ),
    "m3-rnn": (MULTI30K, 3000, f"{RNN} vocabulary=2500 batch_tokens=512 dropout=0.5 epochs=48"),
    "m6-rnn-short": (MULTI30K, 6000, f"{RNN} vocabulary=4000 batch_tokens=1024 epochs=19"),
    "m6-rnn": (MULTI30K, 6000, f"{RNN} vocabulary=4000 batch_tokens=1024 dropout=0.5 epochs=46"),
    "m6-transformer": (
        MULTI30K,
        6000,
        f"{TRANSFORMER} vocabulary=4000 batch_tokens=1024 learning_rate=2.5e-3 epochs=126",
    ),
    "m12-rnn": (MULTI30K, 12000, f"{RNN} vocabulary=6000 batch_tokens=1024 dropout=0.4 epochs=22"),
    "m29-rnn-short": (
        MULTI30K,
        29000,
        f"{RNN} vocabulary=8000 batch_tokens=2048 dropout=0.2 epochs=8",
    ),
    "m29-transformer": (
        MULTI30K,
        29000,
        f"{TRANSFORMER} vocabulary=8000 batch_tokens=2048 learning_rate=4e-3 epochs=26",
    ),
    "t6-rnn": (TATOEBA, 6000, f"{RNN} vocabulary=4000 batch_tokens=1024 dropout=0.5 epochs=57"),
}


def main() -> None:
    data, out, *names = sys.argv[1:]
    Path(out).mkdir(parents=True, exist_ok=True)
    for name in names or TRIALS:
        try_out(name, Path(data), Path(out))
    rows = [json.loads(path.read_text()) for path in sorted(Path(out).glob("*/trial.json"))]
    with (Path(out) / "recipes.tsv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def try_out(name: str, data: Path, out: Path) -> None:
    """One trial, unless it is there."""
    (corpus, source, target), pairs, settings = TRIALS[name]
    folder = out / name
    if (folder / "trial.json").exists():
        return
    files = [data / corpus / f"train.{language}" for language in (source, target)]
    chosen = Random(7).sample(list(iter_parallel(*files)), pairs)
    given = {}
    for side, language in (("source", source), ("target", target)):
        path = out / f"{name}.{language}"
        path.write_text("".join(f"{getattr(pair, side)}\n" for pair in chosen), encoding="utf-8")
        given[side] = str(path)
        given[f"valid_{side}"] = str(data / corpus / f"val.{language}")
    chosen_settings = dict(pair.split("=") for pair in settings.split())
    started = time.process_time()
    training.start(folder, given, chosen_settings | {"threads": "1", "validations": "6"})
    row = {
        "corpus": f"{corpus} {source}-{target}",
        "pairs": pairs,
        "tokens": size_of(chosen),
        "speed": round(machine_speed("cpu")),
        "seconds": round(time.process_time() - started),
        "score": round(max(_scores(folder)), 2),
        "settings": settings,
    }
    (folder / "trial.json").write_text(json.dumps(row), encoding="utf-8")


def _scores(folder: Path) -> list[float]:
    lines = (folder / "run" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    records = map(json.loads, lines)
    return [record["validation_bleu"] for record in records if "validation_bleu" in record]


if __name__ == "__main__":
    main()

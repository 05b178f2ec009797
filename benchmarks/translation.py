"""Train and score the systems of docs/lab/benchmarks.md.

    python benchmarks/translation.py DATA OUT [NAME ...]

DATA holds multi30k/ and tatoeba-zh-en/, with train, val and test files named by language. Each
system is one `qkv train` and one `qkv evaluate` command, printed before it runs. An interrupted run
goes on.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from runs import score, train

MULTI30K = ("multi30k", "test_2016_flickr", "en", "de")
TATOEBA = ("tatoeba-zh-en", "test", "zh", "en")
TRANSFORMER = "--set batch_tokens=2048 --set learning_rate=4e-3"
RNN = "--architecture rnn --attention {} --set batch_tokens=2048 --set warmup_steps=500"

SYSTEMS: dict[str, tuple[tuple[str, str, str, str], str]] = {
    "multi30k-transformer": (
        MULTI30K,
        f"{TRANSFORMER} --set vocabulary=8000 --set max_steps=7600",
    ),
    "multi30k-rnn": (
        MULTI30K,
        f"{RNN.format('general')} --set vocabulary=5000 --set max_steps=7000",
    ),
    "multi30k-rnn-fixed": (
        MULTI30K,
        f"{RNN.format('none')} --set vocabulary=5000 --set max_steps=7000",
    ),
    "tatoeba-transformer": (
        TATOEBA,
        f"{TRANSFORMER} --set vocabulary=4000 --set max_steps=2600",
    ),
    "tatoeba-rnn": (
        TATOEBA,
        f"{RNN.format('general')} --set vocabulary=4000 --set joint=true --set max_steps=3600",
    ),
}


def main() -> None:
    """Run the systems named, or all of them, one after the other."""
    data, out, *names = sys.argv[1:]
    for name in names or SYSTEMS:
        run(name, Path(data), Path(out))


def run(name: str, data: Path, out: Path) -> None:
    """Train one system if it is not there yet, then print its scores with their signatures."""
    (corpus, test, source, target), settings = SYSTEMS[name]
    folder, files = out / name, data / corpus
    text = ["--source", f"{files}/train.{source}", "--target", f"{files}/train.{target}"]
    valid = ["--valid-source", f"{files}/val.{source}", "--valid-target", f"{files}/val.{target}"]
    train(folder, [*shlex.split(settings), *text, *valid])
    tested = ["--source", f"{files}/{test}.{source}", "--reference", f"{files}/{test}.{target}"]
    score(name, folder, tested)


if __name__ == "__main__":
    main()

"""Train and score the systems of docs/lab/benchmarks.md.

    python benchmarks/translation.py DATA OUT [NAME ...]

DATA holds multi30k/ and tatoeba-zh-en/, with train, val and test files named by language. Each
system is one `qkv train` and one `qkv evaluate` command, printed before it runs. An interrupted run
goes on.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

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
    train = ["qkv", "train", "--out", str(folder), *shlex.split(settings)]
    train += ["--source", f"{files}/train.{source}", "--target", f"{files}/train.{target}"]
    train += ["--valid-source", f"{files}/val.{source}", "--valid-target", f"{files}/val.{target}"]
    if not (folder / "model.safetensors").exists():
        resume = ["--resume"] if (folder / "run" / "settings.json").exists() else []
        call([*train, *resume])
    score = ["qkv", "evaluate", str(folder), "--json"]
    score += ["--source", f"{files}/{test}.{source}", "--reference", f"{files}/{test}.{target}"]
    for found in json.loads(call(score, capture=True))["scores"]:
        print(f"{name}: {found['name']} {found['value']:.2f}   {found['signature']}")


def call(command: list[str], *, capture: bool = False) -> str:
    """Print the command and run it; its standard output, if captured."""
    print("$", shlex.join(command), flush=True)
    output = subprocess.PIPE if capture else None
    return subprocess.run(command, check=True, stdout=output, text=True).stdout or ""


if __name__ == "__main__":
    main()

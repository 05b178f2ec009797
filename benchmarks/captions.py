"""Train and score the captioners of docs/benchmarks.md on Flickr8k.

    python benchmarks/captions.py DATA OUT [NAME ...]

DATA holds flickr8k/, with images/ and captions.{train,val,test}.tsv; captions_zh.… are Chinese.
Each system is one `qkv train` and one `qkv evaluate` command, printed before it runs; systems of
one language differ in their decoder alone, the recurrent ones in their attention. An interrupted
run goes on. Only training is timed, where what the vision encoder sees is in the cache already.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from pathlib import Path

SETTINGS = "--vision efficientnet-lite0 --set threads=1 --set precision=float32"
DECODERS = {
    "soft": "--architecture rnn --select soft",
    "hard": "--architecture rnn --select hard --set doubly_stochastic=0",
    "mean": "--architecture rnn --attention none --set gate=false --set doubly_stochastic=0",
    "transformer": "--architecture transformer",
}
LANGUAGES = {"en": "captions", "zh": "captions_zh"}
SYSTEMS = {f"{lang}-{kind}": (lang, kind) for lang in LANGUAGES for kind in DECODERS}


def main() -> None:
    """Run the systems named, or all of them, one after the other."""
    data, out, *names = sys.argv[1:]
    for name in names or SYSTEMS:
        run(name, Path(data) / "flickr8k", Path(out) / name)


def run(name: str, data: Path, folder: Path) -> None:
    """Train one system if it is not there yet, then print its scores with their signatures."""
    language, kind = SYSTEMS[name]
    captions, root = data / LANGUAGES[language], ["--image-root", str(data / "images")]
    train = ["qkv", "train", "--out", str(folder), *shlex.split(f"{SETTINGS} {DECODERS[kind]}")]
    train += ["--images", f"{captions}.train.tsv", "--valid-images", f"{captions}.val.tsv", *root]
    started = time.perf_counter()
    if not (folder / "model.safetensors").exists():
        resume = ["--resume"] if (folder / "run" / "settings.json").exists() else []
        call([*train, *resume])
    print(f"{name}: trained in {(time.perf_counter() - started) / 60:.1f} min", flush=True)
    score = ["qkv", "evaluate", str(folder), "--images", f"{captions}.test.tsv", *root, "--json"]
    for found in json.loads(call(score, capture=True))["scores"]:
        print(f"{name}: {found['name']} {found['value']:.2f}   {found['signature']}", flush=True)


def call(command: list[str], *, capture: bool = False) -> str:
    """Print the command and run it; its standard output, if captured."""
    print("$", shlex.join(command), flush=True)
    output = subprocess.PIPE if capture else None
    return subprocess.run(command, check=True, stdout=output, text=True).stdout or ""


if __name__ == "__main__":
    main()

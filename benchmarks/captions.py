"""Train and score the captioners of docs/lab/benchmarks.md on Flickr8k.

    python benchmarks/captions.py DATA OUT [NAME ...]

DATA holds flickr8k/, with images/ and captions.{train,val,test}.tsv; captions_zh.… are Chinese.
Each system is one `qkv train` and one `qkv evaluate` command, printed before it runs; systems of
one language differ in their decoder alone, the recurrent ones in their attention. An interrupted
run goes on. Only training is timed, where what the vision encoder sees is in the cache already.

Last comes the cross-entropy of the test captions, nats a token, beside that of the mean region and
the standard error of their difference, picture by picture: it tells models apart that BLEU on 500
pictures cannot.
"""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path

import numpy as np
import torch
from runs import score, train
from torch.nn.functional import cross_entropy

from qkv.data.batching import collate
from qkv.data.captions import read_captions
from qkv.data.tokenizer import PAD
from qkv.pipeline import load_captioner
from qkv.pipeline.captioner import see

SETTINGS = "--vision efficientnet-lite0 --set threads=1 --set precision=float32"
DECODERS = {
    "soft": "--architecture rnn --select soft",
    "hard": "--architecture rnn --select hard",
    "mean": "--architecture rnn --attention none --set gate=false",
    "transformer": "--architecture transformer",
}
LANGUAGES = {"en": "captions", "zh": "captions_zh"}
SYSTEMS = {f"{lang}-{kind}": (lang, kind) for lang in LANGUAGES for kind in DECODERS}


def main() -> None:
    """Run the systems named, or all of them, one after the other."""
    where, out, *names = sys.argv[1:]
    data = Path(where) / "flickr8k"
    for name in names or SYSTEMS:
        run(name, data, Path(out) / name)
    for name in names or SYSTEMS:
        language, _ = SYSTEMS[name]
        compare(name, Path(out), data / f"{LANGUAGES[language]}.test.tsv", f"{language}-mean")


def run(name: str, data: Path, folder: Path) -> None:
    """Train one system if it is not there yet, then print its scores with their signatures."""
    language, kind = SYSTEMS[name]
    captions, root = data / LANGUAGES[language], ["--image-root", str(data / "images")]
    chosen = shlex.split(f"{SETTINGS} {DECODERS[kind]}")
    pictures = ["--images", f"{captions}.train.tsv", "--valid-images", f"{captions}.val.tsv"]
    started = time.perf_counter()
    train(folder, [*chosen, *pictures, *root])
    print(f"{name}: trained in {(time.perf_counter() - started) / 60:.1f} min", flush=True)
    score(name, folder, ["--images", f"{captions}.test.tsv", *root])


def compare(name: str, out: Path, captions: Path, other: str) -> None:
    """Print the cross-entropy of `name`, and how far it is from `other`'s if that is there."""
    nats, tokens = test_nats(out / name, captions)
    told = f"{name}: cross-entropy {nats.sum() / tokens.sum():.3f} nats a token"
    if name != other and (out / other / "model.safetensors").exists():
        apart = (nats - test_nats(out / other, captions)[0]) / tokens.mean()
        told += f", {apart.mean():+.3f} ± {apart.std() / len(apart) ** 0.5:.3f} to {other}"
    print(told, flush=True)


@torch.no_grad()
def test_nats(folder: Path, captions: Path) -> tuple[np.ndarray, np.ndarray]:
    """Cross-entropy of each picture's captions, summed, and how many tokens, EOS counted."""
    captioner = load_captioner(folder)
    pictures = read_captions(captions, captions.parent / "images").pairs
    paths = [each.picture for each in pictures]
    seen = see(paths, captioner.vision, on_bad="refuse", report=lambda line: None)
    found = []
    for regions, each in zip(seen, pictures, strict=True):
        batch = collate([((0,), ids) for ids in captioner.tokenizer.ids_batch(each.captions)])
        source = torch.from_numpy(np.array(regions)).float().expand(len(each.captions), -1, -1)
        present = torch.ones(source.shape[:2], dtype=torch.bool)
        decoded, _ = captioner.model(source, present, batch.target_input)
        real = batch.target_output != PAD
        logits = captioner.model.decoder.readout(decoded.features[real])
        nats = cross_entropy(logits, batch.target_output[real], reduction="sum")
        found.append((nats.item(), batch.target_tokens))
    return tuple(np.array(found).T)


if __name__ == "__main__":
    main()

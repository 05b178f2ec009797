"""Write tiny model folders of every kind, and what they answer, with the qkv that is installed.

    python make.py FOLDER

Written with qkv 0.1.0 (commit dd9c488) before the inference contract changed; run it with that
version alone. Each folder holds a model and `expected.json`: texts, scores, n-best lists,
cross-attention and self-attention, and the losses of training.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

import qkv
from qkv import training
from qkv.training import loop

SOURCES = ["我喜欢咖啡", "老师看到书", "小猫吃面包。", "他们有钥匙和茶", ""]

TINY: dict[str, Any] = {
    "vocabulary": 320,
    "width": 12,
    "dropout": 0.1,
    "batch_tokens": 256,
    "warmup_steps": 5,
    "validations": 2,
    "max_steps": 150,
    "threads": 1,
    "precision": "float32",
    "learning_rate": 0.02,
}
RNN = {**TINY, "architecture": "rnn"}
PIXELS = {"vision": "pixels", "picture": 32, "batch_tokens": 64}
MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "transformer": (
        "text",
        {**TINY, "heads": 2, "feedforward": 16, "encoder_layers": 2, "decoder_layers": 2},
    ),
    "transformer-separate": (
        "text",
        {
            **TINY,
            "heads": 3,
            "feedforward": 16,
            "encoder_layers": 1,
            "decoder_layers": 1,
            "joint": False,
            "tied": False,
        },
    ),
    "rnn-general": ("text", {**RNN, "joint": True}),
    "rnn-dot-gru": (
        "text",
        {
            **RNN,
            "attention": "dot",
            "cell": "gru",
            "joint": True,
            "encoder_layers": 2,
            "decoder_layers": 2,
        },
    ),
    "rnn-additive-article": (
        "text",
        {
            **RNN,
            "attention": "additive",
            "order": "article",
            "bidirectional": False,
            "joint": True,
            "norm": True,
        },
    ),
    "rnn-fixed": ("text", {**RNN, "attention": "none", "joint": True}),
    "rnn-hard": ("text", {**RNN, "select": "hard", "joint": True, "gate": True}),
    "captioner-transformer": (
        "pictures",
        {**TINY, **PIXELS, "heads": 2, "feedforward": 16, "encoder_layers": 1, "decoder_layers": 1},
    ),
    "captioner-soft": ("pictures", {**RNN, **PIXELS}),
    "captioner-hard-places": (
        "pictures",
        {**RNN, **PIXELS, "select": "hard", "order": "places", "soft_start": 0.2},
    ),
    "captioner-fixed": ("pictures", {**RNN, **PIXELS, "attention": "none"}),
}


def corpus(folder: Path) -> dict[str, str]:
    words = {"我": "I", "你": "you", "小猫": "the cat", "老师": "the teacher"}
    verbs = {"喜欢": "like", "看到": "see", "有": "have", "吃": "eat"}
    things = {"咖啡": "coffee", "书": "books", "茶": "tea", "面包": "bread", "钥匙": "keys"}
    pairs = [
        (a + b + c, f"{words[a]} {verbs[b]} {things[c]}")
        for a in words
        for b in verbs
        for c in things
    ]
    random.Random(0).shuffle(pairs)
    for side, index in (("source", 0), ("target", 1)):
        for name, part in (("train", pairs[:70]), ("valid", pairs[70:])):
            text = "".join(f"{pair[index]}\n" for pair in part)
            (folder / f"{name}.{side}").write_text(text, encoding="utf-8")
    return {
        "source": str(folder / "train.source"),
        "target": str(folder / "train.target"),
        "valid_source": str(folder / "valid.source"),
        "valid_target": str(folder / "valid.target"),
    }


# Of the pictures' halves.
COLOURS = {"red": (220, 30, 30), "green": (30, 160, 60), "blue": (40, 60, 220)}


def picture(number: int) -> Image.Image:
    """Two halves of different colours."""
    names = list(COLOURS)
    left, right = names[number % 3], names[(number // 3) % 3]
    image = Image.new("RGB", (32, 32), COLOURS[left])
    image.paste(COLOURS[right], (16, 0, 32, 32))
    return image


def album(folder: Path) -> dict[str, str]:
    lines = []
    names = list(COLOURS)
    for number in range(18):
        picture(number).save(folder / f"{number}.png")
        left, right = names[number % 3], names[(number // 3) % 3]
        lines.append(f"{folder / f'{number}.png'}\t{left} beside {right}\n")
    for name, part in (("train", lines[:12]), ("valid", lines[12:])):
        (folder / f"{name}.tsv").write_text("".join(part), encoding="utf-8")
    return {"images": str(folder / "train.tsv"), "valid_images": str(folder / "valid.tsv")}


def rounded(array: np.ndarray) -> Any:
    return np.round(array.astype(float), 6).tolist()


def told(result: Any) -> dict[str, Any]:
    found = {
        "text": result.text,
        "score": result.score,
        "log_probability": result.log_probability,
        "tokens": [list(token) for token in result.tokens],
        "alternatives": [[a.text, a.score] for a in result.alternatives],
        "attention": {},
    }
    for kind in ("cross", "encoder", "decoder"):
        layers = getattr(result.attention, kind)
        if layers:
            found["attention"][kind] = [
                rounded(layer.dense()[0].detach().numpy()) for layer in layers
            ]
    return found


def answers(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for beam, nbest, alpha in ((1, 1, 1.0), (4, 3, 1.0), (3, 1, 0.0)):
        options = {"beam": beam, "nbest": nbest, "length_penalty": alpha}
        if hasattr(model, "translate"):
            results = model.translate(SOURCES, **options)
        else:
            results = model.caption([picture(n) for n in (0, 5, 7)], max_length=8, **options)
        each = [told(result) for result in results]
        found[f"beam {beam}, nbest {nbest}, length_penalty {alpha}"] = each
    return found


def train(folder: Path, data: dict[str, str], settings: dict[str, Any]) -> list[float]:
    """Returns the loss of each step."""
    losses: list[float] = []
    log: Any = getattr(loop, "_Log", None) or loop.Log  # as it was called in 0.1.0
    original = log.step

    def step(self: Any, result: Any, *others: Any) -> None:
        losses.append(float(result.nats))
        original(self, result, *others)

    log.step = step
    training.start(folder, data, settings, report=lambda line: None)
    log.step = original
    return losses


def main(out: Path) -> None:
    work = out / "work"
    work.mkdir(parents=True)
    data = {"text": corpus(work), "pictures": album(work)}
    for name, (kind, settings) in MODELS.items():
        folder = out / name
        losses = train(folder, data[kind], settings)
        shutil.rmtree(folder / "run")
        expected = {"losses": losses, "answers": answers(qkv.load(folder))}
        text = json.dumps(expected, ensure_ascii=False)
        (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    shutil.rmtree(work)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]))

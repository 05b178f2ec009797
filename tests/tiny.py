"""150 short sentences, 20 small pictures, and models that learn something of them in seconds."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from qkv import training

SUBJECTS = {"我": "I", "你": "you", "他们": "they", "小猫": "the cat", "老师": "the teacher"}
VERBS = {"喜欢": "like", "看到": "see", "有": "have", "买": "buy", "吃": "eat"}
OBJECTS = {
    "咖啡": "coffee",
    "苹果": "apples",
    "书": "books",
    "茶": "tea",
    "面包": "bread",
    "钥匙": "keys",
}
PAIRS = [
    ("".join(zh), " ".join(en))
    for zh, en in (
        zip(*words, strict=True)
        for words in product(SUBJECTS.items(), VERBS.items(), OBJECTS.items())
    )
]

# Threads and precision are fixed, so that nothing is measured and every run is the same.
SETTINGS: dict[str, Any] = {
    "vocabulary": 400,
    "width": 32,
    "dropout": 0.0,
    "batch_tokens": 512,
    "warmup_steps": 10,
    "validations": 2,
    "threads": 1,
    "precision": "float32",
}
TRANSFORMER: dict[str, Any] = {
    **SETTINGS,
    "heads": 2,
    "feedforward": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "learning_rate": 0.01,
    "max_steps": 80,
}
RNN: dict[str, Any] = {
    **SETTINGS,
    "architecture": "rnn",
    "joint": True,
    "learning_rate": 0.03,
    "max_steps": 120,
}


def write_corpus(folder: Path, pairs: list[tuple[str, str]] = PAIRS) -> dict[str, str]:
    """train.zh and train.en in `folder`; returns what `training.start` takes as data."""
    data = {"source": folder / "train.zh", "target": folder / "train.en"}
    for side, path in enumerate(data.values()):
        path.write_text("".join(f"{pair[side]}\n" for pair in pairs), encoding="utf-8")
    return {name: str(path) for name, path in data.items()}


COLOURS = {"red": (220, 30, 30), "green": (30, 160, 60), "blue": (40, 60, 220),
           "yellow": (240, 220, 60), "black": (10, 10, 10)}  # fmt: skip
PICTURES = [(left, right) for left in COLOURS for right in COLOURS if left != right]
CAPTIONER: dict[str, Any] = {
    **SETTINGS,
    "architecture": "rnn",
    "vision": "pixels",
    "picture": 16,
    "label_smoothing": 0.0,
    "learning_rate": 0.01,
    "max_steps": 120,
}


def write_album(folder: Path, pictures: list[tuple[str, str]] = PICTURES) -> dict[str, str]:
    """Pictures of 32 × 16 pixels, two colours side by side, each with two captions."""
    lines = []
    for left, right in pictures:
        picture = Image.new("RGB", (32, 16), COLOURS[left])
        picture.paste(COLOURS[right], (16, 0, 32, 16))
        picture.save(folder / f"{left}-{right}.png")
        for caption in (f"{left} beside {right}", f"{left} left of {right}"):
            lines.append(f"{left}-{right}.png\t{caption}\n")
    (folder / "album.tsv").write_text("".join(lines), encoding="utf-8")
    return {"images": str(folder / "album.tsv"), "valid_images": str(folder / "album.tsv")}


def train(
    folder: Path, data: dict[str, Any], settings: dict[str, Any], seconds: float | None = None
) -> list[str]:
    """Train into `folder`; returns the lines of progress."""
    reported: list[str] = []
    training.start(folder, data, settings, report=reported.append, seconds=seconds)
    return reported


def lstms_run_in_bfloat16() -> bool:
    """Not on every processor."""
    try:
        with torch.autocast("cpu", torch.bfloat16):
            torch.nn.LSTM(8, 8)(torch.randn(3, 2, 8))
    except RuntimeError:
        return False
    return True

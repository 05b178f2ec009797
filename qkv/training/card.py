"""The model card: README.md of a model folder."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from os import fsencode
from pathlib import Path

from qkv import __version__
from qkv.evaluation import Score
from qkv.machine import Machine
from qkv.models import ModelConfig
from qkv.models.config import language_pair
from qkv.training.checkpoints import Progress
from qkv.training.material import Material, paths_of
from qkv.training.run_folder import Base, Plan

__all__ = ["describe", "model_card", "use_command"]


def describe(machine: Machine) -> str:
    """As in "2 threads, float32" or "cuda:0, bfloat16"."""
    threads = f"{machine.threads} thread{'s' * (machine.threads > 1)}" if machine.threads else ""
    device = "" if machine.on_cpu and threads else machine.device
    return ", ".join(part for part in (device, threads, machine.dtype) if part)


def use_command(model: ModelConfig, folder: str) -> str:
    """How the model in a folder is used first."""
    if model.vision:
        return f"qkv caption {folder} picture.jpg"
    return f"qkv translate {folder} < source.txt"


def model_card(
    plan: Plan,
    progress: Progress,
    material: Material,
    averaged: Score | None,
    kept: str,
) -> str:
    """What the model is, what it was trained on and how, what it scores, how to use it.

    averaged: the score of the averaged weights; None while the run goes on.
    """
    files = ((name, path) for name, paths in paths_of(plan.data).items() for path in paths)
    data = "\n".join(f"- {name}: `{_name(path)}`" for name, path in files)
    pictures = bool(plan.model.vision)
    shown = "picture.jpg --png attention.png" if pictures else '"a sentence"'
    skipped = "\n".join(
        f"- skipped, {why}: {n:,} {material.unit}" for why, n in material.skipped.items()
    )
    return f"""# A qkv {"captioning" if pictures else "translation"} model

An encoder and a decoder of architecture `{plan.model.architecture}`; `config.json` has their sizes.
{_languages(plan.model)}
## Data

{data}
- training {material.unit}: {len(material.drawn(plan.train.seed, 0)):,}; \
validation {material.valid_unit}: {len(material.valid):,}
{skipped}
- SHA-256 of the training and validation {material.unit}: `{plan.fingerprint}`
{_history(plan, progress)}
## Training

- {progress.step:,} updates up to epoch {progress.epoch + 1:,}, {progress.tokens:,} target tokens
- {progress.seconds / 60:.1f} minutes, {describe(plan.machine)}
- qkv {__version__}, torch {version("torch")}
- kept: {kept}

```json
{json.dumps(asdict(plan.train), indent=2)}
```

## Scores

{_scores(progress, averaged)}

## Use

    {use_command(plan.model, "FOLDER")}
    qkv show FOLDER {shown}
"""


def _languages(model: ModelConfig) -> str:
    if model.languages is None:
        return ""
    source, target = language_pair(model.languages)
    return f"It translates from `{source}` to `{target}` (ISO 639).\n"


def _history(plan: Plan, progress: Progress) -> str:
    """Which models it goes on from, and what of their scores is left."""
    if plan.base is None:
        return ""
    lines = []
    base: Base | None = plan.base
    while base is not None:
        lines.append(
            f"- went on from `{_name(base.folder)}`, SHA-256 of its weights `{base.fingerprint}`"
        )
        base = base.base
    if plan.train.mix:
        lines.append(f"- of each epoch's tokens {plan.train.mix:.0%} are from the old data")
    for part, before in progress.before.items():
        after = progress.after.get(part, before)
        lines.append(f"- validation score on {part} data: {before:.2f} before, {after:.2f} after")
    return "\n## History\n\n" + "\n".join(lines) + "\n"


def _name(path: str) -> str:
    """Of a file or folder, without those above it, in characters that can be written."""
    return fsencode(Path(path).name).decode("utf-8", "backslashreplace")


def _scores(progress: Progress, averaged: Score | None) -> str:
    if not progress.scored:
        return "Not validated yet."
    best = progress.best
    line = f"Validation, greedy search, {best.name}|{best.signature}: best {best.value:.2f}"
    return f"{line}, averaged {averaged.value:.2f}." if averaged else f"{line}."

"""The model card: README.md of a model folder."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from os import fsencode
from pathlib import Path

from qkv.evaluation import Score
from qkv.training.checkpoints import Progress
from qkv.training.loop import Material
from qkv.training.run_folder import Settings

__all__ = ["model_card"]


def model_card(
    settings: Settings,
    progress: Progress,
    prepared: Material,
    averaged: Score,
    kept: str,
) -> str:
    """What the model is, what it was trained on and how, what it scores, how to use it."""
    names = {name: fsencode(Path(path).name) for name, path in settings.data.items()}
    data = "\n".join(f"- {n}: `{p.decode('utf-8', 'backslashreplace')}`" for n, p in names.items())
    machine = settings.machine
    kind = {"rnn": "An RNN", "transformer": "A Transformer"}[settings.model.architecture]
    pictures = bool(settings.model.vision)
    use = "qkv caption FOLDER picture.jpg" if pictures else "qkv translate FOLDER < source.txt"
    shown = "picture.jpg --png attention.png" if pictures else '"a sentence"'
    skipped = "\n".join(f"- skipped, {why}: {n:,}" for why, n in prepared.skipped.items())
    return f"""# A qkv {"captioning" if pictures else "translation"} model

{kind} encoder-decoder; `config.json` has its sizes.

## Data

{data}
- training {prepared.unit}: {len(prepared.examples):,}; \
validation {prepared.valid_unit}: {len(prepared.valid):,}
{skipped}
- SHA-256 of the training and validation {prepared.unit}: `{settings.fingerprint}`

## Training

- {progress.step:,} updates, {progress.epoch + 1} epochs begun, {progress.tokens:,} target tokens
- {progress.seconds / 60:.1f} minutes, {machine.threads} threads, {machine.precision}
- qkv {version("qkv")}, torch {version("torch")}
- kept: {kept}

```json
{json.dumps(asdict(settings.train), indent=2)}
```

## Scores

Validation, greedy search, {averaged.name}|{averaged.signature}: best {progress.best_bleu:.2f}, \
averaged {averaged.value:.2f}.

## Use

    {use}
    qkv show FOLDER {shown}
"""

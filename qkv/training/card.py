"""The model card: README.md of a model folder."""

from __future__ import annotations

import json
from dataclasses import asdict

from qkv.training.checkpoints import Progress
from qkv.training.prepare import Prepared
from qkv.training.run_folder import Settings

__all__ = ["model_card"]


def model_card(
    settings: Settings,
    progress: Progress,
    prepared: Prepared,
    scores: dict[str, float],
    kept: str,
) -> str:
    """What the model is, what it was trained on and how, what it scores, how to use it."""
    data = "\n".join(f"- {name}: `{path}`" for name, path in settings.data.items())
    machine = settings.machine
    skipped = "\n".join(f"- skipped, {why}: {n:,}" for why, n in prepared.skipped.items())
    return f"""# A qkv translation model

A {settings.model.architecture} encoder-decoder; `config.json` has its sizes.

## Data

{data}
- training pairs: {len(prepared.examples):,}; validation pairs: {len(prepared.valid):,}
{skipped}
- SHA-256 of the training text: `{settings.fingerprint}`

## Training

- {progress.step:,} updates, {progress.epoch + 1} epochs begun, {progress.tokens:,} target tokens
- {progress.seconds / 60:.1f} minutes, {machine.threads} threads, {machine.precision}
- kept: {kept}

```json
{json.dumps(asdict(settings.train), indent=2)}
```

## Scores

Validation BLEU (sacreBLEU, cased, greedy search): best {scores["best"]:.2f}, averaged \
{scores["averaged"]:.2f}.

## Use

    qkv translate FOLDER < source.txt
    qkv show FOLDER "a sentence"
"""

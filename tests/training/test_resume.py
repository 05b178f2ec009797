"""A run that is killed and resumed is bit for bit the unbroken one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest

from qkv import training
from qkv.errors import FolderError
from tests.tiny import CAPTIONER, RNN, TRANSFORMER

ROOT = Path(__file__).parents[2]
STEPS: dict[str, Any] = {
    "dropout": 0.3,
    "max_steps": 24,
    "validations": 4,
    "checkpoint_steps": 4,
    "average": 2,
}
# the baseline must come back too, and how soft the attention is
HARD = CAPTIONER | {
    "select": "hard",
    "order": "places",
    "soft_start": 0.25,
    "batch_tokens": 64,
}


def validations(folder: Path) -> list[tuple[int, float]]:
    lines = (folder / "run" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return [(r["step"], r["validation_bleu"]) for r in records if "validation_bleu" in r]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.parametrize(
    ("settings", "data", "seed"),
    [(RNN, "corpus", 1), (TRANSFORMER, "corpus", 1), (HARD, "album", 2)],
    ids=["rnn", "transformer", "hard attention to pictures"],
)
def test_a_killed_run_ends_in_the_same_weights(
    settings: dict[str, Any],
    data: str,
    seed: int,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    paths = request.getfixturevalue(data)
    requested = {"folder": str(tmp_path), "data": paths, "settings": settings | STEPS, "seed": seed}
    command = [sys.executable, "-m", "tests.training.killed", json.dumps(requested)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lives = json.loads((tmp_path / "lives.json").read_text())
    assert lives[0] == [-SIGKILL, 0]
    assert {end for end, _ in lives} <= {0, -SIGKILL}  # none of them failed by itself
    kills = [step for end, step in lives if end == -SIGKILL]
    assert len(kills) >= 4
    assert any(0 < step < 24 for step in kills)  # in the midst of it, too

    broken, unbroken = tmp_path / "broken", tmp_path / "unbroken"
    with pytest.raises(FolderError, match="has finished; there is nothing to resume"):
        training.resume(broken, {}, {})
    weights = [(folder / "model.safetensors").read_bytes() for folder in (broken, unbroken)]
    assert weights[0] == weights[1]
    assert validations(broken) == validations(unbroken)
    assert [step for step, _ in validations(broken)] == [6, 12, 18, 24]
    leftover = [path for path in broken.rglob("*") if path.suffix in (".part", ".safetensors")]
    assert leftover == [broken / "model.safetensors"]

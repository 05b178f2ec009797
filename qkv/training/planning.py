"""What to train, for the size of the text and the time there is: from a table of tried runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import inf, log
from typing import Any

from qkv.data import Pair
from qkv.data.batching import collate
from qkv.machine import Machine
from qkv.models import ModelConfig, build
from qkv.training.config import SETTINGS, configs, parse_settings
from qkv.training.loop import forward_backward
from qkv.training.tuning import seconds_of, wait

__all__ = ["Recipe", "choose", "machine_speed", "of_architecture", "size_of"]

BYTES_A_TOKEN = 5  # of UTF-8: "coffee" and "咖啡" are a token each
REFERENCE_TOKENS = 4000


@dataclass(frozen=True)
class Recipe:
    """A run that was tried.

    tokens: target tokens of its text, about. speed: `machine_speed` of where it ran.
    seconds: that training took there. score: BLEU of the validation text.
    settings: by name, as a user would give them.
    """

    tokens: int
    speed: float
    seconds: float
    score: float
    settings: dict[str, Any]


def size_of(pairs: Iterable[Pair]) -> int:
    """About how many tokens the targets have, before there is a tokenizer."""
    return max(1, sum(len(pair.target.encode()) for pair in pairs) // BYTES_A_TOKEN)


def choose(
    tokens: int, seconds: float | None, speed: float, settings: dict[str, Any]
) -> Recipe | None:
    """Of the runs on text of like size, the best of those that end in time on this machine.

    Without a time, the best. None in time: the shortest. Of runs of one architecture alone, if
    `settings` name it or have settings of it; None if it was not tried.

    Args:
        tokens: see `size_of`. speed: of this machine, see `machine_speed`.
        settings: given by the user, who may override single ones of the recipe.
    """
    rows = [row for row in recipes() if of_architecture(settings) <= {_architecture(row)}]
    if not rows:
        return None
    nearest = min(abs(log(row.tokens / tokens)) for row in rows)
    alike = [row for row in rows if abs(log(row.tokens / tokens)) == nearest]
    limit = inf if seconds is None else seconds * speed
    in_time = [row for row in alike if row.seconds * row.speed <= limit]
    if in_time:
        return max(in_time, key=lambda row: row.score)
    return min(alike, key=lambda row: row.seconds * row.speed)


@cache
def recipes() -> tuple[Recipe, ...]:
    """The table; `benchmarks/recipes.py` makes it."""
    with (files("qkv.training") / "recipes.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return tuple(
        Recipe(
            int(row["tokens"]),
            float(row["speed"]),
            float(row["seconds"]),
            float(row["score"]),
            parse_settings(dict(pair.split("=") for pair in row["settings"].split())),
        )
        for row in rows
    )


def machine_speed(device: str) -> float:
    """Target tokens a second of a small model's training step, to compare machines by."""
    machine = Machine(device)
    model_config, config = configs({"architecture": "rnn"})
    sizes = {"source_vocabulary": REFERENCE_TOKENS, "target_vocabulary": REFERENCE_TOKENS}
    model = build(replace(model_config, **sizes)).to(machine.device)
    batch = collate([(list(range(4, 20)), list(range(4, 20)))] * 64)

    def step() -> None:
        forward_backward(model, batch, config, machine)
        wait(machine)

    return batch.target_tokens / min(seconds_of(step) for _ in range(3))


def of_architecture(settings: dict[str, Any]) -> set[str]:
    """The architectures that these settings name or are only for."""
    given = parse_settings(settings)
    named = {SETTINGS[name].only.get("architecture") for name in given}
    return {name for name in (*named, given.get("architecture")) if name}


def _architecture(row: Recipe) -> str:
    return row.settings.get("architecture", ModelConfig.architecture)

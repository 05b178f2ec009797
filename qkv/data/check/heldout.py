"""Sentences that training would see although a score is to be taken of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from qkv.data.check.finding import Finding
from qkv.data.corpora import Pair
from qkv.data.holdout import FREQUENT, normalised

__all__ = ["Known", "Overlap", "known", "overlap", "seen_in"]


@dataclass(frozen=True)
class Overlap:
    """How many pairs of the text `of` stand in the text `also_in`, as a pair or one side of it."""

    of: str
    also_in: str
    pairs: int
    sources: int
    targets: int
    total: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Known:
    """Sentences of a text, compared as `hold_out` does, and how often each comes."""

    keys: list[tuple[str, str]]
    pairs: Counter[tuple[str, str]]
    sources: Counter[str]
    targets: Counter[str]


def known(pairs: Iterable[Pair]) -> Known:
    """Pairs with text on both sides, and empty keys for the others."""
    keys = [(normalised(source), normalised(target)) for source, target in pairs]
    keys = [key if all(key) else ("", "") for key in keys]
    counts = (Counter(side for side in each if side) for each in zip(*keys, strict=True))
    sources, targets = counts if keys else (Counter(), Counter())
    return Known(keys, Counter(key for key in keys if all(key)), sources, targets)


def overlap(of: str, text: Known, also_in: str, other: Known) -> Overlap:
    """Counted in pairs of `text`."""
    return Overlap(
        of,
        also_in,
        sum(key in other.pairs for key in text.keys),
        sum(key[0] in other.sources for key in text.keys),
        sum(key[1] in other.targets for key in text.keys),
        len(text.keys),
    )


def seen_in(kind: str, train: Known, held: Known) -> Finding:
    """Training pairs of which a side is held out; or the pair, where the sentence is frequent.

    So `hold_out` has it: a sentence of ten pairs or more can be a label.
    """
    shared: dict[int, str] = {}
    for number, key in enumerate(train.keys):
        sides = [
            name
            for name, side, mine, theirs in (
                ("source", key[0], train.sources, held.sources),
                ("target", key[1], train.targets, held.targets),
            )
            if side in theirs and mine[side] < FREQUENT
        ]
        if key in held.pairs:
            shared[number] = "the pair"
        elif sides:
            shared[number] = " and ".join(f"the {side}" for side in sides)
    return Finding(kind, np.array(list(shared), np.int64), shared.__getitem__)

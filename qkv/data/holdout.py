"""Validation pairs taken out of the training text, so that no sentence is in both parts."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from random import Random

from qkv.data.corpora import Pair
from qkv.errors import DataError
from qkv.files import write_atomically

__all__ = ["hold_out", "write_pairs"]

SHARE = 10  # at most one pair in ten
SMALL = 100  # a group may fill at most one hundredth of what is held out


def hold_out(
    pairs: Sequence[Pair], seed: int, at_most: int = 2000
) -> tuple[list[Pair], list[Pair]]:
    """Split into (train, valid), both in the order of `pairs`; valid is a tenth or `at_most`.

    Pairs that share a sentence on either side, read without case and spacing, belong to one group,
    and groups stay whole. Large groups (translations of "Thank you.") always stay in train.

    Raises:
        DataError: shared sentences link all pairs, so that none can be held out.
    """
    groups = _groups(pairs)
    if len(groups) < 2:
        raise DataError(
            f"none of the {len(pairs):,} pairs can be held out for validation, because they all "
            "share sentences. Name validation files."
        )
    goal = max(1, min(at_most, len(pairs) // SHARE))
    held = set(_choose(groups, goal, Random(seed)))
    train = [pair for i, pair in enumerate(pairs) if i not in held]
    valid = [pair for i, pair in enumerate(pairs) if i in held]
    return train, valid


def write_pairs(folder: Path, name: str, pairs: Sequence[Pair]) -> None:
    """Write `folder`/`name`.source and .target, line for line, each whole or not at all."""
    for side in ("source", "target"):
        text = "".join(f"{getattr(pair, side)}\n" for pair in pairs)
        data = text.encode("utf-8")
        write_atomically(folder / f"{name}.{side}", lambda path, data=data: path.write_bytes(data))


def _groups(pairs: Sequence[Pair]) -> list[list[int]]:
    """Indices of pairs that shared sentences link, by first index: union-find over sentences."""
    parents = list(range(len(pairs)))

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = i = parents[parents[i]]
        return i

    first: dict[tuple[str, str], int] = {}
    for i, pair in enumerate(pairs):
        for sentence in (("source", _key(pair.source)), ("target", _key(pair.target))):
            one, other = sorted((root(i), root(first.setdefault(sentence, i))))
            parents[other] = one
    groups: dict[int, list[int]] = {}
    for i in range(len(pairs)):
        groups.setdefault(root(i), []).append(i)
    return list(groups.values())


def _key(sentence: str) -> str:
    return " ".join(unicodedata.normalize("NFC", sentence.casefold()).split())


def _choose(groups: list[list[int]], goal: int, random: Random) -> list[int]:
    """Random small groups of `goal` pairs in all; the smallest group if all are large."""
    random.shuffle(groups)
    chosen: list[int] = []
    for group in groups:
        if len(group) <= min(max(1, goal // SMALL), goal - len(chosen)):
            chosen += group
    return chosen or min(groups, key=len)

"""Validation pairs taken out of the training text, so that no sentence is in both parts."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeAlias

from qkv.data.corpora import Pair
from qkv.errors import DataError
from qkv.files import write_atomically

__all__ = ["FREQUENT", "apart", "balanced", "hold_out", "normalised", "split", "write_pairs"]

SHARE = 10  # at most one item in ten is held out
FREQUENT = 10  # a sentence of so many items can be a label
SMALL, LARGER = 100, 10  # groups that fill such a part of the goal at most are drawn at random
TARGET, SOURCE = "target", "source"

Sentence: TypeAlias = tuple[str, str]  # its side, its text
Item: TypeAlias = tuple[Sentence, ...]
Group: TypeAlias = list[int]  # indices of items


def hold_out(
    pairs: Sequence[Pair], seed: int, at_most: int = 2000
) -> tuple[list[Pair], list[Pair]]:
    """Split into (train, valid), both in the order of `pairs`; valid is a tenth or `at_most`.

    `split` has the rule. Sentences are compared without case and spacing. Of fewer than 20 pairs
    one is held out.

    Raises:
        DataError: none can be held out.
    """
    goal = min(at_most, max(1, len(pairs) // SHARE), len(pairs) - 1)
    items = list(map(_item, pairs))
    held = split(items, goal, seed)
    if not held:
        raise DataError(
            f"none of the {len(pairs):,} pairs can be held out for validation: pairs that share a "
            "sentence stay together, and each such group is more than a tenth of the text or all "
            "that there is of a frequent sentence. Name validation files."
        )
    train = [pair for i, pair in enumerate(pairs) if i not in held]
    return train, [pair for i, pair in enumerate(pairs) if i in held]


def apart(pairs: Iterable[Pair], valid: Sequence[Pair], rest: Iterable[Pair]) -> Iterator[Pair]:
    """The pairs that share no sentence with those held out, labels apart.

    valid, rest: what `hold_out` made of some of them; a sentence in both is a label.
    """
    held = {_item(pair) for pair in valid}
    labels = {sentence for pair in rest for sentence in _item(pair)}
    sentences = {sentence for item in held for sentence in item} - labels
    for pair in pairs:
        item = _item(pair)
        if item not in held and sentences.isdisjoint(item):
            yield pair


def split(items: Sequence[Item], goal: int, seed: int) -> set[int]:
    """Indices of items to hold out: `goal` or fewer, none if too much hangs together.

    Items that share a sentence are one group, and groups stay whole, so that what is held out is
    new. Groups are drawn at random. One that fills more than a hundredth of the goal (translations
    of "Thank you.") is never drawn.

    Where this does not give the goal, or a sentence is in a hundredth of the items and in ten at
    least (a label), another rule replaces it. A sentence of ten items or more links nothing but
    equal items. Of each such sentence, targets before sources and the most frequent first, one
    group is held out; then groups follow at random, and when those up to a tenth of the goal are
    used up, larger ones, the smallest first. The last group with such a target is never held out.
    """
    counts = Counter(sentence for item in items for sentence in item)
    if max(counts.values(), default=0) < max(FREQUENT, len(items) / SMALL):
        groups = _groups(items, set(), seed)
        held = _drawn([group for group in groups if len(group) <= max(1, goal // SMALL)], goal)
        if len(held) == goal:
            return held
    frequent = [sentence for sentence, count in counts.most_common() if count >= FREQUENT]
    return balanced(items, sorted(frequent, key=lambda s: s[0] != TARGET), goal, seed)


def write_pairs(folder: Path, name: str, pairs: Sequence[Pair]) -> None:
    """Write `folder`/`name`.source and .target, line for line, each whole or not at all."""

    def write(path: Path, side: str) -> None:
        with path.open("wb") as file:
            file.writelines(f"{getattr(pair, side)}\n".encode() for pair in pairs)

    for side in ("source", "target"):
        write_atomically(folder / f"{name}.{side}", partial(write, side=side))


def normalised(sentence: str) -> str:
    """As sentences are compared: without case and spacing."""
    return " ".join(unicodedata.normalize("NFC", sentence.casefold()).split())


def _item(pair: Pair) -> Item:
    return (SOURCE, normalised(pair.source)), (TARGET, normalised(pair.target))


def _groups(items: Sequence[Item], labels: Collection[Sentence], seed: int) -> list[Group]:
    """Items that equal items and shared sentences, labels apart, link; the groups in random order.

    Union-find; an item's root is the first of its group.
    """
    parents = list(range(len(items)))

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = i = parents[parents[i]]
        return i

    first: dict[Item | Sentence, int] = {}
    for i, item in enumerate(items):
        for link in (item, *(sentence for sentence in item if sentence not in labels)):
            one, other = sorted((root(i), root(first.setdefault(link, i))))
            parents[other] = one
    groups: dict[int, Group] = {}
    for i in range(len(items)):
        groups.setdefault(root(i), []).append(i)
    shuffled = list(groups.values())
    Random(seed).shuffle(shuffled)
    return shuffled


def _drawn(groups: list[Group], goal: int) -> set[int]:
    """The first groups that fit."""
    held: set[int] = set()
    for group in groups:
        if len(group) <= goal - len(held):
            held.update(group)
    return held


def balanced(items: Sequence[Item], labels: Sequence[Sentence], goal: int, seed: int) -> set[int]:
    """The second rule of `split`; labels in the order in which they get a group."""
    known = set(labels)
    groups = _groups(items, known, seed)
    groups.sort(key=lambda group: max(len(group), goal // LARGER))
    labelled = [{s for i in group for s in items[i] if s in known} for group in groups]
    numbers: dict[Sentence, list[int]] = {label: [] for label in labels}
    for number, its_labels in enumerate(labelled):
        for label in its_labels:
            numbers[label].append(number)
    in_train = Counter({label: len(its_groups) for label, its_groups in numbers.items()})
    held: set[int] = set()

    def hold(number: int) -> bool:
        """If there is room, and train keeps another group with each target."""
        group, its_labels = groups[number], labelled[number]
        new = group[0] not in held and len(group) <= goal - len(held)
        fits = new and all(in_train[label] > 1 for label in its_labels if label[0] == TARGET)
        if fits:
            held.update(group)
            in_train.subtract(its_labels)
        return fits

    for label in labels:
        if in_train[label] == len(numbers[label]):  # no group with it is held out yet
            any(map(hold, numbers[label]))
    for number in range(len(groups)):
        hold(number)
    return held

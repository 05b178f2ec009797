"""Training, validation and test scenes that share no combination of things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle, product
from math import sqrt
from random import Random
from typing import NamedTuple, TypeAlias

from qkv.data.scenes._captions import scene_of
from qkv.data.scenes._geometry import PLACES, arranged, placed
from qkv.data.scenes._scene import Scene
from qkv.data.scenes._shapes import ASPECTS
from qkv.data.scenes._thing import Box, Thing
from qkv.data.scenes._words import COLOURS, SHAPES, SIZES
from qkv.errors import DataError

__all__ = ["Scenes", "scenes"]

# After this many draws without a new scene hardly one is left to find.
_PATIENCE = 3000
_HELD_OUT = 1 / 6  # the share of all combinations that only the test list has; as many for valid
_LENGTHS = {"small": (16.5, 19.5), "large": (28.0, 33.0)}  # pixels; the root of the box's area
_STRETCH = (0.95, 1.05)  # of the box's width over height, from that of the upright shape

_Kind: TypeAlias = tuple[str, str, str]  # size, colour, shape
_KINDS: tuple[_Kind, ...] = tuple(product(SIZES, COLOURS, SHAPES))


class Scenes(NamedTuple):
    """Three lists of scenes; no caption of one stands in another."""

    train: list[Scene]
    valid: list[Scene]
    test: list[Scene]


def scenes(seed: int = 0, *, train: int = 6000, valid: int = 300, test: int = 500) -> Scenes:
    """The built-in pictures with English and Chinese captions and the boxes of what these name.

    A third of each list has one thing, a third two and a third three. Which combinations of things,
    and of a thing and its place, belong to which list depends on the seed alone. Within a list, no
    two scenes of several things have the same captions; those of a single thing recur, with another
    box, when all combinations have been used.

    Args:
        seed: the same scenes for the same seed and sizes, on any machine. No list depends on the
            sizes of the others.
        train, valid, test: how many scenes.
    Raises:
        DataError: more scenes than there are.
    """
    sizes = {"train": train, "valid": valid, "test": test}
    return Scenes(*(_drawn_list(seed, name, size) for name, size in sizes.items()))


def _drawn_list(seed: int, name: str, size: int) -> list[Scene]:
    """As many scenes of one thing, of two and of three, in any order."""
    rng = Random(f"{seed} {name}")
    chosen: list[Scene] = []
    for i, count in enumerate((2, 3, 1)):  # pairs run out first
        wanted = size * (i + 1) // 3 - size * i // 3
        stream = _singles(rng, seed, name) if count == 1 else _groups(count, rng, seed, name)
        chosen += _different(stream, wanted, f"{count}-thing scenes left for {name}")
    rng.shuffle(chosen)
    return chosen


def _different(stream: Iterator[Scene], wanted: int, what: str) -> Iterable[Scene]:
    different: dict[object, Scene] = {}
    misses = 0
    while len(different) < wanted:
        scene = next(stream)
        alone = len(scene.things) == 1
        key = scene.things if alone else frozenset(caption.text for caption in scene.english)
        misses = misses + 1 if key in different else 0
        different[key] = scene
        if misses > _PATIENCE:
            short = wanted - len(different)
            raise DataError(f"scenes(): no new {what}, {short:,} short; ask for fewer.")
    return different.values()


def _singles(rng: Random, seed: int, name: str) -> Iterator[Scene]:
    """All combinations of a thing and its place, again and again, with other boxes."""
    owned = [
        (kind, place)
        for kind, place in product(_KINDS, PLACES)
        if _owner(seed, [str(kind), str(place)]) == name
    ]
    rng.shuffle(owned)
    for kind, place in cycle(owned):
        yield scene_of([_thing(kind, placed(rng, _extent(rng, kind), place))])


def _groups(count: int, rng: Random, seed: int, name: str) -> Iterator[Scene]:
    """Things that differ in colour or shape, at random."""
    while True:
        kinds = rng.sample(_KINDS, count)
        distinct = len({kind[1:] for kind in kinds}) == count
        if distinct and _owner(seed, map(str, kinds)) == name:
            boxes = arranged(rng, [_extent(rng, kind) for kind in kinds])
            yield scene_of([_thing(*each) for each in zip(kinds, boxes, strict=True)])


def _owner(seed: int, combination: Iterable[str]) -> str:
    """The list that a combination belongs to, in whatever order it is named."""
    lot = Random(f"{seed} {sorted(combination)}").random()
    return "test" if lot < _HELD_OUT else "valid" if lot < 2 * _HELD_OUT else "train"


def _extent(rng: Random, kind: _Kind) -> tuple[float, float]:
    """Width and height for a box, to a quarter of a pixel."""
    size, _, shape = kind
    length = rng.uniform(*_LENGTHS[size])
    skew = sqrt(ASPECTS[shape] * rng.uniform(*_STRETCH))
    return round(4 * length * skew) / 4, round(4 * length / skew) / 4


def _thing(kind: _Kind, box: Box) -> Thing:
    size, colour, shape = kind
    return Thing(shape, colour, size, box)

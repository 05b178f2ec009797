"""Where things lie: boxes that leave no doubt, and the places and relations they imply."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from random import Random

from qkv.data.scenes._thing import SIDE, Box

__all__ = ["PLACES", "arranged", "placed", "relation", "row_and_column", "subjects"]

PLACES = tuple((row, column) for row in range(3) for column in range(3))

_EDGE = 2.0  # least distance to the edge of the picture
_GAP = 4.0  # least distance between two boxes
_NEAR = 28.0  # a centre this close to an edge is at that edge
_MIDDLE = (43.0, 53.0)  # where a centre is in the middle
# How far off its axis a relation may be, as a share of the distance along it; and from where on two
# things are plainly diagonal. In between, people would disagree, so nothing lies there.
_SLANT, _DIAGONAL = 0.5, 0.7


def placed(rng: Random, extent: tuple[float, float], place: tuple[int, int]) -> Box:
    """A box of that (width, height) in a place, by (row, column) from the top left."""
    (width, height), (row, column) = extent, place
    return _box(_along(rng, width, column), _along(rng, height, row), width, height)


def arranged(rng: Random, extents: Sequence[tuple[float, float]]) -> list[Box]:
    """Boxes apart from each other, at least one of which has a relation to all others."""
    while True:
        boxes = [_anywhere(rng, width, height) for width, height in extents]
        if all(_plain(one, other) for one, other in combinations(boxes, 2)) and subjects(boxes):
            return boxes


def subjects(boxes: Sequence[Box]) -> list[int]:
    """Which boxes have a relation to every other."""
    return [
        i
        for i, one in enumerate(boxes)
        if all(relation(one, other) for other in boxes if other is not one)
    ]


def relation(one: Box, other: Box) -> str | None:
    """Where the first lies as seen from the other: left, right, above, below; None: diagonally."""
    x, y = _offset(one, other)
    if abs(y) <= _SLANT * abs(x):
        return "left" if x < 0 else "right"
    if abs(x) <= _SLANT * abs(y):
        return "above" if y < 0 else "below"
    return None


def row_and_column(box: Box) -> tuple[int, int]:
    """The ninth of the picture that the centre lies in."""
    x, y = _centre(box)
    return int(3 * y / SIDE), int(3 * x / SIDE)


def _plain(one: Box, other: Box) -> bool:
    """Whether two boxes are apart, and clearly along an axis or clearly not."""
    gap = max(max(one[i], other[i]) - min(one[i + 2], other[i + 2]) for i in (0, 1))
    minor, major = sorted(map(abs, _offset(one, other)))
    return gap >= _GAP and not _SLANT * major < minor < _DIAGONAL * major


def _offset(one: Box, other: Box) -> tuple[float, float]:
    (x, y), (from_x, from_y) = _centre(one), _centre(other)
    return x - from_x, y - from_y


def _centre(box: Box) -> tuple[float, float]:
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2


def _along(rng: Random, length: float, third: int) -> float:
    """The start of something of that length whose centre is in a third of the side."""
    if third == 1:
        return rng.uniform(*_MIDDLE) - length / 2
    start = rng.uniform(_EDGE, _NEAR - length / 2)
    return start if third == 0 else SIDE - start - length


def _anywhere(rng: Random, width: float, height: float) -> Box:
    left, top = (rng.uniform(_EDGE, SIDE - _EDGE - length) for length in (width, height))
    return _box(left, top, width, height)


def _box(left: float, top: float, width: float, height: float) -> Box:
    """To a quarter of a pixel, the drawing's own grid."""
    left, top = round(4 * left) / 4, round(4 * top) / 4
    return left, top, left + width, top + height

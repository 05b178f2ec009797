"""Regions of a picture: checked boxes and weights, and the boxes painted onto a grid of cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qkv.errors import DataError, ShapeError
from qkv.inspection._grid import between_0_and_1

__all__ = [
    "Floats",
    "check_inside",
    "checked_regions",
    "in_cells",
    "painted",
    "percent",
    "strongest",
]

Floats = NDArray[np.float64]

_WIDEST_MAP = 32  # cells
_COARSE_MAP = (14, 14)


def checked_regions(
    words: Sequence[str], weights: ArrayLike, boxes: ArrayLike
) -> tuple[Floats, Floats]:
    """Weights (T, R) and boxes (R, 4) in float64.

    Raises:
        ShapeError: they don't fit each other or the T words, or there is nothing to draw.
        DataError: a weight is not a number in [0, 1], or a box has no inside.
    """
    matrix, edges = (np.asarray(each, dtype=np.float64) for each in (weights, boxes))
    fit = matrix.ndim == 2 and len(matrix) == len(words) and edges.shape == (matrix.shape[1], 4)
    if not fit or not matrix.size:
        raise ShapeError(
            "regions: weights must be (words, regions) and boxes (regions, 4), at least one of"
            f" both; got {len(words)} words, weights {matrix.shape} and boxes {edges.shape}."
        )
    inside_out = ~(np.isfinite(edges).all(axis=1) & (edges[:, :2] < edges[:, 2:]).all(axis=1))
    if inside_out.any():
        raise DataError(
            f"regions: {_named(edges, inside_out)} has no inside; a box is left, top, right, bottom"
            " with left < right and top < bottom."
        )
    return between_0_and_1(matrix, "regions"), edges


def check_inside(boxes: Floats, size: tuple[int, int]) -> None:
    """A box may stand out of the picture, such as one over its padding, but not lie beyond it.

    Raises:
        DataError: no part of a box lies in the picture (width, height).
    """
    beyond = ((boxes[:, 2:] <= 0) | (boxes[:, :2] >= size)).any(axis=1)
    if beyond.any():
        raise DataError(
            f"regions: {_named(boxes, beyond)} lies beyond the picture of {size[0]} x {size[1]}"
            " pixels; boxes are left, top, right, bottom in pixels of this very picture."
        )


def in_cells(boxes: Floats) -> tuple[Floats, tuple[int, int]]:
    """The boxes (R, 4) on a grid for a small map: in cells, and the grid's width and height.

    Boxes in rows and columns, one for each place, get a cell each; others share a coarse grid.
    """
    (lefts, column), (tops, row) = (
        np.unique(side.round(3), return_inverse=True) for side in (boxes[:, 0], boxes[:, 1])
    )
    width, height = len(lefts), len(tops)
    places = len(np.unique(row * width + column))
    if places == len(boxes) == width * height and max(width, height) <= _WIDEST_MAP:
        return np.stack([column, row, column + 1, row + 1], axis=1).astype(float), (width, height)
    start, end = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return (boxes - np.tile(start, 2)) * np.tile(_COARSE_MAP / (end - start), 2), _COARSE_MAP


def painted(weights: Floats, boxes: Floats, size: tuple[int, int]) -> Floats:
    """One word's weights as shares of its strongest, on a grid of cells.

    Args:
        weights: (R,).
        boxes: (R, 4), in cells; their edges move to the nearest line of the grid.
        size: width and height of the grid.
    Returns:
        (height, width), in [0, 1]; 0 outside all boxes. Where boxes overlap the stronger is seen:
        a sum would make overlaps of evenly weighted boxes stand out.
    """
    corners = np.rint(boxes.clip(0, [*size, *size])).astype(int)
    corners[:, :2] = np.minimum(corners[:, :2], np.array(size) - 1)
    corners[:, 2:] = np.maximum(corners[:, 2:], corners[:, :2] + 1)  # at least one cell
    cells = np.zeros(size[::-1])
    for i in np.argsort(weights):
        left, top, right, bottom = corners[i]
        cells[top:bottom, left:right] = weights[i]
    return cells / (weights.max() or 1)


def strongest(weights: Floats) -> NDArray[np.intp]:
    """The regions of a word (R,) that no other outweighs; none if none has weight."""
    return np.flatnonzero(np.isclose(weights, weights.max(), atol=0) & (weights > 0))


def percent(weight: float) -> str:
    """The weight with two digits: 63%, 2.1%, 0.5%."""
    if 0 < weight < 0.0005:
        return "<0.1%"
    return f"{100 * weight:.{int(0 < weight < 0.0995)}f}%"


def _named(boxes: Floats, wrong: ArrayLike) -> str:
    """The first of the wrong boxes, for an error."""
    i = int(np.argmax(wrong))
    return f"box {i} (counted from 0), {', '.join(f'{edge:g}' for edge in boxes[i])},"

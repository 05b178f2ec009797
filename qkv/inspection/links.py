"""What each token attended to as lines between two columns of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from qkv.inspection._canvas import Canvas, Floats
from qkv.inspection._fonts import in_fonts
from qkv.inspection._grid import checked, clipped, legible
from qkv.inspection._merging import readable
from qkv.inspection._saving import checked_format, save
from qkv.inspection._scale import scaled

__all__ = ["links_png"]

_LINE_INCHES = 0.24  # from a token to the next
_BETWEEN_INCHES = 2.4  # the columns
_LABEL_COLUMNS = 32  # of a token, as a terminal has columns
_THICKEST_POINTS = 3.0
_FAINTEST = 0.02  # levels below it are not drawn
_COLOUR = "#08306b"  # the darkest of `blues`


def links_png(
    weights: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    path: str | Path,
    *,
    title: str | None = None,
    scale: str = "max",
) -> None:
    """Draw source tokens at the left, target tokens at the right, and a line for each weight.

    The more weight, the darker and thicker the line.

    Args:
        weights: (Tq, Tk), floats in [0, 1].
        rows, columns: target and source tokens, Tq and Tk labels.
        path, title, scale: as in `heatmap_png`; so are the errors.
    """
    checked_format(path := Path(path))
    matrix, rows, columns, pooled = readable(checked(weights, rows, columns), rows, columns)
    levels = scaled(matrix, scale)
    labels = [legible(label) for label in (*columns, *rows, title or "", pooled)]
    shown, families = in_fonts(labels, path)
    left, right = (
        [clipped(label, _LABEL_COLUMNS) for label in part]
        for part in (shown[: len(columns)], shown[len(columns) : -2])
    )
    height = _LINE_INCHES * max(len(left), len(right))
    canvas = Canvas.of(_BETWEEN_INCHES, height, families)
    ends = [_places(len(side), height) for side in (left, right)]
    for x, y, label in zip([-0.08] * len(left), ends[0], left, strict=True):
        canvas.write(x, y, label, ha="right", va="center_baseline")
    for y, label in zip(ends[1], right, strict=True):
        canvas.write(_BETWEEN_INCHES + 0.08, y, label, va="center_baseline")
    _join(canvas, levels.levels, *ends)
    canvas.explain(0, -0.35, levels, "attention weight")
    canvas.entitle(shown[-2:])
    save(canvas.figure, path)


def _places(count: int, height: float) -> Floats:
    """Where so many tokens stand in the middle of the height, the first one on top."""
    return height / 2 + _LINE_INCHES * ((count - 1) / 2 - np.arange(count, dtype=np.float64))


def _join(canvas: Canvas, levels: Floats, left: Floats, right: Floats) -> None:
    from matplotlib.collections import LineCollection

    i, j = np.nonzero(levels >= _FAINTEST)
    if not len(i):
        return
    order = np.argsort(levels[i, j])  # the darkest on top
    i, j = i[order], j[order]
    starts = np.stack([np.zeros(len(j)), left[j]], 1)
    ends = np.stack([np.full(len(i), _BETWEEN_INCHES), right[i]], 1)
    lines = LineCollection(
        list(np.stack([starts, ends], 1)),
        linewidths=_THICKEST_POINTS * levels[i, j],
        alpha=levels[i, j],
        colors=_COLOUR,
        capstyle="round",
    )
    canvas.axes.add_collection(lines, autolim=False)

"""A heat map of attention weights as a picture, with a font for every character in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.cells import cell_len

from qkv.inspection._fonts import in_fonts
from qkv.inspection._grid import checked, legible, scale_top
from qkv.inspection._saving import checked_format, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["heatmap_png"]

_CELL_INCHES = 0.3
_LABEL_POINTS = 10


def heatmap_png(
    weights: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    path: str | Path,
    *,
    title: str | None = None,
) -> None:
    """Draw weights as a picture that grows with the tokens; darker cells weigh more.

    Args:
        weights: (Tq, Tk), floats in [0, 1].
        rows, columns: target and source tokens, Tq and Tk labels.
        path: a .png, .svg or .pdf file; it is replaced whole or left as it was.
        title: stands above the column labels.
    Raises:
        ConfigError: the path has another ending.
        ShapeError, DataError: see `checked`; or the file cannot be written.
        MissingExtra: no font here has the characters, and noto-cjk-sans-otc is not installed.
    """
    path = Path(path)
    checked_format(path)
    matrix = checked(weights, rows, columns)
    texts, families = in_fonts([legible(text) for text in [*rows, *columns, title or ""]])
    figure, axes = _draw_cells(matrix)
    _label(axes, texts[: len(rows)], texts[len(rows) : -1], texts[-1], families)
    save(figure, path)


def _draw_cells(matrix: NDArray[np.float64]) -> tuple[Figure, Axes]:
    """The grid, every cell of one size, and the colour bar beside it."""
    from matplotlib.figure import Figure

    height, width = (_CELL_INCHES * length for length in matrix.shape)
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    cells = axes.pcolormesh(
        matrix, cmap="Blues", vmin=0, vmax=scale_top(matrix), edgecolors="white", linewidth=0.5
    )
    axes.invert_yaxis()
    bar = figure.add_axes((1 + 0.25 / width, 1 - 1.5 / height, 0.1 / width, 1.5 / height))
    figure.colorbar(cells, cax=bar).set_label("attention weight", fontsize=_LABEL_POINTS - 2)
    bar.tick_params(labelsize=_LABEL_POINTS - 2, length=2)
    for spine in [*axes.spines.values(), *bar.spines.values()]:
        spine.set_visible(False)
    return figure, axes


def _label(
    axes: Axes, rows: list[str], columns: list[str], title: str, families: list[str]
) -> None:
    """Write row labels to the left, column labels above, upright where they can be."""
    axes.tick_params(length=0, pad=4, labeltop=True, labelbottom=False)
    plain = {"fontfamily": families, "fontsize": _LABEL_POINTS, "parse_math": False}
    axes.set_yticks(np.arange(len(rows)) + 0.5, rows, **plain)
    upright = all(_is_wide(column) or cell_len(column) <= 3 for column in columns)
    stacked = ["\n".join(column) if _is_wide(column) else column for column in columns]
    axes.set_xticks(np.arange(len(columns)) + 0.5, stacked, **plain)
    for tick, column in zip(axes.get_xticklabels(), columns, strict=True):
        tick.set(rotation=0 if upright or _is_wide(column) else 90, linespacing=1.0)
    if title:
        axes.set_title(title, pad=12, **plain)


def _is_wide(label: str) -> bool:
    """Only Chinese and the like, which reads downwards as well as across."""
    return bool(label) and cell_len(label) == 2 * len(label)

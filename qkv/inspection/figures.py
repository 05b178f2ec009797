"""A heat map of attention weights as a picture, with a font for every character in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from rich.cells import cell_len

from qkv.inspection._canvas import downwards
from qkv.inspection._fonts import in_fonts
from qkv.inspection._grid import checked, clipped, legible
from qkv.inspection._merging import readable
from qkv.inspection._saving import checked_format, save
from qkv.inspection._scale import Scale, scaled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["heatmap_png"]

_CELL_INCHES = 0.3
_LABEL_POINTS = 10
_LABEL_COLUMNS = 32  # of a token, as a terminal has columns
_LETTERS_A_CELL = 3  # of a title as wide as the picture


def heatmap_png(
    weights: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    path: str | Path,
    *,
    title: str | None = None,
    scale: str = "max",
) -> None:
    """Draw weights as a picture that grows with the tokens; darker cells weigh more.

    A map too large to be read is pooled, and a sentence above it says so.

    Args:
        weights: (Tq, Tk), floats in [0, 1].
        rows, columns: target and source tokens, Tq and Tk labels.
        path: a .png, .svg or .pdf file; it is replaced whole or left as it was.
        title: stands above the column labels.
        scale: "max", one for all weights, up to the largest; "row", each row up to its own; or
            "log", one for all, by powers of ten. Beside the scale stands which one it is.
    Raises:
        ConfigError: the path has another ending, or there is no such scale.
        ShapeError, DataError: see `checked`; or the file cannot be written.
        MissingExtra: no font here has the characters, and noto-cjk-sans-otc is not installed.
    """
    path = Path(path)
    checked_format(path)
    matrix, rows, columns, pooled = readable(checked(weights, rows, columns), rows, columns)
    title = legible(title or "")
    if pooled:  # then the text is longer than the picture is wide
        title = clipped(title, _LETTERS_A_CELL * len(columns))
    texts, families = in_fonts([*map(legible, [*rows, *columns]), title, pooled], path)
    title, pooled = texts[-2:]
    labels = [clipped(label, _LABEL_COLUMNS) for label in texts[:-2]]
    figure, axes = _draw_cells(scaled(matrix, scale))
    heading = "\n".join(line for line in (title, pooled) if line)
    _label(axes, labels[: len(rows)], labels[len(rows) :], heading, families)
    save(figure, path)


def _draw_cells(scale: Scale) -> tuple[Figure, Axes]:
    """The grid, every cell of one size, and the colour bar beside it."""
    from matplotlib.figure import Figure

    height, width = (_CELL_INCHES * length for length in scale.levels.shape)
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    cells = axes.pcolormesh(
        scale.levels, cmap="Blues", vmin=0, vmax=1, edgecolors="white", linewidth=0.5
    )
    axes.invert_yaxis()
    bar = figure.add_axes((1 + 0.25 / width, 1 - 1.5 / height, 0.1 / width, 1.5 / height))
    label = ",\n".join(["attention weight", *[scale.note] * bool(scale.note)])
    ticks = np.linspace(0, 1, scale.steps + 1)
    ruler = figure.colorbar(cells, cax=bar, ticks=ticks)
    ruler.set_ticklabels([scale.at(level) for level in ticks])
    ruler.set_label(label, fontsize=_LABEL_POINTS - 2)
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
    turned = [downwards(column) for column in columns]
    upright = all(not degrees or cell_len(text) <= 3 for text, degrees in turned)
    axes.set_xticks(np.arange(len(columns)) + 0.5, [text for text, _ in turned], **plain)
    for tick, (_, degrees) in zip(axes.get_xticklabels(), turned, strict=True):
        tick.set(rotation=0 if upright else degrees, linespacing=1.0)
    if title:
        axes.set_title(title, pad=12, **plain)

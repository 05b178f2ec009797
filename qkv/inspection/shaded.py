"""The source as running text, shaded by what each target token attended to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from numpy.typing import ArrayLike

from qkv.errors import ShapeError
from qkv.inspection._canvas import Canvas, Floats, blues
from qkv.inspection._fonts import in_fonts
from qkv.inspection._grid import checked, clipped, legible
from qkv.inspection._merging import readable
from qkv.inspection._saving import checked_format, save
from qkv.inspection._scale import scaled

__all__ = ["shaded_png"]

_TEXT_INCHES = 7.0  # of a line
_LINE_INCHES, _BETWEEN_INCHES = 0.26, 0.1  # a line; more between two target tokens
_SPACE_INCHES, _PADDING_INCHES = 0.05, 0.02
_LABEL_COLUMNS = 32  # of a token, as a terminal has columns
_INK = 0.55  # levels above it are so dark that text on them is white


def shaded_png(
    weights: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    path: str | Path,
    *,
    spaces: Sequence[str] | None = None,
    title: str | None = None,
    scale: str = "max",
) -> None:
    """Draw the source once for each target token, its words the darker the more weight they got.

    For one target token alone, give its row: `weights[[i]]` and `rows[i : i + 1]`.

    Args:
        weights: (Tq, Tk), floats in [0, 1].
        rows, columns: target and source tokens, Tq and Tk labels.
        spaces: what stands before each source token, "" or a space; None: a space.
        path, title, scale: as in `heatmap_png`; so are the errors.
    Raises:
        ShapeError: not one of `spaces` for each column.
    """
    checked_format(path := Path(path))
    if spaces is not None and len(spaces) != len(columns):
        raise ShapeError(f"shaded: {len(columns)} columns need as many spaces; got {len(spaces)}.")
    matrix, rows, words, pooled = readable(checked(weights, rows, columns), rows, columns)
    gaps = spaces if spaces is not None and len(words) == len(columns) else [" "] * len(words)
    levels = scaled(matrix, scale)
    labels = [legible(label) for label in (*rows, *words, title or "", pooled)]
    shown, families = in_fonts(labels, path)
    rows, words = (
        [clipped(label, _LABEL_COLUMNS) for label in part]
        for part in (shown[: len(rows)], shown[len(rows) : -2])
    )
    places = _places(words, gaps, families)
    step = (1 + max(line for line, _, _ in places)) * _LINE_INCHES + _BETWEEN_INCHES
    canvas = Canvas.of(_TEXT_INCHES, len(rows) * step, families)
    for i, row in enumerate(rows):
        top = canvas.figure.get_figheight() - i * step
        canvas.write(-0.15, top - _LINE_INCHES / 2, row, ha="right", va="center_baseline")
        _shade(canvas, words, places, levels.levels[i], top)
    canvas.explain(0, -0.3, levels, "attention weight")
    canvas.entitle(shown[-2:])
    save(canvas.figure, path)


Place = tuple[int, float, float]  # line, left and width in inches


def _places(words: Sequence[str], gaps: Sequence[str], families: Sequence[str]) -> list[Place]:
    """Where each word stands in a text that is broken at the width of a line."""
    ruler = Canvas.of(1, 1, families)
    places: list[Place] = []
    line, left = 0, 0.0
    for word, gap in zip(words, gaps, strict=True):
        width = ruler.width(ruler.write(0, 0, word)) + 2 * _PADDING_INCHES
        left += _SPACE_INCHES if gap and left else 0
        if left and left + width > _TEXT_INCHES:
            line, left = line + 1, 0.0
        places.append((line, left, width))
        left += width
    return places


def _shade(
    canvas: Canvas, words: Sequence[str], places: Sequence[Place], levels: Floats, top: float
) -> None:
    high = _LINE_INCHES - 0.04
    boxes = []
    for word, (line, left, width), level in zip(words, places, levels, strict=True):
        bottom = top - (line + 1) * _LINE_INCHES + 0.02
        boxes.append((left, bottom, width, high))
        middle = left + width / 2, bottom + high / 2
        ink = "white" if level > _INK else "black"
        text = canvas.write(*middle, word, ha="center", va="center_baseline", color=ink)
        text.set_in_layout(False)  # its box is; measuring each word would take longer than drawing
    canvas.fill(boxes, blues(levels))

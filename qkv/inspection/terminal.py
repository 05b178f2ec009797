"""A heat map of attention weights as text, for any terminal, a pipe or a file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.cells import cell_len
from rich.color import Color
from rich.style import Style

from qkv.inspection._grid import checked, clipped, legible
from qkv.inspection._merging import readable
from qkv.inspection._scale import Scale, scaled
from qkv.inspection._shades import best_shades

__all__ = ["heatmap_text"]

_TALLEST = 12  # lines of a vertical label

# Paints a level over so many terminal columns; the weight is given where it is its row's strongest.
Paint = Callable[[float, int, float | None], str]


class _Columns(NamedTuple):
    """Terminal columns per weight, and each label as equally many lines of that width."""

    cell: int
    labels: list[list[str]]


def heatmap_text(
    weights: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    colour: bool,
    width: int | None = None,
    scale: str = "max",
) -> str:
    """Draw weights as a grid of cells, one line a row, with labels, and the scale below.

    A map too large to be read is pooled, and a sentence says so.

    Args:
        weights: (Tq, Tk), floats in [0, 1].
        rows, columns: target and source tokens, Tq and Tk labels.
        colour: True paints backgrounds and writes each row's strongest weight in per cent into
            its cell (at most as large as the cell holds: 99 in a narrow one); False writes
            digits, readable in a pipe, and marks the strongest with `*`.
        scale: as in `heatmap_png`.
        width: terminal columns; default: the terminal's. A wider grid goes on in panels below.
    Returns:
        Lines without a newline at the end. All lines of a panel are equally wide.
    Raises:
        ShapeError, DataError: see `checked`.
        ConfigError: another scale.
    """
    matrix, rows, columns, pooled = readable(checked(weights, rows, columns), rows, columns)
    shades = scaled(matrix, scale)
    width = width or shutil.get_terminal_size().columns
    names = _row_labels([legible(row) for row in rows], limit=max(4, width // 3))
    room = width - cell_len(names[0])
    layout = _lay_out([legible(column) for column in columns], room)
    paint, legend = (_in_colour if colour else _in_digits)(shades)
    cells = _paint_all(matrix, shades.levels, layout.cell, paint)
    panels = _panels(names, layout.labels, cells, max(1, room // layout.cell))
    return "\n".join([*panels, "", legend, *[pooled] * bool(pooled)])


def _row_labels(labels: list[str], limit: int) -> list[str]:
    """Labels set flush right against the grid, one space between."""
    cut = [clipped(label, limit) for label in labels]
    widest = max(map(cell_len, cut))
    return [_flush_right(label, widest) + " " for label in cut]


def _lay_out(labels: list[str], room: int) -> _Columns:
    """Labels along one line if they fit into the room, else one character below the other."""
    across = max(3, 1 + max(map(cell_len, labels)))
    if across * len(labels) <= room:
        return _Columns(across, [[_flush_right(label, across)] for label in labels])
    stacks = [_stack(label) for label in labels]
    tallest = max(map(len, stacks))
    cell = 3 if 3 * len(labels) <= room else 2
    padded = ([""] * (tallest - len(stack)) + stack for stack in stacks)
    return _Columns(cell, [[_flush_right(line, cell) for line in stack] for stack in padded])


def _stack(label: str) -> list[str]:
    """The label's characters, each with the marks that combine with it; too many end in …."""
    stack: list[str] = []
    for character in label:
        if stack and not cell_len(character):
            stack[-1] += character
        else:
            stack.append(character)
    return stack if len(stack) <= _TALLEST else [*stack[: _TALLEST - 1], "…"]


def _flush_right(text: str, cells: int) -> str:
    return " " * (cells - cell_len(text)) + text


def _paint_all(
    matrix: NDArray[np.float64], levels: NDArray[np.float64], cell: int, paint: Paint
) -> list[list[str]]:
    """Painted cells (Tq, Tk); a row without any weight has no strongest."""
    strongest = np.where(matrix.max(axis=1) > 0, matrix.argmax(axis=1), -1).tolist()
    return [
        [paint(level, cell, row[j] if j == best else None) for j, level in enumerate(shares)]
        for row, shares, best in zip(matrix.tolist(), levels.tolist(), strongest, strict=True)
    ]


def _in_digits(scale: Scale) -> tuple[Paint, str]:
    """Tenths of the scale, cut down. ASCII, because block shades are double-width in some fonts."""

    def paint(level: float, cell: int, strongest: float | None) -> str:
        tenths = min(9, int(10 * level + 1e-6))
        return f"{'' if strongest is None else '*'}{tenths or '.'}".rjust(cell)

    steps = "".join(f"   {step} from {scale.at(step / 10)}" for step in (1, 5, 9))
    return paint, f". below {scale.at(0.1)}{steps}{_noted(scale)}   * strongest of its row"


def _noted(scale: Scale) -> str:
    return f" ({scale.note})" if scale.note else ""


def _in_colour(scale: Scale) -> tuple[Paint, str]:
    """Backgrounds from dark to bright, and the row's strongest weight in per cent."""
    shade, system = best_shades()

    def paint(level: float, cell: int, strongest: float | None) -> str:
        text = "" if strongest is None else f"{min(round(100 * strongest), 10**cell - 1)}"
        background = shade(level)
        style = Style(color=_ink(background), bgcolor=background, bold=True)
        return style.render(text.rjust(cell), color_system=system)

    bar = "".join(paint(step / 10, 2, None) for step in range(11))
    ends = f"{scale.at(0)} {bar} {scale.at(1)}{_noted(scale)}"
    return paint, f"{ends}   number: strongest of its row, in %"


def _ink(background: Color) -> Color:
    """Black or white, whichever stands out."""
    red, green, blue = background.get_truecolor()
    return Color.parse("black" if 0.3 * red + 0.59 * green + 0.11 * blue > 110 else "bright_white")


def _panels(
    names: list[str], labels: list[list[str]], cells: list[list[str]], columns: int
) -> list[str]:
    """Lines of the grid, with at most so many columns beside each other."""
    lines: list[str] = []
    panels = -(-len(labels) // columns)
    cuts = [len(labels) * panel // panels for panel in range(panels + 1)]
    for first, last in pairwise(cuts):
        if panels > 1:
            lines += [""] * bool(lines) + [f"columns {first + 1}–{last} of {len(labels)}"]
        header = ["".join(line) for line in zip(*labels[first:last], strict=True)]
        lines += [" " * cell_len(names[0]) + line for line in header if line.strip()]
        grid = zip(names, cells, strict=True)
        lines += [name + "".join(row[first:last]) for name, row in grid]
    return lines

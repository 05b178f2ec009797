"""A sheet of pictures of one size, each with a word and its share above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import rich.text
from rich.console import Console

from qkv.inspection._boxes import Floats
from qkv.inspection._grid import clipped
from qkv.inspection._saving import dots_per_inch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

__all__ = ["Sheet"]

_PICTURE_SQUARE_INCHES = 3.0
_LONGEST_SIDE_INCHES, _SHORTEST_SIDE_INCHES = 6.0, 0.05
_NARROWEST_INCHES = 1.3  # a word and its share need it even above a slim picture
_HEAD_INCHES, _GAP_INCHES = 0.3, 0.15
_MOST_COLUMNS = 6
_ASPECT = 1.5  # width to height of the sheet, to aim at
_POINTS = 10
_LONGEST_WORD = 80  # terminal columns; more fit above no picture
_CELLS_PER_INCH = 11  # of a title in a font of that size
_OUTLINE = "#ff2d55"


@dataclass(frozen=True)
class Sheet:
    """Places for pictures in rows, each with room for a line of text above.

    Args:
        axes: what is drawn on; coordinates are inches from the left and from the bottom.
        columns: places in a row.
        picture: width and height of a picture, in inches.
        font: how text is written.
    """

    axes: Axes
    columns: int
    picture: tuple[float, float]
    font: dict[str, Any]

    @classmethod
    def lay_out(cls, count: int, size: tuple[int, int], families: Sequence[str]) -> Sheet:
        """A sheet with `count` places for a picture of that size, in pixels."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        picture = _inches(size)
        width, height = _place(picture)
        columns = _columns(count, width / height)
        across, down = columns * width - _GAP_INCHES, -(-count // columns) * height
        figure = Figure(figsize=(across, down))
        FigureCanvasAgg(figure)  # measures all texts with one renderer; a bare figure makes many
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, across), ylim=(0, down))
        axes.set_axis_off()
        font = {"fontfamily": families, "fontsize": _POINTS, "parse_math": False}
        return cls(axes, columns, picture, font)

    @property
    def figure(self) -> Figure:
        """What to save."""
        return cast("Figure", self.axes.figure)

    @property
    def dots(self) -> tuple[int, int]:
        """Width and height of a picture as it will be saved."""
        width, height = (max(1, round(dots_per_inch(self.figure) * side)) for side in self.picture)
        return width, height

    def show(self, i: int, pixels: Floats, *, outlined: Iterable[Floats] = ()) -> None:
        """Draw the picture in place `i`, and outline boxes whose edges are shares of its sides."""
        from matplotlib.patches import Rectangle

        left, bottom = self._corner(i)
        width, height = self.picture
        self._paint(pixels, left, bottom, width, height)
        for box in outlined:
            start, top, end, foot = box.clip(0, 1)
            at = left + start * width, bottom + (1 - foot) * height
            frame = Rectangle(at, (end - start) * width, (foot - top) * height, clip_on=False)
            frame.set(fill=False, edgecolor=_OUTLINE, linewidth=1.2)
            self.axes.add_patch(frame)

    def name(self, i: int, word: str, share: str) -> None:
        """Write the word above the left of the picture and its share above the right."""
        left, bottom = self._corner(i)
        right = left + _place(self.picture)[0] - _GAP_INCHES
        line = bottom + self.picture[1] + 0.07
        beside = self._write(right, line, share, ha="right", color="0.4")
        label = self._write(left, line, clipped(word, _LONGEST_WORD))
        _cut(label, beside.get_window_extent().x0 - 5)

    def entitle(self, title: str) -> None:
        """Write a title above it all, in as many lines as it needs."""
        width, height = self.figure.get_size_inches()
        lines = rich.text.Text(title).wrap(Console(), int(width * _CELLS_PER_INCH))
        self._write(0, height + 0.1, "\n".join(line.plain.rstrip() for line in lines))

    def explain(self, least: str, ramp: Floats, most: str) -> None:
        """Draw a strip of colours (1, N, 3) below it all, with what its ends mean."""
        start = self._write(0, -0.35, least, color="0.4").get_window_extent().x1
        left = start / self.figure.dpi + 0.08
        self._paint(ramp, left, -0.37, 0.9, 0.13)
        self._write(left + 0.98, -0.35, most, color="0.4")

    def _corner(self, i: int) -> tuple[float, float]:
        """Left and bottom of the picture in place `i`."""
        row, column = divmod(i, self.columns)
        width, height = _place(self.picture)
        return column * width, self.figure.get_figheight() - (row + 1) * height

    def _paint(
        self, colours: Floats, left: float, bottom: float, width: float, height: float
    ) -> None:
        extent = (left, left + width, bottom, bottom + height)
        pixels = np.rint(255 * colours).astype(np.uint8)
        self.axes.imshow(pixels, extent=extent, aspect="auto", interpolation="none", clip_on=False)

    def _write(self, left: float, bottom: float, text: str, **style: Any) -> Text:
        return self.axes.text(left, bottom, text, **self.font, **style)


def _inches(size: tuple[int, int]) -> tuple[float, float]:
    """Width and height on the sheet: of one area for all pictures, but for very slim ones."""
    width, height = size
    scale = min(sqrt(_PICTURE_SQUARE_INCHES / (width * height)), _LONGEST_SIDE_INCHES / max(size))
    return max(_SHORTEST_SIDE_INCHES, width * scale), max(_SHORTEST_SIDE_INCHES, height * scale)


def _place(picture: tuple[float, float]) -> tuple[float, float]:
    """Width and height of a picture with its line of text and the gap, in inches."""
    return max(picture[0], _NARROWEST_INCHES) + _GAP_INCHES, picture[1] + _HEAD_INCHES


def _columns(count: int, aspect: float) -> int:
    """How many columns bring the sheet near the wanted aspect and leave few places empty."""

    def cost(columns: int) -> float:
        rows = -(-count // columns)
        return abs(log(columns * aspect / rows / _ASPECT)) + (rows * columns - count) / count

    return min(range(1, min(count, _MOST_COLUMNS) + 1), key=cost)


def _cut(label: Text, limit: float) -> None:
    """Shorten the label until it ends left of the limit, in pixels of the figure."""
    word = label.get_text()
    while word and label.get_window_extent().x1 > limit:
        word = word[:-1]
        label.set_text(word.rstrip() + "…")

"""A sheet of pictures of one size, each with a word and its share above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING

from qkv.inspection._boxes import Floats
from qkv.inspection._canvas import GREY, Canvas
from qkv.inspection._grid import clipped
from qkv.inspection._saving import dots_per_inch

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

__all__ = ["Sheet"]

_PICTURE_SQUARE_INCHES = 3.0
_LONGEST_SIDE_INCHES, _SHORTEST_SIDE_INCHES = 6.0, 0.05
_NARROWEST_INCHES = 1.3  # a word and its share need it even above a slim picture
_HEAD_INCHES, _GAP_INCHES = 0.3, 0.15
_MOST_COLUMNS = 6
_ASPECT = 1.5  # width to height of the sheet, to aim at
_LONGEST_WORD = 80  # terminal columns; more fit above no picture
_OUTLINE = "#ff2d55"


@dataclass(frozen=True)
class Sheet:
    """Places for pictures in rows, each with room for a line of text above.

    Args:
        canvas: what is drawn on. columns: places in a row.
        picture: width and height of a picture, in inches.
    """

    canvas: Canvas
    columns: int
    picture: tuple[float, float]

    @classmethod
    def lay_out(cls, count: int, size: tuple[int, int], families: Sequence[str]) -> Sheet:
        """A sheet with `count` places for a picture of that size, in pixels."""
        picture = _inches(size)
        width, height = _place(picture)
        columns = _columns(count, width / height)
        across, down = columns * width - _GAP_INCHES, -(-count // columns) * height
        return cls(Canvas.of(across, down, families), columns, picture)

    @property
    def figure(self) -> Figure:
        """What to save."""
        return self.canvas.figure

    @property
    def dots(self) -> tuple[int, int]:
        """Width and height of a picture as it will be saved."""
        width, height = (max(1, round(dots_per_inch(self.figure) * side)) for side in self.picture)
        return width, height

    def show(self, i: int, pixels: Floats, *, outlined: Iterable[Floats] = ()) -> None:
        """Draw the picture in place `i`, and outline boxes whose edges are shares of its sides."""
        left, bottom = self._corner(i)
        width, height = self.picture
        self.canvas.paint(pixels, left, bottom, width, height)
        for box in outlined:
            start, top, end, foot = box.clip(0, 1)
            at = left + start * width, bottom + (1 - foot) * height
            size = (end - start) * width, (foot - top) * height
            self.canvas.frame(*at, *size, edgecolor=_OUTLINE, linewidth=1.2)

    def name(self, i: int, word: str, share: str) -> None:
        """Write the word above the left of the picture and its share above the right."""
        left, bottom = self._corner(i)
        right = left + _place(self.picture)[0] - _GAP_INCHES
        line = bottom + self.picture[1] + 0.07
        beside = self.canvas.write(right, line, share, ha="right", color=GREY)
        label = self.canvas.write(left, line, clipped(word, _LONGEST_WORD))
        self._cut(label, right - left - self.canvas.width(beside) - 0.07)

    def entitle(self, title: str) -> None:
        """Write a title above it all, in as many lines as it needs."""
        self.canvas.entitle([title])

    def explain(self, least: str, ramp: Floats, most: str) -> None:
        """Draw a strip of colours (1, N, 3) below it all, with what its ends mean."""
        left = self.canvas.width(self.canvas.write(0, -0.35, least, color=GREY)) + 0.08
        self.canvas.paint(ramp, left, -0.37, 0.9, 0.13)
        self.canvas.write(left + 0.98, -0.35, most, color=GREY)

    def _cut(self, label: Text, room: float) -> None:
        """Shorten the label until it is no wider, in inches."""
        word = label.get_text()
        while word and self.canvas.width(label) > room:
            word = word[:-1]
            label.set_text(word.rstrip() + "…")

    def _corner(self, i: int) -> tuple[float, float]:
        """Left and bottom of the picture in place `i`."""
        row, column = divmod(i, self.columns)
        width, height = _place(self.picture)
        return column * width, self.figure.get_figheight() - (row + 1) * height


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

"""Where in a picture each word of its caption looked: a sheet of pictures, or text."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text

from qkv.data.pictures import checked
from qkv.inspection._boxes import (
    Floats,
    check_inside,
    checked_regions,
    in_cells,
    painted,
    percent,
    strongest,
)
from qkv.inspection._fonts import in_fonts
from qkv.inspection._grid import clipped, legible
from qkv.inspection._saving import checked_format, save
from qkv.inspection._shades import best_shades
from qkv.inspection._sheet import Sheet

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["regions_png", "regions_text"]

# What got no attention takes this lowest part of the brightness and what got most takes the rest,
# so that a dark thing looked at is never darker than a bright thing not looked at.
_UNLIT = 0.4
_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
_NOTES_LEGEND = "%: the weight of the strongest region   x, y: where it is, in pixels"
_LONGEST_WORD = 14  # terminal columns
_WIDEST_SPACED = 10  # cells
_BETWEEN_BLOCKS = 3  # terminal columns

# Draws a word's map (height, width) of levels in [0, 1] as lines of equal width.
Draw = Callable[[Floats], list[str]]


def regions_png(
    picture: Image,
    words: Sequence[str],
    weights: ArrayLike,
    boxes: ArrayLike,
    path: str | Path,
    *,
    title: str | None = None,
) -> None:
    """Draw the picture once plain, then once for each word, lit where the word looked.

    From dim and grey, no attention, to bright and coloured, as much as the word's strongest
    region, which is outlined unless others equal it; its weight stands above in per cent.

    Args:
        picture: of any size and mode; drawn as a captioner sees it, turned as its EXIF says.
        words, title: T labels, and what stands above them all, such as the caption.
        weights: (T, R), floats in [0, 1]; row t is what word t attended to.
        boxes: (R, 4), left, top, right, bottom in pixels of the upright picture; where boxes
            overlap, the stronger is seen.
        path: a .png, .svg or .pdf file; it is replaced whole or left as it was.
    Raises:
        ConfigError: the path has another ending.
        ShapeError, DataError: see `checked_regions`, `check_inside`; or the file can't be written.
        MissingExtra: no font here has the characters, and noto-cjk-sans-otc is not installed.
    Source: Xu et al. 2015, figures 2 to 5. Differs: regions are not smoothed, their edges are true.
    """
    checked_format(path := Path(path))
    matrix, edges = checked_regions(words, weights, boxes)
    picture = checked(picture, "the picture")
    check_inside(edges, picture.size)
    texts, families = in_fonts([legible(text) for text in [*words, title or ""]], path)
    sheet = Sheet.lay_out(1 + len(words), picture.size, families)
    _fill(sheet, picture, texts[:-1], matrix, edges / (*picture.size, *picture.size))
    sheet.entitle(texts[-1])
    save(sheet.figure, path)


def regions_text(
    words: Sequence[str], weights: ArrayLike, boxes: ArrayLike, *, colour: bool
) -> str:
    """Draw for each word a small map of where it looked, beside it its strongest region.

    A map has a cell for each region if they form a grid; else it is coarse, and a cell shows the
    strongest region in it.

    Args:
        words, weights, boxes: as in `regions_png`.
        colour: True paints from dark to bright, two rows a line; False writes digits, readable in
            a pipe, and marks the strongest with `*`.
    Returns:
        As many words beside each other as the terminal has room for, and the scale below; without
        a newline at the end.
    Raises:
        ShapeError, DataError: see `checked_regions`.
    """
    matrix, edges = checked_regions(words, weights, boxes)
    cells, size = in_cells(edges)
    draw, legend = _in_colour() if colour else _in_tenths()
    maps = [draw(painted(row, cells, size)) for row in matrix]
    notes = [_notes(word, row, edges) for word, row in zip(words, matrix, strict=True)]
    width = max(cell_len(line) for lines in notes for line in lines)
    blocks = [_beside(*each, width) for each in zip(maps, notes, strict=True)]
    return "\n".join([*_in_rows(blocks), legend, _NOTES_LEGEND])


def _fill(sheet: Sheet, picture: Image, words: list[str], weights: Floats, boxes: Floats) -> None:
    """Draw the pictures and the scale; edges of boxes are shares of the picture's sides."""
    pixels = _resized(picture, sheet.dots)
    sheet.show(0, pixels)
    for i, row in enumerate(weights):
        levels = painted(row, boxes * (*sheet.dots, *sheet.dots), sheet.dots)
        best = strongest(row)
        sheet.show(i + 1, _lit(pixels, levels), outlined=boxes[best] if len(best) == 1 else ())
        sheet.name(i + 1, words[i], percent(row.max()))
    ramp = _lit(np.full((1, 64, 3), 0.5), np.linspace(0, 1, 64)[None])
    sheet.explain("0%", ramp, "strongest region, its % above")


def _resized(picture: Image, size: tuple[int, int]) -> Floats:
    """The colours (height, width, 3) in [0, 1] of a picture that is upright."""
    from PIL.Image import Resampling

    small = picture.resize(size, Resampling.LANCZOS, reducing_gap=3)
    return np.asarray(small, dtype=np.float64) / 255


def _lit(pixels: Floats, levels: Floats) -> Floats:
    """Colours (height, width, 3), grey and dim at level 0, true and bright at level 1."""
    dim = _UNLIT * (pixels @ _LUMA)[..., None]
    bright = _UNLIT + (1 - _UNLIT) * pixels
    return dim + levels[..., None] * (bright - dim)


def _in_colour() -> tuple[Draw, str]:
    """Half a character for each cell: the upper rows in the ink, the lower behind it."""
    shade, system = best_shades()

    def pair(upper: float, lower: float | None) -> str:
        behind = None if lower is None else shade(lower)
        return Style(color=shade(upper), bgcolor=behind).render("▀", color_system=system)

    def draw(levels: Floats) -> list[str]:
        rows = levels.tolist()
        below = [*rows[1::2], [None] * len(rows[0])]  # spare, unless the last row is odd
        return ["".join(map(pair, *both)) for both in zip(rows[::2], below, strict=False)]

    bar = "".join(pair(step / 15, step / 15) for step in range(16))
    return draw, f"0 {bar} as much as the word's strongest region"


def _in_tenths() -> tuple[Draw, str]:
    """Tenths of the strongest, cut down; ASCII for the same reason as in `heatmap_text`."""

    def draw(levels: Floats) -> list[str]:
        between = " " if levels.shape[1] <= _WIDEST_SPACED else ""  # spaced cells look square
        steps = (10 * levels + 1e-6).astype(int)
        return [between.join(".123456789*"[step] for step in row) for row in steps]

    return draw, "* the word's strongest region   5 from 5/10 of it   . below 1/10"


def _notes(word: str, row: Floats, edges: Floats) -> list[str]:
    """What stands beside a map: the word, its strongest weight, and where that is."""
    head = [clipped(legible(word), _LONGEST_WORD), percent(row.max())]
    best = strongest(row)
    if len(best) != 1:
        return [*head, f"{len(best)} equal" if len(best) else "nowhere", ""]
    left, top, right, bottom = np.rint(edges[best[0]]).astype(int)
    return [*head, f"x {left}–{right}", f"y {top}–{bottom}"]


def _beside(map_: list[str], notes: list[str], width: int) -> list[str]:
    """A map with its notes on the right, all lines equally wide."""
    blank = " " * _seen(map_[0])
    lines = zip_longest([*map_, *[blank] * (len(notes) - len(map_))], notes, fillvalue="")
    return [f"{left}  {set_cell_size(right, width)}" for left, right in lines]


def _in_rows(blocks: list[list[str]]) -> Iterator[str]:
    """Lines of blocks, as many beside each other as fit, with a blank line below each row."""
    width = _seen(blocks[0][0]) + _BETWEEN_BLOCKS
    most = max(1, (shutil.get_terminal_size().columns + _BETWEEN_BLOCKS) // width)
    for first in range(0, len(blocks), most):
        for parts in zip(*blocks[first : first + most], strict=True):
            yield (" " * _BETWEEN_BLOCKS).join(parts)
        yield ""


def _seen(line: str) -> int:
    """Terminal columns of a painted line."""
    return Text.from_ansi(line).cell_len

"""A sheet of paper in inches, on which figures write, paint and draw lines."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from qkv.inspection._scale import Scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text as Written

__all__ = ["GREY", "POINTS", "Canvas", "Floats", "blues", "downwards"]

POINTS = 10  # of labels
GREY = "0.4"  # of what explains
_BAR_INCHES = 1.2, 0.12
_CELLS_PER_INCH = 11  # of a title in a font of that size

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Canvas:
    """Coordinates are inches from the left and from the bottom; what stands out is saved too.

    Args:
        axes: what is drawn on. font: how text is written.
    """

    axes: Axes
    font: dict[str, Any]

    @classmethod
    def of(cls, width: float, height: float, families: Sequence[str]) -> Canvas:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, height))
        FigureCanvasAgg(figure)  # measures all texts with one renderer; a bare figure makes many
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
        axes.set_axis_off()
        return cls(axes, {"fontfamily": families, "fontsize": POINTS, "parse_math": False})

    @property
    def figure(self) -> Figure:
        """What to save."""
        return cast("Figure", self.axes.figure)

    def write(self, left: float, bottom: float, text: str, **style: Any) -> Written:
        return self.axes.text(left, bottom, text, **{**self.font, **style})

    def width(self, text: Written) -> float:
        """Of a text that has been written, in inches."""
        with warnings.catch_warnings():  # an SVG may have characters that no font here has
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            return text.get_window_extent().width / self.figure.dpi

    def paint(
        self,
        colours: Floats,
        left: float,
        bottom: float,
        width: float,
        height: float,
    ) -> None:
        """Colours (rows, columns, 3), in [0, 1]; each fills a cell of its own."""
        extent = (left, left + width, bottom, bottom + height)
        pixels = np.rint(255 * colours).astype(np.uint8)
        self.axes.imshow(pixels, extent=extent, aspect="auto", interpolation="none", clip_on=False)

    def explain(self, left: float, bottom: float, scale: Scale, what: str) -> None:
        """A bar of the scale's shades, the weights at its ends, and what they are of."""
        start = left + self.width(self.write(left, bottom, scale.at(0), color=GREY, fontsize=8))
        left = start + 0.06
        self.paint(blues(np.linspace(0, 1, 64)[None]), left, bottom, *_BAR_INCHES)
        self.frame(left, bottom, *_BAR_INCHES)
        note = ", ".join([what, *[scale.note] * bool(scale.note)])
        beside = f"{scale.at(1)}  {note}"
        self.write(left + _BAR_INCHES[0] + 0.06, bottom, beside, color=GREY, fontsize=8)

    def frame(self, left: float, bottom: float, width: float, height: float, **style: Any) -> None:
        """A thin line around it, or as `style` says."""
        from matplotlib.patches import Rectangle

        frame = Rectangle((left, bottom), width, height, clip_on=False)
        frame.set(**{"fill": False, "edgecolor": "0.8", "linewidth": 0.5, **style})
        self.axes.add_patch(frame)

    def fill(self, boxes: Sequence[tuple[float, float, float, float]], colours: Floats) -> None:
        """Boxes (left, bottom, width, height), each in its colour (3,), below what is written."""
        from matplotlib.collections import PolyCollection

        corners = [
            [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
            for x, y, width, height in boxes
        ]
        filled = PolyCollection(corners, facecolors=colours, edgecolors="none", clip_on=False)
        self.axes.add_collection(filled, autolim=False)

    def entitle(self, lines: Sequence[str]) -> None:
        """Write a title above it all, in as many lines as it needs."""
        width, height = self.figure.get_size_inches()
        room = int(width * _CELLS_PER_INCH)
        folded = (part for line in lines if line for part in Text(line).wrap(Console(), room))
        self.write(0, height + 0.1, "\n".join(part.plain.rstrip() for part in folded))


def blues(levels: Floats) -> Floats:
    """Levels (…) in [0, 1] as colours (…, 3), from white to dark blue."""
    from matplotlib import colormaps

    return np.asarray(colormaps["Blues"](levels))[..., :3]


def downwards(label: str) -> tuple[str, int]:
    """A label that stands over a narrow column, and by how many degrees it is turned.

    Chinese and the like reads downwards as well as across.
    """
    wide = bool(label) and cell_len(label) == 2 * len(label)
    return ("\n".join(label), 0) if wide else (label, 90)

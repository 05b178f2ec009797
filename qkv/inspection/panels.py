"""Attention maps beside each other: all heads of all layers, or a sentence as training went on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from qkv.errors import ShapeError
from qkv.inspection._canvas import GREY, Canvas, Floats, blues, downwards
from qkv.inspection._fonts import in_fonts
from qkv.inspection._grid import checked, clipped, legible
from qkv.inspection._merging import readable
from qkv.inspection._saving import checked_format, save
from qkv.inspection._scale import check_scale, scaled

__all__ = ["film_png", "heads_png"]

_CELL_INCHES = 0.04, 0.24  # smallest, largest
_PANEL_INCHES = 2.2  # to which a map grows before its cells shrink
_GAP_INCHES, _HEAD_INCHES = 0.2, 0.24
_LABEL_POINTS = 8
_LEGIBLE_INCHES = 0.1  # smaller cells have no room for labels
_LABEL_COLUMNS = 16  # of a label, as a terminal has columns
_WIDEST_INCHES = 16.0  # of a row of a film

Place = tuple[int, int]


@dataclass(frozen=True)
class _Panel:
    """matrix: weights (Tq, Tk), pooled where they are too many; heading: what stands above."""

    place: Place  # row and column on the sheet
    matrix: Floats
    rows: list[str]
    columns: list[str]
    heading: str
    pooled: str

    @classmethod
    def of(
        cls,
        place: Place,
        weights: ArrayLike,
        rows: Sequence[str],
        columns: Sequence[str],
        heading: str,
    ) -> _Panel:
        matrix, tops, lefts, pooled = readable(checked(weights, rows, columns), rows, columns)
        own, source = ([legible(label) for label in side] for side in (tops, lefts))
        return cls(place, matrix, own, source, legible(heading), pooled)

    def in_words_of(self, shown: Mapping[str, str]) -> _Panel:
        """With each text as it can be written in the fonts that there are."""
        rows, columns = (
            [clipped(shown[label], _LABEL_COLUMNS) for label in side]
            for side in (self.rows, self.columns)
        )
        return replace(self, rows=rows, columns=columns, heading=shown[self.heading])


def heads_png(
    layers: Sequence[ArrayLike],
    rows: Sequence[str],
    columns: Sequence[str],
    path: str | Path,
    *,
    title: str | None = None,
    scale: str = "max",
) -> None:
    """Draw all heads of all layers as small maps, a row of them a layer, all on one scale.

    Labels stand at the edges, where cells have room for them.

    Args:
        layers: weights (H, Tq, Tk) of each layer, the first layer first; floats in [0, 1].
        rows, columns: target and source tokens, Tq and Tk labels.
        path, title, scale: as in `heatmap_png`; so are the errors.
    """
    checked_format(path := Path(path))
    check_scale(scale)
    panels = [
        _Panel.of((number, head), weights, rows, columns, f"layer {number}, head {head}")
        for number, layer in enumerate(layers)
        for head, weights in enumerate(np.asarray(layer))
    ]
    if not panels:
        raise ShapeError("heads: nothing to draw; give weights (H, Tq, Tk) of at least one layer.")
    _draw(panels, path, title, scale, edges=True)


def film_png(
    maps: Sequence[ArrayLike],
    rows: Sequence[Sequence[str]],
    columns: Sequence[str],
    names: Sequence[str],
    path: str | Path,
    *,
    title: str | None = None,
    scale: str = "max",
) -> None:
    """Draw what one source got as training went on: a map for each time that it was looked at.

    Args:
        maps: weights (Tq, Tk), first to last; Tq may change, for the translation does.
        rows: the target tokens of each map. columns: the source tokens.
        names: what stands above each map, such as the step of training.
        path, title, scale: as in `heatmap_png`; so are the errors.
    """
    checked_format(path := Path(path))
    check_scale(scale)
    if not len(maps) == len(rows) == len(names) > 0:
        raise ShapeError(
            "film: needs one map or more, and for each its rows and its name; got "
            f"{len(maps)} maps, {len(rows)} lists of rows and {len(names)} names."
        )
    drawn = enumerate(zip(maps, rows, names, strict=True))
    panels = [_Panel.of((0, i), m, own, columns, name) for i, (m, own, name) in drawn]
    _draw(panels, path, title, scale, edges=False)


@dataclass(frozen=True)
class _Sheet:
    """Where panels stand, in inches.

    cell: side of a cell. left, above: room for labels, 0 where there are none. edges: only at the
    left and at the top of the sheet. width, heights: of a map or its heading; of the maps in each
    row.
    """

    cell: float
    left: float
    above: float
    edges: bool
    width: float
    heights: list[float]

    @classmethod
    def of(cls, panels: Sequence[_Panel], families: Sequence[str], *, edges: bool) -> _Sheet:
        longest = max(max(panel.matrix.shape) for panel in panels)
        cell = min(max(_PANEL_INCHES / longest, _CELL_INCHES[0]), _CELL_INCHES[1])
        left = above = 0.0
        if cell >= _LEGIBLE_INCHES:
            left = _room({label for panel in panels for label in panel.rows}, families)
            above = _room({label for panel in panels for label in panel.columns}, families)
        tall: dict[int, float] = {}
        for panel in panels:
            row = panel.place[0]
            tall[row] = max(tall.get(row, 0.0), cell * len(panel.matrix))
        width = max(
            cell * max(panel.matrix.shape[1] for panel in panels),
            _room({panel.heading for panel in panels}, families) - _GAP_INCHES,
        )
        return cls(cell, left, above, edges, width, [tall[row] for row in sorted(tall)])

    @property
    def step(self) -> float:
        """From one panel to the next."""
        return self.width + _GAP_INCHES + (0 if self.edges else self.left)

    def labelled(self, place: Place) -> tuple[bool, bool]:
        """Has the panel labels at its left, and above?"""
        row, column = place
        return self.left > 0 and not (self.edges and column), self.above > 0 and not (
            self.edges and row
        )

    def top(self, row: int) -> float:
        """Of the maps in a row, from the bottom of the last one."""
        above = sum(height + self._head(i) for i, height in enumerate(self.heights[:row]))
        return self.height - above - self._head(row)

    @property
    def height(self) -> float:
        return sum(height + self._head(row) for row, height in enumerate(self.heights))

    def _head(self, row: int) -> float:
        labels = self.above if self.labelled((row, 0))[1] else 0.0
        return _HEAD_INCHES + labels + (_GAP_INCHES if row else 0)


def _draw(
    panels: Sequence[_Panel], path: Path, title: str | None, scale: str, *, edges: bool
) -> None:
    heading = [legible(title or ""), next((p.pooled for p in panels if p.pooled), "")]
    texts = [text for p in panels for text in (p.heading, *p.rows, *p.columns)] + heading
    spelled, families = in_fonts(texts, path)
    shown = dict(zip(texts, spelled, strict=True))
    panels = [panel.in_words_of(shown) for panel in panels]
    sheet = _Sheet.of(panels, families, edges=edges)
    if not edges:
        across = max(1, int(_WIDEST_INCHES / sheet.step))
        panels = [replace(panel, place=divmod(i, across)) for i, panel in enumerate(panels)]
        sheet = _Sheet.of(panels, families, edges=edges)
    columns = 1 + max(panel.place[1] for panel in panels)
    canvas = Canvas.of(sheet.left + columns * sheet.step, sheet.height, families)
    scaled_ = scaled(np.vstack([panel.matrix for panel in panels]), scale)
    first = 0
    for panel in panels:
        last = first + len(panel.matrix)
        _paint(canvas, sheet, panel, scaled_.levels[first:last])
        first = last
    canvas.explain(sheet.left, -0.35, scaled_, "attention weight")
    canvas.entitle([shown[line] for line in heading])
    save(canvas.figure, path)


def _paint(canvas: Canvas, sheet: _Sheet, panel: _Panel, levels: Floats) -> None:
    row, column = panel.place
    height, width = (sheet.cell * n for n in levels.shape)
    left, top = sheet.left + column * sheet.step, sheet.top(row)
    canvas.paint(blues(levels), left, top - height, width, height)
    canvas.frame(left, top - height, width, height)
    at_left, at_top = sheet.labelled(panel.place)
    small = {"fontsize": _LABEL_POINTS}
    for i, label in enumerate(panel.rows if at_left else ()):
        middle = top - (i + 0.5) * sheet.cell
        canvas.write(left - 0.05, middle, label, ha="right", va="center_baseline", **small)
    for i, label in enumerate(panel.columns if at_top else ()):
        middle = left + (i + 0.5) * sheet.cell
        text, turned = downwards(label)
        style = {"ha": "center", "va": "bottom", "rotation": turned, "linespacing": 1.0}
        canvas.write(middle, top + 0.05, text, **style, **small)
    above = top + 0.07 + (sheet.above if at_top else 0)
    canvas.write(left, above, panel.heading, color=GREY, **small)


def _room(labels: Iterable[str], families: Sequence[str]) -> float:
    """Inches that the longest of the labels needs, whichever way it is written."""
    ruler = Canvas.of(1, 1, families)
    return 0.1 + max(ruler.width(ruler.write(0, 0, x, fontsize=_LABEL_POINTS)) for x in labels)

"""Quality by the length of the source, a line a system: the bottleneck as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from qkv.errors import ShapeError
from qkv.inspection._fonts import in_fonts
from qkv.inspection._grid import clipped, legible
from qkv.inspection._saving import checked_format, save

__all__ = ["by_length_png"]

_SIZE_INCHES = (7.0, 4.2)
_POINTS = 10
_LABEL_COLUMNS = 48  # of a line's name, as a terminal has columns
_MARKERS = "osD^vPX*"


def by_length_png(
    curves: Mapping[str, Sequence[float]],
    places: Sequence[str],
    path: str | Path,
    *,
    x_label: str,
    y_label: str,
) -> None:
    """Draw one line a name, from place to place.

    Args:
        curves: by name, one number for each place.
        places: what stands below the axis; line feeds begin new lines.
        path: a .png, .svg or .pdf file; it is replaced whole or left as it was.
    Raises:
        ConfigError: the path has another ending.
        ShapeError: a line has not one number for each place.
        DataError: the file cannot be written.
        MissingExtra: see `in_fonts`.
    """
    from matplotlib.figure import Figure

    path = Path(path)
    checked_format(path)
    for name, values in curves.items():
        if len(values) != len(places):
            raise ShapeError(
                f"curves: {name} has {len(values)} values for {len(places)} places; each needs one."
            )
    names = [clipped(legible(name), _LABEL_COLUMNS) for name in curves]
    (x_label, y_label, *names), families = in_fonts([x_label, y_label, *names], path)
    plain = {"fontfamily": families, "fontsize": _POINTS, "parse_math": False}
    figure = Figure(figsize=_SIZE_INCHES, facecolor="white")
    axes = figure.add_subplot()
    for i, (name, values) in enumerate(zip(names, curves.values(), strict=True)):
        marker = _MARKERS[i % len(_MARKERS)]
        axes.plot(values, marker=marker, linewidth=1.8, label=name, clip_on=False, zorder=3)
    axes.set_xticks(range(len(places)), places, **plain)
    axes.set_xlabel(x_label, labelpad=8, **plain)
    axes.set_ylabel(y_label, labelpad=8, **plain)
    axes.set_ylim(bottom=0)
    axes.margins(x=0.04)
    axes.grid(axis="y", color="0.88")
    axes.spines[["top", "right"]].set_visible(False)
    legend = axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.01, 1.0))
    for text in legend.get_texts():
        text.set(**plain)
    save(figure, path)

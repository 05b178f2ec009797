"""Saving a figure: the name decides the format, and the file is whole or left as it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qkv.errors import ConfigError
from qkv.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["checked_format", "dots_per_inch", "save"]

_FORMATS = {".png": "png", ".svg": "svg", ".pdf": "pdf"}  # by the end of the name
_DOTS_PER_INCH = 200
_LONGEST_SIDE_DOTS = 12_000  # so that a thousand tokens don't fill the memory


def checked_format(path: Path) -> str:
    """What the end of the name asks for: png, svg or pdf.

    Raises:
        ConfigError: the path has another ending.
    """
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ConfigError(f"{path}: a figure's name must end in {' or '.join(_FORMATS)}.")
    return kind


def dots_per_inch(figure: Figure) -> float:
    """How finely the figure will be saved: less finely, the larger it is."""
    return min(_DOTS_PER_INCH, _LONGEST_SIDE_DOTS / max(figure.get_size_inches()))


def save(figure: Figure, path: Path) -> None:
    """Write the figure and whatever stands out of it.

    Raises:
        ConfigError: see `checked_format`.
        DataError: the file cannot be written.
    """
    kind = checked_format(path)
    write_atomically(
        path,
        lambda part: figure.savefig(
            part, format=kind, dpi=dots_per_inch(figure), bbox_inches="tight", pad_inches=0.15
        ),
    )

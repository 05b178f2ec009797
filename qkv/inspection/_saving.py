"""Saving a figure: the name decides the format, and the file is whole or left as it was.

In an SVG text stays text, in the fonts of whoever looks at it: it can be searched, selected and
read aloud, and it shows every character that they have a font for. Such a file stands alone.
"""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from qkv.errors import ConfigError
from qkv.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["checked_format", "dots_per_inch", "save"]

_FORMATS = {".png": "png", ".svg": "svg", ".pdf": "pdf"}  # by the end of the name
_EDGES = {"bbox_inches": "tight", "pad_inches": 0.15}
# One of these is on almost every system: Linux, Windows and Apple's, for Latin, Chinese, Arabic,
# Hebrew, Thai and emoji. A program that shows the file takes the first that has a character.
_FAMILIES = (
    *("DejaVu Sans", "Verdana", "Noto Sans", "Noto Sans CJK SC", "Noto Sans SC"),
    *("Source Han Sans SC", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei"),
    *("WenQuanYi Micro Hei", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Thai", "Arial"),
    *("Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji"),
)
_OWN_FAMILIES = re.compile(r'(<text style="[^"]*?font-family: )[^;"]*')
_DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>\n?")  # it names a file on the web
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
    if kind == "svg":
        drawn = _svg(figure)
        write_atomically(path, lambda part: part.write_text(drawn, encoding="utf-8"))
        return
    write_atomically(
        path,
        lambda part: figure.savefig(part, format=kind, dpi=dots_per_inch(figure), **_EDGES),
    )


def _svg(figure: Figure) -> str:
    """Without what changes from one saving to the next, and without references to the web."""
    from matplotlib import rc_context

    drawn = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "qkv"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(drawn, format="svg", metadata=nothing, **_EDGES)
    families = ", ".join([*(f"'{name}'" for name in _FAMILIES), "sans-serif"])
    drawn_ = _DOCTYPE.sub("", drawn.getvalue(), count=1)
    return _OWN_FAMILIES.sub(lambda match: match[1] + families, drawn_)

"""Numbers that add up as they are printed, and tables of them no wider than a page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from math import floor, log10

from rich.cells import cell_len, set_cell_size

from qkv.inspection._explain_layout import WIDTH
from qkv.inspection._grid import clipped, legible

__all__ = ["Row", "adding_up", "bar", "folded", "label", "plain", "table"]

Row = tuple[str, Sequence[str]]  # a label and the cells beside it

_UNIT = 10**6  # six decimals
_FIXED = 1e-3, 1e7  # outside, a power of ten stands behind the number
_LEAST = -300  # power of ten
_LABEL, _BAR = 20, 10  # columns
# What stays on one line: a word with its spaces, or a wide character with the marks around it.
_WIDE, _OPENING, _CLOSING = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef", "（“", "，。；：、）”！？"
_PIECES = re.compile(
    rf"[{_OPENING}]*[{_WIDE}][{_CLOSING}]* *|[^ {_WIDE}{_OPENING}]+[{_CLOSING}]* *|[{_OPENING}]+| +"
)
_LEFT_TO_RIGHT = "\u200e"


def adding_up(parts: Sequence[float], rest: Sequence[float], total: float) -> list[str]:
    """The parts, the rest if there is one, and their total, with six decimals.

    As printed they add up: the rest takes what rounding leaves or, where there is none, some parts
    are rounded the other way, those that lose least by it.
    """
    power = _power([*parts, *rest, total])
    exact = [part / 10.0**power * _UNIT for part in (*parts, *rest)]
    units, whole = [round(x) for x in exact], round(total / 10.0**power * _UNIT)
    lacking = whole - sum(units)
    if rest:
        units[-1] += lacking
    else:
        step = 1 if lacking > 0 else -1
        by_loss = sorted(range(len(units)), key=lambda i: step * (units[i] - exact[i]))
        for i in by_loss[: abs(lacking)]:
            units[i] += step
    return [_written(each, power) for each in (*units, whole)]


def plain(x: float) -> str:
    """One number by itself."""
    power = _power([x])
    return _written(round(x / 10.0**power * _UNIT), power)


def label(token: str, columns: int = _LABEL) -> str:
    """A token as it can stand in a line of its own or among numbers."""
    shown = clipped(legible(token), columns)
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in shown):
        return shown + _LEFT_TO_RIGHT  # or the numbers behind it would change places
    return shown


def table(corner: str, heads: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows of numbers under their heads; what is too wide goes on in a panel below."""
    rows = [(clipped(name, _LABEL + 4), cells) for name, cells in rows]
    first = max(map(cell_len, [corner, *(name for name, _ in rows)]))
    columns = list(zip(heads, *(cells for _, cells in rows), strict=True))
    widths = [max(map(cell_len, column)) + 2 for column in columns]
    panels: list[list[int]] = [[]]
    for i, width in enumerate(widths):
        if panels[-1] and 2 + first + width + sum(widths[j] for j in panels[-1]) > WIDTH:
            panels.append([])
        panels[-1].append(i)
    names = [corner, *(name for name, _ in rows)]
    blocks = []
    for panel in panels:
        lines = [
            "  "
            + set_cell_size(name, first)
            + "".join(_right(columns[i][at], widths[i]) for i in panel)
            for at, name in enumerate(names)
        ]
        blocks.append("\n".join(line.rstrip() for line in lines))
    return "\n\n".join(blocks)


def folded(line: str, indent: int) -> Iterator[str]:
    """A line as lines no wider than a page, all but the first indented; Chinese needs no spaces."""
    rest = ""
    for piece in _PIECES.findall(line):
        if rest.strip() and cell_len(rest + piece.rstrip()) > WIDTH:
            yield rest.rstrip()
            rest = " " * indent
        rest += piece
    yield rest.rstrip()


def bar(share: float) -> str:
    return "█" * round(_BAR * share)


def _right(text: str, columns: int) -> str:
    if set(text) <= {"█"}:  # a bar begins where all do
        return set_cell_size("  " + text, columns)
    return " " * (columns - cell_len(text)) + text


def _power(numbers: Iterable[float]) -> int:
    """Of ten, that numbers printed beside each other share; 0 for those of a usual size."""
    largest = max(map(abs, numbers))
    if not largest or _FIXED[0] <= largest < _FIXED[1]:
        return 0
    return max(_LEAST, floor(log10(largest)))


def _written(units: int, power: int) -> str:
    whole, part = divmod(abs(units), _UNIT)
    behind = f"e{power:+03d}" if power else ""
    return f"{'-' if units < 0 else ''}{whole}.{part:06d}{behind}"

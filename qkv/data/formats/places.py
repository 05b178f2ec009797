"""Where the items of a file stand."""

from __future__ import annotations

from array import array
from bisect import bisect_right

__all__ = ["Jumps"]


class Jumps:
    """The line of each item, where one may take several: only what is not the next is kept."""

    def __init__(self) -> None:
        self._indices, self._lines = array("q", [0]), array("q", [1])

    def add(self, index: int, line: int) -> None:
        """From here on: item `index`, counted from 0, begins on `line`."""
        self._indices.append(index)
        self._lines.append(line)

    def line(self, index: int) -> int:
        last = bisect_right(self._indices, index) - 1
        return self._lines[last] + index - self._indices[last]

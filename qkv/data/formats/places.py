"""Where the items of a file stand."""

from __future__ import annotations

from array import array
from bisect import bisect_right

__all__ = ["Jumps"]


class Jumps:
    """The line of each item, where one may take several: only what is not the next is kept."""

    def __init__(self) -> None:
        self._indices, self._lines = array("q", [0]), array("q", [1])
        self._count, self._next = 0, 1

    def add(self, line: int) -> None:
        """The next item begins on `line`."""
        if line != self._next:
            self._indices.append(self._count)
            self._lines.append(line)
        self._count, self._next = self._count + 1, line + 1

    def line(self, index: int) -> int:
        last = bisect_right(self._indices, index) - 1
        return self._lines[last] + index - self._indices[last]

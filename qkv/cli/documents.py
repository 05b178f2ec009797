"""Lines as paragraphs, and lines again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["paragraphs"]

LINES = 1000  # of a paragraph, after which it is cut: a file may have no empty lines at all


def paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """Each paragraph with the empty lines before it; empty lines at the end are one by themselves.

    All of them, a line each, are the text again.
    """
    part: list[str] = []
    filled = False
    for line in lines:
        blank = not line or line.isspace()
        if filled and (blank or len(part) >= LINES):
            yield "\n".join(part)
            part, filled = [], False
        part.append(line)
        filled = filled or not blank
    if part:
        yield "\n".join(part)

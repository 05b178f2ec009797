"""Numbers as aligned text: sums, vectors and tables no wider than a page of 88 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from rich.cells import cell_len

__all__ = ["WIDTH", "aligned", "flow", "number", "padded", "ruled", "subscript", "table", "terms"]

WIDTH = 88  # columns; a Chinese character takes two
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_CELL = 6  # columns of one round weight in a table
_DECIMALS = range(6, 9)
_EXACT = 1e-12  # a difference that only float64 makes
_FIXED = 1e-3, 1e7  # outside, decimals would only widen the page, or hide the number


def number(x: float) -> str:
    """One number as `aligned` writes it."""
    return aligned([x])[0][0]


def aligned(*vectors: Iterable[float]) -> list[list[str]]:
    """The numbers of all vectors, right-aligned to one width, each with six digits or more.

    They share six decimals, or more where a small one needs them; what is tiny or huge is
    scientific. So each line adds up, to those digits, from the numbers that it shows.
    """
    rows = [[float(x) for x in vector] for vector in vectors]
    fixed = [x for row in rows for x in row if _FIXED[0] <= abs(x) < _FIXED[1]]
    decimals = next(d for d in _DECIMALS if all(_shown(x, d) for x in fixed))
    texts = [[_text(x, decimals) for x in row] for row in rows]
    width = max(len(text) for row in texts for text in row)
    return [[text.rjust(width) for text in row] for row in texts]


def _text(x: float, decimals: int) -> str:
    fixed = abs(x) < _FIXED[1] and (abs(x) >= _FIXED[0] or _shown(x, _DECIMALS[0]))
    return f"{x:z.{decimals}f}" if fixed else f"{x:.6e}"


def _shown(x: float, decimals: int) -> bool:
    """Do so many decimals show six digits of the number, or all that it has?"""
    return abs(x) >= 10.0 ** (5 - decimals) or abs(round(x, decimals) - x) <= _EXACT * abs(x)


def padded(names: Iterable[str]) -> list[str]:
    """Names filled up with spaces to the longest."""
    names = list(names)
    width = max(map(len, names))
    return [name.ljust(width) for name in names]


def subscript(letter: str, index: int) -> str:
    return letter + str(index).translate(_SUBSCRIPTS)


def terms(left: Iterable[str], right: Iterable[str]) -> list[str]:
    """The parts of a sum of products: "a × b", "+ c × d", ..."""
    products = [f"{a} × {b}" for a, b in zip(left, right, strict=True)]
    return [products[0], *(f"+ {product}" for product in products[1:])]


def flow(head: str, parts: Sequence[str]) -> str:
    """`head` and its parts, broken at the page's width; later lines start below the first part."""
    lines = [f"{head} {parts[0]}"]
    for part in parts[1:]:
        if len(lines[-1]) + 1 + len(part) <= WIDTH:
            lines[-1] += f" {part}"
        else:
            lines.append(" " * (len(head) + 1) + part)
    return "\n".join(lines)


def table(groups: Mapping[str, int], rows: Mapping[str, Sequence[float]]) -> str:
    """Round weights, a row each; a head of `groups` stands over as many columns as it says."""
    corner, *names = padded(["", *rows])
    lines = [f"  {corner}" + "".join(f"     {head:^{_CELL * n - 2}}" for head, n in groups.items())]
    for name, row in zip(names, rows.values(), strict=True):
        cells = (f"{weight:{_CELL}.1f}" for weight in row)
        lines.append(
            f"  {name}" + "".join("   " + "".join(islice(cells, n)) for n in groups.values())
        )
    return "\n".join(lines)


def ruled(line: str) -> str:
    """A heading, marked by "── ", drawn out to the page's width; any other line as it is."""
    if not line.startswith("── "):
        return line
    return f"{line} {'─' * (WIDTH - 1 - cell_len(line))}"

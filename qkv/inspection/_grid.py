"""What pictures and text share: checked weights, and labels that keep their place."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.cells import cell_len, set_cell_size

from qkv.errors import DataError, ShapeError

__all__ = ["between_0_and_1", "checked", "clipped", "legible"]

_REGIONAL_A = 0x1F1E6  # flags are pairs of 26 such letters
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def checked(weights: ArrayLike, rows: Sequence[str], columns: Sequence[str]) -> NDArray[np.float64]:
    """The weights (Tq, Tk) in float64.

    Raises:
        ShapeError: the weights are not (rows, columns), or there is nothing to draw.
        DataError: a weight is not a number in [0, 1].
    """
    matrix = np.asarray(weights, dtype=np.float64)
    wanted = (len(rows), len(columns))
    if matrix.shape != wanted or not matrix.size:
        raise ShapeError(
            "heat map: weights must be (rows, columns), one label for each and at least one of"
            f" both; got weights {matrix.shape} and labels {wanted}."
        )
    return between_0_and_1(matrix, "heat map")


def between_0_and_1(matrix: NDArray[np.float64], where: str) -> NDArray[np.float64]:
    """The weights (rows, columns); `where` begins the error.

    Raises:
        DataError: a weight is not a number in [0, 1].
    """
    # Half-precision rounding may leave a weight a little above 1.
    outside = np.argwhere(~((matrix >= 0) & (matrix <= 1.01)))
    if outside.size:
        i, j = outside[0]
        raise DataError(
            f"{where}: weights must lie between 0 and 1; row {i}, column {j} (counted from 0)"
            f" has {matrix[i, j]:g}."
        )
    return matrix.clip(max=1)


def clipped(label: str, limit: int) -> str:
    """The label in at most so many terminal columns; one that is cut ends in …."""
    return label if cell_len(label) <= limit else set_cell_size(label, limit - 1).rstrip() + "…"


def legible(label: str) -> str:
    """The label without what moves a cursor, joins its neighbours or has no reliable width.

    Controls become their pictures (␊), flags their letters, and what only changes the character
    before it (joiners, variation selectors, skin tones) goes: terminals disagree on its width.
    """
    return "".join(_shown(character) for character in label)


def _shown(character: str) -> str:
    code = ord(character)
    category = unicodedata.category(character)
    if category == "Cf" or code in _VARIATION_SELECTORS or code in _SKIN_TONES:
        return ""
    if 0 <= code - _REGIONAL_A < 26:
        return chr(ord("A") + code - _REGIONAL_A)
    if category == "Cc":
        return chr(0x2400 + code) if code < 0x20 else "\N{REPLACEMENT CHARACTER}"
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return " " if category in {"Zl", "Zp"} else character

"""How weights become shades: up to the largest, up to each row's own, or by powers of ten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qkv.errors import ConfigError

__all__ = ["Scale", "check_scale", "scaled"]

Floats = NDArray[np.float64]

_POWERS = 3  # of ten that a logarithmic scale shows


@dataclass(frozen=True)
class Scale:
    """Weights as levels, and what the levels mean.

    levels: (Tq, Tk), in [0, 1].
    at: the weight at a level, as text.
    steps: how many equal steps of level have round weights at their ends.
    note: what the scale is, "" for the plain one.
    """

    levels: Floats
    at: Callable[[float], str]
    steps: int
    note: str


def check_scale(scale: str) -> None:
    """Raises ConfigError for another than max, row and log."""
    if scale not in ("max", "row", "log"):
        raise ConfigError(f"scale must be max, row or log; got {scale!r}.")


def scaled(matrix: Floats, scale: str) -> Scale:
    """The levels of weights (Tq, Tk) on a scale: max, row or log.

    Raises:
        ConfigError: another scale.
    """
    check_scale(scale)
    if scale == "max":
        top = _top(matrix)
        return Scale(matrix / top, lambda level: f"{level * top:.2f}", 5, "")
    if scale == "row":
        largest = matrix.max(axis=1, keepdims=True)
        shares = np.divide(matrix, largest, out=np.zeros_like(matrix), where=largest > 0)
        return Scale(shares, lambda level: f"{level:.2f}", 5, "row's largest = 1")
    top = _top(matrix)
    bottom = top / 10**_POWERS
    levels = np.log10(matrix.clip(min=bottom) / bottom) / _POWERS
    return Scale(levels, lambda level: f"{bottom * 10 ** (_POWERS * level):.2g}", 3, "log scale")


def _top(matrix: Floats) -> float:
    """Where the scale ends: at 1, or sooner if no weight comes near, so that pale maps show."""
    return next(top for top in (0.1, 0.2, 0.5, 1.0) if matrix.max() <= top)

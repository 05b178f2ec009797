"""The pointing game: does a word look at what it names?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qkv.errors import DataError

__all__ = ["Look", "Pointing", "pointing_game"]

Box = tuple[float, float, float, float]  # left, top, right, bottom, pixels


@dataclass(frozen=True)
class Look:
    """One word's attention over regions (R,), the regions' boxes (R, 4), the box of its object."""

    weights: ArrayLike
    regions: ArrayLike
    box: Box


@dataclass(frozen=True)
class Pointing:
    """accuracy: the share of words that hit; chance: that of random regions; words: how many."""

    accuracy: float
    chance: float
    words: int


def pointing_game(looks: Sequence[Look]) -> Pointing:
    """A hit: the centre of the region with the most weight lies inside the object's box.

    Of regions with the same weight the first counts.

    Raises:
        DataError: no looks are given.
    Source: Zhang et al. 2016, "Top-down neural attention by excitation backprop", section 4.1,
    without its margin of 15 pixels.
    """
    if not looks:
        raise DataError("the pointing game needs at least one word that names an object.")
    inside = [_inside(look) for look in looks]
    hits = [within[np.argmax(look.weights)] for within, look in zip(inside, looks, strict=True)]
    chance = [within.mean() for within in inside]
    return Pointing(float(np.mean(hits)), float(np.mean(chance)), len(looks))


def _inside(look: Look) -> np.ndarray:
    """(R,) bool: which regions' centres lie in the box."""
    left, top, right, bottom = np.asarray(look.regions, dtype=float).T
    x, y = (left + right) / 2, (top + bottom) / 2
    return (look.box[0] <= x) & (x <= look.box[2]) & (look.box[1] <= y) & (y <= look.box[3])

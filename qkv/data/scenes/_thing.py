"""A thing in a scene, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["SIDE", "Box", "Thing"]

SIDE = 96  # pixels of a picture's side

Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Thing:
    """One shape; its box is in pixels of a SIDE x SIDE picture, tight around what is drawn."""

    shape: str
    colour: str
    size: str
    box: Box

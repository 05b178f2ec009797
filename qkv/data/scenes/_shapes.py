"""Outlines of the shapes."""

from __future__ import annotations

from math import cos, radians, sin, tau
from typing import TypeAlias

__all__ = ["ASPECTS", "HOLES", "Outline", "outline"]

Outline: TypeAlias = list[tuple[float, float]]

HOLES = {"ring": 0.5}  # the width of the hole as a share of the whole


def outline(shape: str, degrees: float) -> Outline:
    """Corners of the shape, turned, then stretched to touch all sides of the unit square."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    turned = [(c * x - s * y, s * x + c * y) for x, y in _UPRIGHT[shape]]
    left, top, width, height = _frame(turned)
    return [((x - left) / width, (y - top) / height) for x, y in turned]


def _frame(points: Outline) -> tuple[float, float, float, float]:
    """Left, top, width, height."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _on_circle(corners: int, *radii: float) -> Outline:
    """Corners from the top on; the radii take turns. y grows downwards."""
    return [
        (
            radii[i % len(radii)] * sin(tau * i / corners),
            -radii[i % len(radii)] * cos(tau * i / corners),
        )
        for i in range(corners)
    ]


def _heart() -> Outline:
    angles = [tau * i / 60 for i in range(60)]
    return [
        (16 * sin(t) ** 3, -13 * cos(t) + 5 * cos(2 * t) + 2 * cos(3 * t) + cos(4 * t))
        for t in angles
    ]


_ROUND = _on_circle(60, 1)
_UPRIGHT: dict[str, Outline] = {
    "circle": _ROUND,
    "square": [(0, 0), (1, 0), (1, 1), (0, 1)],
    "triangle": _on_circle(3, 1),
    "star": _on_circle(10, 1, 0.42),
    "cross": [(1, 0), (2, 0), (2, 1), (3, 1), (3, 2), (2, 2),
              (2, 3), (1, 3), (1, 2), (0, 2), (0, 1), (1, 1)],
    "heart": _heart(),
    "diamond": [(0.39, 0), (0.78, 0.5), (0.39, 1), (0, 0.5)],
    "ring": _ROUND,
}  # fmt: skip

# Width over height, upright; rounded, so that no machine's sine can move a box.
ASPECTS = {
    shape: round(width / height, 3)
    for shape, (_, _, width, height) in ((shape, _frame(_UPRIGHT[shape])) for shape in _UPRIGHT)
}

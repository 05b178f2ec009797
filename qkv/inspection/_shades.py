"""Colours from dark to bright for a terminal, smooth or from the 256 that most terminals have."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from rich.color import Color, ColorSystem
from rich.console import Console

__all__ = ["best_shades"]

# Dark to bright in even steps of lightness, readable on dark and light terminals alike: the upper
# nine tenths of matplotlib's magma (van der Walt and Smith, CC0); its lowest hides small weights.
_RAMP = np.array(
    [
        (20, 14, 54),
        (64, 15, 116),
        (110, 30, 129),
        (156, 46, 127),
        (202, 62, 114),
        (240, 95, 94),
        (253, 148, 103),
        (254, 202, 141),
        (252, 253, 191),
    ]
)
# The same path through the 256 fixed colours, a tenth a step.
_RAMP_256 = (234, 53, 90, 126, 162, 168, 203, 209, 215, 222, 229)


def best_shades() -> tuple[Callable[[float], Color], ColorSystem]:
    """The colour of a level in [0, 1], as smooth as the terminal claims to show it."""
    if Console(force_terminal=True).color_system == "truecolor":
        return _smooth_shade, ColorSystem.TRUECOLOR
    return _fixed_shade, ColorSystem.EIGHT_BIT


def _smooth_shade(level: float) -> Color:
    steps = np.linspace(0, 1, len(_RAMP))
    return Color.from_rgb(*(round(np.interp(level, steps, channel)) for channel in _RAMP.T))


def _fixed_shade(level: float) -> Color:
    return Color.from_ansi(_RAMP_256[round(level * (len(_RAMP_256) - 1))])

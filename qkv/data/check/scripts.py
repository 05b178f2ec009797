"""Sides that are written in another script than the corpus."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qkv.data.check.finding import Finding, finding
from qkv.data.check.sides import Side

__all__ = ["script_outliers", "usual_script"]

DOMINATES, PRESENT = 0.25, 0.5  # shares of the lines


def script_outliers(source: Side, target: Side) -> Finding:
    """Pairs with a side most of whose letters are in a script that is not usual there."""
    odd = [~usual_script(side) for side in (source, target)]

    def say(pair: int) -> str:
        return ", ".join(
            f"{name} in {side.scripts[side.script[pair]].capitalize()}"
            for name, side, faulty in zip(("source", "target"), (source, target), odd, strict=True)
            if faulty[pair]
        )

    return finding("script", odd[0] | odd[1], say)


def usual_script(side: Side) -> NDArray[np.bool_]:
    """(N,) whether a line is in a script that dominates a quarter of the lines or is in half."""
    written = max(1, int((side.script > 0).sum()))
    dominates = np.bincount(side.script, minlength=256) / written >= DOMINATES
    usual = dominates | (side.within / written >= PRESENT)
    usual[0] = True
    return usual[side.script]

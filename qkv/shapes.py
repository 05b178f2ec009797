"""Axis letters used in every docstring, and the type that says who may attend to what.

B batch    H heads    Tq queries    Tk keys    D key width    Dv value width
M model width    V vocabulary    K beams    S source length    T target length
"""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor

from qkv.errors import ShapeError

__all__ = ["Mask"]


class Mask:
    """Which key each query may attend to: True = may attend.

    A mask is not a bias: floats are refused, because 0/1 floats added to scores hide nothing.

    Args:
        allowed: bool, broadcasts to (..., Tq, Tk).
    Raises:
        ShapeError: `allowed` is not boolean or has fewer than two axes.
    """

    def __init__(self, allowed: Tensor) -> None:
        if allowed.dtype is not torch.bool:
            raise ShapeError(
                f"Mask: needs a bool tensor (True = may attend); got {allowed.dtype}. "
                "From 0/1 numbers use tensor.bool()."
            )
        if allowed.dim() < 2:
            raise ShapeError(
                f"Mask: must broadcast to (..., Tq, Tk); got {tuple(allowed.shape)}. "
                "From one row of keys use tensor[None, :]."
            )
        self.allowed = allowed

    @cached_property
    def has_empty_row(self) -> bool:
        """Is there a query that may attend to nothing?"""
        return not bool(self.allowed.any(-1).all())

    def __and__(self, other: Mask) -> Mask:
        return Mask(self.allowed & other.allowed)

    def __or__(self, other: Mask) -> Mask:
        return Mask(self.allowed | other.allowed)

    def __invert__(self) -> Mask:
        return Mask(~self.allowed)

    def __repr__(self) -> str:
        return f"Mask{tuple(self.allowed.shape)}"

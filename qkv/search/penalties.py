"""How hypotheses of different length are compared."""

from __future__ import annotations

__all__ = ["length_penalty"]


def length_penalty(length: int, alpha: float) -> float:
    """lp = ((5 + length) / 6)^α; score = log P / lp (Wu et al. 2016, equation 14).

    `length` counts EOS. α = 0 leaves log P as it is; the larger α, the longer the translations.
    """
    return ((5 + length) / 6) ** alpha

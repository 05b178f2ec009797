"""Selections in numpy, float64, one row at a time from the papers' definitions.

Each takes scores (..., Tq, Tk) and allowed (..., Tq, Tk), bool, and returns weights.
"""

from collections.abc import Callable

import numpy as np

Array = np.ndarray
Rule = Callable[[tuple[int, ...], Array, Array], Array]  # row, its scores and positions → weights


def softmax(scores: Array, allowed: Array, temperature: float = 1.0) -> Array:
    return _row_by_row(scores, allowed, lambda row, e, at: _softmax(e / temperature))


def sparsemax(scores: Array, allowed: Array) -> Array:
    """max(0, z - τ) with the τ at which it sums to one (Martins and Astudillo 2016, eq. 2)."""
    return _row_by_row(scores, allowed, lambda row, e, at: _above_threshold(e, 1))


def entmax15(scores: Array, allowed: Array) -> Array:
    """max(0, z / 2 - τ)² with the τ at which it sums to one (Peters et al. 2019, eq. 12)."""
    return _row_by_row(scores, allowed, lambda row, e, at: _above_threshold(e / 2, 2))


def sinks(scores: Array, allowed: Array, sink: Array) -> Array:
    """The last of softmax([e; s_h]) left out; sink (H,), heads the third axis from the end."""

    def rule(row: tuple[int, ...], e: Array, at: Array) -> Array:
        return _softmax(np.append(e, sink[row[-2]]))[:-1]

    return _row_by_row(scores, allowed, rule)


def top_k(scores: Array, allowed: Array, k: int) -> Array:
    def rule(row: tuple[int, ...], e: Array, at: Array) -> Array:
        weights, best = np.zeros(len(e)), np.argsort(-e)[:k]
        weights[best] = _softmax(e[best])
        return weights

    return _row_by_row(scores, allowed, rule)


def best(scores: Array, allowed: Array) -> Array:
    return _row_by_row(scores, allowed, lambda row, e, at: 1.0 * (np.arange(len(e)) == e.argmax()))


def local_m(scores: Array, allowed: Array, width: int, start: int = 0) -> Array:
    """The window [t - D, t + D] around the query's own position (Luong et al. 2015, 3.2)."""
    return _row_by_row(scores, allowed, lambda row, e, at: _windowed(e, at, row[-1] + start, width))


def local_p(scores: Array, allowed: Array, query: Array, w: Array, v: Array, width: int) -> Array:
    """Luong et al. 2015, eq. 9 and 10; query (..., Tq, D), W (h, D), v (h,)."""

    def rule(row: tuple[int, ...], e: Array, at: Array) -> Array:
        p = len(at) / (1 + np.exp(-(v @ np.tanh(w @ query[row]))))
        weights, sigma = _windowed(e, at, p, width), width / 2
        return weights * np.exp(-((at - p) ** 2) / (2 * sigma**2))

    return _row_by_row(scores, allowed, rule)


def _row_by_row(scores: Array, allowed: Array, rule: Rule) -> Array:
    """All zero where nothing is allowed."""
    allowed = np.broadcast_to(allowed, scores.shape)
    weights = np.zeros(scores.shape)
    for row in np.ndindex(scores.shape[:-1]):
        at = np.flatnonzero(allowed[row])
        if len(at):
            weights[row][at] = rule(row, scores[row][at], at)
    return weights


def _softmax(e: Array) -> Array:
    exponentials = np.exp(e - e.max())
    return exponentials / exponentials.sum()


def _above_threshold(z: Array, power: int) -> Array:
    """max(0, z - τ) ** power; its sum falls with τ, so τ is found by halving where it may lie."""
    low, high = z.max() - 1, z.max()
    for _ in range(200):
        tau = (low + high) / 2
        if (np.maximum(0, z - tau) ** power).sum() > 1:
            low = tau
        else:
            high = tau
    return np.maximum(0, z - high) ** power


def _windowed(e: Array, at: Array, centre: float, width: int) -> Array:
    inside = [n for n, position in enumerate(at) if centre - width <= position <= centre + width]
    weights = np.zeros(len(e))
    if inside:
        weights[inside] = _softmax(e[inside])
    return weights

"""Attention and its gradient in numpy, float64, pair by pair from the papers' formulas.

A score here is two functions: `scores(query, key)` → (..., Tq, Tk), and `backward(query, key, g)`,
which turns the gradient g (..., Tq, Tk) with respect to the scores into those of query and key.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class OracleScore:
    scores: Callable[[Array, Array], Array]
    backward: Callable[[Array, Array, Array], tuple[Array, Array]]


def dot(scale: float = 1.0) -> OracleScore:
    """e_ij = scale · q_iᵀ k_j (Luong et al. 2015; Vaswani et al. 2017 with scale = 1/√D)."""
    return OracleScore(
        lambda q, k: scale * np.einsum("...id,...jd->...ij", q, k),
        lambda q, k, g: (
            scale * np.einsum("...ij,...jd->...id", g, k),
            scale * np.einsum("...ij,...id->...jd", g, q),
        ),
    )


def general(w: Array, scale: float = 1.0) -> OracleScore:
    """e_ij = scale · k_jᵀ W q_i (Luong et al. 2015), W (Dk, D)."""
    return OracleScore(
        lambda q, k: scale * np.einsum("...jk,kd,...id->...ij", k, w, q),
        lambda q, k, g: (
            scale * np.einsum("...ij,...jk,kd->...id", g, k, w),
            scale * np.einsum("...ij,kd,...id->...jk", g, w, q),
        ),
    )


def additive(w: Array, u: Array, v: Array, scale: float = 1.0) -> OracleScore:
    """e_ij = scale · vᵀ tanh(W q_i + U k_j) (Bahdanau et al. 2015), W (h, D), U (h, Dk), v (h,)."""

    def hidden(q: Array, k: Array) -> Array:
        return np.tanh((q @ w.T)[..., :, None, :] + (k @ u.T)[..., None, :, :])

    def backward(q: Array, k: Array, g: Array) -> tuple[Array, Array]:
        inner = scale * g[..., None] * v * (1 - hidden(q, k) ** 2)  # (..., Tq, Tk, h)
        return inner.sum(-2) @ w, inner.sum(-3) @ u

    return OracleScore(lambda q, k: scale * (hidden(q, k) @ v), backward)


def softmax(scores: Array, allowed: Array) -> Array:
    """Over the allowed keys of each row, row by row; all zero where nothing is allowed."""
    allowed = np.broadcast_to(allowed, scores.shape)
    weights = np.zeros(scores.shape)
    for row in np.ndindex(scores.shape[:-1]):
        seen = allowed[row]
        if seen.any():
            exponentials = np.exp(scores[row][seen] - scores[row][seen].max())
            weights[row][seen] = exponentials / exponentials.sum()
    return weights


@dataclass(frozen=True)
class Answer:
    context: Array
    weights: Array
    gradients: tuple[Array, Array, Array]  # of Σ context · upstream, by query, key, value


def attend(
    query: Array,
    key: Array,
    value: Array,
    score: OracleScore,
    allowed: Array,
    *,
    upstream: Array | float = 1.0,
    factor: Array | float = 1.0,
) -> Answer:
    """context_i = Σ_j factor_ij α_ij v_j; `factor` is what dropout multiplied the weights with."""
    weights = softmax(score.scores(query, key), allowed)
    context = np.einsum("...ij,...jd->...id", weights * factor, value)
    upstream = np.broadcast_to(upstream, context.shape)
    by_value = np.einsum("...ij,...id->...jd", weights * factor, upstream)
    by_weight = factor * np.einsum("...id,...jd->...ij", upstream, value)
    by_score = weights * (by_weight - (weights * by_weight).sum(-1, keepdims=True))
    by_query, by_key = score.backward(query, key, by_score)
    return Answer(context, weights, (by_query, by_key, by_value))

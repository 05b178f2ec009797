"""From attention weights to links between words, or between model tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from qkv.errors import ShapeError

__all__ = ["span_links", "subword_links"]


class Token(Protocol):
    """What a link needs to know of a token: which characters it stands for; none for EOS."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def span_links(
    weights: np.ndarray,
    source_tokens: Sequence[Token],
    target_tokens: Sequence[Token],
    source_words: Sequence[tuple[int, int]],
    target_words: Sequence[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Links (i, j), sorted: each target word with the source word that it attended to most.

        weight(i, j) = Σ weights[t, s] over tokens t that overlap word j and s that overlap word i

    A token over several words (公园 'park') gives each of them its whole weight: were it shared
    out, long tokens would lose to short ones. Words under exactly the same tokens cannot be told
    apart, so they are linked together: 公-park and 园-park. Among other ties the first wins. A
    target word without any weight on a source word stays without link.

    Args:
        weights: (Tt, Ts), from each target token to each source token, EOS included.
        source_tokens, target_tokens: Ts and Tt character spans; an empty one (EOS) is left out.
        source_words, target_words: the words' character spans (start, end).
    Raises:
        ShapeError: weights are not (Tt, Ts).
    """
    return _links(
        weights, _overlaps(source_tokens, source_words), _overlaps(target_tokens, target_words)
    )


def subword_links(
    weights: np.ndarray, source_tokens: Sequence[Token], target_tokens: Sequence[Token]
) -> list[tuple[int, int]]:
    """The same between model tokens, numbered as given; tokens with an empty span get no link."""
    return _links(weights, _present(source_tokens), _present(target_tokens))


def _overlaps(tokens: Sequence[Token], words: Sequence[tuple[int, int]]) -> np.ndarray:
    """(tokens, words) float64: 1 where the two share a character."""
    shared = [max(t.start, start) < min(t.end, end) for t in tokens for start, end in words]
    return np.array(shared, float).reshape(len(tokens), len(words))


def _present(tokens: Sequence[Token]) -> np.ndarray:
    """(tokens, tokens) float64: every token a word of its own, if it stands for anything."""
    return np.diag([float(t.start < t.end) for t in tokens])


def _links(weights: np.ndarray, source: np.ndarray, target: np.ndarray) -> list[tuple[int, int]]:
    """source (Ts, Ws), target (Tt, Wt): 1 where a token overlaps a word."""
    if weights.shape != (len(target), len(source)):
        raise ShapeError(
            f"an alignment's weights must be (target tokens, source tokens) = "
            f"({len(target)}, {len(source)}); got {weights.shape}."
        )
    links = []
    for j, row in enumerate(target.T @ weights @ source):  # (Wt, Ws)
        if row.size and row.max() > 0:
            alike = (source == source[:, [row.argmax()]]).all(axis=0)
            links += [(int(i), j) for i in np.flatnonzero(alike)]
    return sorted(links)

"""From attention weights to links between words, or between model tokens."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from qkv.errors import ShapeError

__all__ = ["span_links", "subword_links", "under"]


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
        source_words, target_words: the words' character spans (start, end), in order.
    Raises:
        ShapeError: weights are not (Tt, Ts).
    """
    _check(weights, target_tokens, source_tokens)
    return _links(weights, under(source_tokens, source_words), under(target_tokens, target_words))


def subword_links(
    weights: np.ndarray, source_tokens: Sequence[Token], target_tokens: Sequence[Token]
) -> list[tuple[int, int]]:
    """The same between model tokens, numbered as given; tokens with an empty span get no link."""
    _check(weights, target_tokens, source_tokens)
    return _links(weights, _present(source_tokens), _present(target_tokens))


def _check(weights: np.ndarray, target: Sequence[Token], source: Sequence[Token]) -> None:
    if weights.shape != (len(target), len(source)):
        raise ShapeError(
            f"an alignment's weights must be (target tokens, source tokens) = "
            f"({len(target)}, {len(source)}); got {weights.shape}."
        )


def under(tokens: Sequence[Token], words: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
    """For each word the tokens that share a character with it."""
    found: list[list[int]] = [[] for _ in words]
    ends = [end for _, end in words]
    for number, token in enumerate(tokens):
        for word in range(bisect_right(ends, token.start), len(words)):
            start, end = words[word]
            if max(token.start, start) >= min(token.end, end):
                break
            found[word].append(number)
    return [tuple(each) for each in found]


def _present(tokens: Sequence[Token]) -> list[tuple[int, ...]]:
    """Every token a word of its own, if it stands for anything."""
    return [(number,) if t.start < t.end else () for number, t in enumerate(tokens)]


def _links(
    weights: np.ndarray, source: list[tuple[int, ...]], target: list[tuple[int, ...]]
) -> list[tuple[int, int]]:
    """source, target: for each word its tokens."""
    alike: dict[tuple[int, ...], list[int]] = {}
    for i, tokens in enumerate(source):
        alike.setdefault(tokens, []).append(i)
    token = np.array([t for tokens in source for t in tokens], int)  # in pairs with
    word = np.array([i for i, tokens in enumerate(source) for _ in tokens], int)
    links = []
    for j, tokens in enumerate(target):
        row = weights[list(tokens)].sum(0, dtype=float)  # (Ts,)
        received = np.bincount(word, row[token], len(source))  # (Ws,)
        if received.size and received.max() > 0:
            links += [(i, j) for i in alike[source[received.argmax()]]]
    return sorted(links)

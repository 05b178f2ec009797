"""From attention weights to links between words, or between model tokens."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np

from qkv.data.protected import Span
from qkv.errors import ShapeError
from qkv.pipeline.symmetrising import GROWN, symmetrised

__all__ = [
    "Link",
    "Words",
    "agreed",
    "between",
    "both_ways",
    "cells",
    "likeliest",
    "links_record",
    "of_words",
    "read_links",
    "span_links",
    "under",
    "word_links",
]

Words: TypeAlias = tuple[Sequence[Span], Sequence[Span]]  # of the source and of the target

DECIMALS = 3  # of weights: others beside a text in its batch must not decide between equal words


class Link(NamedTuple):
    """Source word i and target word j, from 0; how sure it is, in (0, 1]."""

    source: int
    target: int
    confidence: float


def links_record(links: Sequence[Link] | None) -> dict[str, Any]:
    """As JSON has them: `alignment`, [i, j] each, and their `confidence`; None: no alignment."""
    if links is None:
        return {"alignment": None}
    return {
        "alignment": [[link.source, link.target] for link in links],
        "confidence": [round(link.confidence, 4) for link in links],
    }


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


def read_links(
    weights: np.ndarray,
    source_tokens: Sequence[Token],
    target_tokens: Sequence[Token],
    parts: Words,
    words: Words,
) -> list[Link]:
    """Sorted links of words, by what one model attended to as it wrote the target.

    Each target part with the source part that it attended to most, each source part with the target
    part that attended to it most, and of both the alignment that `symmetrised` makes. Parts under
    the same tokens are linked together. A target part that attended to tokens of no part, as EOS
    is, more than to any part has no link.

    Args:
        weights, source_tokens, target_tokens: see `between`.
        parts: pieces of the words that are linked. words: what the links are between.
    """
    _check(weights, target_tokens, source_tokens)
    source, target = under(source_tokens, parts[0]), under(target_tokens, parts[1])
    (own, i), (other, j) = _alike(source), _alike(target)
    weights = weights.round(DECIMALS)
    grid = _grouped(weights, own, other)
    loose = {*range(len(source_tokens))}.difference(*own)
    nothing = _grouped(weights, [sorted(loose)], other)
    grid = np.where(grid.max(0, keepdims=True, initial=0) > nothing, grid, 0)
    forward, backward = both_ways(grid)
    linked, sure = agreed(forward, backward, GROWN), (forward + backward) / 2
    return word_links(linked[np.ix_(i, j)], sure[np.ix_(i, j)], parts, words)


def _alike(groups: Sequence[tuple[int, ...]]) -> tuple[list[tuple[int, ...]], list[int]]:
    """The different ones, and which of them each is."""
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    return [*numbers], [numbers[group] for group in groups]


def between(
    weights: np.ndarray,
    source_tokens: Sequence[Token],
    target_tokens: Sequence[Token],
    parts: Words,
) -> np.ndarray:
    """(S, T), what each target part attended to of each source part.

        weight(i, j) = mean over tokens t that overlap j of Σ weights[t, s] over s that overlap i

    A token over several parts gives each of them its whole weight, see `span_links`.

    Args:
        weights: (Tt, Ts), from each target token to each source token.
        source_tokens, target_tokens: character spans; an empty one (EOS) is of no part.
        parts: spans of characters, such as words or their pieces.
    Raises:
        ShapeError: weights are not (Tt, Ts).
    """
    _check(weights, target_tokens, source_tokens)
    return _grouped(weights, under(source_tokens, parts[0]), under(target_tokens, parts[1]))


def _grouped(
    weights: np.ndarray, source: Sequence[Sequence[int]], target: Sequence[Sequence[int]]
) -> np.ndarray:
    """(Tt, Ts) → (S, T): sums over groups of source tokens, means over those of target tokens."""
    received = _sums(weights.T, source)  # (S, Tt)
    counts = np.array([max(1, len(tokens)) for tokens in target], weights.dtype)
    return (_sums(received.T, target) / counts[:, None]).T


def _sums(rows: np.ndarray, groups: Sequence[Sequence[int]]) -> np.ndarray:
    """(G, N), of each group the sum of its rows (M, N); groups of the same rows: the same."""
    sums = np.zeros((len(groups), rows.shape[1]), rows.dtype)
    filled = [number for number, group in enumerate(groups) if group]
    if filled:
        members = [groups[number] for number in filled]
        starts = np.cumsum([0, *map(len, members[:-1])])
        sums[filled] = np.add.reduceat(rows[[row for group in members for row in group]], starts)
    return sums


def both_ways(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The weights (S, T) of one direction, and what each source part has of what it received."""
    received = weights.sum(1, keepdims=True)
    return weights, weights / np.maximum(received, np.finfo(weights.dtype).tiny)


def agreed(forward: np.ndarray, backward: np.ndarray, method: str) -> np.ndarray:
    """(S, T) bool: the likeliest of each target and of each source part, made one as `symmetrised`.

    Args:
        forward: (S, T), of target parts; a column adds up to 1 at most, but where a token is over
            several parts. backward: of source parts; rows do.
    """
    sides = cells(likeliest(forward, 0)), cells(likeliest(backward, 1))
    linked = np.zeros(forward.shape, bool)
    linked[tuple(np.array(sorted(symmetrised(*sides, method)), int).reshape(-1, 2).T)] = True
    return linked


def likeliest(weights: np.ndarray, axis: int) -> np.ndarray:
    """(S, T) bool: the best along an axis, unless it is likelier that nothing is."""
    best = weights.max(axis, keepdims=True, initial=0)
    nothing = 1 - weights.sum(axis, keepdims=True)
    return (weights == best) & (best > np.maximum(nothing, 0))


def cells(linked: np.ndarray) -> set[tuple[int, int]]:
    """Where it is True."""
    return {(i, j) for i, j in np.argwhere(linked).tolist()}


def of_words(
    links: Iterable[tuple[int, int]], parts: Words, words: Words
) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Links between words that have linked parts, sorted, and the links of these."""
    sources, targets = (_numbers(own, each) for own, each in zip(words, parts, strict=True))
    made: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for a, b in links:
        for link in product(sources[a], targets[b]):
            made.setdefault(link, []).append((a, b))
    return dict(sorted(made.items()))


def word_links(
    linked: np.ndarray, confidence: np.ndarray, parts: Words, words: Words
) -> list[Link]:
    """Between words, sorted, each as sure as the surest between their parts; (S, T) both."""
    made, sure = of_words(cells(linked), parts, words), confidence.tolist()
    return [Link(i, j, max([sure[a][b] for a, b in each])) for (i, j), each in made.items()]


def _numbers(words: Sequence[Span], parts: Sequence[Span]) -> list[list[int]]:
    """Of each part the words that it shares a character with."""
    if words is parts:
        return [[number] if start < end else [] for number, (start, end) in enumerate(parts)]
    numbers: list[list[int]] = [[] for _ in parts]
    for number, own in enumerate(_under(parts, words)):
        for part in own:
            numbers[part].append(number)
    return numbers


def _check(weights: np.ndarray, target: Sequence[Token], source: Sequence[Token]) -> None:
    if weights.shape != (len(target), len(source)):
        raise ShapeError(
            f"an alignment's weights must be (target tokens, source tokens) = "
            f"({len(target)}, {len(source)}); got {weights.shape}."
        )


def under(tokens: Sequence[Token], words: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
    """For each word the tokens that share a character with it."""
    return [tuple(own) for own in _under([(t.start, t.end) for t in tokens], words)]


def _under(parts: Sequence[Span], words: Sequence[Span]) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in words]
    ends, count = [end for _, end in words], len(words)
    for number, (start, end) in enumerate(parts):
        word = bisect_right(ends, start) if start < end else count
        while word < count and words[word][0] < end:
            if words[word][0] < ends[word]:
                found[word].append(number)
            word += 1
    return found


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

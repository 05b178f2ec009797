"""Attention made sharp by what the words of many sentence pairs have in common.

Attention says where a word of the translation comes from, in one pair. Which words translate each
other, all pairs say together: what is linked often is likelier linked again. So the links of all
pairs are estimated in rounds, as in IBM model 1 (Brown et al. 1993, section 4.2), with

- the attention, and the place in the sentence, as the prior of each link,
- a sparse Dirichlet prior of the translations of a word, whose counts leave out the link itself
  (collapsed variational Bayes, Asuncion et al. 2009): a word that stands once proves nothing,
- neighbours: a link is likelier where the words before, or after, are linked with each other,
- fertility: a word that has as many links as its kind usually has wants no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

__all__ = ["sharpened"]

NOTHING = 0.2  # the share of words that come from nothing, before any is seen
FLOOR = 0.02  # of a link's prior: no attention is sure
TENSION = 4.0  # how fast the prior falls with the distance from the diagonal (Dyer et al. 2013)
SPARSE = 0.03  # of the Dirichlet prior
ALONE = 0.3  # what a link without linked neighbours has of the weight of one with one

Words = Sequence[Sequence[str]]  # of each sentence


class _Cells(NamedTuple):
    """Every source word beside every target word of its pair: C cells, sentence after sentence.

    source, target: (C,) numbers of the two words, among all of their side.
    kind: (C,) of the pair of types, K in all.
    before, after: (C,) the cell of the words before, and after, these; C where there is none.
    place: (C,) nearness to the diagonal.
    """

    source: np.ndarray
    target: np.ndarray
    kind: np.ndarray
    before: np.ndarray
    after: np.ndarray
    place: np.ndarray


class _Side(NamedTuple):
    """types: (N,) of each word of a side; by_kind: (K,) of each pair of types; count: of types."""

    types: np.ndarray
    by_kind: np.ndarray
    count: int


def sharpened(
    attention: Sequence[np.ndarray], sources: Words, targets: Words, rounds: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of each pair, how likely each target word comes from each source word, and the other way.

    Args:
        attention: (S, T) each, non-negative. sources, targets: the S and T words.
        rounds: of estimating which words translate each other.
    Returns:
        a pair of (S, T) each: columns of the first, and rows of the second, sum up to 1 at most.
    """
    if not sum(weights.size for weights in attention):
        return [(weights, weights) for weights in attention]
    cells, source, target = _laid_out(sources, targets)
    attended = np.concatenate([weights.ravel() for weights in attention])
    prior = np.sqrt(attended * cells.place) + FLOOR
    ends = np.cumsum([weights.size for weights in attention])[:-1]
    both = (
        np.split(_likely(prior, cells, *sides, rounds), ends)
        for sides in ((cells.target, cells.source, target, source),
                      (cells.source, cells.target, source, target))
    )  # fmt: skip
    return [
        (f.reshape(weights.shape), b.reshape(weights.shape))
        for f, b, weights in zip(*both, attention, strict=True)
    ]


def _likely(
    prior: np.ndarray,
    cells: _Cells,
    word: np.ndarray,
    origin: np.ndarray,
    said: _Side,
    given: _Side,
    rounds: int,
) -> np.ndarray:
    """p(the word comes from there) of each cell, (C,).

    word, origin: (C,) the word that a cell explains, and the one that it explains it by.
    said, given: all of the words' side, and of the origins'.
    """
    words, used = len(said.types), np.bincount(given.types, minlength=given.count)
    likely = _weighted(prior, word, words)
    nothing = np.full(words, NOTHING)
    for left in range(rounds, -1, -1):
        total = np.bincount(word, likely, words) + nothing
        likely, nothing = likely / total[word], nothing / total
        if not left:
            break
        counts = np.bincount(cells.kind, likely, len(given.by_kind))
        sums = np.bincount(given.by_kind, counts, given.count)
        load = np.bincount(origin, likely, len(given.types))
        usual = ((sums + 1) / (used + 1))[given.types]
        near = np.append(likely, 0.0)
        fitting = prior * (ALONE + near[cells.before] + near[cells.after])
        wanted = usual[origin] / (1 + _rest(load[origin], likely))
        said_by = _share(counts[cells.kind], sums[given.types[origin]], likely, said.count)
        likely = _weighted(fitting, word, words) * wanted * said_by
        counts = np.bincount(said.types, nothing, said.count)
        nothing = NOTHING * _share(counts[said.types], nothing.sum(), nothing, said.count)
    return likely


def _weighted(prior: np.ndarray, word: np.ndarray, words: int) -> np.ndarray:
    """The prior of each cell, so that those of a word sum up to what may come from something."""
    return prior * (1 - NOTHING) / np.bincount(word, prior, words)[word]


def _share(counts: np.ndarray, totals: np.ndarray, own: np.ndarray, types: int) -> np.ndarray:
    """The predictive probability of a word under a Dirichlet prior, itself left out."""
    return (_rest(counts, own) + SPARSE) / (_rest(totals, own) + SPARSE * types)


def _rest(total: np.ndarray, own: np.ndarray) -> np.ndarray:
    return np.maximum(total - own, 0)  # rounding must not make it negative


def _laid_out(sources: Words, targets: Words) -> tuple[_Cells, _Side, _Side]:
    (left, lefts), (right, rights) = (_numbered(side) for side in (sources, targets))
    parts: list[tuple[np.ndarray, ...]] = []
    cell = first = second = 0
    for source, target in zip(sources, targets, strict=True):
        s, t = len(source), len(target)
        parts.append(_grid(s, t, first, second, cell))
        first, second, cell = first + s, second + t, cell + s * t
    i, j, before, after, place = map(np.concatenate, zip(*parts, strict=True))
    before, after = (np.where(each < 0, cell, each) for each in (before, after))
    kinds, kind = np.unique(left[i] * rights + right[j], return_inverse=True)
    cells = _Cells(i, j, kind, before, after, place)
    return cells, _Side(left, kinds // rights, lefts), _Side(right, kinds % rights, rights)


def _grid(s: int, t: int, first: int, second: int, cell: int) -> tuple[np.ndarray, ...]:
    """Words, cells before and after (-1: none), and places of the cells of one pair."""
    numbers = np.full((s + 2, t + 2), -1)
    numbers[1:-1, 1:-1] = np.arange(cell, cell + s * t).reshape(s, t)
    x, y = ((np.arange(n) + 0.5) / max(n, 1) for n in (s, t))
    place = np.exp(-TENSION * np.abs(x[:, None] - y))
    i, j = np.indices((s, t))
    each = (i + first, j + second, numbers[:-2, :-2], numbers[2:, 2:], place)
    return tuple(array.ravel() for array in each)


def _numbered(side: Words) -> tuple[np.ndarray, int]:
    """The type of each word of all sentences, and how many types there are; case is no matter."""
    numbers: dict[str, int] = {}
    types = [numbers.setdefault(word.casefold(), len(numbers)) for each in side for word in each]
    return np.array(types, np.int64), len(numbers)

"""Does this line translate that one? Log odds, learnt from the corpus, without a dictionary.

Three kinds of evidence, each the logarithm of how much more often two things meet in a pair than
they would by chance:

- marks: the length, the last character, the number of digits, commas, quotes and question marks;
- words: for each of a line's rarest words, the best partner in the other line;
- words that stand in both lines: names, numbers.

A logistic regression, pairs against lines that have nothing to do with each other, weighs them.
What is counted of a pair is taken out before it is judged, so that none speaks for itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qkv.data.check.sides import Side

__all__ = ["Evidence", "Lines", "learn", "lines_of"]

WORDS = 8  # of a line, the rarest that come twice at least, or on the other side too
SAMPLE = 60_000  # pairs to learn from
LENGTHS, LASTS, MOST = 12, 14, 4  # classes of lengths, of last characters, of counts
FAR = 37  # lines apart that have nothing to do with each other
CERTAIN = 6.0  # nats: more is believed of no single pair
_BUCKETS, _CELLS = 1 << 20, 1 << 22
_CHUNK, _SAMPLE_CHUNK, _LINES = 1 << 11, 1 << 14, 1 << 16  # pairs or lines at a time
_PRIOR_WORDS, _PRIOR_MARKS = 0.5, 4.0  # added to counts and to what chance gives: shrinks to 1


@dataclass(frozen=True)
class Lines:
    """What is compared of the lines of one side.

    marks: (N, F) classes. words: (WORDS, N) hashes, 0 where there are fewer.
    counts: (_BUCKETS,) how often each word comes.
    """

    marks: NDArray[np.uint8]
    words: NDArray[np.uint32]
    counts: NDArray[np.int64]


@dataclass(frozen=True)
class Evidence:
    """What was learnt from `pairs`: (M, 2) line numbers.

    partner: (N,) of each source line, the target line it was learnt with; -1 for none.
    separates: share of pairs and of chance pairs that are told apart, on the text itself.
    """

    source: Lines
    target: Lines
    tables: list[NDArray[np.float64]]
    cells: NDArray[np.int32]
    learnt_from: int
    partner: NDArray[np.int64]
    weights: NDArray[np.float64]
    separates: float = 0.0

    def odds(self, i: NDArray[np.int64], j: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n,) log odds that source lines `i` and target lines `j` are translations."""
        odds = np.empty(len(i), np.float32)
        for first in range(0, len(i), _CHUNK):
            rows = slice(first, first + _CHUNK)
            odds[rows] = self.features(i[rows], j[rows]) @ self.weights
        return np.clip(odds, -CERTAIN, CERTAIN)

    def features(self, i: NDArray[np.int64], j: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n, F + 4): log lifts of each mark, of words from both sides, shared words, and 1."""
        known = (self.partner[i] == j).astype(np.int64)
        marks = [
            _lift(table, self.source.marks[i, f], self.target.marks[j, f], known)
            for f, table in enumerate(self.tables)
        ]
        return np.stack([*marks, *self._words(i, j, known), np.ones(len(i))], 1)

    def _words(
        self, i: NDArray[np.int64], j: NDArray[np.int64], known: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], ...]:
        source, target = self.source.words[:, i], self.target.words[:, j]
        often = self.cells[_cells(source, target)].astype(np.float32)
        often -= known.astype(np.float32)
        often += np.float32(_PRIOR_WORDS)
        rate = self.learnt_from / max(1, len(self.partner)) ** 2
        chance = _often(self.source, source, rate)[:, None] * _often(self.target, target, 1)[None]
        often /= chance + np.float32(_PRIOR_WORDS)
        shared = ((source[:, None] == target[None]) & (source != 0)[:, None]).sum((0, 1))
        return _mean_log(often.max(0)), _mean_log(often.max(1)), shared.astype(float)


def learn(source: Lines, target: Lines, i: NDArray[np.int64], j: NDArray[np.int64]) -> Evidence:
    """From source lines `i` beside target lines `j`."""
    step = -(-len(i) // SAMPLE)
    some = slice(None, None, max(1, step))
    partner = np.full(len(source.marks), -1, np.int64)
    partner[i[some]] = j[some]
    classes = max(LENGTHS, LASTS + 1, MOST)
    tables = [np.zeros((classes, classes)) for _ in range(source.marks.shape[1])]
    for f, table in enumerate(tables):
        np.add.at(table, (source.marks[i[some], f], target.marks[j[some], f]), 1)
    cells = np.zeros(_CELLS, np.int32)
    for first in range(0, len(i[some]), _SAMPLE_CHUNK):
        a, b = (x[some][first : first + _SAMPLE_CHUNK] for x in (i, j))
        both = (source.words[:, a] != 0)[:, None] & (target.words[:, b] != 0)[None]
        found = _cells(source.words[:, a], target.words[:, b])[both]
        cells += np.bincount(found, minlength=_CELLS).astype(np.int32)
    unweighed = Evidence(
        source, target, tables, cells, len(i[some]), partner, np.zeros(source.marks.shape[1] + 4)
    )
    return _weighed(unweighed, i[some], j[some])


def lines_of(source: Side, target: Side) -> tuple[Lines, Lines]:
    """Classes and rarest words of each line of both sides."""
    counts = [np.bincount(_bucket(side.words), minlength=_BUCKETS) for side in (source, target)]
    return _lines(source, counts[0], counts[1]), _lines(target, counts[1], counts[0])


def _lines(side: Side, counts: NDArray[np.int64], others: NDArray[np.int64]) -> Lines:
    last = np.unique(side.last, return_counts=True)
    frequent = np.sort(last[0][np.argsort(-last[1], kind="stable")[:LASTS]])
    place = np.minimum(np.searchsorted(frequent, side.last), len(frequent) - 1)
    bounds = np.unique(np.quantile(side.length, np.arange(1, LENGTHS) / LENGTHS))
    marks = [
        np.searchsorted(bounds, side.length, side="right"),
        np.where(frequent[place] == side.last, place, LASTS),
        *np.minimum(side.marks, MOST - 1).T,
    ]
    telling = np.where((counts > 1) | (others > 0), counts, 0)
    return Lines(np.stack(marks, 1).astype(np.uint8), _rarest(side, telling), counts)


def _rarest(side: Side, counts: NDArray[np.int64]) -> NDArray[np.uint32]:
    """(WORDS, N) of each line's words that come at all, the rarest first, each once."""
    rarest = np.zeros((WORDS, len(side)), np.uint32)
    for first in range(0, len(side), _LINES):
        starts = side.starts[first : first + _LINES + 1]
        words = side.words[starts[0] : starts[-1]]
        often = np.minimum(counts[_bucket(words)], 0xFFFFFFFF)
        line = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        some = often > 0
        _fill(rarest[:, first : first + _LINES], line[some], words[some], often[some])
    return rarest


def _fill(
    rarest: NDArray[np.uint32],
    line: NDArray[np.int64],
    words: NDArray[np.uint32],
    often: NDArray[np.int64],
) -> None:
    """Of some lines."""
    order = np.argsort(line << 32 | often, kind="stable")
    line, words = line[order], words[order]
    first = np.append(True, (line[1:] != line[:-1]) | (words[1:] != words[:-1]))[: len(words)]
    line, words = line[first], words[first]
    each = np.bincount(line, minlength=rarest.shape[1])
    rank = np.arange(len(line)) - np.repeat(np.cumsum(each) - each, each)
    some = rank < WORDS
    rarest[rank[some], line[some]] = words[some]


def _weighed(evidence: Evidence, i: NDArray[np.int64], j: NDArray[np.int64]) -> Evidence:
    """With the weights that tell the pairs from what stands FAR lines away."""
    some = slice(None, None, max(1, len(i) // (1 << 14)))
    pairs, chance = (evidence.features(i[some], b[some]) for b in (j, np.roll(j, FAR)))
    features = np.concatenate([pairs, chance])
    truth = np.repeat([1.0, 0.0], [len(pairs), len(chance)])
    weights = _regression(features, truth)
    right = (features @ weights > 0) == truth
    return Evidence(**{**vars(evidence), "weights": weights, "separates": float(right.mean())})


def _regression(features: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression with a small ridge, by Newton's method; no evidence counts against."""
    weights = np.zeros(features.shape[1])
    ridge = np.eye(len(weights))
    for _ in range(12):
        likely = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (truth - likely) - weights
        curve = (features * (likely * (1 - likely))[:, None]).T @ features + ridge
        weights = weights + np.linalg.solve(curve, slope)
        weights[:-1] = np.maximum(weights[:-1], 0)
    return weights


def _lift(
    table: NDArray[np.float64], a: NDArray[np.uint8], b: NDArray[np.uint8], known: NDArray[np.int64]
) -> NDArray[np.float64]:
    chance = table.sum(1)[:, None] * table.sum(0)[None] / max(1.0, table.sum())
    return np.log(
        (np.maximum(table[a, b] - known, 0) + _PRIOR_MARKS) / (chance[a, b] + _PRIOR_MARKS)
    )


def _often(lines: Lines, words: NDArray[np.uint32], rate: float) -> NDArray[np.float32]:
    """How often each word comes; without end where there is none, so that nothing speaks for it."""
    often = lines.counts[_bucket(words)].astype(np.float32) * np.float32(rate)
    return np.where(words != 0, often, np.float32(np.inf))


def _mean_log(lift: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n,) over the words, (WORDS, n), that are there."""
    there = lift > 0
    logs = np.log(np.where(there, lift, 1))
    return logs.sum(0) / np.maximum(1, there.sum(0))


def _bucket(words: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return words >> np.uint32(12)


def _cells(source: NDArray[np.uint32], target: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """(WORDS, WORDS, n): where each source word with each target word is counted."""
    both = (source * np.uint32(0x9E3779B1))[:, None] ^ (target * np.uint32(0x85EBCA6B))[None]
    both *= np.uint32(0xC2B2AE35)
    return both >> np.uint32(10)

"""Where lines are shifted, so that line n of the target does not belong to line n of the source.

Source line i gets a shift k, so that it belongs to target line i + k, or none. The likeliest course
of shifts through the file is looked for (Viterbi): `evidence` says how likely two lines are
translations, and each change of the shift has to be worth CHANGE. What was learnt with the first
course is learnt anew with the next, until it stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qkv.data.check.evidence import CERTAIN, Evidence, Lines, learn, lines_of
from qkv.data.check.sides import Side

__all__ = ["Course", "Region", "find_course"]

REACH = 5  # shifts of so many lines are always looked for
FURTHEST, TRIED = 300, 160  # where nothing fits: shifts tried, on so many lines
CHANGE = 10.0  # nats
NOTHING = -0.5  # nats a line: belongs to no line near
WINDOW, DOUBTFUL = 7, 1.0  # lines whose mean odds are looked at, and below which shifts are tried
MARGIN = 40  # lines around
ROUNDS = 4
FEWEST = 40  # lines, of fewer nothing can be learnt
TRYING, TOLD_APART = 0.55, 0.62  # shares of pairs told from others to go on, and to say something
NONE = np.iinfo(np.int32).min  # no line of the target


@dataclass(frozen=True)
class Region:
    """Source lines first to last - 1, from 0; their targets are `shift` lines further, or gone."""

    first: int
    last: int
    shift: int | None


@dataclass(frozen=True)
class Course:
    """shifts: (N,) of each source line, NONE where nothing fits. odds: (N,) with that line."""

    shifts: NDArray[np.int32]
    odds: NDArray[np.float32]

    def regions(self) -> list[Region]:
        """Where the shift is not 0."""
        return [each for each in _stretches(self.shifts) if each.shift != 0]


def _stretches(shifts: NDArray[np.int32]) -> list[Region]:
    """Lines in a row with one shift."""
    bounds = [0, *(np.flatnonzero(np.diff(shifts)) + 1).tolist(), len(shifts)]
    return [
        Region(first, last, None if shifts[first] == NONE else int(shifts[first]))
        for first, last in pairwise(bounds)
        if first < last
    ]


def find_course(source: Side, target: Side) -> Course | None:
    """The shifts of all source lines; None where the text tells too little to say."""
    if min(len(source), len(target)) < FEWEST:
        return None
    first, second = lines_of(source, target)
    offset = len(target) - len(source)
    evidence = _begun(first, second, offset)
    if evidence is None:
        return None
    shifts = np.full(len(source), _usual(evidence), np.int32)
    tried = {*range(-REACH, REACH + 1), offset}
    for _ in range(ROUNDS):
        before, shifts = shifts, _improved(evidence, shifts, tried)
        further = _further(evidence, shifts) - tried
        if np.array_equal(before, shifts) and not further:
            break
        tried |= further
        evidence = learn(first, second, *_pairs(shifts, len(target)))
    if evidence.separates < _least(TOLD_APART, first):
        return None
    return Course(shifts, _odds(evidence, np.arange(len(shifts)), shifts))


def _begun(source: Lines, target: Lines, offset: int) -> Evidence | None:
    """Learnt with the one shift for all lines that tells most; None if that is too little."""
    shifts = sorted({0, *range(-REACH, REACH + 1), offset}, key=abs)
    best: Evidence | None = None
    for shift in shifts:
        i, j = _pairs(np.full(source.words.shape[1], shift, np.int32), target.words.shape[1])
        if len(i) < 2:
            continue
        evidence = learn(source, target, i, j)
        if best is None or evidence.separates > best.separates + 0.02:
            best = evidence
        if best.separates > 0.8:
            break
    return best if best and best.separates >= _least(TRYING, source) else None


def _least(share: float, lines: Lines) -> float:
    """More of a few lines: they are told apart by chance."""
    return share + len(lines.marks) ** -0.5


def _usual(evidence: Evidence) -> int:
    i = np.flatnonzero(evidence.partner >= 0)
    return int(evidence.partner[i[0]] - i[0])


def _pairs(shifts: NDArray[np.int32], targets: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Source and target lines that belong together."""
    i = np.flatnonzero(shifts != NONE)
    j = i + shifts[i]
    there = (j >= 0) & (j < targets)
    return i[there], j[there]


def _odds(evidence: Evidence, i: NDArray[np.int64], shifts: NDArray | int) -> NDArray[np.float32]:
    """Of source lines `i` with the lines `shifts` further; where there is none, certainly not."""
    shifts = np.broadcast_to(shifts, i.shape)
    odds = np.where(shifts == NONE, NOTHING, -CERTAIN).astype(np.float32)
    j = i + shifts
    there = (j >= 0) & (j < evidence.target.words.shape[1])
    odds[there] = evidence.odds(i[there], j[there])
    return odds


def _improved(evidence: Evidence, shifts: NDArray[np.int32], tried: set[int]) -> NDArray[np.int32]:
    """The likeliest course; where the old one fits well, it stays."""
    odds = _odds(evidence, np.arange(len(shifts)), shifts)
    improved = shifts.copy()
    states = np.array([*sorted(tried, key=abs), NONE], np.int32)
    for first, last in _doubtful(odds):
        i = np.arange(first, last)
        table = np.stack([_odds(evidence, i, int(state)) for state in states], 1)
        begin = shifts[first - 1] if first else None
        end = shifts[last] if last < len(shifts) else None
        improved[first:last] = states[_viterbi(table, states, begin, end)]
    return improved


def _doubtful(odds: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Stretches of lines around low odds."""
    mean = np.convolve(odds, np.ones(WINDOW) / WINDOW, "same")
    low = np.flatnonzero(mean < DOUBTFUL)
    if not len(low):
        return []
    parts = np.split(low, np.flatnonzero(np.diff(low) > 2 * MARGIN) + 1)
    return [
        (max(0, int(part[0]) - MARGIN), min(len(odds), int(part[-1]) + MARGIN + 1))
        for part in parts
    ]


def _viterbi(
    odds: NDArray[np.float32], states: NDArray[np.int32], begin: int | None, end: int | None
) -> NDArray[np.int64]:
    """(n,) indices into `states`; what stands before and after costs a change too."""
    score = odds[0] - (0 if begin is None else CHANGE * (states != begin))
    best = np.zeros(len(odds), np.int64)  # of the line before
    stays = np.ones(odds.shape, bool)
    for i in range(1, len(odds)):
        best[i] = score.argmax()
        changed = score[best[i]] - CHANGE
        stays[i] = score >= changed
        score = np.maximum(score, changed) + odds[i]
    if end is not None:
        score = score - CHANGE * (states != end)
    path = np.empty(len(odds), np.int64)
    path[-1] = score.argmax()
    for i in range(len(odds) - 1, 0, -1):
        path[i - 1] = path[i] if stays[i, path[i]] else best[i]
    return path


def _further(evidence: Evidence, shifts: NDArray[np.int32]) -> set[int]:
    """Larger shifts that fit where nothing did so far."""
    found = set()
    for each in _stretches(shifts):
        count = each.last - each.first
        if each.shift is None and count > 2 * WINDOW:
            i = np.linspace(each.first, each.last - 1, min(TRIED, count)).astype(np.int64)
            means = [_odds(evidence, i, shift).mean() for shift in range(-FURTHEST, FURTHEST + 1)]
            if max(means) > DOUBTFUL:
                found.add(int(np.argmax(means)) - FURTHEST)
    return found

"""The text without its faulty pairs; lines that are shifted are put beside their translations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qkv.data.check.checking import Report, check
from qkv.data.check.finding import KINDS
from qkv.data.check.shifts import NONE, Course
from qkv.data.check.text import Text
from qkv.data.corpora import Pair
from qkv.data.invisible import visible

__all__ = ["Cleaned", "cleaned"]

SURE_LINES, SURE_ODDS = 8, 1.5  # of a region that is put right: lines, and mean log odds of them
BORDER, DOUBTFUL = 4, 1.0  # lines beside a change of the shift, and odds that are too low there


@dataclass(frozen=True)
class Cleaned:
    """pairs: what is left, in order. dropped: how many by kind, a pair by the first that it fits.

    moved: source lines that were put beside another target line and kept.
    """

    pairs: list[Pair]
    dropped: dict[str, int]
    moved: int

    def as_text(self) -> str:
        dropped = [f"{count:,} {KINDS[kind].title}" for kind, count in self.dropped.items()]
        moved = f"; {self.moved:,} of them put beside their translation" if self.moved else ""
        left_out = f"; left out: {', '.join(dropped)}" if dropped else ""
        return f"{len(self.pairs):,} pairs{moved}{left_out}"

    def as_dict(self) -> dict[str, Any]:
        return {"pairs": len(self.pairs), "moved": self.moved, "dropped": self.dropped}


def cleaned(report: Report, held_out: Mapping[str, Text], longest: int) -> Cleaned:
    """Without the kinds that do harm; characters that show nothing, and tabs, are taken out."""
    i, j = _partners(report)
    text, lost = report.text, len(report.text) - len(i)
    moved = i != j
    if moved.any() or lost:
        text = Text(
            text.name,
            [text.sources[n] for n in i.tolist()],
            [text.targets[n] for n in j.tolist()],
            text.place,
        )
        report = check(text, held_out, longest, shifts=False)
    kept = np.ones(len(text), bool)
    dropped = {"misaligned": lost} if lost else {}
    for found in report.findings:
        if KINDS[found.kind].harm and (count := int(kept[found.pairs].sum())):
            dropped[found.kind] = count
            kept[found.pairs] = False
    pairs = [
        Pair(*map(_plain, pair)) for pair, keep in zip(text.pairs(), kept, strict=True) if keep
    ]
    return Cleaned(pairs, dropped, int((kept & moved).sum()))


def _partners(report: Report) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Source lines and target lines that belong together, each once."""
    text, course = report.text, report.course
    if course is None:
        i = np.arange(len(text))
        return i, i
    i = np.flatnonzero(_sure(course))
    j = i + course.shifts[i]
    there = (j >= 0) & (j < len(text.targets))
    i, j = i[there], j[there]
    order = np.lexsort((-course.odds[i], j))  # of two that want a line, the likelier
    first = np.append(True, np.diff(j[order]) > 0)[: len(j)]
    chosen = np.sort(order[first])
    return i[chosen], j[chosen]


def _sure(course: Course) -> NDArray[np.bool_]:
    """(N,) source lines whose partner is known."""
    sure = course.shifts != NONE
    for region in course.regions():
        rows = slice(region.first, region.last)
        short = region.last - region.first < SURE_LINES
        if short or course.odds[rows].mean() < SURE_ODDS:
            sure[rows] = False
        for border in (region.first, region.last):
            near = slice(max(0, border - BORDER), border + BORDER)
            sure[near] &= course.odds[near] >= DOUBTFUL
    return sure


def _plain(text: str) -> str:
    return " ".join(re.split(r"[\t\n\r]", visible(text))).strip()

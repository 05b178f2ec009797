"""Shifts: from which line on, by how much, and how long; and when nothing can be said."""

from __future__ import annotations

from random import Random

import pytest

from qkv.data.check import Text, check
from qkv.data.phrasebook import phrasebook

BOOK = phrasebook().train[:1500]
SOURCES, TARGETS = [p.source for p in BOOK], [p.target for p in BOOK]


def regions(sources: list[str], targets: list[str]) -> list[tuple[int, int, int | None]] | None:
    course = check(Text("book", sources, targets, str)).course
    return course and [(each.first, each.last, each.shift) for each in course.regions()]


def test_a_lost_line_shifts_all_after_it() -> None:
    assert regions(SOURCES, TARGETS[:400] + TARGETS[401:]) == [(401, 1500, -1)]


def test_a_line_too_many_shifts_all_after_it() -> None:
    [(first, last, shift)] = regions(SOURCES, [*TARGETS[:700], "Hello!", *TARGETS[700:]]) or []
    assert abs(first - 700) <= 1
    assert (last, shift) == (1500, 1)


def test_a_file_that_is_shifted_from_its_first_line_on() -> None:
    assert regions(SOURCES, TARGETS[1:]) == [(0, 1500, -1)]


def test_a_shift_that_ends_again_and_another() -> None:
    targets = TARGETS[:300] + TARGETS[302:600] + ["So be it.", "Never mind."] + TARGETS[600:900]
    targets += ["Good grief!", *TARGETS[900:]]
    found = regions(SOURCES, targets) or []
    shifted = {shift for *_, shift in found} - {None}
    lines = {
        shift: sum(last - first for first, last, s in found if s == shift) for shift in shifted
    }
    assert shifted == {-2, 1}
    assert abs(lines[-2] - 298) <= 3
    assert abs(lines[1] - 600) <= 3


def test_many_lost_lines_are_a_large_shift() -> None:
    found = regions(SOURCES, TARGETS[:800] + TARGETS[830:]) or []
    assert found[-1][1:] == (1500, -30)
    assert abs(found[-1][0] - 830) <= 2


def test_a_file_sorted_by_length_is_no_worse() -> None:
    pairs = sorted(zip(SOURCES, TARGETS, strict=True), key=lambda pair: len(pair[1]))
    sources, targets = ([pair[side] for pair in pairs] for side in (0, 1))
    assert regions(sources, targets) == []
    found = regions(sources, targets[:500] + targets[501:]) or []
    assert (found[-1][1:]) == (1500, -1)


@pytest.mark.parametrize("seed", range(3))
def test_of_lines_in_any_order_nothing_can_be_said(seed: int) -> None:
    assert regions(SOURCES, Random(seed).sample(TARGETS, len(TARGETS))) is None


def test_of_a_few_lines_nothing_can_be_said() -> None:
    assert regions(SOURCES[:30], TARGETS[1:31]) is None


def test_equal_lines_are_not_shifted() -> None:
    assert regions(["同样的一句话。"] * 200, ["The same sentence."] * 200) in ([], None)


def test_other_checks_of_both_sides_leave_shifted_lines_alone() -> None:
    sources = [f"{source} {number}" for number, source in enumerate(SOURCES)]
    targets = [f"{target} {number}" for number, target in enumerate(TARGETS)]
    report = check(Text("book", sources, targets[:400] + targets[401:], str))
    assert len(report["misaligned"].pairs) == 1098
    assert len(report["numbers"].pairs) <= 1

"""All checks of one text, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qkv.data.check.characters import WORD, Characters
from qkv.data.check.copies import copies
from qkv.data.check.damage import control_characters, encoding_damage
from qkv.data.check.duplicates import duplicates
from qkv.data.check.finding import KINDS, Finding, finding
from qkv.data.check.heldout import Overlap, known, overlap, seen_in
from qkv.data.check.languages import wrong_language
from qkv.data.check.lengths import length_outliers, too_long
from qkv.data.check.markup import markup_mismatches, number_mismatches
from qkv.data.check.scripts import script_outliers, usual_script
from qkv.data.check.shifts import NONE, Course, find_course
from qkv.data.check.sides import Side, read_side
from qkv.data.check.text import Text
from qkv.data.invisible import visible

__all__ = ["LONGEST", "Report", "check"]

LONGEST = 250  # tokens of a side that training takes, unless it is told otherwise

# What compares the two sides: of lines that are shifted it would only say so again.
_OF_BOTH_SIDES = {"copy", "length", "markup", "numbers"}


@dataclass(frozen=True)
class Report:
    """What is wrong with a text: findings in the order of KINDS, those without a pair left out.

    course: how the lines of the two sides belong together; None where that cannot be told.
    """

    text: Text
    findings: list[Finding]
    course: Course | None
    overlaps: list[Overlap]

    def __getitem__(self, kind: str) -> Finding:
        """Of one kind; without pairs where nothing was found."""
        none = finding(kind, np.zeros(0, bool))
        return next((each for each in self.findings if each.kind == kind), none)


def check(
    text: Text,
    held_out: Mapping[str, Text] | None = None,
    longest: int = LONGEST,
    *,
    shifts: bool = True,
) -> Report:
    """Look for everything in `text`.

    Args:
        held_out: "valid" and "test" texts, of which no sentence should be in `text`.
        longest: tokens of a side that training takes.
        shifts: whether lines may be shifted.
    """
    if not len(text):
        return Report(text, [], None, [])
    characters = Characters()
    source, target = (read_side(side, characters) for side in (text.sources, text.targets))
    course = find_course(source, target) if shifts else None
    source, target = source.first(len(text)), target.first(len(text))
    findings = [*_of(source, target, characters, longest), *_shifted(text, course)]
    if course is not None:
        aligned = course.shifts[: len(text)] == 0
        findings = [_only(each, aligned) for each in findings]
    seen, overlaps = _held_out(text, held_out or {})
    findings = sorted([*findings, *seen], key=lambda each: list(KINDS).index(each.kind))
    return Report(text, [each for each in findings if len(each.pairs)], course, overlaps)


def _of(source: Side, target: Side, characters: Characters, longest: int) -> list[Finding]:
    empty = [_blank(source), _blank(target)]
    spaced = [
        usual_script(side) & (characters.weights[side.script] == 1) for side in (source, target)
    ]
    return [
        finding(
            "empty", empty[0] | empty[1], lambda pair: "source" if empty[0][pair] else "target"
        ),
        *duplicates(source, target),
        copies(source, target),
        length_outliers(source, target),
        script_outliers(source, target),
        wrong_language(source, target, characters, np.stack(spaced)),
        markup_mismatches(source, target),
        number_mismatches(source, target),
        too_long(source, target, longest),
        encoding_damage(source, target),
        control_characters(source, target),
    ]


def _blank(side: Side) -> NDArray[np.bool_]:
    """Lines that show nothing."""
    blank = side.bits & WORD == 0
    for line in np.flatnonzero(blank).tolist():
        blank[line] = not visible(side.texts[line]).strip()
    return blank


def _shifted(text: Text, course: Course | None) -> list[Finding]:
    if course is None:
        return []
    shifts = course.shifts[: len(text)]

    def say(pair: int) -> str:
        if shifts[pair] == NONE:
            return "no target near fits"
        there = pair + int(shifts[pair])
        if not 0 <= there < len(text.targets):
            return "its target is gone"
        return f"its target is at {text.place(there)}"

    return [finding("misaligned", shifts != 0, say)]


def _only(found: Finding, aligned: NDArray[np.bool_]) -> Finding:
    if found.kind not in _OF_BOTH_SIDES:
        return found
    return replace(found, pairs=found.pairs[aligned[found.pairs]])


def _held_out(text: Text, held_out: Mapping[str, Text]) -> tuple[list[Finding], list[Overlap]]:
    """Each text with those before it: training, validation, test."""
    findings, overlaps = [], []
    earlier = {"train": known(text.pairs())} if held_out else {}
    for name, other in held_out.items():
        sentences = known(other.pairs())
        overlaps += [overlap(name, sentences, also, each) for also, each in earlier.items()]
        findings.append(seen_in(name, earlier["train"], sentences))
        earlier[name] = sentences
    return findings, overlaps

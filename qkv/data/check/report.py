"""What was found: for a terminal, for a program, and in the three lines that training says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from qkv.data.check.checking import Report, check
from qkv.data.check.finding import KINDS, Finding
from qkv.data.check.heldout import Overlap
from qkv.data.check.shifts import Region
from qkv.data.check.text import text_of
from qkv.data.corpora import Pair

__all__ = ["EXAMPLES", "as_dict", "as_text", "glance"]

EXAMPLES, STRETCHES = 10, 12
WIDTH = 60  # characters of a side
# Shares of the pairs from which on training should know; what is not here never matters so much.
MATTERS = {
    "language": 0.01,
    "script": 0.01,
    "copy": 0.01,
    "encoding": 0.01,
    "length": 0.02,
    "markup": 0.02,
    "numbers": 0.02,
    "duplicate": 0.1,
    "near_duplicate": 0.1,
}
ENOUGH = 1000  # pairs that would show what goes together
UNRELATED = (
    "source and target do not go together, not even a few lines further on: they may be no "
    "translations of each other, or of single words and labels"
)
TOO_FEW = "whether lines are shifted cannot be told of so few"
FEW, MOST = 100, 100_000  # pairs of which nothing can be said, and that are looked at


def as_text(report: Report) -> Iterator[str]:
    """Lines: counts first, then each kind with its lines and some examples."""
    text = report.text
    yield f"{text.name}: {len(text):,} pairs"
    if len(text.sources) != len(text.targets):
        yield (
            f"the source has {len(text.sources):,} lines, the target {len(text.targets):,}; "
            "the pairs are those up to the end of the shorter"
        )
    if report.course is None:
        yield UNRELATED if len(text) >= ENOUGH else TOO_FEW
    yield ""
    for found in report.findings:
        yield f"{len(found.pairs):9,}  {len(found.pairs) / len(text):6.2%}  {_title(found)}"
    if not report.findings:
        yield "nothing found"
    yield from map(_overlap, report.overlaps)
    for found in report.findings:
        yield ""
        yield f"{_title(found)}: {_stretches(report, found)}"
        yield from _shifts(report) if found.kind == "misaligned" else _examples(report, found)


def as_dict(report: Report) -> dict[str, Any]:
    """The same with all pairs, for JSON: `docs/checking.md` has the fields."""
    text = report.text
    return {
        "files": text.name,
        "pairs": len(text),
        "source_lines": len(text.sources),
        "target_lines": len(text.targets),
        "findings": [_record(report, found) for found in report.findings],
        "shifts": None
        if report.course is None
        else [
            {"first": region.first + 1, "last": region.last, "shift": region.shift}
            for region in report.course.regions()
        ],
        "overlap": [each.as_dict() for each in report.overlaps],
    }


def glance(pairs: Sequence[Pair]) -> list[str]:
    """What training would learn wrongly, in at most three lines; nothing where it is little.

    Of more than MOST pairs the first are looked at.
    """
    report = check(text_of(pairs[:MOST]))
    lines = [line for line in (_misaligned(report), _shares(report)) if line]
    if len(report.text) < FEW or not lines:
        return []
    return [*lines, "qkv check with the same files names them all; its --write leaves them out"]


def _misaligned(report: Report) -> str:
    regions = report.course.regions() if report.course else []
    if not regions:
        return ""
    longest = max(regions, key=lambda region: region.last - region.first)
    share = len(report["misaligned"].pairs) / len(report.text)
    return f"{share:.1%} of the pairs are shifted: {_shift(report, longest)}"


def _shares(report: Report) -> str:
    several = [
        f"{KINDS[kind].title} ({share:.1%})"
        for kind, least in MATTERS.items()
        if (share := len(report[kind].pairs) / max(1, len(report.text))) >= least
    ]
    return f"among the pairs are some with faults: {', '.join(several)}" if several else ""


def _title(found: Finding) -> str:
    return KINDS[found.kind].title


def _record(report: Report, found: Finding) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "title": _title(found),
        "count": len(found.pairs),
        "dropped": KINDS[found.kind].harm,
        "pairs": (found.pairs + 1).tolist(),
        "examples": [
            {
                "pair": pair + 1,
                "place": report.text.place(pair),
                "what": found.say(pair),
                "source": report.text.sources[pair],
                "target": report.text.targets[pair],
            }
            for pair in _some(found)
        ],
    }


def _some(found: Finding) -> list[int]:
    """From all over the text."""
    count = min(EXAMPLES, len(found.pairs))
    return [int(found.pairs[n * len(found.pairs) // count]) for n in range(count)]


def _stretches(report: Report, found: Finding) -> str:
    """As in: line 3, 7–12, 20 and 5 more. What places have in common is said once."""
    bounds = np.split(found.pairs, np.flatnonzero(np.diff(found.pairs) > 1) + 1)
    said, before = [], ""
    for stretch in bounds[:STRETCHES]:
        where = _stretch(report, int(stretch[0]), int(stretch[-1]))
        common, _, number = where.rpartition(" ")
        said.append(number if common == before else where)
        before = common
    more = sum(map(len, bounds[STRETCHES:]))
    return ", ".join(said) + (f" and {more:,} more" if more else "")


def _stretch(report: Report, first: int, last: int) -> str:
    """As in: line 7–12."""
    place = report.text.place
    return place(first) if first == last else f"{place(first)}–{place(last).split(' ')[-1]}"


def _examples(report: Report, found: Finding) -> Iterator[str]:
    for pair in _some(found):
        what = found.say(pair)
        yield f"  {report.text.place(pair)}{': ' * bool(what)}{what}"
        for side in (report.text.sources, report.text.targets):
            yield f"    {_shown(side[pair])}"


def _shown(text: str) -> str:
    """Short, and with nothing that a terminal would take for a command."""
    short = text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short)


def _shifts(report: Report) -> Iterator[str]:
    regions = report.course.regions() if report.course else []
    for region in regions[:EXAMPLES]:
        yield f"  {_shift(report, region)}"
    if len(regions) > EXAMPLES:
        yield f"  and {len(regions) - EXAMPLES:,} more such regions"


def _shift(report: Report, region: Region) -> str:
    where = _stretch(report, region.first, region.last - 1)
    if region.shift is None:
        return f"{where}: no target near fits"
    lines = f"{abs(region.shift)} line{'s' * (abs(region.shift) > 1)}"
    return f"{where}: the target comes {lines} {'later' if region.shift > 0 else 'earlier'}"


def _overlap(each: Overlap) -> str:
    return (
        f"of {each.total:,} pairs of the {NAMES[each.of]} text, in the {NAMES[each.also_in]} text "
        f"too: {each.pairs:,} pairs, {each.sources:,} sources, {each.targets:,} targets"
    )


NAMES = {"train": "training", "valid": "validation", "test": "test"}

"""A comparison of systems in a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qkv.evaluation import Compared, Comparison, Difference, Tested

__all__ = ["print_differences", "print_scores"]

_WIDEST = 10_000  # columns of a table
_HEADINGS = (
    *("system", "BLEU", "±", "p boot", "p rand", "chrF2", "±", "p boot", "p rand"),
    "exact match",
)


def print_scores(comparison: Comparison) -> None:
    """Scores and tests, their signatures, and scores by the length of the source."""
    systems = comparison.systems
    first, bands = systems[0], systems[0].by_length
    sentences = sum(band.sentences for band in bands)
    print(f"{sentences:,} sentences\n")
    aligned = any(system.alignment for system in systems)
    headings = (*_HEADINGS, *["alignment error"] * aligned)
    _print_table(headings, [_row(system, aligned) for system in systems])
    print(
        "\n±: half of the 95 % interval. p: the probability of so large a difference from "
        f"{first.name}\nif both were equally good, by paired bootstrap and by approximate "
        "randomisation.\n"
    )
    print(*_signatures(first), sep="\n")
    print(f"\n{comparison.metric} by the length of the source\n")
    rows = [["sentences", *(f"{band.sentences:,}" for band in bands)]]
    for system in systems:
        scores = (band.score(comparison.metric).value for band in system.by_length)
        rows.append([system.name, *(f"{score:.2f}" for score in scores)])
    _print_table((bands[0].unit, *(band.label for band in bands)), rows)


def print_differences(comparison: Comparison) -> None:
    """The sentences on which the systems differ most, their translations below one another."""
    if comparison.differences:
        print("\nThe sentences on which they differ most, with the chrF2 of each translation")
    for difference in comparison.differences:
        _print_sentence(difference, [system.name for system in comparison.systems])


def _row(system: Compared, aligned: bool) -> list[str]:
    bleu, chrf, exact = (f"{score.value:.2f}" for score in system.scores)
    error = "–" if system.alignment is None else f"{system.alignment.error_rate:.3f}"
    tests = [_cells(system.tests[metric]) for metric in ("BLEU", "chrF2")]
    row = [system.name, bleu, *tests[0], chrf, *tests[1], exact]
    return [*row, error] if aligned else row


def _cells(test: Tested) -> list[str]:
    p = [test.bootstrap, test.randomisation]
    return [f"{test.margin:.2f}", *("–" if each is None else f"{each:.4f}" for each in p)]


def _signatures(system: Compared) -> list[str]:
    """One a test and metric; how exact matches are counted."""
    tested = [
        f"{metric}|{signature}"
        for metric, test in system.tests.items()
        for signature in test.signatures
    ]
    return [*tested, f"{system.scores[-1].name}|{system.scores[-1].signature}"]


def _print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """As wide as it is: in a terminal that is narrower, lines wrap and numbers stay whole."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 0, 0, 2))
    for i, heading in enumerate(headings):
        table.add_column(Text(heading), justify="right" if i else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(file=sys.stdout, width=_WIDEST, highlight=False).print(table)


def _print_sentence(difference: Difference, names: Sequence[str]) -> None:
    from rich.cells import cell_len, set_cell_size

    reference = difference.reference
    given = [reference] if isinstance(reference, str) else reference
    rows = [("source", "", difference.source), *(("reference", "", text) for text in given)]
    for name, score, text in zip(names, difference.chrf, difference.translations, strict=True):
        rows.append((name, f"{score:.1f}", text))
    widest = max(cell_len(label) for label, _, _ in rows)
    print(f"\nline {difference.line:,}")
    for label, score, text in rows:
        print(f"  {set_cell_size(label, widest)}  {score:>5}  {text}".rstrip())

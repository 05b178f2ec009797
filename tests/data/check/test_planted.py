"""What is found of faults planted in the phrasebook: benchmarks/check.py, made small."""

from __future__ import annotations

from itertools import product

import pytest

from qkv.data import Pair
from qkv.data.check import Text, check, cleaned, text_of
from qkv.data.phrasebook import phrasebook
from tests import faults

BOOK = [Pair(pair.source, pair.target) for pair in phrasebook().train]
PAIRS, PLANTED = 2000, 200
REGIONS = 20, 30, 50, 100
GERMAN = [
    " ".join(words)
    for words in product(
        ("Der alte Mann", "Meine kleine Schwester", "Unser Lehrer", "Die Nachbarin", "Ein Hund"),
        ("sieht", "sucht", "findet", "mag", "zeichnet", "vergisst"),
        ("heute", "seit gestern", "manchmal", "vor dem Frühstück", "schon wieder"),
        ("das blaue Fahrrad.", "einen Apfel.", "die Zeitung.", "seine Schuhe."),
    )
]


def planted(kind: str) -> tuple[faults.Text, set[int], Text]:
    """The faults' text, the pairs that have them, and the same text to be checked."""
    text = faults.text_of(BOOK, PAIRS, (False, True), GERMAN)
    more = (REGIONS,) if kind == "misaligned" else ()
    faulty = faults.PLANTED[kind](text, PLANTED, *more)
    return text, faulty, Text("book", text.sources, text.targets, lambda i: f"line {i + 1}")


@pytest.mark.parametrize("kind", faults.PLANTED)
def test_planted_faults_are_found_and_little_else(kind: str) -> None:
    text, faulty, checked = planted(kind)
    held_out = {"valid": text_of(text.valid)} if kind == "valid" else {}
    found = set(check(checked, held_out)[kind].pairs.tolist())
    assert len(faulty) == PLANTED
    assert len(found & faulty) >= 0.95 * len(faulty)
    assert len(found & faulty) >= 0.9 * len(found)


def test_nothing_is_found_in_the_phrasebook() -> None:
    report = check(text_of(BOOK[:6000]), {"test": text_of(BOOK[6000:7000])})
    assert report.findings == []
    assert report.course
    assert report.course.regions() == []
    assert [(each.pairs, each.sources, each.targets) for each in report.overlaps] == [(0, 0, 0)]


@pytest.mark.parametrize("kind", ["empty", "duplicate", "near_duplicate", "length"])
def test_the_cleaned_text_lacks_the_faulty_pairs_and_few_others(kind: str) -> None:
    _, _, checked = planted(kind)
    clean = cleaned(check(checked), {}, 250)
    assert clean.dropped.keys() == {kind}
    assert sum(clean.dropped.values()) + len(clean.pairs) == PAIRS
    assert abs(clean.dropped[kind] - PLANTED) <= 0.1 * PLANTED


def test_shifted_lines_are_put_beside_their_translations() -> None:
    book = dict(BOOK)
    _, faulty, checked = planted("misaligned")
    clean = cleaned(check(checked), {}, 250)
    right = sum(book[pair.source] == pair.target for pair in clean.pairs)
    assert right / len(clean.pairs) > 0.999
    assert clean.moved > 0.85 * len(faulty)
    assert len(clean.pairs) > 0.97 * PAIRS

"""Several systems on the same sentences."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.errors import ConfigError, DataError
from qkv.evaluation import (
    System,
    alignment_scores,
    bleu,
    by_length,
    chrf,
    compare,
    comparison,
    exact_match,
    reference_links,
)
from qkv.pipeline import load_translator
from tests.tiny import PAIRS

REFERENCES = [
    f"the {age} {animal} sits on the {colour} mat today"
    for age, animal, colour in product(
        ("old", "young", "black"), ("cat", "dog"), ("red", "blue", "green", "grey")
    )
]
GOOD = [r.replace("grey mat", "gray mat").replace("young dog", "puppy") for r in REFERENCES]
POOR = [
    r.replace("sits", "sat").replace("black", "dark") if i % 3 else r
    for i, r in enumerate(REFERENCES)
]


@pytest.fixture
def few_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "_SAMPLES", {"bs": 20, "ar": 20})


def test_the_tests_are_those_of_sacrebleus_command() -> None:
    """`sacrebleu ref -i good poor --paired-bs` (or -ar) `-m bleu chrf -w 4`, version 2.6.0."""
    good, poor = compare(
        REFERENCES, REFERENCES, [System("good", GOOD), System("poor", POOR)]
    ).systems
    assert [round(score.value, 4) for score in good.scores[:2]] == [85.7631, 91.5246]
    assert [round(score.value, 4) for score in poor.scores[:2]] == [71.4756, 82.7410]
    margins = [[round(s.tests[m].margin, 3) for m in ("BLEU", "chrF2")] for s in (good, poor)]
    assert margins == [
        pytest.approx([8.1926, 5.6202], abs=1e-3),
        pytest.approx([8.5340, 5.5160], abs=1e-3),
    ]
    assert {(t.bootstrap, t.randomisation) for t in good.tests.values()} == {(None, None)}
    p = [(round(t.bootstrap or 0, 4), round(t.randomisation or 0, 4)) for t in poor.tests.values()]
    assert p == [(0.0090, 0.0361), (0.0160, 0.0609)]
    assert [s.split("|")[1:3] for s in poor.tests["BLEU"].signatures] == [
        ["bs:1000", "seed:12345"],
        ["ar:10000", "seed:12345"],
    ]


@pytest.mark.usefixtures("few_samples")
def test_scores_are_those_of_a_single_system() -> None:
    one, other = compare(
        REFERENCES, REFERENCES, [System("good", GOOD), System("poor", POOR)]
    ).systems
    for system, texts in ((one, GOOD), (other, POOR)):
        assert system.scores == (
            bleu(texts, REFERENCES),
            chrf(texts, REFERENCES),
            exact_match(texts, REFERENCES),
        )
        assert system.by_length == by_length(REFERENCES, texts, REFERENCES)
        assert system.alignment is None


@pytest.mark.usefixtures("few_samples")
def test_equal_systems_do_not_differ() -> None:
    """sacreBLEU itself gives them the smallest p there is."""
    result = compare(REFERENCES, REFERENCES, [System("one", POOR), System("two", list(POOR))])
    tests = result.systems[1].tests.values()
    assert {(test.bootstrap, test.randomisation) for test in tests} == {(1.0, 1.0)}
    assert result.differences == []


@pytest.mark.usefixtures("few_samples")
def test_the_sentences_on_which_they_differ_most() -> None:
    texts = ["the cat sat here", "a dog ran away", "it is raining now", "we are at home"]
    one, two = list(texts), list(texts)
    one[1], two[2], two[3] = "zzz", "it is raining", "we are home"
    result = compare(texts, texts, [System("one", one), System("two", two)], most=2)
    first, second = result.differences
    assert (first.line, first.source, first.reference) == (2, texts[1], texts[1])
    assert first.translations == ("zzz", texts[1])
    assert first.chrf == pytest.approx((0, 100))
    assert second.line == 4
    assert second.chrf[0] == pytest.approx(100)
    assert second.chrf[1] == pytest.approx(chrf([two[3]], [texts[3]]).value)


@settings(max_examples=30)
@given(st.lists(st.tuples(*[st.text(max_size=12)] * 3), min_size=1, max_size=6), st.integers(1, 4))
def test_any_texts_can_be_compared(rows: list[tuple[str, str, str]], most: int) -> None:
    references, one, two = map(list, zip(*rows, strict=True))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(comparison, "_SAMPLES", {"bs": 5, "ar": 5})
        systems = [System("one", one), System("two", two)]
        result = compare(references, references, systems, most=most)
    tests = result.systems[1].tests.values()
    assert all(0 < p <= 1 for t in tests for p in (t.bootstrap, t.randomisation) if p is not None)
    spreads = [difference.spread for difference in result.differences]
    assert spreads == sorted(spreads, reverse=True)
    assert len(spreads) == min(most, sum(a != b for a, b in zip(one, two, strict=True)))


def test_beyond_ten_thousand_sentences_there_are_fewer_samples(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comparison, "_LINES", 8)
    result = compare(REFERENCES, REFERENCES, [System("good", GOOD), System("poor", POOR)])
    signatures = result.systems[1].tests["chrF2"].signatures
    assert [s.split("|")[1] for s in signatures] == ["bs:333", "ar:3333"]


@pytest.mark.parametrize(
    ("systems", "message"),
    [
        ([System("one", GOOD)], "there is nothing to compare with; give two systems at least."),
        (
            [System("one", GOOD), System("one", POOR)],
            "two systems have the name one; give each its own.",
        ),
        (
            [System("one", GOOD), System("two", POOR[1:])],
            "cannot score 23 translations against 24 references; each translation needs its own.",
        ),
    ],
)
def test_what_cannot_be_compared(systems: list[System], message: str) -> None:
    with pytest.raises(DataError) as refused:
        compare(REFERENCES, REFERENCES, systems)
    assert str(refused.value) == message


@pytest.mark.usefixtures("few_samples")
def test_gold_links_give_the_alignment_error() -> None:
    gold = [{(0, 0), (1, 2)}] * 2
    linked = System("linked", REFERENCES[:2], [{(0, 0)}, {(0, 0), (1, 1)}])
    result = compare(REFERENCES[:2], REFERENCES[:2], [linked, System("file", GOOD[:2])],
                     gold=(gold, gold))  # fmt: skip
    assert linked.links is not None
    assert result.systems[0].alignment == alignment_scores(linked.links, gold, gold)
    assert result.systems[1].alignment is None


def test_links_in_references_are_those_of_translations_that_equal_them(rnn: Path) -> None:
    translator = load_translator(rnn)
    sources, references = map(list, zip(*PAIRS[::7], strict=True))
    right = [
        (translation, reference)
        for translation, reference in zip(
            translator.translate(sources, beam=1), references, strict=True
        )
        if translation.text == reference
    ]
    assert len(right) > 5
    links = reference_links(translator, [t.source for t, _ in right], [r for _, r in right])
    assert links == [set(translation.alignment()) for translation, _ in right]
    assert reference_links(translator, ["", "我"], ["a cat", ""]) == [set(), set()]


def test_one_vector_makes_no_links(one_vector: Path) -> None:
    with pytest.raises(ConfigError, match="attends to no words"):
        reference_links(load_translator(one_vector), ["我"], ["I"])

"""Bands of source length."""

import pytest

from qkv.errors import DataError
from qkv.evaluation import bleu, by_length, chrf, exact_match, table


def words(count: int) -> str:
    return " ".join(f"w{i}" for i in range(count))


def test_each_band_scores_its_own_sentences() -> None:
    lengths = [33, 8, 9, 5, 50, 16]
    sources = [words(n) for n in lengths]
    hypotheses = [f"this is the number {n} here" for n in lengths]
    references = [f"this is the number {n} there" if n > 20 else hypotheses[i]
                  for i, n in enumerate(lengths)]  # fmt: skip
    bands = by_length(sources, hypotheses, references, chinese=False)
    assert [(b.label, b.shortest, b.longest, b.sentences) for b in bands] == [
        ("1–8", 1, 8, 2),
        ("9–16", 9, 16, 2),
        ("33+", 33, None, 2),
    ]
    assert {b.unit for b in bands} == {"words"}
    assert [b.exact_match.value for b in bands] == [100, 100, 0]
    long = [hypotheses[0], hypotheses[4]], [references[0], references[4]]
    assert bands[2].bleu == bleu(*long, chinese=False)
    assert bands[2].chrf == chrf(*long)
    assert bands[2].exact_match == exact_match(*long)


def test_chinese_sources_are_measured_in_characters_whatever_their_spaces() -> None:
    sources = ["我喜欢咖啡", "你好， 我想 喝 热茶。"]  # 5 and 9 characters
    english = ["I like coffee", "Hello, I would like hot tea."]
    bands = by_length(sources, english, english, chinese=False)
    assert [(b.label, b.unit, b.sentences) for b in bands] == [
        ("1–8", "characters", 1),
        ("9–16", "characters", 1),
    ]


def test_references_in_chinese_are_scored_as_chinese() -> None:
    [band] = by_length(["tea please now"], ["我要喝茶"], ["我要喝茶"], chinese=True)
    assert band.bleu.value == pytest.approx(100)
    assert "tok:zh" in band.bleu.signature


def test_bands_may_be_chosen() -> None:
    sources = [words(n) for n in (2, 3, 4, 5)]
    bands = by_length(sources, sources, sources, chinese=False, longest=(3,))
    assert [(b.label, b.sentences) for b in bands] == [("1–3", 2), ("4+", 2)]


def test_the_table_has_a_line_a_band_under_its_headings() -> None:
    sources = [words(7), words(40)]
    bands = by_length(sources, sources, [words(7), "no"], chinese=False)
    assert table(bands).splitlines() == [
        "source words      sentences   BLEU  chrF2 exact match",
        "1–8                       1 100.00 100.00      100.00",
        "33+                       1   0.00   0.00        0.00",
    ]


@pytest.mark.parametrize(("sources", "others"), [(["a"], ["a", "b"]), ([], [])])
def test_three_lists_go_together(sources: list[str], others: list[str]) -> None:
    with pytest.raises(DataError, match=f"got {len(sources)}, {len(others)} and {len(others)}"):
        by_length(sources, others, others, chinese=False)

"""Alignment error rate and the Pharaoh form."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.errors import DataError
from qkv.evaluation import alignment_error_rate, alignment_scores, format_pharaoh, read_pharaoh

links = st.frozensets(st.tuples(st.integers(0, 4), st.integers(0, 6)))


def test_error_rate_as_nltk_has_it() -> None:
    # Doctest of alignment_error_rate in nltk/translate/metrics.py (commit 115787b).
    sure = [{(0, 0), (1, 1), (2, 2)}]
    rate = alignment_error_rate([{(0, 0), (1, 2), (2, 1)}], sure, sure)
    assert rate == pytest.approx(0.6666666666666667, abs=1e-15)


def test_scores_by_hand_are_sums_over_the_corpus() -> None:
    predicted = [{(0, 0), (1, 2), (2, 1)}, {(0, 0), (4, 4)}]  # |A| = 5
    sure = [{(0, 0), (1, 1)}, {(0, 0), (1, 1)}]  # |S| = 4, |A∩S| = 2
    possible = [{(0, 0), (1, 1), (1, 2)}, {(0, 0), (1, 1), (2, 2)}]  # |A∩P| = 3
    scores = alignment_scores(predicted, sure, possible)
    assert scores.error_rate == pytest.approx(1 - (2 + 3) / (5 + 4))
    assert scores.precision == pytest.approx(3 / 5)
    assert scores.recall == pytest.approx(2 / 4)


def test_sure_links_are_possible_without_being_said_twice() -> None:
    assert alignment_error_rate([{(0, 0), (0, 1)}], [{(0, 0)}], [{(0, 1)}]) == 0


def test_nothing_predicted_is_all_wrong() -> None:
    scores = alignment_scores([set()], [{(0, 0)}], [set()])
    assert (scores.error_rate, scores.precision, scores.recall) == (1, 0, 0)


def test_nothing_sure_leaves_the_possible_links() -> None:
    scores = alignment_scores([{(0, 0), (1, 1)}], [set()], [{(0, 0)}])
    assert (scores.error_rate, scores.precision, scores.recall) == (0.5, 0.5, 0)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(links, links, links), min_size=1, max_size=5))
def test_error_rate_lies_between_all_right_and_all_wrong(corpus: list) -> None:
    predicted, sure, possible = map(list, zip(*corpus, strict=True))
    predicted[0] |= {(7, 7)}  # so that there is something to score
    assert 0 <= alignment_error_rate(predicted, sure, possible) <= 1
    everything = [s | p for s, p in zip(sure, possible, strict=True)]
    if any(everything):
        assert alignment_error_rate(everything, sure, possible) == 0


def test_what_cannot_be_compared_is_told() -> None:
    with pytest.raises(
        DataError, match="1 sentences with the sure links of 3 and the possible links of 2"
    ):
        alignment_error_rate([set()], [set()] * 3, [set()] * 2)
    with pytest.raises(DataError, match="no links to score, neither predicted nor sure ones"):
        alignment_error_rate([set()], [set()], [{(0, 0)}])


def test_pharaoh_is_sorted_by_number() -> None:
    assert format_pharaoh([(10, 0), (2, 11), (2, 3)]) == "2-3 2-11 10-0"
    assert format_pharaoh([]) == ""


def test_a_file_has_a_set_a_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.align"
    path.write_text("0-0 1?2 10-3\n\n4p4\n", encoding="utf-8")
    sure, possible = read_pharaoh(path)
    assert sure == [{(0, 0), (10, 3)}, set(), set()]
    assert possible == [{(0, 0), (1, 2), (10, 3)}, set(), {(4, 4)}]


@settings(deadline=None, max_examples=50)
@given(st.lists(links, min_size=1, max_size=5))
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, corpus: list) -> None:
    path = tmp_path_factory.mktemp("pharaoh") / "links"
    path.write_text("".join(format_pharaoh(each) + "\n" for each in corpus), encoding="utf-8")
    assert read_pharaoh(path) == (corpus, corpus)


@pytest.mark.parametrize("wrong", ["3_4", "3-", "-1-2", "1-2-3", "a-b", "1--2", "٣-1", "1.0-2"])
def test_anything_but_links_is_told_with_file_and_line(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "gold.align"
    path.write_text(f"0-0 1-1\n0-0 {wrong} 2-2\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_pharaoh(path)
    assert str(caught.value) == (
        f"{path}, line 2: {wrong!r} is not a link; write i-j (sure) or i?j (possible), "
        "i the source and j the target word, both counted from 0."
    )

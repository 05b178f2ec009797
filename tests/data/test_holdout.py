from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data import Pair, hold_out, read_parallel, write_pairs
from qkv.errors import DataError

DISTINCT = [Pair(f"source {i}", f"target {i}") for i in range(101)]
SENTENCES = st.text("ab", min_size=1, max_size=4)
CORPORA = st.lists(st.builds(Pair, SENTENCES, SENTENCES), max_size=60)


def sentences(pairs: list[Pair], side: str) -> set[str]:
    return {" ".join(getattr(pair, side).lower().split()) for pair in pairs}


def test_a_tenth_is_held_out_in_order() -> None:
    train, valid = hold_out(DISTINCT, seed=1)
    assert (len(train), len(valid)) == (91, 10)
    assert [p for p in DISTINCT if p in valid] == valid
    assert [p for p in DISTINCT if p not in valid] == train


def test_at_most_so_many() -> None:
    train, valid = hold_out(DISTINCT, seed=1, at_most=7)
    assert (len(train), len(valid)) == (94, 7)


def test_the_seed_decides() -> None:
    assert hold_out(DISTINCT, seed=3) == hold_out(DISTINCT, seed=3)
    assert hold_out(DISTINCT, seed=3) != hold_out(DISTINCT, seed=4)


def test_pairs_are_drawn_from_everywhere() -> None:
    drawn = Counter(p for seed in range(300) for p in hold_out(DISTINCT, seed, at_most=7)[1])
    assert len(drawn) == len(DISTINCT)  # each expected 20 times
    assert max(drawn.values()) < 50


@given(CORPORA, st.integers(), st.integers(1, 13))
def test_no_sentence_is_on_both_sides(pairs: list[Pair], seed: int, at_most: int) -> None:
    try:
        train, valid = hold_out(pairs, seed, at_most)
    except DataError:
        return
    assert Counter(train) + Counter(valid) == Counter(pairs)
    assert train
    assert valid
    for side in ("source", "target"):
        assert not sentences(train, side) & sentences(valid, side)


def test_case_and_spacing_do_not_make_a_sentence_new() -> None:
    pairs = [Pair("Guten  Tag", "Hello"), Pair("guten tag ", "Good day"), Pair("Ja", "Yes")]
    train, valid = hold_out(pairs, seed=1)
    assert train == pairs[:2]
    assert valid == pairs[2:]


def test_large_groups_stay_in_train() -> None:
    thanks = [Pair(f"谢谢 {i}", "Thank you.") for i in range(30)]
    chain = [Pair(f"s{i // 2}", f"t{(i + 1) // 2}") for i in range(5)]  # a-b, a-c, d-c, d-e, …
    for seed in range(100):
        _, valid = hold_out([*thanks, *DISTINCT, *chain], seed)
        assert len(valid) == 13
        assert set(valid) <= set(DISTINCT)


def test_of_large_groups_only_the_smallest_is_taken() -> None:
    large = [Pair("a", str(i)) for i in range(5)]
    small = [Pair("b", "x"), Pair("b", "y")]
    for seed in range(20):
        assert hold_out([*large, *small], seed) == (large, small)


def test_one_group_cannot_be_divided() -> None:
    with pytest.raises(DataError) as caught:
        hold_out([Pair("a", "b"), Pair("a", "c"), Pair("d", "c")], seed=1)
    assert str(caught.value) == (
        "none of the 3 pairs can be held out for validation, because they all share sentences. "
        "Name validation files."
    )


def test_written_pairs_are_read_back(tmp_path: Path) -> None:
    pairs = [Pair("我喜欢\u2028咖啡 ", "I like coffee."), Pair("b", "")]
    write_pairs(tmp_path, "valid", pairs)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["valid.source", "valid.target"]
    assert read_parallel(tmp_path / "valid.source", tmp_path / "valid.target") == pairs


def test_writing_into_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"valid\.source: cannot be written \(No such file"):
        write_pairs(tmp_path / "no", "valid", DISTINCT)

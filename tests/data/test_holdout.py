from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data import Pair, hold_out, read_parallel, write_pairs
from qkv.data.holdout import apart
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
def test_no_sentence_but_labels_is_on_both_sides(
    pairs: list[Pair], seed: int, at_most: int
) -> None:
    try:
        train, valid = hold_out(pairs, seed, at_most)
    except DataError:
        return
    assert Counter(train) + Counter(valid) == Counter(pairs)
    assert train
    assert valid
    for side in ("source", "target"):
        counts = Counter(" ".join(getattr(pair, side).split()) for pair in pairs)
        both = sentences(train, side) & sentences(valid, side)
        assert all(counts[sentence] >= 10 for sentence in both)


def test_case_and_spacing_do_not_make_a_sentence_new() -> None:
    pairs = [Pair("Guten  Tag", "Hello"), Pair("guten tag ", "Good day"), Pair("Ja", "Yes")]
    train, valid = hold_out(pairs, seed=1)
    assert train == pairs[:2]
    assert valid == pairs[2:]


def test_large_groups_stay_in_train() -> None:
    distinct = [Pair(f"source {i}", f"target {i}") for i in range(3001)]
    thanks = [Pair(f"谢谢 {i}", "Thank you.") for i in range(30)]  # not one in a hundred
    chain = [Pair(f"s{i // 2}", f"t{(i + 1) // 2}") for i in range(5)]  # a-b, a-c, d-c, d-e, …
    for seed in range(30):
        _, valid = hold_out([*thanks, *distinct, *chain], seed)
        assert len(valid) == 303
        assert set(valid) <= set(distinct)


def test_what_is_frequent_is_in_both_parts() -> None:
    thanks = [Pair(f"谢谢 {i}", "Thank you.") for i in range(30)]
    for seed in range(100):
        train, valid = hold_out([*thanks, *DISTINCT], seed)
        assert len(valid) == 13
        assert "Thank you." in {p.target for p in train} & {p.target for p in valid}
        assert sum(p in thanks for p in valid) < 13


@pytest.mark.parametrize("count", [1000, 440, 15])
def test_labels_are_divided_as_they_are(count: int) -> None:
    pairs = [Pair(f"a comment {i}", "no") for i in range(count)]
    pairs += [Pair(f"another {i}", "yes") for i in range(count)]
    for way in (pairs, [Pair(p.target, p.source) for p in pairs]):
        _, valid = hold_out(way, seed=1)
        assert len(valid) == count // 5
        share = sum("no" in p for p in map(sides, valid)) / len(valid)
        assert 0.3 < share < 0.7


def sides(pair: Pair) -> tuple[str, str]:
    return pair.source, pair.target


def test_rare_labels_are_in_both_parts() -> None:
    pairs = [Pair(f"text {i}", "often") for i in range(970)]
    pairs += [Pair(f"other {i}", f"label {i % 3}") for i in range(30)]
    for seed in range(20):
        train, valid = hold_out(pairs, seed)
        assert len(valid) == 100
        assert (
            sentences(train, "target")
            == sentences(valid, "target")
            == {"often"} | {f"label {i}" for i in range(3)}
        )


@pytest.mark.parametrize(
    ("side", "pairs"),
    [
        ("source", [Pair(f"s {i}", f"t {i} {j}") for i in range(16) for j in range(100)]),
        ("target", [Pair(f"{i} {j}", f"intent {i}") for i in range(150) for j in range(100)]),
    ],
)
def test_a_sentence_with_a_hundred_others_is_on_both_sides(side: str, pairs: list[Pair]) -> None:
    """Very many translations of a source, and many labels."""
    train, valid = hold_out(pairs, seed=1)
    assert len(valid) == len(pairs) // 10
    assert sentences(train, side) == sentences(valid, side) == sentences(pairs, side)


def test_labels_with_repeated_sources() -> None:
    pairs = [Pair(f"no {i // 3}", "no") for i in range(600)]
    pairs += [Pair(f"yes {i}", "yes") for i in range(600)]
    train, valid = hold_out(pairs, seed=1)
    assert len(valid) == 120
    assert 30 < sum(p.target == "no" for p in valid) < 90
    assert not sentences(train, "source") & sentences(valid, "source")


@pytest.mark.parametrize("copies", [2, 4, 7])
def test_several_translations_stay_together(copies: int) -> None:
    pairs = [Pair(f"s {i}", f"t {i} {j}") for i in range(400) for j in range(copies)]
    for way in (pairs, [Pair(p.target, p.source) for p in pairs]):
        train, valid = hold_out(way, seed=1)
        assert 0.9 * 40 * copies < len(valid) <= 40 * copies
        for side in ("source", "target"):
            assert not sentences(train, side) & sentences(valid, side)


def test_repeated_pairs_with_labels() -> None:
    pairs = [Pair(f"s {i % 100}", "yes" if i % 2 else "no") for i in range(2000)]
    train, valid = hold_out(pairs, seed=1)
    assert len(valid) == 200
    assert not sentences(train, "source") & sentences(valid, "source")
    assert sentences(train, "target") == sentences(valid, "target") == {"no", "yes"}


def test_everything_with_everything() -> None:
    pairs = [Pair(f"s {i}", f"t {j}") for i in range(40) for j in range(40)]
    train, valid = hold_out([*pairs, *pairs], seed=1)
    assert len(valid) == 320
    assert not set(train) & set(valid)
    for part in (train, valid):
        assert len(sentences(part, "source")) == len(sentences(part, "target")) == 40


def test_of_what_is_in_both_parts_a_group_each() -> None:
    large = [Pair("a", str(i)) for i in range(50)]
    small = [Pair("b", "x"), Pair("b", "y")]
    for seed in range(20):
        train, valid = hold_out([*large, *small], seed)
        assert len(valid) == 5
        assert {"a"} <= sentences(train, "source") & sentences(valid, "source")


LABELLED = st.lists(
    st.builds(Pair, st.sampled_from(["x", "y", *"abcdefghij"]), st.sampled_from("xyz")),
    max_size=60,
)


@given(CORPORA | LABELLED, st.integers(), st.integers(1, 13))
def test_never_more_than_a_tenth_and_labels_in_both_parts(
    pairs: list[Pair], seed: int, at_most: int
) -> None:
    try:
        train, valid = hold_out(pairs, seed, at_most)
    except DataError:
        return
    assert 1 <= len(valid) <= max(1, min(at_most, len(pairs) // 10))
    assert not set(train) & set(valid)
    counts = Counter(" ".join(p.target.split()) for p in pairs)
    for target, count in counts.items():
        if count >= 10:
            assert target in sentences(train, "target")


def refused(pairs: list[Pair]) -> str:
    with pytest.raises(DataError) as caught:
        hold_out(pairs, seed=1)
    return str(caught.value)


def test_one_group_cannot_be_divided() -> None:
    assert refused([Pair("a", "b"), Pair("a", "c"), Pair("d", "c")]) == (
        "none of the 3 pairs can be held out for validation: pairs that share a sentence stay "
        "together, and each such group is more than a tenth of the text or all that there is of a "
        "frequent sentence. Name validation files."
    )


def test_copies_cannot_be_divided() -> None:
    assert "none of the 200 pairs can be held out" in refused(DISTINCT[:4] * 50)
    assert "none of the 1 pairs can be held out" in refused(DISTINCT[:1])
    assert "none of the 0 pairs can be held out" in refused([])


def test_written_pairs_are_read_back(tmp_path: Path) -> None:
    pairs = [Pair("我喜欢\u2028咖啡 ", "I like coffee."), Pair("b", "")]
    write_pairs(tmp_path, "valid", pairs)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["valid.source", "valid.target"]
    assert read_parallel(tmp_path / "valid.source", tmp_path / "valid.target") == pairs


def test_writing_into_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"valid\.source: cannot be written \(No such file"):
        write_pairs(tmp_path / "no", "valid", DISTINCT)


def test_what_shares_a_sentence_with_the_held_out_is_told_apart() -> None:
    """But for labels, which are on both sides of the split; of two in one pair, the pair."""
    valid = [Pair("a", "one"), Pair("b", "yes"), Pair("l", "yes")]
    rest = [Pair("c", "yes"), Pair("l", "no")]
    stays = [Pair("e", "yes"), Pair("f", "new"), Pair("L", "maybe"), *rest]
    goes = [*valid, Pair("A ", "other"), Pair("g", "One"), Pair(" b", "new"), Pair("L ", "Yes")]
    mixed = [pair for both in zip(goes, [*stays, *stays], strict=False) for pair in both]
    assert list(apart(mixed, valid, rest)) == [*stays, *stays[:2]]

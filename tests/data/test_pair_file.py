"""Pairs in a file are what they would be in a list."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data import Pair, filled, pair_file
from qkv.data.pair_file import PairFile, parsed, write_pair_file

ODD = [
    "",
    "\t",
    "a\tb",
    "\r",
    "\x01x",
    "\u2028",
    "\x1c",
    "\x85",
    "<b>",
    "שלום",
    "😀",
    "\ufeff",
    "é",
]
TEXTS = st.sampled_from(ODD) | st.text(st.characters(exclude_characters="\n", codec="utf-8"))
PAIRS = st.lists(st.builds(Pair, TEXTS, TEXTS), max_size=40)


def written(path: Path, pairs: list[Pair]) -> tuple[PairFile, list[Pair]]:
    kept: list[Pair] = []
    filled(pairs, lambda each: kept.extend(each) or kept)
    return write_pair_file(path, kept), kept


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair_file, "BLOCK", 3)
    monkeypatch.setattr(pair_file, "READ", 2)


@given(pairs=PAIRS, first=st.integers(-45, 45), last=st.integers(-45, 45), step=st.integers(1, 4))
def test_it_reads_as_a_list(
    pairs: list[Pair], first: int, last: int, step: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file, kept = written(tmp_path_factory.mktemp("pairs") / "text", pairs)
    again = PairFile(file.path, len(kept))
    assert len(again) == len(kept)
    assert list(again) == list(again) == kept
    assert [again[i] for i in range(-len(kept), len(kept))] == kept * 2
    assert again[first:last:step] == kept[first:last:step]
    data = file.path.read_bytes()
    assert [p for a, b in file.stretches() for p in parsed(data[a:b])] == kept


def test_what_is_not_there(tmp_path: Path) -> None:
    file, _ = written(tmp_path / "text", [Pair("a", "b")])
    with pytest.raises(IndexError):
        file[1]
    with pytest.raises(IndexError):
        file[::-1]


@pytest.mark.parametrize(("most", "expected"), [(3, 3), (10, 9), (30, 30), (300, 100)])
def test_some_are_spread_over_all(tmp_path: Path, most: int, expected: int) -> None:
    pairs = [Pair(f"{i}", f"t{i}") for i in range(100)]
    some = [int(pair.source) for pair in written(tmp_path / "text", pairs)[0].spread(most)]
    assert len(set(some)) == len(some) == expected
    assert some == sorted(some)
    assert most < 30 or max(some) > 85


def test_a_digest_is_of_the_text(tmp_path: Path) -> None:
    one, _ = written(tmp_path / "one", [Pair("a", "b"), Pair("c", "d")])
    same, _ = written(tmp_path / "same", [Pair("a", "b"), Pair("c", "d")])
    other, _ = written(tmp_path / "other", [Pair("a", "b"), Pair("c", "e")])
    assert one.digest() == same.digest() != other.digest()

"""The built-in corpus: what is in the package's file, and what a damaged one says."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from itertools import chain
from pathlib import Path

import pytest

from qkv.cli.demo import SENTENCES
from qkv.data import phrasebook as module
from qkv.data.phrasebook import Phrasebook, PhrasebookPair, phrasebook
from qkv.errors import DataError
from tests.fresh import modules_after


@pytest.fixture(scope="module")
def book() -> Phrasebook:
    return phrasebook()


def test_three_lists_that_share_no_sentence(book: Phrasebook) -> None:
    assert [len(pairs) for pairs in book] == [20_000, 300, 1_000]
    for texts in zip(*((pair.source, pair.target) for pair in chain(*book)), strict=True):
        assert len({text.rstrip("。.") for text in texts}) == 21_300


def test_the_pairs_are_those_that_models_of_0_1_0_learned_from(book: Phrasebook) -> None:
    lists = [[(*pair,) for pair in pairs] for pairs in book]  # by its phrasebook(seed=0, valid=300)
    assert sha256(repr(lists).encode()).hexdigest() == (
        "201fc97b491ebf2ceb463ca12056c34c6a1863d392a86f65d02a7edf4bc38fef"
    )
    links = ((0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (7, 3))
    assert book.test[5] == PhrasebookPair("我的老板喜欢猫。", "My boss likes cats.", links)


def test_the_demo_translates_what_no_list_holds(book: Phrasebook) -> None:
    assert not set(SENTENCES) & {pair.source.rstrip("。") for pair in chain(*book)}


def test_every_band_of_lengths_has_its_fifth(book: Phrasebook) -> None:
    for pairs in book:
        bands = Counter(min((len(pair.source) - 1) // 8, 4) for pair in pairs)
        assert bands == dict.fromkeys(range(5), len(pairs) // 5)


def test_links_join_characters_and_words(book: Phrasebook) -> None:
    for source, target, links in chain(*book):
        assert links == tuple(sorted(set(links)))
        assert all(0 <= i < len(source) and 0 <= j < len(target.split()) for i, j in links)


@pytest.mark.parametrize("cut", [slice(-1), slice(1, None), slice(0)])
def test_a_damaged_file_is_one_clear_error(
    cut: slice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    damaged = tmp_path / "phrasebook.tsv.gz"
    damaged.write_bytes(module._FILE.read_bytes()[cut])
    monkeypatch.setattr(module, "_FILE", damaged)
    with pytest.raises(DataError) as caught:
        phrasebook()
    assert str(caught.value) == f"{damaged}: damaged (its SHA-256 is wrong); reinstall qkv."


def test_a_missing_file_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "_FILE", tmp_path / "none.tsv.gz")
    with pytest.raises(DataError, match=r"none\.tsv\.gz: cannot be read \(.+\); reinstall qkv\.$"):
        phrasebook()


def test_importing_it_is_light() -> None:
    assert "torch" not in modules_after("import qkv.data.phrasebook")

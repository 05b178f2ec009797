"""Tokenised pairs in arrays, made here and made by other processes."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data import Pair, Tokenizer, encoder
from qkv.data.counting import character_counts
from qkv.data.encoder import encoded_file
from qkv.data.examples import Example, Examples, encoded
from qkv.data.pair_file import write_pair_file
from qkv.data.phrasebook import phrasebook
from qkv.data.protected import STAND_INS
from qkv.errors import DataError

IDS = st.lists(st.integers(4, 100_000), max_size=7)
PAIRS = [Pair(pair.source, pair.target) for pair in phrasebook().train[:700]]
UNITS = [Pair(f"我有{n}本书。", f"I have {n} books.") for n in range(100, 190)]


@given(st.lists(st.tuples(IDS, IDS), max_size=23))
def test_examples_are_what_they_were_made_of(examples: list[Example]) -> None:
    made = Examples.of(examples)
    assert list(made) == [([*source], [*target]) for source, target in examples]
    assert len(made) == len(examples)
    numbers = [*range(len(examples))][::-2]
    expected = [[len(source), len(target)] for source, target in (examples[i] for i in numbers)]
    assert made.lengths(numbers).tolist() == expected
    if examples:
        sides = zip(*examples, strict=True)
        assert made.longest == tuple(max(map(len, side)) for side in sides)
        assert made[-1] == made[len(made) - 1]
    with pytest.raises(IndexError):
        made[len(examples)]


@given(st.lists(st.text(), max_size=9))
def test_characters_are_counted(texts: list[str]) -> None:
    assert character_counts(texts) == Counter("".join(texts))


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tokenizers")
    stand_in = [p.source.replace(p.source[2:5], STAND_INS[1]) for p in UNITS]
    for side, name in enumerate(("zh", "en")):
        texts = [pair[side] for pair in PAIRS] + stand_in
        Tokenizer.train(texts, 400, STAND_INS[1]).save(folder / name)
    return folder / "zh", folder / "en"


@pytest.mark.parametrize("processes", [1, 2])
def test_other_processes_make_the_same(
    processes: int,
    tokenizers: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qkv.data.pair_file.BLOCK", 16)
    monkeypatch.setattr("qkv.data.pair_file.READ", 4)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "numpy.py").write_text("raise SystemExit('of this folder')")
    pairs = [*PAIRS, *UNITS, Pair("\u200b.", "a\tb"), Pair("x" * 5000, "y")]
    file = write_pair_file(tmp_path / "text", pairs)
    parts = list(encoded_file(file, tokenizers, 30, processes))
    assert len(parts) > 3
    source, target = map(Tokenizer.load, tokenizers)
    expected, longer = encoded(pairs, (source, target), 30)
    assert longer > 0
    assert [example for examples, _ in parts for example in examples] == list(expected)
    assert sum(dropped for _, dropped in parts) == longer
    [stand_in] = [example for example in expected if example[0] == expected[-3][0]][:1]
    assert STAND_INS[1] in source.decode(stand_in[0]).text


def test_a_process_that_ends_is_said(
    tokenizers: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "START", "raise SystemExit(7)")
    file = write_pair_file(tmp_path / "text", PAIRS)
    with pytest.raises(DataError, match=r"a process that tokenises has ended \(exit code 7\)"):
        list(encoded_file(file, tokenizers, 250, 2))


@pytest.mark.skipif(not Path("/proc").exists(), reason="no /proc here")
def test_no_process_is_left(tokenizers: tuple[Path, Path], tmp_path: Path) -> None:
    file = write_pair_file(tmp_path / "text", PAIRS)
    parts = encoded_file(file, tokenizers, 250, 2)
    next(parts)
    assert len(children()) == 2
    parts.close()
    assert children() == []


def children() -> list[int]:
    """Of this process, those that run."""
    stats = [
        path.read_text().rpartition(")")[2].split() for path in Path("/proc").glob("[0-9]*/stat")
    ]
    return [1 for state, parent, *_ in stats if int(parent) == os.getpid() and state != "Z"]


def test_ids_keep_their_values() -> None:
    made = Examples.of([([70_000], [4])])
    assert (made.ids[0].dtype, made[0]) == (np.uint32, ([70_000], [4]))

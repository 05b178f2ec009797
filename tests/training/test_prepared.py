"""Text of more pairs than memory should hold trains as it would in memory."""

from __future__ import annotations

import os
import signal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from qkv import training
from qkv.data import Pair, order
from qkv.data.holdout import normalised
from qkv.data.phrasebook import phrasebook
from qkv.errors import DataError, FolderError
from qkv.training import RunFolder, loop
from qkv.training import prepared as module
from qkv.training.config import TrainConfig
from qkv.training.material import epoch_batches, evenly
from qkv.training.text import TextCorpus, TextMaterial, read_text
from tests.tiny import RNN

BOOK = [Pair(pair.source, pair.target) for pair in phrasebook().train[:1700]]
VALID = [Pair(pair.source, pair.target) for pair in phrasebook().valid[:40]]
MOST = 600
CONFIG = TrainConfig(vocabulary=400)
SHORT: dict[str, Any] = RNN | {"max_steps": 6, "validations": 1, "checkpoint_steps": 2}


def write(path: Path, pairs: list[Pair]) -> str:
    path.write_text("".join(f"{s}\t{t}\n" for s, t in pairs), encoding="utf-8")
    return str(path)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QKV_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few pairs are many."""
    for name in ("qkv.training.prepared.MOST", "qkv.training.text.MOST"):
        monkeypatch.setattr(name, MOST)


@pytest.fixture
def data(tmp_path: Path) -> dict[str, str]:
    """Some without text, one too long, one twice, and labels."""
    odd = [Pair("", "a"), Pair("很" * 200, "very"), BOOK[0]]
    labelled = [Pair(pair.source, "yes") for pair in VALID]
    return {"tsv": write(tmp_path / "train.tsv", [*BOOK, *odd, *labelled])}


def material(corpus: TextCorpus) -> TextMaterial:
    return corpus.tokenised(corpus.tokenizers(CONFIG), 60)


def with_valid(data: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return data | {"valid_tsv": write(tmp_path / "valid.tsv", VALID)}


def test_prepared_pairs_are_those_that_memory_holds(
    data: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: None, cache: Path
) -> None:
    named = with_valid(data, tmp_path)
    lines: list[str] = []
    large = read_text(named, 1, lines.append)
    monkeypatch.setattr(module, "MOST", 10_000)
    small = read_text(named, 1, lines.append)
    assert isinstance(small.train, list)
    assert not isinstance(large.train, list)
    assert list(large.train) == small.train
    assert (large.valid, large.skipped, large.held_out) == (VALID, small.skipped, False)
    tokenizers = small.tokenizers(CONFIG)
    both = [corpus.tokenised(tokenizers, 60) for corpus in (small, large)]
    assert list(both[0].examples) == list(both[1].examples)
    assert both[0].skipped == both[1].skipped
    assert 1 <= both[0].skipped["longer than 60 tokens"] < 500
    assert both[0].skipped["empty source"] == 1
    assert both[0].decides() == both[1].decides()
    [folder] = (cache / "corpora").iterdir()
    assert f"text of 1,742 training pairs is prepared in {folder}" in lines


def test_nothing_that_is_held_out_is_trained_on(data: dict[str, str], few: None) -> None:
    corpus = read_text(data, 1, lambda _: None)
    assert corpus.held_out
    assert set(corpus.valid) < set(BOOK)
    assert 40 < len(corpus.valid) <= MOST // 10
    seen = {normalised(pair.source) for pair in corpus.train}
    assert not seen & {normalised(pair.source) for pair in corpus.valid}
    seen = {normalised(pair.target) for pair in corpus.train}
    assert {normalised(p.target) for p in corpus.valid} & seen <= {"yes"}
    skipped = corpus.skipped.get("share a sentence with the validation text", 0)
    assert len(corpus.train) + len(corpus.valid) + skipped == len(BOOK) + 42
    others = [read_text(data, seed, lambda _: None).valid for seed in (1, 2)]
    assert others[0] == corpus.valid != others[1]


def test_copies_of_what_is_held_out_are_left_out(tmp_path: Path, few: None) -> None:
    """Of a text that comes twice, where one of two blocks is not in the sample."""
    twice = [*BOOK, *(Pair(f" {pair.source}", pair.target) for pair in BOOK)]
    data = {"tsv": write(tmp_path / "twice.tsv", twice)}
    corpus = read_text(data, 1, lambda _: None)
    assert corpus.skipped["share a sentence with the validation text"] >= len(corpus.valid)
    sources = {normalised(pair.source) for pair in corpus.train}
    assert not sources & {normalised(pair.source) for pair in corpus.valid}


def test_a_second_run_reads_what_the_first_prepared(
    data: dict[str, str], few: None, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    lines: list[list[str]] = [[], []]
    first = read_text(data, 1, lines[0].append)
    made = material(first)

    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError

    for name in ("text._read", "text.train_tokenizers", "prepared.encoded_file"):
        monkeypatch.setattr(f"qkv.training.{name}", fail)
    second = read_text(data, 1, lines[1].append)
    again = material(second)
    assert list(again.examples) == list(made.examples)
    assert [t.to_json() for t in again.tokenizers] == [t.to_json() for t in made.tokenizers]
    assert (again.valid, again.skipped) == (made.valid, made.skipped)
    assert (second.fingerprint, second.sample) == (first.fingerprint, first.sample)
    [folder] = (cache / "corpora").iterdir()
    assert lines[1][:-1] == lines[0][:-1] != []
    count = len(first.train)
    assert lines[1][-1] == f"text of {count:,} training pairs is used again from {folder}"
    with pytest.raises(AssertionError):
        read_text(data, 2, lines[1].append)


@pytest.mark.parametrize(
    "name", ["text-2", "tokens-*/source.ids", "tokens-*/ends", "tok*/source.json"]
)
def test_damaged_files_are_made_again(
    name: str, data: dict[str, str], few: None, cache: Path
) -> None:
    expected = list(material(read_text(data, 1, lambda _: None)).examples)
    [damaged, *_] = cache.glob(f"corpora/*/{name}")
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    assert list(material(read_text(data, 1, lambda _: None)).examples) == expected
    assert damaged.read_bytes() != content


def test_every_text_has_its_own_folder(
    data: dict[str, str], few: None, cache: Path, tmp_path: Path
) -> None:
    """By the content of its files, wherever they lie."""
    prints = {read_text(data, seed, lambda _: None).fingerprint for seed in (1, 1)}
    moved = Path(data["tsv"]).rename(tmp_path / "moved.tsv")
    read_text({"tsv": str(moved)}, 1, lambda _: None)
    assert len(list((cache / "corpora").iterdir())) == 1
    moved.write_text(moved.read_text("utf-8") + "又\tagain\n", "utf-8")
    prints.add(read_text({"tsv": str(moved)}, 1, lambda _: None).fingerprint)
    assert len(prints) == 2
    assert len(list((cache / "corpora").iterdir())) == 2


def test_small_text_leaves_nothing(data: dict[str, str], cache: Path) -> None:
    assert len(read_text(data, 1, lambda _: None).train) > 1500
    assert not cache.exists()


def test_a_file_that_breaks_off_leaves_nothing(
    data: dict[str, str], few: None, cache: Path
) -> None:
    path = Path(data["tsv"])
    path.write_bytes(path.read_bytes()[:-2000] + b"\xff\tb\n")
    with pytest.raises(DataError, match=r"train\.tsv, line \d+: not UTF-8"):
        read_text(data, 1, lambda _: None)
    assert not [path for path in cache.rglob("*") if path.is_file()]


def test_spreadsheets_of_any_size_are_read_without_quotes_and_header(
    tmp_path: Path, few: None
) -> None:
    sides = {"source": "zh", "target": "en"}
    for side, code in sides.items():
        texts = [code, *(getattr(pair, side) for pair in BOOK)]
        (tmp_path / side).write_text("".join(f'"{text}"\n' for text in texts), "utf-8")
    valid = {"valid_tsv": write(tmp_path / "valid.tsv", VALID)}
    corpus = read_text({s: str(tmp_path / s) for s in sides} | valid, 1, lambda _: None)
    assert list(corpus.train) == BOOK
    assert corpus.skipped == {"header row": 1}


def interrupt(line: str) -> None:
    if line.startswith(("rnn, ", "transformer, ")):
        raise KeyboardInterrupt


def test_a_run_goes_on_over_parts_as_if_it_had_never_stopped(
    data: dict[str, str], few: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "PART", 500)
    settings = SHORT | {"max_steps": 70, "batch_tokens": 400, "checkpoint_steps": 9}
    steps: list[int] = []

    def stop_twice(*_: Any) -> None:
        steps.append(1)
        if len(steps) in (31, 59):
            os.kill(os.getpid(), signal.SIGINT)  # heeded at the end of the step

    training.start(tmp_path / "unbroken", data, settings, report=lambda _: None)
    smooth = loop._smooth
    monkeypatch.setattr(loop, "_smooth", lambda *a: (smooth(*a), stop_twice()))
    with pytest.raises(KeyboardInterrupt):
        training.start(tmp_path / "broken", data, settings, report=lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        training.resume(tmp_path / "broken", {}, {}, report=lambda _: None)
    training.resume(tmp_path / "broken", {}, {}, report=lambda _: None)
    weights = [(tmp_path / n / "model.safetensors").read_bytes() for n in ("broken", "unbroken")]
    assert weights[0] == weights[1]


def test_a_run_that_held_it_all_in_memory_is_not_gone_on_with(
    data: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As qkv did before there were prepared texts: it held out others, and went in other order."""
    with pytest.raises(KeyboardInterrupt):
        training.start(tmp_path / "model", data, SHORT, report=interrupt)
    for name in ("qkv.training.prepared.MOST", "qkv.training.text.MOST"):
        monkeypatch.setattr(name, MOST)
    with pytest.raises(FolderError, match="or an older qkv began it, which held so much"):
        training.resume(tmp_path / "model", {}, {}, report=lambda _: None)
    assert RunFolder(tmp_path / "model").unfinished


def test_an_epoch_of_parts_has_every_example_once(
    data: dict[str, str], few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "PART", 500)
    made = material(read_text(data, 1, lambda _: None))
    epochs = [list(epoch_batches(made, CONFIG, epoch)) for epoch in (0, 0, 1)]
    assert epochs[0] == epochs[1] != epochs[2]
    for batches in epochs:
        assert sorted(i for batch in batches for i in batch) == list(range(len(made.examples)))


def test_evenly() -> None:
    assert [*evenly(10, 4)] == [0, 3, 6, 9]
    assert all(b - a == 3 for a, b in pairwise(evenly(10, 4)))

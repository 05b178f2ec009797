"""From files to examples; what is left out is counted."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

import pytest

from qkv.data import Pair, hold_out
from qkv.data.phrasebook import phrasebook
from qkv.errors import ConfigError, DataError
from qkv.models.folder import load_model
from qkv.pipeline import Translator, load_translator
from qkv.training.config import TrainConfig
from qkv.training.text import TextCorpus, read_text, shares_tokenizer, train_tokenizers
from tests.tiny import PAIRS, write_corpus

EVERY = [Pair(*pair) for pair in PAIRS]
GERMAN = ["Der Hund läuft über eine grüne Wiese.", "Zwei Männer stehen vor einem Haus."]
ENGLISH = ["The dog is running across a green meadow.", "Two men stand in front of a house."]
CHINESE = [zh for zh, _ in PAIRS]
RUSSIAN = ["Собака бежит по зелёному лугу.", "Двое мужчин стоят перед домом."] * 20
LATIN = "abcdefghijklmnopqrstuvwxyz DT"
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя ё СД"


def write_tsv(path: Path, *lines: str) -> str:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(path)


def test_without_validation_files_pairs_are_held_out(corpus: dict[str, str]) -> None:
    text_corpus = read_text(corpus, seed=3)
    assert text_corpus.held_out
    assert (text_corpus.train, text_corpus.valid) == hold_out(EVERY, 3)
    assert text_corpus.skipped == {}


def test_with_validation_files_all_pairs_are_for_training(tmp_path: Path) -> None:
    valid = write_tsv(tmp_path / "valid.tsv", "甲\tA", "乙\tB")
    text_corpus = read_text({**write_corpus(tmp_path), "valid_tsv": valid}, seed=3)
    assert not text_corpus.held_out
    assert text_corpus.train == EVERY
    assert text_corpus.valid == [Pair("甲", "A"), Pair("乙", "B")]


def test_skipped_pairs_are_counted_on_both_sides(tmp_path: Path) -> None:
    train = write_tsv(tmp_path / "train.tsv", "甲\tA", "\tB", "  \tC", "丁\t")
    valid = write_tsv(tmp_path / "valid.tsv", "甲\tA", "乙\t ")
    text_corpus = read_text({"tsv": train, "valid_tsv": valid}, seed=3)
    assert text_corpus.skipped == {
        "empty source": 2,
        "empty target": 1,
        "empty target, in the validation text": 1,
    }


@pytest.mark.parametrize("name", ["tsv", "valid_tsv"])
def test_text_on_both_sides_is_needed(tmp_path: Path, name: str) -> None:
    data = {"tsv": write_tsv(tmp_path / "tsv", "甲\tA"), "valid_tsv": ""}
    data["valid_tsv"] = write_tsv(tmp_path / "valid_tsv", "甲\tA")
    write_tsv(tmp_path / name, "\tA", "甲\t")
    with pytest.raises(DataError) as caught:
        read_text(data, seed=3)
    assert str(caught.value) == f"{tmp_path / name}: no pair has text on both sides."


def test_the_fingerprint_covers_the_validation_text(tmp_path: Path) -> None:
    write_tsv(tmp_path / "train", "甲\tA", "乙\tB", "丙\tC")
    fingerprints = set()
    for valid in (["丁\tD"], ["丁\tE"], ["丁\tD", "戊\tE"], []):
        data = {"tsv": str(tmp_path / "train")}
        if valid:
            data["valid_tsv"] = write_tsv(tmp_path / "valid", *valid)
        fingerprints.add(read_text(data, seed=3).fingerprint)
    assert len(fingerprints) == 4


def test_the_fingerprint_is_that_of_the_training_text(tmp_path: Path) -> None:
    def fingerprint(*pairs: tuple[str, str], seed: int = 3) -> str:
        return read_text(write_corpus(tmp_path, list(pairs)), seed).fingerprint

    a, b, c = ("甲", "A"), ("乙", "B"), ("丙", "C")
    assert fingerprint(a, b, c) == fingerprint(a, b, c, seed=4)
    different = [
        (a, b),
        (a, c, b),
        (a, b, ("丙", "c")),
        (a, b, ("丙C", ""), c),
        (a, b, ("丙 ", "C")),
    ]
    assert fingerprint(a, b, c) not in {fingerprint(*pairs) for pairs in different[:3]}
    assert fingerprint(a, b, c) == fingerprint(*different[3])  # skipped pairs do not matter
    assert fingerprint(a, b, c) != fingerprint(*different[4])


@pytest.mark.parametrize(
    ("sources", "targets", "shares"),
    [
        (GERMAN, ENGLISH, True),
        (ENGLISH, GERMAN, True),
        (ENGLISH, ENGLISH, True),
        ([*CHINESE, LATIN], ENGLISH, False),  # Tom and Boston make no common script
        (ENGLISH, [*CHINESE, LATIN], False),
        ([*RUSSIAN, LATIN], [*ENGLISH * 20, CYRILLIC], False),  # all letters known
        (["aab"], ["abc"], True),  # 1/3 + 1/3
        (["aab"], ["bcd"], False),  # 1/3
        (["我"], ["123 !?"], False),
        (["1"], ["2"], False),
    ],
)
def test_a_tokenizer_is_shared_where_letters_are(
    sources: list[str], targets: list[str], shares: bool
) -> None:
    pairs = [Pair(*pair) for pair in zip_longest(sources, targets, fillvalue="")]
    assert shares_tokenizer(pairs, TrainConfig()) is shares
    assert shares_tokenizer(pairs, TrainConfig(joint=not shares)) is not shares


def test_tokenizers_learn_their_side_or_both() -> None:
    source, target = train_tokenizers(EVERY, False, 400)
    assert len(source.encode("咖啡").ids) == 1
    assert len(target.encode("coffee").ids) < len(source.encode("coffee").ids)
    shared, same = train_tokenizers(EVERY, True, 400)
    assert shared is same
    for text, stranger in (("咖啡", target), ("coffee", source)):
        assert len(shared.encode(text).ids) < len(stranger.encode(text).ids)


def test_a_vocabulary_without_room() -> None:
    with pytest.raises(ConfigError, match="a vocabulary needs more than 260 tokens"):
        train_tokenizers(EVERY, True, 260)


def test_long_pairs_are_left_out_and_counted(corpus: dict[str, str]) -> None:
    text_corpus = read_text(corpus, seed=3)
    tokenizers = train_tokenizers(text_corpus.train, False, 300)
    whole = text_corpus.tokenised(tokenizers, longest=250)
    lengths = [max(map(len, example)) for example in whole.examples]
    assert whole.skipped == {}
    assert len(lengths) == len(text_corpus.train)
    cut = sorted(lengths)[70]
    some = text_corpus.tokenised(tokenizers, longest=cut)
    longer = sum(length > cut for length in lengths)
    assert 0 < longer < len(lengths)
    assert some.skipped == {f"longer than {cut} tokens": longer}
    assert len(some.examples) == len(lengths) - longer
    with pytest.raises(DataError) as caught:
        text_corpus.tokenised(tokenizers, longest=1)
    assert str(caught.value) == "every pair is longer than longest=1 tokens; raise it."


def test_what_a_person_should_know_of_the_text_is_said(tmp_path: Path) -> None:
    rows = [f'"{zh}"\t"{en}"' for zh, en in PAIRS]
    data = {
        "tsv": write_tsv(tmp_path / "tsv", '"zh"\t"en"', *rows),
        "valid_tsv": write_tsv(
            tmp_path / "valid", "zh\ten", f"{PAIRS[0][0]}\t{PAIRS[0][1]}", "甲\tA"
        ),
    }
    lines: list[str] = []
    text_corpus = read_text(data, 3, lines.append)
    assert text_corpus.train == EVERY
    assert text_corpus.valid == [EVERY[0], Pair("甲", "A")]
    assert text_corpus.skipped == {}
    assert lines == [
        f"{data['tsv']}: columns zh → en, header skipped, quotes taken away, 150 pairs",
        f"{data['valid_tsv']}: columns zh → en, header skipped, 2 pairs",
        "1 validation pairs are training pairs too; of those a score says nothing about new ones",
    ]


def test_one_file_is_no_source_and_target(corpus: dict[str, str]) -> None:
    with pytest.raises(DataError, match="are the same file"):
        read_text(corpus | {"target": corpus["source"]}, seed=3)


def test_what_matters_in_the_text_is_said_and_changes_nothing(tmp_path: Path) -> None:
    book = [Pair(pair.source, pair.target) for pair in phrasebook().train[:300]]
    copied = [Pair(p.target, p.target) if n % 20 == 0 else p for n, p in enumerate(book)]
    said: dict[str, list[str]] = {"book": [], "copied": []}
    for name, pairs in (("book", book), ("copied", copied)):
        path = tmp_path / f"{name}.tsv"
        path.write_text("".join(f"{s}\t{t}\n" for s, t in pairs), encoding="utf-8")
        text_corpus = read_text({"tsv": str(path)}, seed=3, report=said[name].append)
        assert {*text_corpus.train, *text_corpus.valid} == {*pairs}
    assert len(said["copied"]) - len(said["book"]) == 2
    assert "source and target are the same (5.0%)" in said["copied"][-2]
    assert "qkv check" in said["copied"][-1]


def test_validation_translates_as_the_finished_model_does(rnn: Path) -> None:
    """A source of several sentences, where the training text had one each, sentence by sentence."""
    model, config = load_model(rnn)
    translator = load_translator(rnn)
    texts = ["老师喜欢茶。我有书。", "他们吃面包。小猫看到苹果。你买咖啡。"]
    tokenizers = translator.source_tokenizer, translator.target_tokenizer
    pairs = [Pair(text, "a b c d") for text in texts]
    material = TextCorpus(EVERY, pairs, False, {}, "").tokenised(tokenizers, 250)
    split = [translation.text for translation in translator.translate(texts, beam=1)]
    as_a_whole = Translator(model, *tokenizers).translate(texts, beam=1)
    assert split != [translation.text for translation in as_a_whole]
    assert [s.output for s in material.validate(model, config, "cpu").samples] == split

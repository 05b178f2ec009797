"""Single pairs and what is said of them, among pairs in which nothing is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.data import Pair
from qkv.data.check import KINDS, as_dict, as_text, check, cleaned, glance, text_of
from qkv.data.phrasebook import phrasebook
from qkv.training.config import TrainConfig

BOOK = [Pair(pair.source, pair.target) for pair in phrasebook().train[:400]]
SEEN = BOOK[7]


def kinds(source: str, target: str) -> dict[str, str]:
    """What is said of one pair that stands after the others, by kind."""
    report = check(text_of([*BOOK, Pair(source, target)]))
    return {f.kind: f.say(len(BOOK)) for f in report.findings if len(BOOK) in f.pairs}


@pytest.mark.parametrize(
    ("source", "target", "kind", "said"),
    [
        ("", "Good night.", "empty", "source"),
        ("晚安。", "\u200b \u3000", "empty", "target"),
        (*SEEN, "duplicate", ""),
        (SEEN.source, SEEN.target.upper() + " !", "near_duplicate", ""),
        (SEEN.source, "Tell me what is new in town today.", "same_source", ""),
        ("今天城里有什么新鲜事？", SEEN.target, "same_target", ""),
        ("OK Computer", "ok computer!", "copy", ""),
        ("你好。", "Hello. " * 40, "length", "source "),
        ("我爱你。", "Я тебя очень люблю.", "script", "target in Cyrillic"),
        ("I love you very much.", "I love you very much, too.", "script", "source in Latin"),
        ("点击<b>这里</b>。", "Click <b>here</i>.", "markup", "only source: </b>; only target: "),
        ("你好，{name}！", "Hello, {nome}!", "markup", "only source: {name}; only target: {nome}"),
        ("共%d页。", "%s pages in all.", "markup", "only source: %d; only target: %s"),
        ("看https://a.org/b。", "See it here, please.", "markup", "only source: https://a.org/b"),
        ("写信给a@b.org。", "Write to a@c.org.", "markup", "only source: a@b.org; only target: "),
        ("猫和狗。", "A cat &amp; a dog.", "markup", "only source: none; only target: &amp;"),
        ("他有12只猫。", "He has 13 cats.", "numbers", "only source: 12; only target: 13"),
        ("房间号是204。", "That is the number of the room.", "numbers", "only source: 204"),
        ("很" * 500 + "好。", "It was " + "very " * 300 + "good.", "long", "about "),
        ("他住在旅馆。", "He lives in a cafÃ© in town.", "encoding", "target: Ã© was é"),
        ("他住在旅馆。", "He doesnâ€™t live in town.", "encoding", "target: â€™ was ’"),
        ("他住在\ufffd馆。", "He lives in a hotel.", "encoding", "source: U+FFFD"),
        ("我喜欢咖啡".encode().decode("gb18030", "replace"), "I like it.", "encoding", "source: "),
        ("他\u202e住旅馆。", "He is at a hotel.\x07", "control", "source U+202E target U+0007"),
    ],
)  # fmt: skip
def test_a_fault_is_named(source: str, target: str, kind: str, said: str) -> None:
    found = kinds(source, target)
    assert kind in found
    assert found[kind].startswith(said)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("我有1万块钱，你呢？", "I have 10,000 yuan, and you?"),
        ("三点半见。", "See you at 3:30 at the station."),
        ("价格是1,234.50元。", "The price is 1234.5 yuan."),
        ("他有２只猫。", "He has 2 cats."),
        ("她有两只猫。", "She has 2 cats."),
        ("有50 %的人来了。", "50 % of the people came."),
        ("如果 a < b，那么 b > a。", "If a < b, then b > a."),
        ("他在CAFÉ»门口。", "He is at the door of the CAFÉ»."),
        ("<a href='x'>这里</a>有。", "It is <A href='y'>here</A>."),
        ("2024", "2024"),
    ],
)
def test_what_is_no_fault_is_not_named(source: str, target: str) -> None:
    assert kinds(source, target).keys() <= {"length", "script"}


def test_sentences_that_are_held_out() -> None:
    valid = [Pair(f"  {SEEN.source} ", "Something else."), Pair("另一句。", BOOK[9].target.upper())]
    report = check(text_of(BOOK), {"valid": text_of(valid), "test": text_of(valid[:1])})
    assert report["valid"].pairs.tolist() == [7, 9]
    assert [report["valid"].say(n) for n in (7, 9)] == ["the source", "the target"]
    assert report["test"].pairs.tolist() == [7]
    counts = [(o.of, o.also_in, o.pairs, o.sources, o.targets, o.total) for o in report.overlaps]
    assert counts == [
        ("valid", "train", 0, 1, 1, 2),
        ("test", "train", 0, 1, 0, 1),
        ("test", "valid", 1, 1, 1, 1),
    ]


def test_a_frequent_sentence_is_held_out_only_as_a_pair() -> None:
    labels = [Pair(pair.source, "positive") for pair in BOOK]
    valid = text_of([Pair("一句新话。", "positive"), labels[3]])
    assert check(text_of(labels), {"valid": valid})["valid"].pairs.tolist() == [3]


def test_longest_is_what_training_takes() -> None:
    assert TrainConfig().longest == 250
    line = Pair("很" * 380, "very " * 180)
    assert check(text_of([*BOOK, line]), longest=250)["long"].pairs.tolist() == []
    assert check(text_of([*BOOK, line]), longest=150)["long"].pairs.tolist() == [len(BOOK)]


def test_training_is_told_what_matters_and_nothing_else() -> None:
    targets = [pair.target for pair in BOOK]
    shifted = [
        Pair(p.source, t) for p, t in zip(BOOK, [*targets[:100], *targets[101:]], strict=False)
    ]
    copies = [Pair(p.target, p.target) if n % 9 == 0 else p for n, p in enumerate(BOOK)]
    assert glance(BOOK) == []
    assert glance([*BOOK, BOOK[0], Pair("1", "2")]) == []
    first, last = glance(shifted)
    assert first.startswith("74.7% of the pairs are shifted: pair 102–399: the target comes 1 line")
    assert "qkv check" in last
    first, last = glance(copies)
    assert "source and target are the same (11.2%)" in first
    assert glance(copies[:50]) == []


TEXT = st.text(max_size=30) | st.sampled_from([*BOOK[0], "<b>", "12", "Ã¼", "\x00", "a" * 3000])


@settings(max_examples=25)
@given(st.lists(st.tuples(TEXT, TEXT).map(lambda pair: Pair(*pair)), max_size=60))
def test_any_text_can_be_checked_and_cleaned(pairs: list[Pair]) -> None:
    report = check(text_of(pairs))
    clean = cleaned(report, {}, 250)
    assert len(clean.pairs) + sum(clean.dropped.values()) == len(pairs)
    assert not any("\t" in side or not side for pair in clean.pairs for side in pair)
    assert all(0 <= n < len(pairs) for found in report.findings for n in found.pairs)
    assert {each["kind"] for each in as_dict(report)["findings"]} <= KINDS.keys()
    assert all(line.isprintable() for line in as_text(report))

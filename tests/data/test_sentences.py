"""Where sentences end: the rule, and its stated limits."""

from __future__ import annotations

import re
import textwrap
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data.protected import unit_spans
from qkv.data.sentences import document_spans, sentence_spans

PARTED = [
    ["Mr. Smith went to Washington.", "He met J. K. Rowling on the U.S. coast.", "Then he left!"],
    ["我喜欢咖啡。", "他喜欢茶！", "你呢？", "真的！？", "好。"],
    ["好!", "是吗?", "是。"],
    ["他说：“你好。我走了。”然后他走了。", "“你好。”他说。"],
    ["Am 3. Oktober war er da.", "Das war 1999.", "Er ging."],
    ["No. 5 is alive.", "No.", "I won't."],
    ["Wait... what?", "Really?!", "Yes…", "So"],
    ['"Hello there."', "She left.", "“Hi.”", "He stayed."],
    ["It cost 3.14 euros, i.e. nothing.", "Go to www.a.com.", "4 kg!"],
    ["¿Qué tal?", "¡Bien!", "Sí."],
    ["(He left. She stayed.)", "Then."],
    ["एक वाक्य।", "दूसरा।"],
    ["Привет. и так?", "Да."],
    ["他……不知道。", "好吧...好。"],
]
WHOLE = [
    "I like coffee",
    "I like coffee.",
    "我喜欢咖啡。",
    "他喜欢3.5公斤的，大概？，是吧",
    "Yahoo! is a company",
    "A man, a plan; a canal: Panama.",
    "see fig. 3 and Vol. 2",
    "我用iPhone。”",
    "...",
    "a.b.c",
]


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize("sentences", PARTED, ids=lambda each: each[0])
def test_sentences_are_parted(sentences: list[str]) -> None:
    assert parts(" ".join(sentences)) == sentences
    assert parts("  " + "\n\n".join(sentences) + "\n") == sentences


def test_chinese_needs_no_spaces() -> None:
    sentences = ["我喜欢咖啡。", "他喜欢茶！", "你呢？", "好!", "是。"]
    assert parts("".join(sentences)) == sentences


@pytest.mark.parametrize("text", WHOLE)
def test_one_sentence_is_one(text: str) -> None:
    assert parts(text) == [text]


@pytest.mark.parametrize("text", ["", " ", "\n \n"])
def test_no_text_has_no_sentence(text: str) -> None:
    assert parts(text) == []


@given(st.text('aB1 .!?。！“”"()\n我…', max_size=40))
def test_nothing_but_white_space_is_outside(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join("".join(parts(text)).split()) == "".join(text.split())
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(part == part.strip() for part in parts(text))


@pytest.mark.parametrize("unit", ["“", " ", "\n", "\n ", ".", "a. ", "(", "A. B", '."', "…", "!“ "])
def test_no_text_takes_long(unit: str) -> None:
    started = time.perf_counter()
    sentence_spans(unit * 200_000 + " A")
    assert time.perf_counter() - started < 10  # what is quadratic takes many minutes


FOX = "Dr. Meier said that the fox jumps over the dog. He did not see e.g. the cat. It cost 3.14!"


def in_document(text: str) -> list[str]:
    return [text[start:end] for start, end in document_spans(text, unit_spans(text))]


@pytest.mark.parametrize("width", [35, 47, 60, 200])
@pytest.mark.parametrize("indent", ["", "    "])
def test_wrapped_lines_end_no_sentence(width: int, indent: str) -> None:
    wrapped = textwrap.fill(f"{FOX} {FOX}", width, initial_indent=indent, subsequent_indent=indent)
    found = [" ".join(sentence.split()) for sentence in in_document(f"{wrapped}\n\n{wrapped}\n")]
    assert found == parts(FOX) * 4


def test_chinese_is_wrapped_anywhere() -> None:
    text = "我喜欢咖啡因为它很好喝而且我每天早上都要喝一杯。他喜欢茶。你呢？"
    for width in (16, 20, 24):
        wrapped = "\n".join(text[i : i + width] for i in range(0, len(text), width))
        found = ["".join(sentence.split()) for sentence in in_document(wrapped)]
        assert found == parts(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A title\nThis is the first line of a text that goes on\nand ends.", 2),
        ("Roses are red\nViolets are blue\nSugar is sweet", 3),
        ("- one item that is a long line, so long it ends\n- another item here", 2),
        ("1. one item that is a long line, so long it ends\n2. another item here", 2),
        ("> a quotation that is a long line, that it ends\n> of somebody else", 2),
        ("***\n\n---\n …", 0),
        ("{}\n\n%s", 2),
        ('See <a title="Hi. There">x</a>, https://x.com/a?b. Then.', 2),
        ("\r\nA man walks.\r\n\r\nHe runs.\r\n", 2),
        ("", 0),
    ],
)
def test_breaks_of_lines_in_documents(text: str, expected: int) -> None:
    found = in_document(text)
    assert len(found) == expected
    assert not any(re.match(r"[#>-] |\d\.", sentence) for sentence in found)


def test_other_full_stops() -> None:
    for sentences in (["မင်္ဂလာပါ။", "နေကောင်းလား။"], ["هل أنت بخير؟", "نعم."], ["यह है।", "वह है।"]):
        assert parts(" ".join(sentences)) == sentences


@given(st.text('aB1 .!?。“”"()\n\r我…{}<>-#', max_size=60))
def test_a_document_loses_nothing_but_space_and_marks(text: str) -> None:
    spans = document_spans(text, unit_spans(text))
    ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)]
    outside = [text[a:b] for a, b in zip(*ends, strict=True)]
    assert not re.search(r"[aB我]", "".join(outside))
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


def test_units_of_other_sentences_do_not_matter() -> None:
    """Each sentence is given its own units, found by their place."""
    text = "Call 1.5 of us.\n\nThen wait. And 4.5 more."
    units = [(5, 8), (32, 35)]
    spans = document_spans(text, units)
    assert [text[a:b] for a, b in spans] == ["Call 1.5 of us.", "Then wait.", "And 4.5 more."]

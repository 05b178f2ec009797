"""What a unit is, what stands in for it, and when a model learns to leave it alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data.protected import (
    ENOUGH,
    STAND_INS,
    TAG,
    shared_stand_in,
    stand_ins,
    unit_spans,
    worth,
)
from qkv.data.tokenizer import FIRST_PIECE, Tokenizer

UNITS = [
    ("Visit https://en.wikipedia.org/wiki/Foo_(bar).", ["https://en.wikipedia.org/wiki/Foo_(bar)"]),
    ("(see http://x.com/a?b=1&c=%20#d), www.foo.de!", ["http://x.com/a?b=1&c=%20#d", "www.foo.de"]),
    ("请看https://x.com/a这里，或a.b@c.co.uk。", ["https://x.com/a", "a.b@c.co.uk"]),
    ("“www.x.com”, '<ftp://a.b/{id}/c>'", ["www.x.com", "ftp://a.b/{id}/c"]),
    ("1,000.50, 3.14; 12:30. 50 % 5%这里", ["1,000.50", "3.14", "12:30", "50 %", "5%"]),
    ("2024-01-15 -5 x-5 +49 1/2 $5.00", ["2024-01-15", "-5", "5", "+49", "1/2", "5.00"]),
    ("A4 v1.2.3 3rd 50s mp3 20-year-old", ["A4", "v1.2.3", "3rd", "50s", "mp3", "20"]),
    ("我有3个苹果 ٣٫٥ ３個 १२", ["3", "٣٫٥", "３", "१२"]),
    ("{name} {0} {} {{ a.b }} ${x} %{y}", ["{name}", "{0}", "{}", "{{ a.b }}", "${x}", "%{y}"]),
    ("%s %(name)d %1$s %5.2f %% %dpx", ["%s", "%(name)d", "%1$s", "%5.2f", "%%", "%d"]),
    ("100%ige 50 %s 100%s 50 %{x}", ["100", "50", "%s", "100", "%s", "50", "%{x}"]),
    ('<b>a</b> <a href="x > y" id=z>k</a><br/>', ["<b>", "</b>", "</a>", "<br/>"]),  # no > inside
    ("<a href=\"x y\" class='c' hidden>k</a>", ["<a href=\"x y\" class='c' hidden>", "</a>"]),
    ("AT&amp;T &#39; &#x27; R&D", ["&amp;", "&#39;", "&#x27;"]),
    ("a < b, <3, x <b, {not this}, 100 $, a@b, http://", ["3", "100"]),
    ("\ufdd3", ["\ufdd3"]),
    ("two men, a/b, and no unit: see file.txt", []),
]


def units(text: str) -> list[str]:
    return [text[start:end] for start, end in unit_spans(text)]


@pytest.mark.parametrize(("text", "expected"), UNITS, ids=lambda each: str(each)[:20])
def test_units_are_known(text: str, expected: list[str]) -> None:
    assert units(text) == expected


@given(st.text("a1٣.,:/-%&;<>{}@ $s#=\"'\n一", max_size=30))
def test_every_digit_is_in_a_unit(text: str) -> None:
    spans = unit_spans(text)
    outside = "".join(c for i, c in enumerate(text) if not any(a <= i < b for a, b in spans))
    assert not re.search(r"\d", outside)
    assert all(start < end for start, end in spans)


@given(st.lists(st.sampled_from([u for _, us in UNITS for u in us]), max_size=5))
def test_units_apart_are_themselves(several: list[str]) -> None:
    assert units(" , ".join(several)) == several


def test_stand_ins_are_numbered_and_used_again() -> None:
    known = STAND_INS[:3]
    tag, one, two = known
    assert stand_ins(["5", "<b>", "6", "5", "</b>"], known) == [one, tag, two, one, tag]
    assert stand_ins(["5", "6", "7", "8"], known) == [one, two, one, two]
    assert stand_ins(["5", "<b>"], TAG) == ["", TAG]
    assert stand_ins(["5", "<b>"], STAND_INS[1]) == [STAND_INS[1], ""]
    assert stand_ins(["5", "<b>"], "") == ["", ""]


def test_shared_units_are_exchanged() -> None:
    tag, one, two, _ = known = STAND_INS[:4]
    pair = shared_stand_in("In 5 or 6 <b>men</b> 7", "<b>Männer</b> 6 in 5 oder 8", known)
    assert pair == (
        f"In {one} or {two} {tag}men{tag} 7",
        f"{tag}Männer{tag} {two} in {one} oder 8",
    )
    # Not as often, tags in another order: text like any other.
    assert shared_stand_in("5 and 5 <i>x", "5 <b>x", known) == ("5 and 5 <i>x", "5 <b>x")
    assert shared_stand_in(one, "x", known) == ("\ufffd", "x")


def test_what_pays_is_learnt() -> None:
    plain, numbers, tags = ("a man", "ein Mann"), ("5 or 6", "5 oder 6"), ("<b>a</b>", "<b>ein</b>")
    assert worth([plain] * 100) == ""
    assert worth([numbers] * 4 + [plain] * 96) == ""
    assert worth([numbers] * (ENOUGH - 1)) == ""
    assert worth([numbers] * ENOUGH + [plain] * 380) == STAND_INS[1:3]
    assert worth([numbers] * ENOUGH + [plain] * 381) == ""
    assert worth([tags] * ENOUGH + [numbers] * 3) == TAG
    assert worth([tags, numbers] * ENOUGH) == STAND_INS[:3]
    assert worth([numbers] * ENOUGH + [plain] * 999, 0.0) == STAND_INS[1:3]


def test_no_text_becomes_a_stand_in_but_itself(tmp_path_factory: pytest.TempPathFactory) -> None:
    known = STAND_INS[:3]
    lines = [f"Two men {known[1]} and ({known[2]}) {known[0]}a{known[0]}."] * 9
    tokenizer = Tokenizer.train(lines, 400, known)
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    tokenizer.save(path)
    for each in (tokenizer, Tokenizer.load(path)):
        assert each.stand_ins == known
        ids = each.encode("Two (⟨1⟩) <1> <unit1> ufdd1 \\ufdd1 <0x41>.").ids
        assert not {i for i, _ in each.tokens_with(re.compile(f"[{known}]"))} & set(ids)
        text = f"Two {known[1]}men ({known[2]})."
        decoded = each.decode(each.encode(text).ids)
        assert decoded.text == text
    assert Tokenizer.train(lines, 400).stand_ins == ""
    assert tokenizer.tokens_with(re.compile("A")) == [(4 + ord("A"), "A")]
    assert tokenizer.vocabulary_size > FIRST_PIECE + 3

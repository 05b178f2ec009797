"""Characters that are no text."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Regex
from tokenizers.normalizers import Replace

from qkv.data.invisible import positions, visible

JOINERS = "\u200c\u200d"
IGNORABLE = Replace(Regex(r"\p{Default_Ignorable_Code_Point}"), "")  # by the library's Unicode
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("ab \t\x00\x85\u00ad\u200b\u200c\u200d\u200e\ufe0f\ufeff\U000e0041می्न❤👩")
)


def is_invisible(character: str) -> bool:
    control = unicodedata.category(character) == "Cc" and not character.isspace()
    return control or not IGNORABLE.normalize_str(character)


def test_every_character() -> None:
    codes = {*range(sys.maxunicode + 1)} - {*range(0xD800, 0xE000)} - {*map(ord, JOINERS)}
    every = "".join(map(chr, sorted(codes)))
    controls = [c for c in every if unicodedata.category(c) == "Cc" and not c.isspace()]
    expected = IGNORABLE.normalize_str(every).translate({ord(c): None for c in controls})
    assert visible(every) == expected
    assert len(every) - len(expected) > 4000


def test_each_character_alone() -> None:
    """The fast search must not miss one."""
    for code in {*range(0x10000), *range(0x1BC90, 0x1BCB0), *range(0x1D160, 0x1D190)}:
        if not 0xD800 <= code < 0xE000:
            assert (visible(chr(code)) == "") == is_invisible(chr(code)), hex(code)


@given(TEXTS)
def test_what_stays_is_what_shows_and_where_it_was(text: str) -> None:
    shown, where = visible(text), positions(text)
    assert where[-1] == len(text)
    assert shown == "".join(text[i] for i in where[:-1])
    assert where == sorted(set(where))
    dropped = [c for i, c in enumerate(text) if i not in set(where)]
    assert all(is_invisible(c) for c in dropped)
    assert not any(is_invisible(c) for c in shown if c not in JOINERS)
    assert visible(shown) == shown
    if all(map(is_invisible, text)):
        assert not shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("wo\u00adrd\u200b \ufeffand\u2060 more\x00", "word and more"),
        ("\u200fשלום\u200e", "שלום"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian: I want
        ("می\u200c\u200b\u200cخواهم\u200c ", "می\u200cخواهم "),
        ("क\u094d\u200dष", "क\u094d\u200dष"),  # half letters instead of a ligature
        ("ന\u0d4d\u200d.", "ന\u0d4d\u200d."),  # a chillu before Unicode 5.1
        ("ක\u0dca\u200dර", "ක\u0dca\u200dර"),
        ("I\u200c want\u200d to\u200d\u200cgo", "I want togo"),
        ("我\u200d们", "我们"),
        ("\u200d", ""),
        ("\u200dم", "م"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("❤\ufe0f\u200d🔥", "❤\u200d🔥"),
        ("I ❤\ufe0f\u200d you", "I ❤ you"),
        ("👩\u200c👧", "👩👧"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴"),
        ("\t a\x85b\x1cc\u3000", "\t a\x85b\x1cc\u3000"),
    ],
)
def test_by_hand(text: str, shown: str) -> None:
    assert visible(text) == shown

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data import spans


def words(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I like coffee.", ["I", "like", "coffee."]),
        ("  I\tlike\u3000coffee \n", ["I", "like", "coffee"]),
        ("coffee", ["coffee"]),
        ("café", ["café"]),
        ("我喜欢咖啡", ["我", "喜", "欢", "咖", "啡"]),
        (" 你好。 ", ["你", "好", "。"]),
        ("我用iPhone", list("我用iPhone")),
        ("我 用 iPhone", ["我", "用", "iPhone"]),  # spaces are taken at their word
        ("コーヒー", list("コーヒー")),
        ("กาแฟ", list("กาแฟ")),
        ("커피", ["커피"]),  # Korean is written with spaces
        ("𠮷", ["𠮷"]),
        ("", []),
        (" \n", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_spans_cover_all_but_white_space_in_order(text: str) -> None:
    word_spans = spans(text)
    assert "".join(words(text)) == "".join(text.split())
    assert all(start < end for start, end in word_spans)
    assert word_spans == sorted(word_spans)


@given(st.text(st.characters(categories=["L", "P", "Z"], max_codepoint=0x24F)))
def test_spaced_scripts_are_split_at_spaces(text: str) -> None:
    assert words(text) == text.split()

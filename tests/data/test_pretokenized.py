"""Given tokens become text, and are found again in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data import join_tokens, spans

WORDS = st.lists(st.text("abcXY'.é", min_size=1, max_size=5), max_size=9)
CHINESE = st.lists(st.text("我喜欢咖啡。iPhone7", min_size=1, max_size=5), max_size=9)


@pytest.mark.parametrize(
    ("line", "text", "token_spans"),
    [
        ("It 's  a cat .", "It 's a cat .", [(0, 2), (3, 5), (6, 7), (8, 11), (12, 13)]),
        ("我 喜欢 咖啡 。", "我喜欢咖啡。", [(0, 1), (1, 3), (3, 5), (5, 6)]),
        ("我 用 iPhone 7", "我用iPhone 7", [(0, 1), (1, 2), (2, 8), (9, 10)]),
        ("我 在 New York 。", "我在New York。", [(0, 1), (1, 2), (2, 5), (6, 10), (10, 11)]),
        ("A 猫 , a cat", "A猫, a cat", [(0, 1), (1, 2), (2, 3), (4, 5), (6, 9)]),
        ("我 有 3 000 元", "我有3 000元", [(0, 1), (1, 2), (2, 3), (4, 7), (7, 8)]),
        ("New York 3 。", "New York 3。", [(0, 3), (4, 8), (9, 10), (10, 11)]),
        ("你好 , 「 a 」", "你好,「a」", [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6)]),
        (" \t", "", []),
        ("", "", []),
    ],
)
def test_by_hand(line: str, text: str, token_spans: list[tuple[int, int]]) -> None:
    assert join_tokens(line) == (text, token_spans)


@given(WORDS | CHINESE)
def test_every_token_is_where_its_span_says(tokens: list[str]) -> None:
    text, token_spans = join_tokens(" ".join(tokens))
    assert [text[start:end] for start, end in token_spans] == tokens
    assert text.replace(" ", "") == "".join(tokens)


@given(WORDS)
def test_words_between_spaces_are_the_words_of_the_text(tokens: list[str]) -> None:
    text, token_spans = join_tokens("  ".join(tokens))
    assert token_spans == spans(text)

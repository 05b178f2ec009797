"""Links read off attention weights."""

import tracemalloc
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.data.words import pieces as cut_at_pieces
from qkv.data.words import spans
from qkv.errors import ShapeError
from qkv.pipeline.alignment import Link, links_record, read_links, span_links


def word_links(
    weights: np.ndarray, source_tokens: list, target_tokens: list, source: str, target: str
) -> list[tuple[int, int]]:
    return span_links(weights, source_tokens, target_tokens, spans(source), spans(target))


@dataclass(frozen=True)
class Token:
    start: int
    end: int


def tokens(text: str, *pieces: str) -> list[Token]:
    """`pieces` found in `text` one after the other, then EOS."""
    found, at = [], 0
    for piece in pieces:
        start = text.index(piece, at)
        at = start + len(piece)
        found.append(Token(start, at))
    return [*found, Token(len(text), len(text))]


ZH, EN = "我在公园看", "I look in the park"
ZH_TOKENS, EN_TOKENS = tokens(ZH, "我", "在", "公园", "看"), tokens(EN, *EN.split())
# rows I look in the park EOS, columns 我 在 公园 看 EOS
WEIGHTS = np.array(
    [
        [0.7, 0.1, 0.1, 0.1, 0.0],
        [0.0, 0.1, 0.3, 0.6, 0.0],
        [0.0, 0.6, 0.2, 0.1, 0.1],
        [0.0, 0.0, 0.2, 0.1, 0.7],
        [0.0, 0.1, 0.5, 0.4, 0.0],
        [0.0, 0.0, 0.0, 0.1, 0.9],
    ]
)


def test_characters_under_one_token_are_linked_together() -> None:
    links = span_links(WEIGHTS, ZH_TOKENS, EN_TOKENS, spans(ZH), spans(EN))
    i, look, into, the, park = range(5)
    assert links == [(0, i), (1, into), (2, the), (2, park), (3, the), (3, park), (4, look)]


def test_a_token_over_two_characters_does_not_lose_by_its_length() -> None:
    # shared out, 公园 would give 0.25 to each character, less than the 0.4 of 看
    assert (2, 4) in span_links(WEIGHTS, ZH_TOKENS, EN_TOKENS, spans(ZH), spans(EN))


def test_target_characters_under_one_token_get_the_same_link() -> None:
    links = span_links(WEIGHTS.T, EN_TOKENS, ZH_TOKENS, spans(EN), spans(ZH))
    assert links == [(0, 0), (1, 4), (2, 1), (4, 2), (4, 3)]


def test_pieces_of_a_word_add_up() -> None:
    source, target = "unbelievable cat", "chat incroyable"
    weights = np.array(
        [
            [0.3, 0.2, 0.4, 0.1],  # chat: 0.5 on the two pieces of unbelievable, 0.4 on cat
            [0.1, 0.1, 0.6, 0.2],  # in-
            [0.2, 0.7, 0.1, 0.0],  # -croyable: with in- 1.1 on unbelievable, 0.7 on cat
            [0.0, 0.0, 0.0, 1.0],
        ]
    )
    pieces = tokens(source, "unbeliev", "able", "cat"), tokens(target, "chat", "in", "croyable")
    assert span_links(weights, *pieces, spans(source), spans(target)) == [(0, 0), (0, 1)]


def test_a_token_may_bring_the_space_before_it() -> None:
    source = target = "a b"
    spaced = [Token(0, 1), Token(1, 3)]
    assert word_links(np.eye(2), spaced, spaced, source, target) == [(0, 0), (1, 1)]


def test_two_tokens_in_one_character_count_for_it() -> None:
    text = "我龘"
    halves = [Token(0, 1), Token(1, 2), Token(1, 2)]
    weights = np.array([[0.4, 0.3, 0.3]])
    assert word_links(weights, halves, [Token(0, 2)], text, "hm") == [(1, 0)]


def test_the_first_of_equal_words_wins() -> None:
    pieces = tokens("a b c", "a", "b", "c")
    assert word_links(np.full((4, 4), 0.25), pieces, pieces, "a b c", "a b c") == [
        (0, 0),
        (0, 1),
        (0, 2),
    ]


def test_a_word_that_looked_at_nothing_but_eos_has_no_link() -> None:
    pieces = tokens("a b", "a", "b")
    weights = np.array([[0.0, 0.0, 1.0], [0.1, 0.2, 0.7], [0.5, 0.5, 0.0]])
    assert word_links(weights, pieces, pieces, "a b", "a b") == [(1, 1)]


def test_words_may_be_given_as_spans() -> None:
    pretokenized = [(0, 1), (1, 2), (2, 4), (4, 5)]  # 我 在 公园 看
    links = span_links(WEIGHTS, ZH_TOKENS, EN_TOKENS, pretokenized, spans(EN))
    assert links == [(0, 0), (1, 2), (2, 3), (2, 4), (3, 1)]


def test_a_token_over_many_words_and_words_over_many_tokens() -> None:
    text = "a b c d"
    pieces = [Token(0, 5), Token(4, 6), Token(6, 7), Token(7, 7)]
    weights = np.array([[0.2, 0.1, 0.6, 0.1], [0.4, 0.2, 0.3, 0.1]])
    found = span_links(weights, pieces, [Token(0, 1), Token(2, 3)], spans(text), spans("x y"))
    assert found == [(2, 1), (3, 0)]  # c: 0.4 + 0.2


def test_links_of_thousands_of_words_take_no_table_of_words_by_tokens() -> None:
    text = "a " * 20_000
    pieces = [Token(i, i + 1) for i in range(0, len(text), 2)]
    weights = np.zeros((2, len(pieces)), np.float32)
    weights[0, 17], weights[1, 19_999] = 1, 1
    tracemalloc.start()
    found = span_links(weights, pieces, [Token(0, 1), Token(2, 3)], spans(text), spans("x y"))
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert found == [(17, 0), (19_999, 1)]


def test_an_empty_sentence_has_no_links() -> None:
    eos = [Token(0, 0)]
    one = np.ones((1, 1))
    assert word_links(one, eos, eos, "", "") == []
    assert word_links(np.zeros((0, 0)), [], [], "", "") == []
    assert word_links(np.ones((1, 2)), tokens("a", "a"), eos, "a", "") == []


def test_weights_have_a_row_a_target_and_a_column_a_source_token() -> None:
    with pytest.raises(ShapeError) as caught:
        word_links(WEIGHTS[:, :3], ZH_TOKENS, EN_TOKENS, ZH, EN)
    assert str(caught.value) == (
        "an alignment's weights must be (target tokens, source tokens) = (6, 5); got (6, 3)."
    )


@st.composite
def cut(draw: st.DrawFn) -> tuple[str, list[Token]]:
    """A text, and tokens that cover it without gaps, EOS last."""
    text = draw(st.text("ab 我园", max_size=7))
    inner = draw(st.sets(st.integers(1, 6)))
    edges = sorted({0, len(text), *(at for at in inner if at < len(text))})
    pieces = [Token(a, b) for a, b in pairwise(edges)]
    return text, [*pieces, Token(len(text), len(text))]


@settings(deadline=None, max_examples=50)
@given(cut(), cut(), st.integers(0, 2**32 - 1))
def test_links_of_any_cut_and_weights(
    source: tuple[str, list[Token]], target: tuple[str, list[Token]], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.01, 1, (len(target[1]), len(source[1])))
    links = word_links(weights, source[1], target[1], source[0], target[0])
    left, right = spans(source[0]), spans(target[0])
    assert links == sorted(set(links))
    assert all(0 <= i < len(left) and 0 <= j < len(right) for i, j in links)
    assert {j for _, j in links} == (set(range(len(right))) if left else set())
    louder = weights.copy()  # EOS has no say, however loud
    louder[-1], louder[:, -1] = 9, 9
    assert word_links(louder, source[1], target[1], source[0], target[0]) == links


@settings(deadline=None, max_examples=50)
@given(st.permutations(range(5)), st.integers(0, 2**32 - 1))
def test_permuted_tokens_link_the_same_words(order: list[int], seed: int) -> None:
    weights = np.random.default_rng(seed).uniform(size=WEIGHTS.shape)
    shuffled = [ZH_TOKENS[k] for k in order]
    assert word_links(weights[:, order], shuffled, EN_TOKENS, ZH, EN) == word_links(
        weights, ZH_TOKENS, EN_TOKENS, ZH, EN
    )


def read(weights: np.ndarray, source_tokens: list, target_tokens: list, *texts: str) -> list[Link]:
    """Links of words, by their pieces."""
    parts, words = ((of(texts[0]), of(texts[1])) for of in (cut_at_pieces, spans))
    return read_links(weights, source_tokens, target_tokens, parts, words)


def test_links_are_read_both_ways() -> None:
    # By hand. I looked at 我 most (.7), look at 看 (.6), in at 在 (.6), park at 公园 (.5); what the
    # looked at is EOS, so it has no link. 我 got .7 of I alone, 在 .9 in all, 公园 1.1, 看 1.2.
    links = read(WEIGHTS, ZH_TOKENS, EN_TOKENS, ZH, EN)
    assert [link[:2] for link in links] == [(0, 0), (1, 2), (2, 4), (3, 4), (4, 1)]
    sure = {link[:2]: link.confidence for link in links}
    assert sure[0, 0] == pytest.approx((0.7 + 1.0) / 2)
    assert sure[1, 2] == pytest.approx((0.6 + 0.6 / 0.9) / 2)
    assert sure[2, 4] == sure[3, 4] == pytest.approx((0.5 + 0.5 / 1.1) / 2)


def test_what_looked_at_the_end_has_no_link_however_long_the_token() -> None:
    # 公园里 as one token has 0.3; its three characters together do not outweigh the 0.7 of EOS
    zh, en = "公园里", "of a park"
    weights = np.array([[0.3, 0.7], [0.3, 0.7], [0.8, 0.2], [0.0, 1.0]])
    pieces = tokens(zh, zh), tokens(en, "of", "a", "park")
    assert {link[:2] for link in read(weights, *pieces, zh, en)} == {(0, 2), (1, 2), (2, 2)}


def test_a_source_word_finds_what_looked_at_it_second() -> None:
    # look looked at 看 most, up at 看 less than at 上; nothing but up looked at 上 and 去
    zh, en = "看上去", "it looks"
    weights = np.array([[0.1, 0.0, 0.0, 0.9], [0.5, 0.3, 0.2, 0.0], [0.0, 0.0, 0.0, 1.0]])
    pieces = tokens(zh, *zh), tokens(en, "it", "looks")
    assert [link[:2] for link in read(weights, *pieces, zh, en)] == [(0, 1), (1, 1), (2, 1)]


def test_punctuation_is_a_piece_and_its_link_the_words() -> None:
    zh, en = "茶。", "tea."
    pieces = tokens(zh, *zh), tokens(en, "tea", ".")
    links = read(np.eye(3), *pieces, zh, en)
    assert links == [Link(0, 0, 1.0), Link(1, 0, 1.0)]
    assert links_record(links) == {"alignment": [[0, 0], [1, 0]], "confidence": [1.0, 1.0]}
    assert links_record(None) == {"alignment": None}


@settings(deadline=None, max_examples=50)
@given(cut(), cut(), st.integers(0, 2**32 - 1))
def test_read_links_of_any_cut_and_weights(
    source: tuple[str, list[Token]], target: tuple[str, list[Token]], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(len(source[1]), 0.3), len(target[1]))
    links = read(weights, source[1], target[1], source[0], target[0])
    sizes = len(spans(source[0])), len(spans(target[0]))
    assert links == sorted(set(links))
    assert all(0 <= i < sizes[0] and 0 <= j < sizes[1] and 0 < c <= 1 + 1e-9 for i, j, c in links)
    noise = rng.uniform(-1e-7, 1e-7, weights.shape)  # of the others in a batch
    again = read(weights.round(3) + noise, source[1], target[1], source[0], target[0])
    assert [link[:2] for link in again] == [link[:2] for link in links]

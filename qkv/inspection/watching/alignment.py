"""Which words a translation's words attended to."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from qkv.errors import ShapeError
from qkv.pipeline.alignment import span_links

__all__ = ["Alignment", "Words", "align", "by_words", "words"]

Words = list[tuple[str, list[int]]]  # each word, and the numbers of its tokens

# </s>, <pad>, [SEP], <|endoftext|>, __en__, eng_Latn: tokens that stand for no text; but <0xE7> is
# a byte of some.
_SPECIAL = re.compile(r"<(?!0x[0-9A-F]{2}>)[^<>\s]+>|\[[A-Z]+\d*\]|__\w+__|[a-z]{3}_[A-Z][a-z]{3}")


class Alignment(NamedTuple):
    """Links between words, and what they were read from.

    links: (i, j), sorted: target word j attended most to source word i; from 0.
    source, target: the words.
    layer: the name of the module; heads: those whose mean was taken.
    """

    links: list[tuple[int, int]]
    source: list[str]
    target: list[str]
    layer: str
    heads: list[int]

    @property
    def pharaoh(self) -> str:
        """As "0-0 2-1": source word, target word."""
        return " ".join(f"{i}-{j}" for i, j in self.links)


@dataclass(frozen=True)
class _Token:
    """The characters of a token in the text that all tokens make."""

    start: int
    end: int


def align(
    weights: np.ndarray,
    source_tokens: Sequence[str],
    target_tokens: Sequence[str],
    *,
    layer: str,
    heads: Sequence[int],
    special: Collection[str] = (),
) -> Alignment:
    """Each target word with the source word that its tokens attended to most.

    Args:
        weights: (Tq, Tk). source_tokens: Tk. target_tokens: Tq, for each row the token that the
            model chose there; or one more, with the one that the decoder began with in front.
        special: tokens that stand for no text, besides those that look like it, such as </s>.
    Raises:
        ShapeError: the numbers of tokens differ from the weights'.
    """
    queries, keys = weights.shape
    if len(source_tokens) != keys or len(target_tokens) - queries not in (0, 1):
        raise ShapeError(
            f"align(): {layer} attended from {queries} target to {keys} source tokens; got "
            f"{len(target_tokens)} and {len(source_tokens)}. Give all, special ones included."
        )
    target_tokens = target_tokens[len(target_tokens) - queries :]
    source, source_words = _laid_out(source_tokens, special)
    target, target_words = _laid_out(target_tokens, special)
    spans = [
        [(start, start + len(word)) for start, word in side]
        for side in (source_words, target_words)
    ]
    links = span_links(weights, source, target, *spans)
    texts = [[word for _, word in side] for side in (source_words, target_words)]
    return Alignment(links, texts[0], texts[1], layer, list(heads))


def words(tokens: Sequence[str], special: Collection[str] = ()) -> Words:
    """Each word, and the numbers of its tokens.

    Words are found by the marks of tokenizers: ▁ and Ġ before a word, ## before a token that goes
    on with one, @@ after a token that will be gone on with, </w> after a word. Where none of these
    is used every token is a word. Tokens that stand for no text belong to no word.
    """
    merged: Words = []
    goes_on = False
    sign = mark([token for token in tokens if not _is_special(token, special)])
    for number, token in enumerate(tokens):
        if _is_special(token, special):
            goes_on = False
            continue
        if sign in ("▁", "Ġ"):
            goes_on &= not token.startswith(sign)
        elif sign in ("##", ""):
            goes_on &= bool(sign) and token.startswith(sign)
        text = token.replace(sign, "")
        if goes_on:
            word, numbers = merged.pop()
            merged.append((word + text, [*numbers, number]))
        else:
            merged.append((text, [number]))
        goes_on = {"@@": token.endswith("@@"), "</w>": not token.endswith("</w>")}.get(sign, True)
    return [(word, numbers) for word, numbers in merged if word]  # a lone ▁ is no word


def by_words(weights: np.ndarray, rows: Words, columns: Words) -> np.ndarray:
    """From weights of tokens (Tq, Tk) those of words: the mean of its rows, the sum of its columns.

    What tokens without a word received is left out, so rows sum to at most one.
    """
    of_words = np.zeros((len(rows), len(columns)))
    for i, (_, queries) in enumerate(rows):
        mean = weights[queries].mean(0)
        of_words[i] = [mean[keys].sum() for _, keys in columns]
    return of_words


def mark(tokens: Sequence[str]) -> str:
    """The mark of words that these tokens have, or nothing."""
    before, behind = ("▁", "Ġ", "##"), ("@@", "</w>")
    marks = [m for m in before if any(token.startswith(m) for token in tokens)]
    marks += [m for m in behind if any(token.endswith(m) for token in tokens)]
    return next(iter(marks), "")


def _is_special(token: str, special: Collection[str]) -> bool:
    return token in special or _SPECIAL.fullmatch(token) is not None


def _laid_out(
    tokens: Sequence[str], special: Collection[str]
) -> tuple[list[_Token], list[tuple[int, str]]]:
    """Where tokens and words stand in the text that all words make, one behind the other."""
    spans, starts, at = [_Token(0, 0)] * len(tokens), [], 0
    for word, numbers in words(tokens, special):
        starts.append((at, word))
        for number in numbers:
            # Whole words are linked, so each of its tokens may stand for all of a word.
            spans[number] = _Token(at, at + len(word))
        at += len(word)
    return spans, starts

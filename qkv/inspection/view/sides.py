"""What rows and columns stand for: the tokens of a text, grouped into words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from qkv.data.tokenizer import Token
from qkv.inspection._merging import in_words
from qkv.inspection.watching.alignment import mark, words

__all__ = ["named_side", "read_side", "side"]

Side = dict[str, Any]
BOS, EOS = "<bos>", "<eos>"


def side(
    name: str, text: str, tokens: Sequence[Token], probabilities: Sequence[float] | None = None
) -> Side:
    """Of tokens that know their places in `text`."""
    firsts = [first for _, first in in_words(tokens, text)]
    ends = [0, *(token.end for token in tokens)]
    gaps = [text[end : token.start] for end, token in zip(ends, tokens, strict=False)]
    return {
        "name": name,
        "text": text,
        "tokens": [token.text for token in tokens],
        "words": [list(word) for word in pairwise([*firsts, len(tokens)])],
        "spaces": [gap if gap.isspace() else "" for gap in gaps],
        "probabilities": probabilities,
    }


def read_side(target: Side, sentences: Sequence[int]) -> Side:
    """What a decoder has read before it says the tokens of `target`: of each sentence BOS, then all
    of its tokens but EOS.

    sentences: how many tokens each has, EOS counted.
    """
    tokens, spaces, words, at = [], [], [], 0
    for length in sentences:
        tokens += [BOS, *target["tokens"][at : at + length - 1]]
        spaces += ["", *target["spaces"][at : at + length - 1]]
        own = [word for word in target["words"] if at <= word[0] < at + length - 1]
        words += [[at, at + 1], *([first + 1, end + 1] for first, end in own)]
        at += length
    return {**target, "name": "read", "tokens": tokens, "words": words, "spaces": spaces,
            "probabilities": None}  # fmt: skip


def named_side(name: str, tokens: Sequence[str], special: Sequence[str] = ()) -> Side:
    """Of tokens as a model's tokenizer names them, with its marks of words."""
    sign = mark(tokens)
    shown = [token.replace(sign, "") or token if sign else token for token in tokens]
    starts = {numbers[0]: numbers[-1] + 1 for _, numbers in words(tokens, special)}
    of_word: list[list[int]] = []
    for number in range(len(tokens)):
        if not of_word or number >= of_word[-1][1]:
            of_word.append([number, starts.get(number, number + 1)])
    spaced = {first for first, _ in of_word[1:]}
    spaces = [" " if number in spaced else "" for number in range(len(tokens))]
    text = "".join(space + token for space, token in zip(spaces, shown, strict=True))
    return {"name": name, "text": text, "tokens": shown, "words": of_word, "spaces": spaces,
            "probabilities": None}  # fmt: skip

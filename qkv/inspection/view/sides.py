"""What rows and columns stand for: the tokens of a text, grouped into words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from qkv.data.tokenizer import Token
from qkv.inspection._merging import in_words, spaces
from qkv.inspection.watching.alignment import mark, words

__all__ = ["Side", "named_side", "read_side", "side"]

Side = dict[str, Any]
BOS, EOS = "<bos>", "<eos>"


def side(
    name: str, text: str, tokens: Sequence[Token], probabilities: Sequence[float] | None = None
) -> Side:
    """Of tokens that know their places in `text`."""
    firsts = [first for _, first in in_words(tokens, text)]
    words = list(pairwise([*firsts, len(tokens)]))
    return {
        "name": name,
        "text": text,
        "tokens": [token.text for token in tokens],
        "words": [list(word) for word in words],
        "shown": [
            text[tokens[first].start : tokens[end - 1].end] or tokens[first].text
            for first, end in words
        ],
        "spaces": spaces(tokens, text),
        "probabilities": probabilities,
    }


def read_side(target: Side, sentences: Sequence[int]) -> Side:
    """What a decoder has read before it says the tokens of `target`: of each sentence BOS, then all
    of its tokens but EOS.

    sentences: how many tokens each has, EOS counted.
    """
    places = list(zip(target["words"], target["shown"], strict=True))
    tokens, spaces, words, shown, at = [], [], [], [], 0
    for length in sentences:
        tokens += [BOS, *target["tokens"][at : at + length - 1]]
        spaces += ["", *target["spaces"][at : at + length - 1]]
        own = [(word, text) for word, text in places if at <= word[0] < at + length - 1]
        words += [[at, at + 1], *([first + 1, end + 1] for (first, end), _ in own)]
        shown += [BOS, *(text for _, text in own)]
        at += length
    return {**target, "name": "read", "tokens": tokens, "words": words, "shown": shown,
            "spaces": spaces, "probabilities": None}  # fmt: skip


def named_side(name: str, tokens: Sequence[str], special: Sequence[str] = ()) -> Side:
    """Of tokens as a model's tokenizer names them, with its marks of words."""
    sign = mark(tokens)
    bare = [token.replace(sign, "") if sign else token for token in tokens]
    ends = {numbers[0]: numbers[-1] + 1 for _, numbers in words(tokens, special)}
    ranges: list[list[int]] = []
    for number in range(len(tokens)):
        if not ranges or number >= ranges[-1][1]:
            ranges.append([number, ends.get(number, number + 1)])
    shown = [
        _spelled(bare[first:end], byte_level=sign == "Ġ") or "".join(tokens[first:end])
        for first, end in ranges
    ]
    spaced = {first for first, _ in ranges[1:]}
    return {
        "name": name,
        "text": " ".join(shown),
        "tokens": [short or token for short, token in zip(bare, tokens, strict=True)],
        "words": ranges,
        "shown": shown,
        "spaces": [" " if number in spaced else "" for number in range(len(tokens))],
        "probabilities": None,
    }


def _spelled(tokens: Sequence[str], *, byte_level: bool) -> str:
    """The text of a word, some or all of whose tokens stand for bytes."""
    text = "".join(tokens)
    if byte_level and all(character in _BYTES for character in text):
        return bytes(_BYTES[character] for character in text).decode("utf-8", "replace")
    return _RUN.sub(lambda run: _decoded(run[0]), text)


def _decoded(run: str) -> str:
    """<0xE7><0x8C><0xAB> → 猫"""
    return bytes.fromhex(run.replace("<0x", "").replace(">", "")).decode("utf-8", "replace")


_RUN = re.compile("(?:<0x[0-9A-F]{2}>)+")


def _byte_characters() -> dict[str, int]:
    """What GPT-2's tokenizer and its heirs write for each byte: those that show nothing, moved."""
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    moved = [byte for byte in range(256) if byte not in shown]
    return {chr(byte): byte for byte in shown} | {
        chr(0x100 + number): byte for number, byte in enumerate(moved)
    }


_BYTES = _byte_characters()

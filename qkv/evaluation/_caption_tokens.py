"""Captions as coco-caption splits them before it counts: lower-cased tokens, no punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

__all__ = ["chinese_tokens", "penn_tokens"]

_BRACKETS = {"(": "-lrb-", ")": "-rrb-", "[": "-lsb-", "]": "-rsb-", "{": "-lcb-", "}": "-rcb-"}
_SPELT = str.maketrans(
    {bracket: f" {name} " for bracket, name in _BRACKETS.items()} | {"‘": "'", "’": "'"}
)
_CLITIC = r"(?:n't|'(?:s|m|d|re|ve|ll))\b"
_TOKEN = re.compile(
    rf"""
    {_CLITIC} | \w+?(?=n't\b)                               # is n't, dog 's
  | can(?=not\b) | (?:gon|wan)(?=na\b) | got(?=ta\b)
  | (?:[^\W\d_]\.)+(?!\w)                                   # p.m. and, as they do, "you and i."
  | (?:bros|co|dr|etc|inc|jr|mr|mrs|ms|mt|sr|st|vs)\.
  | -[lr][rsc]b-
  | \w+(?:(?!{_CLITIC})(?:[-./']|(?<=\d)[,:](?=\d))\w+)*    # t-shirt, o'clock, 10:30
  | [?!]+ | \S
    """,
    re.VERBOSE,
)
# not the brackets: coco-caption means to, but its list has "-LRB-" and the tokens are in lower case
_DROPPED = frozenset("'`\"“”.,:;…?!-–—")


def penn_tokens(caption: str) -> str:
    """Penn Treebank tokens, one space between.

    Source: PTBTokenizer of Stanford CoreNLP 3.4.1 and the list in coco-caption's ptbtokenizer.py.
    Differs: fewer abbreviations, no emoticons, hashtags, fractions or XML entities.
    """
    tokens = _TOKEN.findall(caption.translate(_SPELT).lower())
    return " ".join(token for token in tokens if token not in _DROPPED)


def chinese_tokens(caption: str) -> str:
    """Every Chinese character a token, other words whole, one space between: sacreBLEU's `zh`."""
    tokens = _sacrebleu_zh()(caption.lower()).split()
    return " ".join(token for token in tokens if not all(map(_is_punctuation, token)))


@cache
def _sacrebleu_zh() -> Callable[[str], str]:
    from sacrebleu.tokenizers.tokenizer_zh import TokenizerZh

    return TokenizerZh()


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P")

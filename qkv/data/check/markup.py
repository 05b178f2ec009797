"""What both sides should have alike: tags, placeholders, addresses, numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from operator import ne

import numpy as np

from qkv.data.check.characters import DIGIT, MARKUP
from qkv.data.check.finding import Finding
from qkv.data.check.sides import Side

__all__ = ["markup_mismatches", "number_mismatches"]

_MARKUP = re.compile(
    r"(?P<url>\b(?:https?://|www\.)[^\s<>\"'«»“”，。；！？、（）)\u3000]+)"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<tag></?[a-zA-Z][\w:-]*(?=[\s/>])[^<>]*>)"
    r"|(?P<entity>&(?:#\d+|#x[\da-fA-F]+|[a-zA-Z]\w*);)"
    r"|(?P<braces>[$#%]?\{\{?[^{}\n]{0,60}\}\}?)"
    r"|(?P<printf>(?<![\w%])%(?:\(\w+\))?(?:\d+\$)?[-+0#]*\d*(?:\.\d+)?(?:l{0,2}[sdifuxX]\b|@))",
    re.ASCII,  # words of other alphabets may stand beside an element without a space
)
_TAG = re.compile(r"<(/?)([\w:-]+)[^>]*?(/?)>")
_GROUPED = re.compile(r"(?<=\d)[ ,.'’\u00a0\u202f](?=\d{3}(?!\d))")  # 10,000 and 10 000
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_SPELLED = re.compile("\\d[万億亿萬千百半点點]|[〇零一二三四五六七八九十百千万萬億亿兩两]{2}")
SPELLED = "spelled out"
_LARGE = 3  # digits of a number that is seldom spelled out


def markup_mismatches(source: Side, target: Side) -> Finding:
    """Pairs whose tags (by name), placeholders, addresses or entities are not the same."""
    return _mismatches("markup", source, target, MARKUP, _elements)


def number_mismatches(source: Side, target: Side) -> Finding:
    """Pairs whose numbers differ: each side has one that the other lacks, or a large one is gone.

    That a side has fewer is no fault by itself, for it may spell them out. Where Chinese numerals
    stand, nothing is said.
    """
    return _mismatches("numbers", source, target, DIGIT, _numbers, _numbers_differ)


def _mismatches(
    kind: str,
    source: Side,
    target: Side,
    bit: int,
    elements: Callable[[str], Counter[str]],
    differ: Callable[[Counter[str], Counter[str]], bool] = ne,
) -> Finding:
    """Of the pairs with a character that may begin an element."""
    faulty: dict[int, str] = {}
    for pair in np.flatnonzero((source.bits | target.bits) & bit).tolist():
        one, other = elements(source.texts[pair]), elements(target.texts[pair])
        if one != other and differ(one, other):
            alone = _listed(one - other), _listed(other - one)
            faulty[pair] = f"only source: {alone[0]}; only target: {alone[1]}"
    return Finding(kind, np.array(list(faulty), np.int64), faulty.__getitem__)


def _elements(text: str) -> Counter[str]:
    found = Counter()
    for match in _MARKUP.finditer(text):
        element = match[0]
        if match.lastgroup == "tag":
            element = _TAG.sub(lambda tag: f"<{tag[1]}{tag[2].lower()}{tag[3]}>", element)
        elif match.lastgroup == "url":
            element = element.rstrip(".,:;!?…")
        found[element] += 1
    return found


def _numbers(text: str) -> Counter[str]:
    """Without what groups digits and zeros that say nothing; SPELLED where words may stand."""
    if _SPELLED.search(text):
        return Counter({SPELLED: 1})
    found = _NUMBER.findall(_GROUPED.sub("", text))
    return Counter(filter(None, map(_plain, found)))


def _plain(number: str) -> str:
    whole, _, part = number.replace(",", ".").partition(".")
    part = part.rstrip("0")
    return f"{int(whole)}.{part}" if part else str(int(whole) or "")


def _numbers_differ(one: Counter[str], other: Counter[str]) -> bool:
    if SPELLED in one or SPELLED in other:
        return False
    missing = one - other, other - one
    return all(missing) or any(len(number) >= _LARGE for each in missing for number in each)


def _listed(elements: Counter[str]) -> str:
    return " ".join(sorted(elements)) or "none"

"""Units: what a translation leaves as it is. Addresses, numbers, placeholders, tags, entities.

A unit is

- an address: from http://, another scheme or www. on, without the punctuation after it; it ends
  before Chinese and other scripts written without spaces. Or an e-mail address;
- a number with its sign, its separators (1,000.50, 12:30, 2024-01-15), the per cent sign after it
  (50 %) and the Latin letters that touch it (A4, v1.2, 3rd); the digits of all scripts count;
- a placeholder: {name}, {}, {{ name }}, ${x}, %{x}, %s, %(name)d, %1$s, %%;
- a tag, <b>, </b>, <br/>, <a href="…">; an entity, &amp;, &#39;.

Numbers in words, names of files, addresses without a scheme, and placeholders with others inside
them, {count, plural, …}, are ordinary text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

__all__ = [
    "ENOUGH",
    "STAND_INS",
    "TAG",
    "TRIGGERS",
    "Span",
    "is_tag",
    "shared_stand_in",
    "stand_ins",
    "unit_spans",
    "worth",
]

Span = tuple[int, int]  # start and end, in characters

# Unicode's noncharacters, which no text has, stand in for units: the first for each tag, the others
# for a sentence's first unit, its second and so on. A text that has some all the same keeps them.
STAND_INS = "".join(map(chr, range(0xFDD0, 0xFDE1)))
TAG = STAND_INS[0]
NONCHARACTER = re.compile("[\ufdd0-\ufdef]")

LATIN = "A-Za-z\u00c0-\u024f"
WEB = LATIN + r"\u0370-\u052f0-9\-._~:/?#@!$&'*+,;=%\[\]"  # in an address, besides brackets
BRACKETS = rf"\([{WEB}]*+\)|\{{[^{{}}\s]*+\}}"
PRINTF = (
    r"%(?:\([^()\s]*+\)|[1-9][0-9]*+\$)?[-+#0]*+[0-9]*+(?:\.[0-9]++)?(?:hh?|ll?|[jzt])?"
    r"[dioxXeEfFgGcrs@]"
)
UNIT = re.compile(
    # addresses
    r"(?:(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,20}+://|(?<![A-Za-z0-9.])[Ww]{3}\.)"
    rf"(?:[{WEB}]|{BRACKETS})*(?:[{LATIN}\u0370-\u052f0-9/#=&%$_~+-]|{BRACKETS})"
    r"|(?<![A-Za-z0-9_%+.-])[A-Za-z0-9_%+.-]++@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)++"
    # tags and entities
    r"|</?[A-Za-z][A-Za-z0-9:._-]*+"
    r"(?:\s++[A-Za-z_:@][^\s\"'<>/=]*+(?:\s*+=\s*+(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'=<>]++))?+)*+"
    r"\s*+/?>"
    r"|&(?:#[0-9]++|#x[0-9A-Fa-f]++|[A-Za-z][A-Za-z0-9]*+);"
    # placeholders
    r"|\{\{[^{}\n]*+\}\}|[$%#]?\{[^{}\s]*+\}|%%"
    rf"|{PRINTF}(?![A-Za-z])|(?<!\d)(?<!\d ){PRINTF}"
    # numbers
    rf"|(?:(?<![{LATIN}\d)\]])[+\-−±](?=\d)|(?<![{LATIN}\d])[{LATIN}]++)?"
    rf"\d[\d{LATIN}]*+(?:[.,:/'’·٫٬–−-]\d[\d{LATIN}]*+)*+"
    rf"(?:[ \u00a0\u202f]?[%‰٪](?![A-Za-z(%{{\d@#+]|-\d))?"
    rf"|{NONCHARACTER.pattern}"
)

# Without one of these a text has no unit; and the characters without which there is none.
HINT = re.compile(r"[\d@{<&%\ufdd0-\ufdef]|://|[Ww]{3}\.")
TRIGGERS = re.compile(r"[\d@{}<>&%$/]")

WORTH = 0.05  # of the pairs must share a unit, before a model learns to leave units alone
ENOUGH = 20  # pairs that must have so many units, before one more has a stand-in of its own


def unit_spans(text: str) -> list[Span]:
    """(start, end) of each unit in `text`, in order."""
    return [match.span() for match in UNIT.finditer(text)] if HINT.search(text) else []


def is_tag(unit: str) -> bool:
    return unit.startswith("<")


def stand_ins(units: Sequence[str], known: str) -> list[str]:
    """The character that stands in for each unit of a sentence; "": none of the `known` does.

    Tags have one in common. Other units are numbered in order, the same text again by the same
    number; where these are more than is known, numbers are used again.
    """
    numbered = known.replace(TAG, "")
    order = {unit: i for i, unit in enumerate(dict.fromkeys(u for u in units if not is_tag(u)))}
    return [
        (TAG if TAG in known else "")
        if is_tag(unit)
        else (numbered[order[unit] % len(numbered)] if numbered else "")
        for unit in units
    ]


def worth(pairs: Iterable[tuple[str, str]], share: float = WORTH) -> str:
    """The stand-ins that it pays to train: none, unless so many of the pairs share a unit."""
    shared = [_shared(_units(source), _units(target)) for source, target in pairs]
    if sum(map(bool, shared)) < max(ENOUGH, share * len(shared)):
        return ""
    numbers = sorted((len({u for u in units if not is_tag(u)}) for units in shared), reverse=True)
    tags = sum(any(map(is_tag, units)) for units in shared)
    most = min(numbers[ENOUGH - 1], len(STAND_INS) - 1)
    return (TAG if tags >= ENOUGH else "") + STAND_INS[1 : 1 + most]


def shared_stand_in(source: str, target: str, known: str) -> tuple[str, str]:
    """A pair to train on, stand-ins for the units that both sides have equally often."""
    if not (HINT.search(source) or HINT.search(target)):
        return source, target
    shared = _shared(_units(source), _units(target))
    chosen = dict(zip(shared, stand_ins(shared, known), strict=True))

    def stand_in(match: re.Match[str]) -> str:
        return chosen.get(match[0]) or NONCHARACTER.sub("\ufffd", match[0])

    return UNIT.sub(stand_in, source), UNIT.sub(stand_in, target)


def _units(text: str) -> list[str]:
    return [text[start:end] for start, end in unit_spans(text)]


def _shared(source: list[str], target: list[str]) -> list[str]:
    """Units of the source that the target has as often; tags all, in this order, or none."""
    tags = [u for u in source if is_tag(u)] == [u for u in target if is_tag(u)]
    here, there = Counter(source), Counter(target)
    return [u for u in source if (tags if is_tag(u) else here[u] == there[u])]

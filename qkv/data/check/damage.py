"""Characters that were damaged on the way, and control characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from qkv.data.check.characters import CONTROL, DAMAGE, HIDDEN, LATIN_1, QUESTION
from qkv.data.check.finding import Finding, finding
from qkv.data.check.sides import Side

__all__ = ["control_characters", "encoding_damage"]

# Each byte as Windows-1252 shows it, as Latin-1 where that has nothing.
_SHOWN = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(128, 256)]
_BYTES = {character: byte for byte, character in enumerate(_SHOWN, 128)}
_BYTES |= {chr(byte): byte for byte in range(128, 256)}
_NEXT = f"[{re.escape(''.join(_SHOWN[:64]))}\x80-\xbf]"  # what continues a character in UTF-8
_MISREAD = re.compile(f"[Â-ß]{_NEXT}|[à-ï]{_NEXT}{{2}}|[ð-ô]{_NEXT}{{3}}")
# Meant more often than the two signs that stand there: letters of Latin-1, quotes and dashes, ™ €,
# Chinese and Japanese. Others are if the text has them elsewhere too.
_LIKELY = re.compile("[\xa1-\xff\u2010-\u2044\u20ac\u2122\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")
_MANY, _KNOWN = 3, 3  # such places in a line; lines with the character
_OTHER_CODES = {"HAN": "gb18030", "CYRILLIC": "cp1251"}
_LEAST = 4  # characters of a line that by chance could be read in two ways
_BROKEN = re.compile("[\x80-\x9f\ufffd-\uffff\ud800-\uf8ff\U000f0000-\U0010ffff]")
_LOST = re.compile(r"[a-zß-ɏа-џ]\?[a-zß-ɏа-џ]")
_ADDRESS = re.compile(r"://|www\.|\?\w+=")
_ACCENTED = 0.01  # share of lines with letters that may be lost


def encoding_damage(source: Side, target: Side) -> Finding:
    """Pairs with UTF-8 read as something else (Ã¼), U+FFFD, or letters that became ? (f?r)."""
    faulty: dict[int, str] = {}
    for name, side in (("source", source), ("target", target)):
        for suspects, test in _tests(side):
            for pair in np.flatnonzero(suspects).tolist():
                if damage := test(side.texts[pair]):
                    faulty.setdefault(pair, f"{name}: {damage}")
    return Finding("encoding", np.array(sorted(faulty), np.int64), faulty.__getitem__)


def control_characters(source: Side, target: Side) -> Finding:
    """Pairs with characters that show nothing, or with tabs."""
    bits = source.bits | target.bits

    def say(pair: int) -> str:
        return " ".join(
            f"{name} U+{ord(character):04X}"
            for name, side in (("source", source), ("target", target))
            for character in dict.fromkeys(_hidden(side.texts[pair]))
        )

    return finding("control", bits & CONTROL != 0, say)


def _tests(side: Side) -> Iterator[tuple[NDArray[np.generic], Callable[[str], str]]]:
    """Lines that may be damaged, and what says so of one in a few words; "" if it is not."""
    yield side.bits & DAMAGE, _broken
    latin = side.bits & LATIN_1 != 0
    yield latin, partial(_misread, _Usual(side.texts))
    for script, encoding in _OTHER_CODES.items():
        if script in side.scripts:
            yield side.script == side.scripts.index(script), partial(_read_as, encoding)
    if latin.mean() > _ACCENTED or "CYRILLIC" in side.scripts:
        yield side.bits & QUESTION, _lost


class _Usual:
    """Characters that several lines have."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts, self._known = texts, {}

    def __contains__(self, character: str) -> bool:
        if character not in self._known:
            having = (text for text in self._texts if character in text)
            self._known[character] = len(list(islice(having, _KNOWN))) == _KNOWN
        return self._known[character]


def _broken(text: str) -> str:
    broken = _BROKEN.search(text)
    return f"U+{ord(broken[0]):04X}" if broken else ""


def _misread(usual: _Usual, text: str) -> str:
    pairs = [(m[0], _meant(m[0])) for m in _MISREAD.finditer(text)]
    for shown, meant in pairs:
        if meant and (len(pairs) >= _MANY or _LIKELY.match(meant) or meant in usual):
            return f"{shown} was {meant}"
    return ""


def _meant(shown: str) -> str:
    return bytes(_BYTES[character] for character in shown).decode("utf-8", "ignore")


def _read_as(encoding: str, text: str) -> str:
    """A whole line of UTF-8 that was read as `encoding`."""
    if len(text) < _LEAST:
        return ""
    try:
        return f"was {text.encode(encoding).decode('utf-8')}"
    except UnicodeError:
        return ""


def _lost(text: str) -> str:
    lost = _LOST.search(text)
    return f"{lost[0]} lost a letter" if lost and not _ADDRESS.search(text) else ""


def _hidden(text: str) -> list[str]:
    return [c for c in text if c in HIDDEN or (c < " " and c != "\n") or c == "\x7f"]

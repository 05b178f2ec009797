"""What each character is: word or not, its script, what it may give away; learnt as it is met."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "COMMA",
    "CONTROL",
    "DAMAGE",
    "DENSE",
    "DIGIT",
    "HIDDEN",
    "LATIN_1",
    "MARKUP",
    "QUESTION",
    "QUOTE",
    "WORD",
    "Characters",
    "codes",
]

WORD, DENSE, DIGIT, CONTROL, MARKUP = 1, 2, 4, 8, 16
LATIN_1, DAMAGE, COMMA, QUOTE, QUESTION = 32, 64, 128, 256, 512

_CODE_POINTS = 0x110000
_MARKS = {MARKUP: "<{%$&@/", COMMA: ",，、،;；", QUOTE: '"“”„«»「」『』‘’', QUESTION: "?？؟!！"}
_NO_SPACES = {"HAN", "KANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"}
_SCRIPTS = {
    "CJK": "HAN",
    "IDEOGRAPHIC": "HAN",
    "HIRAGANA": "KANA",
    "KATAKANA": "KANA",
    "KATAKANA-HIRAGANA": "KANA",
    "HALFWIDTH": "KANA",
    "FULLWIDTH": "LATIN",
    "BOPOMOFO": "HAN",
}
_NO_SCRIPTS = {"MODIFIER", "FEMININE", "MASCULINE", "MICRO", "MATHEMATICAL", "SUPERSCRIPT", ""}
# Shown by nothing, and no part of how a language is spelled: the soft hyphen, the zero-width space,
# line and paragraph separators, direction marks and overrides, the byte-order mark.
HIDDEN = "\xad\u200b\u2028\u2029\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"


class Characters:
    """Tables over all code points, filled for those that were met.

    bits: of the constants above. folded: in lower case and the usual width. script: index into
    `scripts`, 0 for what is no letter. weights: what a letter of each script counts.
    """

    def __init__(self) -> None:
        self.bits = np.zeros(_CODE_POINTS, np.uint16)
        self.folded = np.zeros(_CODE_POINTS, np.uint32)
        self.script = np.zeros(_CODE_POINTS, np.uint8)
        self.scripts = ["none"]
        self.weights = np.zeros(1, np.int64)
        self._met = np.zeros(_CODE_POINTS, bool)

    def meet(self, text: NDArray[np.uint32]) -> None:
        """Learn the characters of `text`, code points."""
        present = np.zeros(_CODE_POINTS, bool)
        present[text] = True
        for code in np.flatnonzero(present & ~self._met).tolist():
            character = chr(code)
            script = _script(character)
            if script not in self.scripts:
                self.scripts.append(script)
                self.weights = np.append(self.weights, 4 if script in _NO_SPACES else 1)
            self.script[code] = self.scripts.index(script)
            self.folded[code] = _folded(character)
            self.bits[code] = _bits(character, script)
        self._met |= present


def codes(texts: Sequence[str]) -> NDArray[np.uint32]:
    """The code points of all texts, a line feed after each."""
    joined = "\n".join([*texts, ""])
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)


def _script(character: str) -> str:
    if not unicodedata.category(character).startswith("L"):
        return "none"
    first = unicodedata.name(character, "").split(" ")[0]
    return "none" if first in _NO_SCRIPTS else _SCRIPTS.get(first, first)


def _folded(character: str) -> int:
    folded = unicodedata.normalize("NFKC", character).casefold()
    return ord(folded) if len(folded) == 1 else ord(character)


def _bits(character: str, script: str) -> int:
    category = unicodedata.category(character)
    bits = WORD * (category[0] in "LNM") | DIGIT * (category == "Nd")
    bits |= DENSE * (script in _NO_SPACES)
    bits |= CONTROL * (character in HIDDEN or (category == "Cc" and "\n" != character < "\x80"))
    bits |= LATIN_1 * ("\x80" <= character <= "\xff")
    bits |= DAMAGE * (character in "\ufffd\ufffe\uffff" or category in ("Co", "Cs"))
    bits |= DAMAGE * ("\x80" <= character < "\xa0")
    for bit, marks in _MARKS.items():
        bits |= bit * (character in marks)
    return bits

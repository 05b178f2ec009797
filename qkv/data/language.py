"""Which language a text is in: by its script where that tells, else by its characters.

Latin, Cyrillic, Arabic and Devanagari letters serve many languages. Those are told apart by
py3langid, which the extra `data` installs; without it the answer for them is "".
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

__all__ = ["language", "script"]

PIECE_CHARACTERS = 200  # enough to tell a language by; a short line alone often is not
LEAST_LETTERS = 10  # of a script that many languages share; fewer tell nothing
KANA_SHARE = 0.1  # Japanese has more kana, Chinese none

# Scripts that stand for one language, nearly always.
OF_SCRIPT = {
    "CJK": "zh", "HIRAGANA": "ja", "HANGUL": "ko", "THAI": "th", "LAO": "lo", "KHMER": "km",
    "MYANMAR": "my", "TIBETAN": "bo", "GREEK": "el", "HEBREW": "he", "ARMENIAN": "hy",
    "GEORGIAN": "ka", "BENGALI": "bn", "GURMUKHI": "pa", "GUJARATI": "gu", "ORIYA": "or",
    "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml", "SINHALA": "si",
    "ETHIOPIC": "am", "MONGOLIAN": "mn", "THAANA": "dv",
}  # fmt: skip


def language(texts: Iterable[str]) -> tuple[str, float]:
    """The language that most of `texts` is in, as ISO 639-1 has it, and the share that is.

    The share is of letters, 0 to 1, judged by pieces of 200 characters or so: neighbouring texts
    are put together, for a single short one tells little. ("", share) where nothing tells.
    """
    counts: Counter[str] = Counter()
    for piece in _pieces(texts):
        counts[_language(piece)] += sum(map(str.isalpha, piece))
    total = counts.total()
    code, letters = counts.most_common(1)[0] if total else ("", 0)
    return code, letters / total if total else 0.0


def script(text: str) -> str:
    """The script of most letters, such as LATIN, CJK or HANGUL; "" without letters.

    Kana, where there is enough of it to be Japanese, makes HIRAGANA of all.
    """
    counts = Counter(name for character in text if (name := _script(character)))
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    if kana and kana >= KANA_SHARE * counts.total():
        return "HIRAGANA"
    return counts.most_common(1)[0][0] if counts else ""


@lru_cache(1 << 16)
def _script(character: str) -> str:
    """As the first word of a letter's name says it: LATIN SMALL LETTER A."""
    if not character.isalpha():
        return ""
    return unicodedata.name(character, "").split(" ")[0].split("-")[0]


def _pieces(texts: Iterable[str]) -> Iterator[str]:
    piece = ""
    for text in texts:
        piece = f"{piece}\n{text}" if piece else text
        if len(piece) >= PIECE_CHARACTERS:
            yield piece
            piece = ""
    yield piece


def _language(text: str) -> str:
    written = script(text)
    if not written or written in OF_SCRIPT:
        return OF_SCRIPT.get(written, "")
    if sum(map(str.isalpha, text)) < LEAST_LETTERS:
        return ""
    identifier = _identifier()
    code = identifier.classify(text)[0] if identifier else ""
    return "" if code == "zxx" else code  # what is no language to py3langid


@cache
def _identifier() -> Any:
    """py3langid's, or None where it is not installed."""
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError:
        return None
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

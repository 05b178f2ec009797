"""What counts as a word in an alignment."""

from __future__ import annotations

import re

__all__ = ["pieces", "spaceless", "spans"]

# Scripts written without spaces: Thai to Khmer, Han with its radicals and 々〇, kana, Bopomofo.
SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u312f\u31a0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)

# A character of such a script; letters and digits, an apostrophe before them; or one other sign.
PIECE = re.compile(rf"{SPACELESS.pattern}|['’]?(?:(?!{SPACELESS.pattern})[^\W_])+|\S")


def spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each word in `text`, in characters: the words of Pharaoh links, from 0.

    Words are what white space separates. A text without any inside, in a script written without
    spaces, has one word per character, Latin letters included: 我用iPhone has eight words. A single
    English word is one word.
    """
    words = [match.span() for match in re.finditer(r"\S+", text)]
    return [(i, i + 1) for i in range(*words[0])] if spaceless(text) else words


def spaceless(text: str) -> bool:
    """Whether `text` has no inner white space and is in a script written without spaces."""
    return len(text.split()) == 1 and bool(SPACELESS.search(text))


def pieces(text: str) -> list[tuple[int, int]]:
    """(start, end) of what a lexicon would list: words without the punctuation that touches them.

    Punctuation marks are pieces of their own, as are the characters of scripts without spaces.
    """
    return [match.span() for match in PIECE.finditer(text)]

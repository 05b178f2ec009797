"""Where phrases stand in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from qkv.data.protected import Span
from qkv.pipeline.spelling import one_word

__all__ = ["Phrases", "any_case", "as_written"]

Pattern = Callable[[str], re.Pattern[str]]


class Phrases:
    """Finds phrases as whole words, from left to right, the longest of those that begin together.

    pattern: `any_case` or `as_written`.
    """

    def __init__(self, phrases: Iterable[str], pattern: Pattern) -> None:
        self._pattern = cache(pattern)  # a large glossary's terms are looked for when they may be
        self._beginning: dict[str, list[str]] = {}
        for phrase in sorted(phrases, key=len, reverse=True):
            first = phrase[0]
            for character in {first, first.lower(), first.upper(), _decomposed(first)[0]}:
                self._beginning.setdefault(character, []).append(phrase)

    def found(self, text: str, units: Sequence[Span] = ()) -> Iterator[tuple[Span, str]]:
        """Where each is, and which; none that has a part of one of the units."""
        at = 0
        while at < len(text):
            end = at + 1
            for phrase in self._beginning.get(text[at], ()):
                match = self._pattern(phrase).match(text, at)
                if match and _is_whole(text, *match.span()):
                    end = match.end()
                    if not any(a < end and at < b for a, b in units):
                        yield (at, end), phrase
                        break
                    end = at + 1
            at = end


def any_case(term: str) -> re.Pattern[str]:
    """A term without capitals in any case, one with capitals as it is written."""
    return re.compile(_spaced(term), re.IGNORECASE if term == term.lower() else 0)


def as_written(form: str) -> re.Pattern[str]:
    """A form as it is written, or with a capital at its beginning."""
    large = form[0].upper() + form[1:]
    return re.compile(_spaced(form) if large == form else f"{_spaced(form)}|{_spaced(large)}")


def _spaced(phrase: str) -> str:
    """Any white space for a space, and characters composed (NFC) or not."""
    written = (r"\s+".join(map(re.escape, one.split())) for one in (phrase, _decomposed(phrase)))
    return "|".join(dict.fromkeys(written))


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Does no word go on across either end?"""
    return not any(0 < i < len(text) and one_word(text, i) for i in (start, end))

"""Characters that show nothing and are no text: control and default-ignorable ones.

Soft hyphens, zero-width spaces, byte-order marks, direction marks, variation selectors, tags, NUL
and the like are dropped, in training and in translation alike. White space is not meant here, nor
are the controls that Python takes for white space.

Joiners stay where they spell something:

- U+200C and U+200D between two letters or marks of a script that joins or stacks its letters
  (Arabic to Myanmar, Khmer, Mongolian and their relatives): می‌خواهم is not میخواهم.
- U+200D after such a letter at the end of a word: a Malayalam chillu.
- U+200D between emoji: a family is not its members.

A variation selector only chooses between two pictures of one character, so ❤️ becomes ❤.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["positions", "visible"]

# Unicode's Default_Ignorable_Code_Point with joiners (200C, 200D), and Cc without white space.
_CHARACTERS = (
    "\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_RUN = re.compile(f"[{_CHARACTERS}]+")
# Their complement up to U+FFFF: a set that is searched for faster. It takes emoji for suspect.
_SUSPECT = re.compile(
    r"[^ -~\s\xa1-\xac\xae-\u034e\u0350-\u061b\u061d-\u115e\u1161-\u17b3\u17b6-\u180a\u1810-\u200a"
    r"\u2010-\u2029\u202f-\u205f\u2070-\u3163\u3165-\ufdff\ufe10-\ufefe\uff00-\uff9f\uffa1-\uffef]"
)
_SHAPED = re.compile(
    "[\u0600-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00011fff\U0001e900-\U0001e95f]"
)
_EMOJI = re.compile("[\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]")


def visible(text: str) -> str:
    """`text` without characters that show nothing."""
    if (text.isascii() and text.isprintable()) or not _SUSPECT.search(text):
        return text
    return "".join(text[start:end] for start, end in _stretches(text))


def positions(text: str) -> list[int]:
    """Where each character of `visible(text)` stands in `text`, and where that ends."""
    kept = [i for start, end in _stretches(text) for i in range(start, end)]
    return [*kept, len(text)]


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of what stays."""
    here = 0
    for run in _RUN.finditer(text):
        yield here, run.start()
        here = run.end()
        joiner = _joiner(text[run.start() - 1 : run.start()], run[0], text[here : here + 1])
        if joiner >= 0:
            yield run.start() + joiner, run.start() + joiner + 1
    yield here, len(text)


def _joiner(before: str, run: str, after: str) -> int:
    """Index of the last joiner of an invisible run, if it spells something there; else -1."""
    last = max(run.rfind("\u200c"), run.rfind("\u200d"))
    shaped = _SHAPED.match(before)
    if last >= 0 and run[last] == "\u200d":
        return last if shaped or (_EMOJI.match(before) and _EMOJI.match(after)) else -1
    return last if shaped and _SHAPED.match(after) else -1

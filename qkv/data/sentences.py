"""Where the sentences of a text begin and end: a small rule, not a model.

A sentence ends

- after 。！？ and the like, unless a closing quote follows, for the sentence around it may go on
  (“你好。”他说。); so also after ! and ? before a Chinese or Japanese character;
- after . ! ? … and the like, closing quotes or brackets, and white space, unless a small letter
  follows;
- at an empty line.

It does not end inside quotes or brackets (“…” 「…」 （…）), nor after a full stop of an
abbreviation (Mr. bzw.), of a letter alone (J. Smith), of letters with full stops between them
(U.S.), or of a number of one or two digits (am 3. Oktober). So two sentences stay one where the
first ends in such a word, where nothing but a space or a line break parts them, and where the
second begins with a small letter; Thai and other scripts without full stops are not parted at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["sentence_spans"]

HAN_KANA = "\u3005-\u3007\u3041-\u312f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
CLOSING = "\"'”’»›」』）】》〉〕］)\\]}"
OPENING = "\"'“‘«‹„「『（【《〈〔［(\\[{¿¡—–-"
FULL, STOPS = "。！？｡", ".!?…‼⁇⁈⁉।॥؟۔"

# Each run of marks is tried once, from its beginning.
END = re.compile(
    rf"(?<![{FULL}])(?P<full>[{FULL}]++)[{CLOSING}]*+(?![，、；：])"
    rf"|(?<![!?])(?P<bare>[!?]++)(?=[{HAN_KANA}])"
    rf"|(?<![{STOPS}])(?P<stop>[{STOPS}]++)[{CLOSING}]*+(?=\s)"
    r"|(?P<blank>\n\s*\n)"
)
QUOTED = re.compile("“[^“”]*”|「[^「」]*」|『[^『』]*』|（[^（）]*）|《[^《》]*》|\\([^()]*\\)")
NEXT = re.compile(rf"[\s{OPENING}]*(.)", re.DOTALL)  # what begins the sentence after
LAST_WORD = re.compile(r"[^\s(\[{\"'“‘«„/—–-]*\Z")

# Full stops after these, in capitals or not, end no sentence; after the second, before a number
# only: No. is also a sentence.
ABBREVIATIONS = re.compile(
    "mr|mrs|ms|dr|prof|rev|hon|gen|col|maj|capt|lt|sgt|sen|rep|gov|pres|st|mt|sr|jr|vs|etc|cf|al|"
    "approx|dept|est|inc|ltd|co|corp|bros|ca|eg|ie|bzw|usw|ggf|evtl|vgl|sog|inkl|exkl|zzgl|geb|hr|"
    "fr|frl|str|bspw|mm|mme|mmes|mlle|mlles|sra|srta|dra|ud|uds|av|ed|trad|hg|hrsg"
)
BEFORE_NUMBERS = re.compile("nos?|nr|figs?|abb|vols?|pp|art|sec|ch|chap|kap|bd")
LETTERS = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
WORD_WINDOW = 40  # characters before a full stop that are looked at


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence in `text`, in characters, without the white space around it."""
    spans, start = [], 0
    for end in [*_outside(list(_ends(text)), text), len(text)]:
        span = _stripped(text, start, end)
        if span[0] < span[1]:
            spans.append(span)
        start = end
    return spans


def _ends(text: str) -> Iterator[int]:
    """Where the sentences end, unless quotes go on there."""
    for match in END.finditer(text):
        following = NEXT.match(text, match.end())
        if following is None:
            return
        if match["full"]:
            ends = match.end() == match.end("full") or text[match.end()].isspace()
        elif match["stop"]:
            ends = not following[1].islower() and not (
                match["stop"] == "." and _in_word(text, match.start(), following[1])
            )
        else:
            ends = True
        if ends:
            yield match.end()


def _in_word(text: str, stop: int, following: str) -> bool:
    """Is this full stop part of the word before it?"""
    found = LAST_WORD.search(text, max(0, stop - WORD_WINDOW), stop)
    word = found[0].lower() if found else ""
    return bool(
        (len(word) == 1 and word.isalpha())
        or (len(word) < 3 and word.isdecimal())
        or LETTERS.fullmatch(word)
        or ABBREVIATIONS.fullmatch(word)
        or (BEFORE_NUMBERS.fullmatch(word) and following.isdecimal())
    )


def _outside(ends: list[int], text: str) -> Iterator[int]:
    """Those of the ends, ascending, that are not inside quotes or brackets."""
    quoted = [match.span() for match in QUOTED.finditer(text)] if ends else []
    place = 0
    for end in ends:
        while place < len(quoted) and quoted[place][1] <= end:
            place += 1
        if place == len(quoted) or end <= quoted[place][0]:
            yield end


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())

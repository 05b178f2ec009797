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

In a document, lines may be broken anywhere in a paragraph. There a line break ends a sentence, too,

- where the word after it would have had room before it, judged by the paragraph's longest line,
  and where no line of the paragraph has WRAPPED columns: so ends a heading, a line of a list or of
  a poem;
- before the marker of an item, a heading or a quotation (-, *, 1., #, >). The marker, and what has
  no letter, digit or unit at all (***), is no part of any sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from qkv.data.protected import Span
from qkv.data.words import SPACELESS

__all__ = ["document_spans", "sentence_spans"]

HAN_KANA = "\u3005-\u3007\u3041-\u312f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
CLOSING = "\"'”’»›」』）】》〉〕］)\\]}"
OPENING = "\"'“‘«‹„「『（【《〈〔［(\\[{¿¡—–-"
FULL, STOPS = "。！？｡။។៕።։", ".!?…‼⁇⁈⁉।॥؟۔"

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

WRAPPED = 30  # columns of the longest line, from which a paragraph may have been wrapped
BLANK = re.compile(r"\n(?:[^\S\n]*\n)+")
MARKER = re.compile(r"\s*(?:(?:[-*+•‣◦·▪–—]|>+|#{1,6}|\d{1,3}[.)]|[A-Za-z]\))\s+)+")


def sentence_spans(text: str, units: Sequence[Span] = ()) -> list[Span]:
    """(start, end) of each sentence in `text`, in characters, without the white space around it.

    units: spans of what is never parted, in order.
    """
    ends = [*_ends(text)]
    ends = [*_outside(ends, [*_quoted(text)])] if ends else []
    return _between(text, [*_outside(ends, units)])


def document_spans(text: str, units: Sequence[Span] = ()) -> list[Span]:
    """The same of a document, whose paragraphs may be wrapped."""
    breaks = [end for start, end in _paragraphs(text) for end in _breaks(text, start, end)]
    spans: list[Span] = []
    starts = [start for start, _ in units]
    for start, end in _between(text, [*_outside(sorted(breaks), units)]):
        marker = MARKER.match(text, start, end)
        first = marker.end() if marker else start
        here = units[bisect_left(starts, first) : bisect_left(starts, end)]
        within = [(a - first, b - first) for a, b in here if b <= end]
        for a, b in sentence_spans(text[first:end], within):
            filled = any(map(str.isalnum, text[first + a : first + b]))
            if filled or any(a <= c < b for c, _ in within):
                spans.append((first + a, first + b))
    return spans


def _between(text: str, ends: Sequence[int]) -> list[Span]:
    """The spans between the ends, without white space."""
    spans = [_stripped(text, *pair) for pair in zip([0, *ends], [*ends, len(text)], strict=True)]
    return [(start, end) for start, end in spans if start < end]


def _paragraphs(text: str) -> Iterator[Span]:
    start = 0
    for blank in BLANK.finditer(text):
        yield start, blank.start()
        start = blank.end()
    yield start, len(text)


def _breaks(text: str, start: int, end: int) -> Iterator[int]:
    """Where a paragraph's lines end sentences, its own end included."""
    lines = text[start:end].splitlines(keepends=True)
    columns = [_columns(line.strip()) for line in lines]
    width = max(columns, default=0)
    for number, line in enumerate(lines, 1):
        start += len(line)
        following = lines[number] if number < len(lines) else ""
        room = width - columns[number - 1] > _columns(_first_word(following))
        if not following or room or width < WRAPPED or MARKER.match(following):
            yield start


def _first_word(line: str) -> str:
    """One character, where the script has no spaces."""
    word = (line.split(maxsplit=1) or [""])[0]
    return word[:1] if SPACELESS.match(word) else word


def _columns(text: str) -> int:
    return len(text) + sum(east_asian_width(c) in "WF" for c in text if not c.isascii())


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


def _quoted(text: str) -> Iterator[Span]:
    """What stands in quotes or brackets."""
    return (match.span() for match in QUOTED.finditer(text))


def _outside(ends: Sequence[int], quoted: Sequence[Span]) -> Iterator[int]:
    """Those of the ends, ascending, that are not inside these spans."""
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

"""Units: taken out of what a model reads, and put into what it says, each exactly once.

Where the model knows stand-ins for units, it reads and says these, each as often as its unit is in
the source: the search sees to it. Other units are taken out, and put where attention points from
the source words beside them. Whatever else would be a unit in the translation is kept from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import numpy as np

from qkv.data.pretokenized import UNSPACED
from qkv.data.protected import STAND_INS, TRIGGERS, Span, is_tag, stand_ins, unit_spans
from qkv.data.tokenizer import Decoded, Encoding, Token, Tokenizer
from qkv.pipeline.editing import Edit, edited, moved
from qkv.pipeline.spelling import unknown_words
from qkv.search.quotas import Counted

__all__ = ["Protection", "Reading", "Restored", "restored"]

OPENING, DIGIT = "([{<¿¡«“‘„‚「『（【《〈〔", "0"
WRAP = re.compile(r"[^\S\n]*\n\s*")


@dataclass(frozen=True)
class Reading:
    """A sentence as a model reads it.

    shown: the text with stand-ins, or without units; places: of its characters in `text`.
    units: in `text`. marks: what stands for each in `shown`, "" where it was taken out.
    prefix: as the translation shall begin. protected: whether nothing else may be a unit.
    copied: units that are words, by their numbers.
    """

    text: str
    shown: str
    places: list[Span] | None
    units: tuple[Span, ...] = ()
    marks: tuple[str, ...] = ()
    prefix: str = ""
    protected: bool = False
    copied: frozenset[int] = frozenset()

    @property
    def words(self) -> bool:
        """Is there anything for a model to translate?"""
        return any(c not in STAND_INS and not c.isspace() for c in self.shown)

    def tokens(self, encoding: Encoding) -> list[Token]:
        """Of `shown`, with their places in `text`."""
        if self.places is None:
            return encoding.tokens
        spans = [moved((t.start, t.end), self.places, len(self.text)) for t in encoding.tokens]
        return _renamed(encoding.tokens, self.shown, spans, self.text)


class Restored(NamedTuple):
    """A translation with its units: (start, end) of each in the source, and here."""

    text: str
    tokens: list[Token]
    units: tuple[tuple[int, int, int, int], ...] = ()


class Protection:
    """What two tokenizers have to protect units with.

    known: stand-ins; counted: tokens of stand-ins, which a translation must have as often as the
    source, and of characters without which there are no units, which it may have where the source
    has them besides its units.
    """

    def __init__(self, source: Tokenizer, target: Tokenizer) -> None:
        self.known = "".join(mark for mark in source.stand_ins if mark in target.stand_ins)
        marked = target.tokens_with(re.compile(f"[{self.known}]")) if self.known else []
        others = [(i, _kind(c)) for i, c in target.tokens_with(TRIGGERS)]
        self._triggers = sorted({kind for _, kind in others})
        order = {kind: i for i, kind in enumerate([*self.known, *self._triggers])}
        tokens = [*marked, *others]
        self.counted = Counted(
            [i for i, _ in tokens], [order[kind] for _, kind in tokens], len(self.known)
        )

    def reading(
        self,
        text: str,
        prefix: str,
        protect: bool,
        *,
        wrapped: bool = False,
        tokens: Sequence[Token] = (),
    ) -> Reading:
        """wrapped: a break between two lines may be one that only the width of a page made.

        tokens: of the text, if words that these have to spell are units too.
        """
        spans = unit_spans(text) if protect else []
        copied = unknown_words(text, tokens, spans)
        spans = sorted([*spans, *copied])
        breaks = list(_wraps(text)) if wrapped and "\n" in text else []
        if not spans and not breaks:
            return Reading(text, text, None, prefix=prefix, protected=protect)
        units = [text[start:end] for start, end in spans]
        marks = stand_ins(units, self.known)
        instead = [
            (*span, mark or _gap(text, *span)) for span, mark in zip(spans, marks, strict=True)
        ]
        breaks = [b for b in breaks if not any(s < b[1] and b[0] < e for s, e in spans)]
        shown = edited(text, sorted([*instead, *breaks]))
        chosen = dict(zip(units, marks, strict=True))
        begins = _exchanged(prefix, chosen)
        numbers = frozenset(i for i, span in enumerate(spans) if span in copied)
        given = tuple(spans), tuple(marks), begins, protect, numbers
        return Reading(text, shown.text, shown.backward, *given)

    def rules(
        self, readings: Sequence[Reading], protect: bool
    ) -> tuple[list[list[float]], Counted | None]:
        """What `Sentences` needs to know."""
        if not self.known and not protect:
            return [], None
        return [self._quotas(reading, protect) for reading in readings], self.counted

    def _quotas(self, reading: Reading, protect: bool) -> list[float]:
        """Of each class, how often a translation may have it."""
        stand = [float(reading.marks.count(mark)) for mark in self.known]
        free = {_kind(c) for c in TRIGGERS.findall(reading.shown)} if protect else self._triggers
        return [*stand, *(inf if kind in free else 0.0 for kind in self._triggers)]


def _copied(reading: Reading) -> Restored:
    """Units and white space alone."""
    first, last = reading.units[0][0], reading.units[-1][1]
    units = tuple((a, b, a - first, b - first) for a, b in reading.units)
    return Restored(reading.text[first:last], [], units)


class _Draft(NamedTuple):
    """A translation to be: where its tokens stand, and its units by their number."""

    text: str
    tokens: list[Span]
    units: dict[int, Span]
    given: int  # characters of the prefix, which may say anything
    copied: frozenset[int]

    def changed(self, edits: Sequence[Edit]) -> tuple[_Draft, list[Span]]:
        """After these edits, and where what they put stands."""
        new = edited(self.text, edits)
        end = len(new.text)
        tokens = [moved(span, new.forward, end) for span in self.tokens]
        units = {i: moved(span, new.forward, end) for i, span in self.units.items()}
        given = moved((0, self.given), new.forward, end)[1] if self.given else 0
        return _Draft(new.text, tokens, units, given, self.copied), new.places


def restored(
    reading: Reading,
    decoded: Decoded,
    source: Sequence[Token],
    look: Callable[[], np.ndarray | None],
) -> Restored:
    """What the model said, with the units in it.

    source: tokens, with their places in the reading's text, without EOS.
    look: reads (target tokens, source tokens) weights, EOS included; None: there are none.
    """
    if not reading.protected:
        return Restored(decoded.text, decoded.tokens)
    if reading.units and not reading.words:
        return _copied(reading)
    if not reading.units and not unit_spans(decoded.text):
        return Restored(decoded.text, decoded.tokens)
    spans = [(token.start, token.end) for token in decoded.tokens]
    given = min(len(reading.prefix), len(decoded.text))
    draft = _with_marked(reading, _Draft(decoded.text, spans, {}, given, reading.copied))
    missing = [i for i in range(len(reading.units)) if i not in draft.units]
    if missing:
        places = _places(reading, missing, draft, source, look())
        draft = _with_inserted(reading, draft, places)
    draft = _without_others(draft)
    tokens = _renamed(decoded.tokens, decoded.text, draft.tokens, draft.text)
    units = sorted((*reading.units[i], *span) for i, span in draft.units.items())
    return Restored(draft.text, tokens, tuple(units))


def _with_marked(reading: Reading, draft: _Draft) -> _Draft:
    """Units in place of their stand-ins; those that the prefix spells are where they are."""
    left = {
        i: reading.marks[i] or reading.text[slice(*span)] for i, span in enumerate(reading.units)
    }
    stands = [(i, i + 1) for i, character in enumerate(draft.text) if character in STAND_INS]
    edits, numbers = [], []
    for start, end in sorted({*stands, *unit_spans(draft.text[: draft.given])}):
        said = draft.text[start:end]
        number = next((i for i, mark in left.items() if mark == said), None)
        if number is not None:
            del left[number]
            edits.append((start, end, reading.text[slice(*reading.units[number])]))
        elif said in STAND_INS:
            edits.append((start, end, ""))  # of no unit of this source
        else:
            continue
        numbers.append(number)
    draft, places = draft.changed(edits)
    stand = {i: place for i, place in zip(numbers, places, strict=True) if i is not None}
    return draft._replace(units=stand)


def _places(
    reading: Reading,
    missing: Sequence[int],
    draft: _Draft,
    source: Sequence[Token],
    weights: np.ndarray | None,
) -> dict[int, int]:
    """Where in the draft each of the units belongs; tags in their order."""
    places, last = {}, 0
    for i in missing:
        unit, text = reading.units[i], reading.text
        if weights is None:
            place = round(len(draft.text) * unit[0] / len(text))
        else:
            tag = _side(text[slice(*unit)])
            place = _beside(unit, tag, source, draft, weights)
        place = _between_words(draft, max(place, draft.given))
        if is_tag(text[slice(*unit)]):
            place = last = max(place, last)
        places[i] = place
    return places


def _beside(
    unit: Span, side: int, source: Sequence[Token], draft: _Draft, weights: np.ndarray
) -> int:
    """After what attended most to the word before the unit, or before that of the word after.

    side: -1 the word before, 1 the word after, 0 the one that was attended to more.
    """
    tokens = [*draft.tokens, (len(draft.text), len(draft.text))]
    before = [i for i, token in enumerate(source) if token.end <= unit[0]]
    after = next((i for i, token in enumerate(source) if token.start >= unit[1]), len(source))
    row = int(weights[:, after].argmax())
    best, place = float(weights[row, after]), tokens[row][0]
    if before and side <= 0:
        row = int(weights[:, before[-1]].argmax())
        if side < 0 or weights[row, before[-1]] >= best:
            place = tokens[row][1]
    return place


def _between_words(draft: _Draft, place: int) -> int:
    """At the end of the word, or the unit, that the place is in."""
    text, units = draft.text, draft.units.values()
    place = next((end for start, end in units if start < place < end), place)
    starts = {start for start, _ in units}
    while 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum():
        if place in starts or UNSPACED.match(text[place]):
            break
        place += 1
    return place


def _side(unit: str) -> int:
    """Which of the words beside it an inserted unit belongs to: see `_beside`."""
    if not is_tag(unit) or unit.endswith("/>"):
        return 0
    return -1 if unit.startswith("</") else 1


def _with_inserted(reading: Reading, draft: _Draft, places: dict[int, int]) -> _Draft:
    """These units at their places, with white space as it is usual there."""
    runs: dict[int, list[int]] = {}
    for i in sorted(places):
        runs.setdefault(places[i], []).append(i)
    edits, within = [], {}
    for place in sorted(runs):
        around = draft.text[:place][-1:], draft.text[place:][:1]
        run = _run(reading, runs[place], *around)
        within |= {i: (len(edits), span) for i, span in zip(runs[place], run[1], strict=True)}
        edits.append((place, place, run[0]))
    draft, put = draft.changed(edits)
    inserted = {i: (put[n][0] + a, put[n][0] + b) for i, (n, (a, b)) in within.items()}
    return draft._replace(units=draft.units | inserted)


def _run(
    reading: Reading, numbers: Sequence[int], before: str, after: str
) -> tuple[str, list[Span]]:
    """Units that are inserted between two characters, and where they are in the text of them."""
    text, spans = "", []
    last = len(reading.text)
    for i in numbers:
        start, end = reading.units[i]
        unit, gap = reading.text[start:end], reading.text[last:start]
        if spans:
            text += " " if gap and (gap.isspace() or not is_tag(unit)) else ""
        elif _apart_before(before, unit, reading.text[:start][-1:]):
            text += " "
        spans.append((len(text), len(text) + len(unit)))
        text, last = text + unit, end
    if _apart_after(after, unit, reading.text[last:][:1]):
        text += " "
    return text, spans


def _apart_before(character: str, unit: str, there: str) -> bool:
    """Is a space due between this and the unit after it? there: what is before it in the source."""
    if not character or character.isspace() or UNSPACED.match(character) or character in OPENING:
        return False
    return _side(unit) >= 0 and (character.isalnum() or character != there)


def _apart_after(character: str, unit: str, there: str) -> bool:
    if not character or character.isspace() or UNSPACED.match(character):
        return False
    return _side(unit) <= 0 and (
        character.isalnum() or (character in OPENING and character != there)
    )


def _without_others(draft: _Draft) -> _Draft:
    """What would be read as other units is parted by spaces; what still is, is left out."""
    while odd := _odd(draft):
        edits = _parting(draft, odd) or _cutting(draft, odd)
        if not edits:
            break
        draft, _ = draft.changed(edits)
    return draft


def _odd(draft: _Draft) -> list[Span]:
    """What is read as another unit, or is a unit and not read as one."""
    own, read = set(draft.units.values()), unit_spans(draft.text)
    unread = {span for i, span in draft.units.items() if i not in draft.copied}
    return [s for s in read if s not in own and s[0] >= draft.given] + [*unread.difference(read)]


def _parting(draft: _Draft, odd: list[Span]) -> list[Edit]:
    """Spaces around the units that touch these spans, where there are none."""
    text = draft.text
    touched = (u for u in draft.units.values() if any(a < u[1] and u[0] < b for a, b in odd))
    ends = sorted({end for unit in touched for end in unit if 0 < end < len(text)})
    return [(i, i, " ") for i in ends if not (text[i - 1].isspace() or text[i].isspace())]


def _cutting(draft: _Draft, odd: list[Span]) -> list[Edit]:
    """These spans but for the units in them, and one of two spaces around what goes."""
    edits = []
    for start, end in odd:
        inside = sorted(u for u in draft.units.values() if start < u[1] and u[0] < end)
        bounds = [start, *(i for unit in inside for i in unit), end]
        for a, b in zip(bounds[::2], bounds[1::2], strict=True):
            if a < b:
                spaces = draft.text[:a].endswith(" ") and draft.text[b:][:1] in ("", " ")
                edits.append((a - spaces, b, ""))
    return edits


def _exchanged(text: str, marks: dict[str, str]) -> str:
    """The text with the marks of these units for them."""
    spans = unit_spans(text)
    edits = [(*s, marks[text[slice(*s)]]) for s in spans if marks.get(text[slice(*s)])]
    return edited(text, edits).text


def _gap(text: str, start: int, end: int) -> str:
    """What stands where a unit was taken out: a space between two words that it parted."""
    around = text[:start][-1:], text[end:][:1]
    parted = all(c.isalnum() and not UNSPACED.match(c) for c in around if c) and all(around)
    return " " if parted and not is_tag(text[start:end]) else ""


def _wraps(text: str) -> Iterator[Edit]:
    """Line breaks where no space belongs: in a script without spaces, and after a hyphen."""
    for match in WRAP.finditer(text):
        before, after = text[: match.start()][-2:], text[match.end() :][:1]
        hyphen = before[-1:] == "-" and before[:1].isalpha() and after.islower()
        if hyphen or all(UNSPACED.match(c) for c in (before[-1:], after)):
            yield match.start(), match.end(), ""


def _renamed(tokens: Sequence[Token], text: str, spans: Sequence[Span], new: str) -> list[Token]:
    """Tokens of a text, at these places in a new one; what is called by its text, by the new."""
    return [
        Token(new[slice(*span)] if name == text[start:end] else name, *span)
        for (name, start, end), span in zip(tokens, spans, strict=True)
    ]


def _kind(character: str) -> str:
    return DIGIT if character.isdecimal() else character

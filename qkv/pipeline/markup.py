"""Marked-up text translated: as plain text, in which each tag is then put where it belongs.

Each tag stands in the translation exactly once, character for character; `placing` says where. What
tags part, such as paragraphs, is translated by itself, sentence by sentence, and keeps its place.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import cycle, pairwise
from operator import itemgetter
from typing import NamedTuple
from unicodedata import category

import numpy as np

from qkv.data.markup import Markup, Role, Tag, read_markup
from qkv.data.pretokenized import UNSPACED
from qkv.data.protected import Span
from qkv.data.tokenizer import Token
from qkv.data.words import SPACELESS, pieces
from qkv.errors import ConfigError
from qkv.pipeline import paragraph
from qkv.pipeline.alignment import DECIMALS, under
from qkv.pipeline.editing import Edit, edited, moved
from qkv.pipeline.glossary import Term
from qkv.pipeline.paragraph import LINES, Handling, together, without_sentences
from qkv.pipeline.placing import Mark, Sentence, is_mark, placed
from qkv.pipeline.translation import Translation

__all__ = ["Marked", "check_length", "handling_of", "marked"]

# Noncharacters that `qkv.data.protected` takes for units; it has others for its own purposes.
UNITS = "".join(map(chr, range(0xFDE1, 0xFDF0)))
BREAK = "\n\n"  # what parts paragraphs of documents
INSTEAD = {Role.BREAK: BREAK}  # of a tag, in the plain text
CONTROLS = [chr(i) for i in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)]  # not in XML
JOINING = {"Mn", "Mc", "Me", "Cf", "Sk"}  # kinds of signs
SPACES = re.compile(r"[ \t\n\f\r]+")

Unit = tuple[int, int, int, int]  # start and end in the source, start and end in the translation


class Segment(NamedTuple):
    """What is translated by itself: a span of the plain text, and the numbers of its tags."""

    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True)
class Marked:
    """A marked-up text, its plain text, and what it takes to mark up a translation of that.

    places: of each character of `plain` the span in `text`. tags; at: their places in `plain`.
    apart: numbers of tags with white space on both sides, of which `plain` has it once.
    references: how characters are written that cannot, or in this text do not, stand as they are.
    """

    text: str
    plain: str
    places: Sequence[Span]
    tags: Sequence[Tag]
    at: Sequence[int]
    apart: frozenset[int]
    segments: Sequence[Segment]
    references: dict[str, str]

    @property
    def texts(self) -> list[str]:
        """What is to be translated, at least one text; between them nothing changes."""
        return [self.plain[each.start : each.end] for each in self.segments] or [""]

    def joined(self, translations: Iterable[Translation], most: int) -> Translation:
        """The translation of `text` by those of its `texts`, with as many results at most."""
        sentences = list(translations)
        if not self.segments:
            return self.translated(without_sentences(self.plain, sentences[0]))
        spans = [each[:2] for each in self.segments]
        return self.translated(together(self.plain, spans, sentences, most, document=True))

    def translated(self, plain: Translation) -> Translation:
        """This translation of `plain`, and its alternatives, with the tags."""
        edits = [*self._tags(plain)]
        instead = {place for start, stop, _ in edits for place in range(start, stop)}
        edits += (each for each in self._characters(plain.text) if each[0] not in instead)
        new = edited(plain.text, sorted(edits, key=itemgetter(0, 1)))
        end, last = len(new.text), len(self.text)

        def here(span: Span) -> Span:
            return moved(span, self.places, last)

        def there(span: Span) -> Span:
            return moved(span, new.forward, end)

        return replace(
            plain,
            plain=replace(plain, alternatives=()),
            text=new.text,
            tokens=_moved(plain.tokens, there),
            source=self.text,
            source_tokens=_moved(plain.source_tokens, here),
            units=tuple((*here((a, b)), *there((c, d))) for a, b, c, d in plain.units),
            terms=tuple(
                Term(*here((a, b)), *((None, None) if c is None or d is None else there((c, d))))
                for a, b, c, d in plain.terms
            ),
            alternatives=tuple(map(self.translated, plain.alternatives)),
        )

    def _characters(self, text: str) -> Iterator[Edit]:
        special = re.compile("|".join(map(re.escape, self.references)))
        return ((*m.span(), self.references[m[0]]) for m in special.finditer(text))

    def _tags(self, plain: Translation) -> Iterator[Edit]:
        """Of each tag, the raw text at its place; in order, but for units."""
        number = shift = 0
        sentences = _Sentences(self.plain, plain)
        for segment in self.segments:
            yield from self._copied(number, segment.first, shift)
            zones = sentences.of(segment, shift)
            for zone, marks in zip(zones, self._dealt(segment, zones), strict=True):
                yield from self._placed(zone, marks, sentences)
            yield from self._units(segment, plain)
            number, shift = segment.last, zones[-1].target[1] - segment.end
        yield from self._copied(number, len(self.tags), shift)

    def _copied(self, first: int, last: int, shift: int) -> Iterator[Edit]:
        """Tags between segments."""
        for tag, at in zip(self.tags[first:last], self.at[first:last], strict=True):
            width = len(BREAK) if tag.role is Role.BREAK else 0
            yield at + shift, at + shift + width, self.text[tag.start : tag.end]

    def _units(self, segment: Segment, plain: Translation) -> Iterator[Edit]:
        units = [unit for unit in plain.units if segment.start <= unit[0] < segment.end]
        for number in range(segment.first, segment.last):
            tag, at = self.tags[number], self.at[number]
            if tag.role is Role.UNIT:
                a, _, c, _ = next(unit for unit in units if unit[0] <= at < unit[1])
                yield at - a + c, at - a + c + 1, self.text[tag.start : tag.end]

    def _placed(self, zone: _Zone, marks: Sequence[Mark], sentences: _Sentences) -> Iterator[Edit]:
        start, end = zone.source
        own = [m._replace(place=min(max(m.place, start), end) - start) for m in marks]
        if not own:
            return
        begin, target = zone.target[0], sentences.translation.text[slice(*zone.target)]
        sentence = Sentence(self.plain[start:end], target, partial(sentences.read, zone))
        for at, mark in placed(sentence, own):
            tag = self.tags[mark.number]
            gap = " " if mark.number in self.apart and _has_none(target, at) else ""
            yield begin + at, begin + at, self.text[tag.start : tag.end] + gap

    def _dealt(self, segment: Segment, zones: Sequence[_Zone]) -> Iterator[list[Mark]]:
        """The marks of each sentence: what closes one is its, all else there is the next one's."""
        marks = [
            Mark(self.at[number], self.tags[number].role, number)
            for number in range(segment.first, segment.last)
            if self.tags[number].role is not Role.UNIT
        ]
        places = [mark.place for mark in marks]
        first = 0
        for zone in zones[:-1]:
            end = zone.source[1]
            gap = self.plain[end : segment.end]
            last = max(first, bisect_left(places, end))
            late = bisect_right(places, end + len(gap) - len(gap.lstrip()))
            closing = (i + 1 for i in range(late - 1, last - 1, -1) if self._closes(marks[i]))
            last = next(closing, last)
            yield marks[first:last]
            first = last
        yield marks[first:]

    def _closes(self, mark: Mark) -> bool:
        """Is it the end of an element in which there is something?"""
        partner = self.tags[mark.number].partner
        if mark.role is not Role.CLOSE or partner is None:
            return False
        return bool(self.plain[self.at[partner] : mark.place].strip())


class _Zone(NamedTuple):
    """A sentence with what is around it, up to the next: spans of both texts; its number."""

    source: Span
    target: Span
    number: int


class _Sentences:
    """Of a translation of a plain text."""

    def __init__(self, source: str, translation: Translation) -> None:
        self.source, self.translation = source, translation
        self._units = sorted(translation.units)
        self._tokens = [
            *zip(
                _by_sentence(translation.source_tokens),
                _by_sentence(translation.tokens),
                strict=True,
            )
        ]
        self._ends = [own[-1].end for own, _ in self._tokens]

    def of(self, segment: Segment, shift: int) -> list[_Zone]:
        """Those of a segment; what is before it has moved by `shift` characters."""
        numbers = range(
            bisect_right(self._ends, segment.start), bisect_right(self._ends, segment.end)
        )
        ends = [self._ends[number] for number in numbers]
        stops = [self._tokens[number][1][-1].end for number in numbers]
        stops[-1] += segment.end - ends[-1]
        ends[-1] = segment.end
        sources = pairwise([segment.start, *ends])
        targets = pairwise([segment.start + shift, *stops])
        return [_Zone(*each) for each in zip(sources, targets, numbers, strict=True)]

    @cached_property
    def _weights(self) -> Sequence[np.ndarray] | None:
        """(target tokens, source tokens) of each sentence; None: the model attends to no words."""
        weigh = self.translation.weigh
        try:
            return weigh() if weigh else None
        except ConfigError:
            return None

    def read(self, zone: _Zone) -> tuple[list[Span], np.ndarray]:
        """As `Sentence` wants it: what is a word, and what each attended to."""
        (start, end), (begin, stop) = zone.source, zone.target
        source, target = (
            [Token(t.text, t.start - at, t.end - at) for t in tokens if t.start < t.end]
            for tokens, at in zip(self._tokens[zone.number], (start, begin), strict=True)
        )
        text = self.translation.text[begin:stop]
        units = [(a - start, b - start, c - begin, d - begin) for a, b, c, d in self._within(zone)]
        words = _words(text, [(c, d) for _, _, c, d in units])
        if self._weights is None:
            rows = _level(words, len(text), end - start)
        else:
            rows = _spread(self._weights[zone.number], source, target, words, end - start)
        for a, _, c, d in [*units, *_around(self.source[start:end], text, source, target, units)]:
            for row, (first, last) in enumerate(words):
                if c <= first and last <= d:
                    rows[row] = 0
                    rows[row, a + first - c : a + last - c] = 1 / (last - first)
        return words, np.concatenate([np.zeros((len(words), 1)), rows.cumsum(1)], 1)

    def _within(self, zone: _Zone) -> list[Unit]:
        first, last = (bisect_left(self._units, end, key=itemgetter(0)) for end in zone.source)
        return self._units[first:last]


def _by_sentence(tokens: Sequence[Token]) -> list[list[Token]]:
    sentences: list[list[Token]] = [[]]
    for token in tokens:
        sentences[-1].append(token)
        if token.text == "<eos>" and token.start == token.end:
            sentences.append([])
    return sentences[:-1]


def _around(
    source: str, text: str, tokens: Sequence[Token], said: Sequence[Token], units: Sequence[Unit]
) -> list[Unit]:
    """What is before and after a sentence, such as the marker of an item, as units."""
    here = [*((t.start, t.end) for t in tokens), *((a, b) for a, b, _, _ in units)]
    there = [*((t.start, t.end) for t in said), *((c, d) for _, _, c, d in units)]
    if not here or not there:
        return []
    a, b = min(here)[0], max(map(itemgetter(1), here))
    c, d = min(there)[0], max(map(itemgetter(1), there))
    around = [(0, a, 0, c), (b, len(source), d, len(text))]
    return [(a, b, c, d) for a, b, c, d in around if source[a:b] == text[c:d]]


def _words(text: str, units: Sequence[Span]) -> list[Span]:
    """Between which tags may stand: not within a unit, nor before a sign that joins another."""
    words: list[Span] = []
    taken = sorted(units)
    starts = [start for start, _ in taken]
    for start, end in pieces(text):
        i = bisect_right(starts, start) - 1
        if (i >= 0 and start < taken[i][1]) or all(map(is_mark, text[start:end])):
            continue
        if words and words[-1][1] == start and _joined(text[start - 1], text[start]):
            words[-1] = (words[-1][0], end)
        else:
            words.append((start, end))
    return sorted([*words, *taken])


def _joined(before: str, after: str) -> bool:
    """Do two characters without space between them belong together?"""
    kinds = category(before), category(after)
    if kinds[1] in JOINING or kinds == ("So", "So"):
        return True
    return kinds[0] in JOINING and not SPACELESS.match(after)


def _spread(
    weights: np.ndarray,
    source: Sequence[Token],
    target: Sequence[Token],
    words: Sequence[Span],
    length: int,
) -> np.ndarray:
    """(words, characters): what a word attended to, and was all that attended there.

    weight × its share of what the source token received, the mean over the word's tokens; each
    source token's shared out among its characters. Both directions together: on held-out pairs of
    the phrasebook two tags in a hundred more are right than by the weights alone.
    """
    received = np.maximum(weights.sum(0), 1e-6)
    weights = (weights * weights / received).round(DECIMALS)
    shares = np.zeros((len(source), length))
    for row, token in zip(shares, source, strict=True):
        row[token.start : token.end] = 1 / (token.end - token.start)
    rows = np.zeros((len(words), len(source)))
    for row, tokens in zip(rows, under(target, words), strict=True):
        if tokens:
            row[:] = weights[list(tokens), : len(source)].mean(0)
    return rows @ shares


def _level(words: Sequence[Span], length: int, source: int) -> np.ndarray:
    """The same where nothing was attended to: at the same share of the text."""
    rows = np.zeros((len(words), source))
    for row, (start, end) in zip(rows, words, strict=True):
        row[min(source - 1, (start + end) * source // (2 * length))] = 1
    return rows


def _has_none(target: str, at: int) -> bool:
    """Is white space missing behind a tag that is put here?"""
    beside = target[max(0, at - 1) : at + 1]
    return not (at >= len(target) or target[at].isspace() or UNSPACED.search(beside))


def _moved(tokens: Sequence[Token], to: Callable[[Span], Span]) -> tuple[Token, ...]:
    return tuple(Token(token.text, *to((token.start, token.end))) for token in tokens)


def handling_of(
    markup: str | Markup, protect: bool | None = None, copy_unknown: bool = False
) -> Handling:
    """How texts with this markup are handled: by its format, or as it is.

    Raises:
        ConfigError: no such format; or protect is False: elements could not be left as they are.
    """
    if protect is False:
        raise ConfigError(
            "texts with markup have their numbers, addresses and placeholders protected; leave out "
            "--no-protect (in Python protect=False)."
        )
    read = Markup(markup) if isinstance(markup, str) else markup
    return Handling(True, True, copy_unknown, read)


def check_length(text: str, where: str, handling: Handling = LINES) -> None:
    """Refuse what would take minutes and gigabytes, before it is begun.

    Raises:
        DataError: as `paragraph.check_length`; of markup, what is translated by itself is judged.
    """
    texts = marked(text, handling.markup).texts if handling.markup else [text]
    for each in texts:
        paragraph.check_length(each, where, handling)


def marked(text: str, markup: Markup) -> Marked:
    """Read a marked-up text.

    Runs of white space in HTML, and those that a tag interrupts, become one space, except at the
    ends of segments.
    """
    tags, characters = read_markup(text, markup)
    units = cycle(UNITS)
    edits = [
        (tag.start, tag.end, next(units) if tag.role is Role.UNIT else INSTEAD.get(tag.role, ""))
        for tag in tags
    ]
    places = sorted([*edits, *characters])
    shown = edited(text, places)
    by_place = dict(zip((each[0] for each in places), shown.places, strict=True))
    at = [by_place[tag.start][0] for tag in tags]
    segments = [*_segments(shown.text, tags, at)]
    runs = [*_runs(shown.text, segments, at, markup.format == "html")]
    plain = edited(shown.text, [(*run, " ") for run in runs])
    end = len(plain.text)
    new = [moved((place, place), plain.forward, end)[0] for place in at]
    apart = set[int]()
    for run in runs:
        inside = range(bisect_right(at, run[0]), bisect_left(at, run[1]))
        apart |= {n for n in inside if tags[n].role is Role.POINT}
        for number in range(_last_closing(tags, at, inside), inside.stop):
            new[number] += 1
    return Marked(
        text,
        plain.text,
        [moved(span, shown.backward, len(text)) for span in plain.backward],
        tags,
        new,
        frozenset(apart),
        [
            each._replace(
                start=moved((each.start, each.start), plain.forward, end)[0],
                end=moved((each.end, each.end), plain.forward, end)[0],
            )
            for each in segments
        ],
        _written(text, tags, characters, markup),
    )


def _last_closing(tags: Sequence[Tag], at: Sequence[int], numbers: range) -> int:
    """The number after the last of these tags that closes what began before; else the first."""
    for number in reversed(numbers):
        partner = tags[number].partner
        if tags[number].role is Role.CLOSE and partner is not None and partner < numbers.start:
            return number + 1
    return numbers.start


def _segments(text: str, tags: Sequence[Tag], at: Sequence[int]) -> Iterator[Segment]:
    """What is between breaks, from the first character or tag to the last; if there is text."""
    first = start = 0
    breaks = [n for n, tag in enumerate(tags) if tag.role is Role.BREAK]
    for last in [*breaks, len(tags)]:
        end = at[last] if last < len(tags) else len(text)
        here = text[start:end]
        if here.strip():
            begin, stop = start + len(here) - len(here.lstrip()), start + len(here.rstrip())
            if first < last:
                begin, stop = min(begin, at[first]), max(stop, at[last - 1])
            yield Segment(begin, stop, first, last)
        first, start = last + 1, end + len(BREAK)


def _runs(text: str, segments: Sequence[Segment], at: Sequence[int], html: bool) -> Iterator[Span]:
    """White space that is to be one space."""
    for segment in segments:
        for run in SPACES.finditer(text, segment.start, segment.end):
            inside = bisect_left(at, run.end()) > bisect_right(at, run.start())
            if inside or (html and run[0] != " "):
                yield run.span()


def _written(
    text: str, tags: Sequence[Tag], characters: Sequence[Edit], markup: Markup
) -> dict[str, str]:
    """By character, the references that it is written by."""
    spans = sorted([*((t.start, t.end) for t in tags), *((c[0], c[1]) for c in characters)])
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(text)]
    literal = set("".join(text[a:b] for a, b in zip(starts, ends, strict=True)))
    written = {"&": "&amp;", "<": "&lt;"}
    if markup.format != "html":
        written["]]>"] = "]]&gt;"
    written |= {c: "\ufffd" for c in CONTROLS if c not in literal}
    for start, end, meant in characters:
        usual = meant in literal or (meant.isascii() and meant.isalnum())
        known = written.get(meant, "\ufffd") != "\ufffd"
        if len(meant) == 1 and text[start] == "&" and not usual and not known:
            written[meant] = text[start:end]
    return written

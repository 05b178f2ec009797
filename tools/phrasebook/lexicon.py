"""The words of the phrasebook as records, each with what it can sensibly be said with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple, TypeVar

from tools.phrasebook import _tables

__all__ = [
    "ACTIVITIES", "ADJECTIVES", "ATTRIBUTES", "COLOURED", "COLOURS", "CONTRASTS", "FRAMES",
    "FRAMES_OF", "GENERICS", "GROUPS", "LOCATIONS", "NOUNS", "NUMBERS", "PEOPLE", "PLACES",
    "PRONOUNS", "SIGHTS", "SKILLS", "SUBJECTS", "TIMES", "TRANSPORT", "Activity", "Contrast",
    "Frame", "Noun", "Person", "Place", "Pronoun", "Sight", "Time", "frames",
]  # fmt: skip

_Item = TypeVar("_Item")


class Pronoun(NamedTuple):
    zh: str
    en: str
    objective: str
    possessive: str
    be: str


class Person(NamedTuple):
    """`pronoun` is the Chinese pronoun that a later mention takes."""

    zh: str
    en: str
    pronoun: str
    measure: str


class Noun(NamedTuple):
    """`unit` is the English of a measure word that has one: 杯, a cup of coffee."""

    zh: str
    en: str
    kind: str
    measure: str
    unit: str


class Place(NamedTuple):
    """`article` is 'the' or empty."""

    zh: str
    en: str
    preposition: str
    article: str


class Time(NamedTuple):
    """`span` is recent, near or far."""

    zh: str
    en: str
    tense: str
    span: str


class Activity(NamedTuple):
    """A verb phrase without an object of its own; `part` is the part of the day it belongs to."""

    zh: str
    en: str
    places: tuple[str, ...]
    part: str


class Frame(NamedTuple):
    """A transitive verb, and what it takes; places `from_where` stand with 从, others with 在."""

    zh: str
    en: str
    kinds: tuple[str, ...]
    places: tuple[str, ...]
    spans: tuple[str, ...]
    from_where: bool


class Sight(NamedTuple):
    """What one goes to a place for: to buy or see things of some kinds."""

    place: str
    zh: str
    en: str
    kinds: tuple[str, ...]


class Contrast(NamedTuple):
    kinds: tuple[str, ...]
    minus: str
    plus: str


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def _entries(cell: str) -> list[tuple[str, str]]:
    """'猫 cat, 狗 dog' → [('猫', 'cat'), ('狗', 'dog')]."""
    return [(zh, en) for zh, _, en in (entry.strip().partition(" ") for entry in cell.split(","))]


def _words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split())


def _group(keyed: Iterable[tuple[str, _Item]]) -> dict[str, tuple[_Item, ...]]:
    groups: dict[str, list[_Item]] = {}
    for key, item in keyed:
        groups.setdefault(key, []).append(item)
    return {key: tuple(items) for key, items in groups.items()}


def _nouns() -> Iterator[tuple[str, Noun]]:
    for kind, measure, cell in _rows(_tables.NOUNS):
        measure, _, unit = measure.partition("=")
        for zh, en in _entries(cell):
            yield kind, Noun(zh, en, kind, measure, unit)


def _places() -> Iterator[Place]:
    for where, cell in _rows(_tables.PLACES):
        preposition, _, article = where.partition(" ")
        for zh, en in _entries(cell):
            yield Place(zh, en, preposition, article)


def _times() -> Iterator[Time]:
    series = {
        "W": _entries(_tables.WEEKDAYS),
        "S": _entries(_tables.SEASONS),
        "N": _entries(_tables.NUMBERS)[:4],
    }
    for tense, span, cell in _rows(_tables.TIMES):
        for zh, en in _entries(cell):
            letter = next((letter for letter in series if letter in zh), "")
            for zh_item, en_item in series.get(letter, [("", "")]):
                yield Time(zh.replace(letter, zh_item), en.replace(letter, en_item), tense, span)


PRONOUNS = {row[0]: Pronoun(*row) for row in _rows(_tables.PRONOUNS)}
PEOPLE = _group(
    (group, Person(zh, en, pronoun, measure))
    for group, measure, pronoun, cell in _rows(_tables.PEOPLE)
    for zh, en in _entries(cell)
)
NOUNS = _group(_nouns())
ADJECTIVES = dict(_entries(_tables.ADJECTIVES))
ATTRIBUTES = {kind: _words(cell) for kind, cell in _rows(_tables.ATTRIBUTES)}
CONTRASTS = [Contrast(_words(kinds), *rest) for kinds, *rest in _rows(_tables.CONTRASTS)]
COLOURS = dict(_entries(_tables.COLOURS))
COLOURED = {kind: _words(cell) for kind, cell in _rows(_tables.COLOURED)}
GENERICS = _entries(_tables.GENERICS)
SUBJECTS = _entries(_tables.SUBJECTS)
PLACES = {place.zh: place for place in _places()}
LOCATIONS = _group(
    (kind, entry)
    for kinds, cell in _rows(_tables.LOCATIONS)
    for kind in _words(kinds)
    for entry in _entries(cell)
)
TRANSPORT = _entries(_tables.TRANSPORT)
NUMBERS = dict(_entries(_tables.NUMBERS))
TIMES = _group((time.tense, time) for time in _times())
ACTIVITIES = {
    row[0]: Activity(row[0], row[1], _words(row[2]), row[3]) for row in _rows(_tables.ACTIVITIES)
}
SIGHTS = [Sight(place, zh, en, _words(kinds)) for place, zh, en, kinds in _rows(_tables.SIGHTS)]
SKILLS = _entries(_tables.SKILLS)
FRAMES = [
    Frame(zh, en, _words(kinds), _words(places.removeprefix("从")), _words(spans), "从" in places)
    for zh, en, kinds, places, spans in _rows(_tables.FRAMES)
]
FRAMES_OF = _group((frame.zh, frame) for frame in FRAMES)
GROUPS = _group((group, word) for group, cell in _rows(_tables.GROUPS) for word in _words(cell))


@cache
def frames(group: str) -> tuple[Frame, ...]:
    """The frames of the verbs of a group."""
    return tuple(frame for frame in FRAMES if frame.zh in GROUPS[group])

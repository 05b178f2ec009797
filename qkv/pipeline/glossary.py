"""A glossary: where its terms stand in a source, and what of them a translation has."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from qkv.data.corpora import iter_lines
from qkv.data.invisible import visible
from qkv.data.protected import TRIGGERS, Span, unit_spans
from qkv.data.tokenizer import SURROGATE
from qkv.errors import ConfigError, DataError
from qkv.pipeline.phrases import Phrases, any_case, as_written
from qkv.pipeline.spelling import Spelling, Way, continues
from qkv.search.due import Standing

__all__ = ["Glossary", "Term", "Terms", "Use", "kinds"]

LONGEST = 200  # characters of a term: what is longer is a sentence
MOST_USES = 100  # in a sentence, whose terms are asked for: the search takes time by their square


class Term(NamedTuple):
    """A term, source[start:end], and where its translation is, text[begin:stop]; None: nowhere."""

    start: int
    end: int
    begin: int | None = None
    stop: int | None = None

    def moved(self, here: int, there: int) -> Term:
        """So many characters later in the source, and in the translation."""
        begin, stop = (None if i is None else i + there for i in (self.begin, self.stop))
        return Term(self.start + here, self.end + here, begin, stop)


class Use(NamedTuple):
    """source[start:end] is a term, as the glossary writes it."""

    start: int
    end: int
    term: str


@dataclass(frozen=True)
class Glossary:
    """Terms, and what they are to be in a translation: one form or several, any of which will do.

        Glossary({"dog": "Hund", "cat": ["Katze", "Katzen"]})
        Glossary.read("terms.tsv", bonus=2.0)

    A term without capitals is found in any case, one with capitals as it is written; a form may
    have a capital at its beginning. Both are whole words where a script has spaces between words,
    and any white space is a space. Where terms overlap the first counts, and of those that begin
    together the longest.

    bonus: None: a translation has a form of each term as often as the source has the term, or more
    often. A number: of nats for each token of these, so that they stand where the model minds less.

    Raises:
        ConfigError: an empty or very long term or form, or a bonus out of range.
    """

    terms: Mapping[str, str | Sequence[str]]
    bonus: float | None = None

    def __post_init__(self) -> None:
        if self.bonus is not None and not 0 <= self.bonus <= 100:
            raise ConfigError(f"a glossary's bonus must lie between 0 and 100; got {self.bonus!r}.")
        if not isinstance(self.terms, Mapping):
            raise ConfigError(f"a glossary's terms must be a dict; got {self.terms!r}.")
        forms: dict[str, tuple[str, ...]] = {}
        for term, own in self.terms.items():
            several = map(_settled, own if isinstance(own, (list, tuple)) else [own])
            name = _settled(term)
            forms[name] = tuple(dict.fromkeys((*forms.get(name, ()), *several)))
            if not forms[name]:
                raise ConfigError(f"the glossary's {term!r} has no translation.")
        object.__setattr__(self, "terms", forms)

    @classmethod
    def read(cls, path: str | Path, bonus: float | None = None) -> Glossary:
        """Of a file whose lines are a term, a tab and its translation.

        A term that is there again has one more form. Empty lines are left out.

        Raises:
            DataError: no such file, no UTF-8, or a line that is not like this.
        """
        forms: dict[str, list[str]] = {}
        for number, line in enumerate(iter_lines(Path(path)), 1):
            term, *others = line.split("\t")
            if not line.strip():
                continue
            if len(others) != 1 or not term.strip() or not others[0].strip():
                raise DataError(
                    f"{path}, line {number}: must be a term, a tab and its translation, without a "
                    f"header or other columns; got {line[:LONGEST]!r}."
                )
            forms.setdefault(term, []).append(others[0])
        try:
            return cls(forms, bonus)
        except ConfigError as error:
            raise DataError(f"{path}: {error}") from None

    def __hash__(self) -> int:
        return hash((frozenset(self.terms), self.bonus))

    def uses(self, text: str, units: Sequence[Span] = ()) -> list[Use]:
        """The terms that stand in a source, in order, but none that has a part of a unit."""
        return [Use(*span, term) for span, term in self._phrases.found(text, units)]

    def due(self, uses: Sequence[Use], spelling: Spelling, protected: str | None) -> Terms | None:
        """What a search is to say for the first MOST_USES; None: nothing, or nothing that it can.

        protected: the source but for its units, where nothing may be said that is like one.
        """
        uses = uses[:MOST_USES]
        barred = set() if protected is None else kinds("0@{}<>&%$/") - kinds(protected)
        ways: dict[str, list[Way]] = {}
        for term in {use.term for use in uses}:
            forms = [f for f in self.terms[term] if not barred or _is_no_unit(f, barred)]
            own = [way for form in forms for way in spelling.ways(form)]
            if any(way.anywhere for way in own):
                ways[term] = own
        wanted = Counter(use.term for use in uses if use.term in ways)
        return Terms(self, wanted, ways, spelling) if wanted else None

    def placed(self, uses: Sequence[Use], text: str) -> tuple[Term, ...]:
        """Where the translation has forms of these: the n-th for the n-th use of its term."""
        if not uses:
            return ()
        wanted = Counter(use.term for use in uses)
        spans = {t: iter(own) for t, own in self._forms(wanted).assigned(text, wanted).items()}
        return tuple(
            Term(start, end, *next(spans[term], (None, None))) for start, end, term in uses
        )

    def form_with(self, ids: Sequence[int], spelling: Spelling) -> str:
        """The first form that has these tokens in a row; "": none has."""
        run = tuple(ids)
        for form in (form for own in self.terms.values() for form in own if run):
            for way in spelling.ways(form):
                if any(way.ids[i : i + len(run)] == run for i in range(len(way.ids))):
                    return form
        return ""

    @cached_property
    def _phrases(self) -> Phrases:
        return Phrases(self.terms, any_case)

    def _forms(self, terms: Iterable[str]) -> _Forms:
        return _Forms({term: self.terms[term] for term in terms})


class _Forms:
    """The forms of a few terms, in a translation."""

    def __init__(self, terms: Mapping[str, Sequence[str]]) -> None:
        self._terms: dict[str, list[str]] = {}  # of each form; first those with the fewest forms
        for term in sorted(terms, key=lambda term: len(terms[term])):
            for form in terms[term]:
                self._terms.setdefault(form, []).append(term)
        self._phrases = Phrases(self._terms, as_written)

    def assigned(self, text: str, wanted: Mapping[str, int]) -> dict[str, list[Span]]:
        """Of each term where its forms are, at most as many as are wanted."""
        spans: dict[str, list[Span]] = {term: [] for term in wanted}
        for span, form in self._phrases.found(text):
            open_ = (term for term in self._terms[form] if len(spans[term]) < wanted[term])
            if (term := next(open_, None)) is not None:
                spans[term].append(span)
        return spans


class Terms:
    """The terms of a sentence, for a search: a `Due`."""

    def __init__(
        self,
        glossary: Glossary,
        wanted: Mapping[str, int],
        ways: Mapping[str, Sequence[Way]],
        spelling: Spelling,
    ) -> None:
        self.bonus = glossary.bonus
        self._wanted, self._ways, self._spelling = wanted, ways, spelling
        self._forms = glossary._forms(wanted)
        self._shortest = {
            term: min(len(way.ids) for way in own if way.anywhere) for term, own in ways.items()
        }
        self.tokens = sum(count * self._shortest[term] for term, count in wanted.items())

    def __call__(self, words: Sequence[int]) -> Standing:
        text = self._spelling.text(words)
        spans = self._forms.assigned(text, self._wanted)
        left, begun, following = 0, 0, dict[int, None]()
        for term, wanted in self._wanted.items():
            missing = wanted - len(spans[term])
            if not missing:
                continue
            shortest = self._shortest[term]
            left += missing * shortest
            for way in self._ways[term]:
                said = way.begun(words)
                if said and self._fits(way, words[:-said]):
                    begun = max(begun, shortest - len(way.ids) + said)
                    following[way.ids[said]] = None
                if self._fits(way, words):
                    following[way.ids[0]] = None
        return Standing(left, begun, tuple(following))

    def _fits(self, way: Way, before: Sequence[int]) -> bool:
        """Can it begin after these words?"""
        if way.anywhere:
            return True
        if way.first or not before:
            return way.first and not before
        last = self._spelling.text(before[-4:])[-1:]  # a character has up to four tokens
        return not continues(last or " ")


def kinds(text: str) -> set[str]:
    """The characters in it without which there is no unit, one digit for all."""
    return {"0" if c.isdecimal() else c for c in TRIGGERS.findall(text)}


def _is_no_unit(form: str, barred: set[str]) -> bool:
    """May it be said where units are protected, and nothing else may be like one?"""
    return not unit_spans(form) and not kinds(form) & barred


def _settled(term: object) -> str:
    """A term as text has it."""
    if not isinstance(term, str):
        raise ConfigError(f"a glossary's terms and translations must be texts; got {term!r}.")
    if SURROGATE.search(term):
        raise ConfigError(f"the glossary's {term!r} has half of a surrogate pair.")
    text = " ".join(unicodedata.normalize("NFC", visible(term)).split())
    if not text:
        raise ConfigError(f"the glossary's {term!r} is empty.")
    if len(text) > LONGEST:
        raise ConfigError(f"the glossary's {text[:20]!r}… is longer than {LONGEST} characters.")
    return text

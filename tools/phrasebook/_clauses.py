"""Clauses: a subject and a verb phrase in a mood, stated, asked, or put before a noun."""

from __future__ import annotations

from dataclasses import dataclass

from tools.phrasebook._english import agree
from tools.phrasebook._linked import (
    NOTHING,
    En,
    EnWord,
    Linked,
    Phrase,
    Zh,
    unlinked,
    weave,
)
from tools.phrasebook._moods import ASKED, DOES_NOT, PRESENT, WAS_NOT, Mood
from tools.phrasebook._phrases import NounPhrase, VerbPhrase

__all__ = ["Clause", "ask", "clause", "relative", "who"]


@dataclass(frozen=True, slots=True)
class Clause:
    """English comes in pieces, because a question puts the first auxiliary before the subject."""

    zh: Zh
    opening: En
    subject: En
    auxiliaries: En
    main: En

    @property
    def en(self) -> En:
        return self.opening + self.subject + self.auxiliaries + self.main


def clause(
    subject: NounPhrase,
    verb: VerbPhrase,
    mood: Mood = PRESENT,
    *,
    time: Phrase = NOTHING,
    adverb: Phrase = NOTHING,
    front: bool = False,
) -> Clause:
    """Chinese: subject, time, adverb, verb. English: subject, adverb, verb, time.

    front: the time comes first in both languages.
    """
    verb = _without_hen(verb, mood)
    marks = _marks(verb, mood)
    count = 1 if mood.particle else 0
    marker, particle = marks.zh[: len(marks.zh) - count], marks.zh[len(marks.zh) - count :]
    early, late = ((), particle) if verb.late else (particle, ())
    topic = time.zh + subject.zh if front else subject.zh + time.zh
    auxiliaries, main = _english(verb, mood, subject.be, marks.en)
    return Clause(
        topic + adverb.zh + marker + verb.before + verb.verb + early + verb.after + late,
        time.en if front else (),
        subject.en,
        auxiliaries,
        adverb.en + main + (() if front else time.en),
    )


def _marks(verb: VerbPhrase, mood: Mood) -> Phrase:
    """Marker and particle over the auxiliaries."""
    marker = mood.marker
    if marker == "正在1" and verb.before and verb.before[0].text == "在":
        marker = "正1"  # 正在 and 在 melt into one
    return weave(f"{marker} {mood.particle}", mood.auxiliaries)


def _without_hen(verb: VerbPhrase, mood: Mood) -> VerbPhrase:
    """很 only stands where nothing else stands before the adjective."""
    if verb.verb and verb.verb[0].text == "很" and (mood in (DOES_NOT, WAS_NOT, *ASKED.values())):
        return VerbPhrase(EnWord("be"), (), verb.after, verb.rest)
    return verb


def _english(verb: VerbPhrase, mood: Mood, be: str, auxiliaries: En) -> tuple[En, En]:
    """Auxiliaries and main verb; a form of 'be' is its own auxiliary."""
    first = auxiliaries[0].text if auxiliaries else ""
    past = mood.form == "past" or first in ("did", "was")
    agreed = ("were" if be == "are" else "was") if past else be
    if verb.head.text == "be" and first in ("", "do", "did"):
        links = verb.head.stands_for or (auxiliaries[0].stands_for if auxiliaries else ())
        return (EnWord(agreed, links), *auxiliaries[1:]), verb.rest
    if auxiliaries:
        text = agreed if first in ("be", "was") else agree(first, be)
        auxiliaries = (EnWord(text, auxiliaries[0].stands_for), *auxiliaries[1:])
    if mood.form != "present":
        return auxiliaries, verb.en(mood.form)
    return auxiliaries, (EnWord(agree(verb.head.text, be), verb.head.stands_for), *verb.rest)


def ask(
    subject: NounPhrase,
    verb: VerbPhrase,
    mood: Mood = PRESENT,
    *,
    time: Phrase = NOTHING,
    adverb: Phrase = NOTHING,
    wh: Phrase | None = None,
) -> Phrase:
    """A question: yes or no with 吗, or another kind.

    wh: the question word. Its Chinese must already stand where the answer would; its English comes
    first. NOTHING asks for a choice (咖啡还是茶).
    """
    question = clause(subject, verb, ASKED.get(mood, mood), time=time, adverb=adverb)
    first, *others = question.auxiliaries
    ma = unlinked("吗" if wh is None else "").zh
    first = EnWord(first.text, first.stands_for or ma)
    opening = wh.en if wh else ()
    return Phrase(question.zh + ma, (*opening, first, *question.subject, *others, *question.main))


def relative(gapped: Linked, *, that: str = "that") -> Phrase:
    """A clause without its object, before a noun: 我买的 (书), (the book) that I bought."""
    return weave("{clause} 的1", f"{that}1 {{clause}}", clause=gapped)


def who(verb: VerbPhrase, mood: Mood, *, be: str = "is") -> Phrase:
    """A clause without its subject, before a noun: 正在看书的 (人), (someone) who is reading."""
    return relative(clause(NounPhrase((), (), be), verb, mood), that="who")

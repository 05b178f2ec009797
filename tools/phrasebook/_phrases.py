"""Noun phrases and verb phrases, built in both languages at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tools.phrasebook import lexicon
from tools.phrasebook._english import plural, verb_form
from tools.phrasebook._linked import (
    NOTHING,
    En,
    EnWord,
    Linked,
    Phrase,
    Zh,
    join,
    linked,
    unlinked,
    weave,
)
from tools.phrasebook.lexicon import Noun, Person, Place

__all__ = [
    "NounPhrase", "VerbPhrase", "at", "attribute", "catenative", "colour", "copula", "generic",
    "go_to", "measured", "name", "possessive", "pronoun", "quality", "role", "thing", "transitive",
    "verb_phrase",
]  # fmt: skip

# zh: (English, plural, takes a measure word)
_DETERMINERS = {
    "": ("", False, False),
    "一": ("a", False, True),
    "这": ("this", False, True),
    "那": ("that", False, True),
    "几": ("several", True, True),
    "一些": ("some", True, False),
    "很多": ("many", True, False),
    "这些": ("these", True, False),
    "那些": ("those", True, False),
    **{zh: (en, True, True) for zh, en in lexicon.NUMBERS.items()},
}
_DEGREES = {"非常": "very", "太": "too", "有点": "a_little", "不太": "not very"}


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """be: the form of 'be' it takes. pronoun: what a later mention of it is called in Chinese."""

    zh: Zh
    en: En
    be: str = "is"
    pronoun: str = ""
    objective: En | None = None

    @property
    def as_object(self) -> Phrase:
        """The form after a verb or preposition: me, not I."""
        return Phrase(self.zh, self.en if self.objective is None else self.objective)


def pronoun(zh: str) -> NounPhrase:
    """我 I (me), 他们 they (them)."""
    entry = lexicon.PRONOUNS[zh]
    phrase = linked(zh, entry.en)
    return NounPhrase(phrase.zh, phrase.en, entry.be, zh, (EnWord(entry.objective, phrase.zh),))


def name(person: Person) -> NounPhrase:
    """小明 Xiaoming."""
    phrase = linked(person.zh, person.en)
    return NounPhrase(phrase.zh, phrase.en, "is", person.pronoun)


def possessive(owner: NounPhrase, *, close: bool = False) -> Phrase:
    """我的 my, 小明的 Xiaoming's; `close` drops 的 (我妈妈 my mother)."""
    de = unlinked(en="'s") if close else linked("的", "'s")
    if owner.objective is None:
        return join(owner, de)
    zh = owner.zh + de.zh
    return Phrase(zh, (EnWord(lexicon.PRONOUNS[owner.pronoun].possessive, zh),))


def attribute(adjective: str, *, very: bool = False, close: bool = False) -> Phrase:
    """非常可爱的 very cute; `close` drops 的 (新书 new book)."""
    word = linked(adjective, lexicon.ADJECTIVES[adjective])
    pattern = ("非常1 {word}", "very1 {word}") if very else ("{word}", "{word}")
    return join(weave(*pattern, word=word), unlinked("" if close else "的"))


def colour(zh: str, *, close: bool = False) -> Phrase:
    """红色的 red."""
    return join(linked(zh, lexicon.COLOURS[zh]), unlinked("" if close else "的"))


def generic(noun: Noun) -> NounPhrase:
    """A kind as such: 猫 cats, 咖啡 coffee."""
    phrase = linked(noun.zh, noun.en if noun.unit else plural(noun.en))
    return NounPhrase(phrase.zh, phrase.en, "is" if noun.unit and noun.en[-1] != "s" else "are")


def thing(
    noun: Noun,
    determiner: str = "",
    *attributes: Phrase,
    owner: Phrase = NOTHING,
    relative: Phrase = NOTHING,
) -> NounPhrase:
    """A noun with what stands before it in Chinese.

    Chinese: owner, relative clause, determiner and measure word, attributes, noun. English: 'the'
    unless owner or determiner makes it needless; the relative clause comes last.
    """
    english, many, counted = _DETERMINERS[determiner]
    definite = not owner.zh and (relative.zh or not determiner)
    before = [unlinked(en="the")] if definite else []
    if determiner:
        before.append(linked(determiner, english))
    if counted:
        before.append(_measure(noun, many))
    noun_en = plural(noun.en) if many and not noun.unit else noun.en
    core = join(*before, *attributes, linked(noun.zh, noun_en))
    several = many or (noun.unit and not counted and noun.en.endswith("s"))
    return NounPhrase(
        owner.zh + relative.zh + core.zh,
        owner.en + core.en + relative.en,
        "are" if several else "is",
        "它们" if several else "它",
    )


def measured(noun: Noun, zh: str, en: str) -> Phrase:
    """What one asks with: 几本书 how many books, 哪本书 which book."""
    many = en == "how many"
    word = plural(noun.en) if many and not noun.unit else noun.en
    return join(linked(zh, en), _measure(noun, many), linked(noun.zh, word))


def _measure(noun: Noun, many: bool) -> Phrase:
    """A measure word has no English of its own, or is a container: 两杯 two cups of."""
    if not noun.unit:
        return unlinked(noun.measure)
    unit = linked(noun.measure, plural(noun.unit) if many else noun.unit)
    return join(unit, unlinked(en="of"))


def role(
    person: Person,
    determiner: str = "",
    *,
    owner: Phrase = NOTHING,
    relative: Phrase = NOTHING,
) -> NounPhrase:
    """Someone by what they are: 老师 the teacher, 那位老师 that teacher, 我姐姐 my older sister.

    The determiner 们 gives the plural: 学生们 the students.
    """
    if determiner == "们":
        noun = Noun(f"{person.zh}们", plural(person.en), "person", person.measure, "")
        return replace(thing(noun, relative=relative), be="are", pronoun="他们")
    noun = Noun(person.zh, person.en, "person", person.measure, "")
    phrase = thing(noun, determiner, owner=owner, relative=relative)
    return replace(phrase, pronoun="他们" if phrase.be == "are" else person.pronoun)


@dataclass(frozen=True, slots=True)
class VerbPhrase:
    """A verb with everything but its subject, time and tense.

    Chinese is before + verb + after; English is the verb `head` in some form + rest.
    late: 了 follows the whole phrase, not the verb (我跑步了).
    """

    head: EnWord
    verb: Zh = ()
    after: Zh = ()
    rest: En = ()
    before: Zh = ()
    late: bool = False

    @property
    def zh(self) -> Zh:
        return self.before + self.verb + self.after

    def en(self, form: str) -> En:
        """`form` as in `verb_form`, without the subject's agreement."""
        head = EnWord(verb_form(self.head.text, form), self.head.stands_for)
        return (head, *self.rest)

    def near(self, adjunct: Linked) -> VerbPhrase:
        """With an adjunct next to the verb in Chinese, last in English."""
        return replace(self, before=self.before + adjunct.zh, rest=self.rest + adjunct.en)

    def far(self, adjunct: Linked) -> VerbPhrase:
        """With an adjunct first in Chinese, last in English."""
        return replace(self, before=adjunct.zh + self.before, rest=self.rest + adjunct.en)


def verb_phrase(zh: str, en: str, *, late: bool = False) -> VerbPhrase:
    """A lexicon entry: 听·音乐 listen to music."""
    entry = linked(zh, en)
    return VerbPhrase(entry.en[0], entry.zh[:1], entry.zh[1:], entry.en[1:], late=late)


def transitive(zh: str, en: str, *things: Linked) -> VerbPhrase:
    """A verb and what follows it; without that, the gap of a relative clause or question."""
    verb, thing = verb_phrase(zh, en), join(*things)
    return replace(verb, after=verb.after + thing.zh, rest=verb.rest + thing.en)


def copula(zh: str, complement: Linked) -> VerbPhrase:
    """是 be + complement; without `zh`, Chinese has no word for be."""
    verb = unlinked(zh).zh
    return VerbPhrase(EnWord("be", verb), verb, complement.zh, complement.en)


def quality(adjective: str, degree: str = "很") -> VerbPhrase:
    """Being so: 很可爱 be cute, 非常可爱 be very cute, 太贵了 be too expensive."""
    word = linked(adjective, lexicon.ADJECTIVES[adjective])
    if degree == "很":
        return copula(degree, word)
    end = unlinked("了" if degree == "太" else "")
    return copula("", join(linked(degree, _DEGREES[degree]), word, end))


def catenative(zh: str, en: str, inner: VerbPhrase) -> VerbPhrase:
    """想 want to + what one wants to do."""
    return transitive(zh, f"{en} to", Phrase(inner.zh, inner.en("base")))


def at(place: Place, zh: str = "在", en: str = "") -> Phrase:
    """在公园 in the park; 从图书馆 from the library."""
    english = f"{en or place.preposition}1 {place.article} {{place}}"
    return weave(f"{zh}1 {{place}}", english, place=linked(place.zh, place.en))


def go_to(place: Place) -> VerbPhrase:
    """去公园 go to the park."""
    return transitive("去", "go to", unlinked(en=place.article), linked(place.zh, place.en))

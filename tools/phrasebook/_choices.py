"""Random people, things, places and times, each sensible in itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from random import Random
from typing import TypeVar

from tools.phrasebook import lexicon
from tools.phrasebook._clauses import clause, relative
from tools.phrasebook._linked import NOTHING, Phrase, join, linked, unlinked, weave
from tools.phrasebook._moods import WAS
from tools.phrasebook._phrases import (
    NounPhrase,
    VerbPhrase,
    at,
    attribute,
    colour,
    name,
    possessive,
    pronoun,
    role,
    thing,
    verb_phrase,
)
from tools.phrasebook.lexicon import Frame, Noun, Time

__all__ = [
    "PERSONAL", "Dice", "again", "around", "companion", "definite", "definite_noun", "indefinite",
    "noun_of", "of_frame", "one", "one_person", "own", "owner", "relative_thing", "somebody",
    "someone_else", "spot", "time_phrase",
]  # fmt: skip

_Item = TypeVar("_Item")


PERSONAL = ("我", "你", "他", "她", "我们", "他们")


class Dice:
    """A random source, and how richly it makes sentences grow: `rich` from 0 to 1."""

    def __init__(self, rng: Random, rich: float) -> None:
        self._rng = rng
        self.rich = rich

    def chance(self, probability: float) -> bool:
        return self._rng.random() < probability

    def grows(self, probability: float = 1.0) -> bool:
        return self._rng.random() < probability * self.rich

    def pick(self, items: Sequence[_Item]) -> _Item:
        return self._rng.choice(items)


def somebody(dice: Dice, *, kinds: Sequence[str] = ()) -> NounPhrase:
    """A subject of any kind, or one of some: pronoun, name, own, role, pair."""
    kind = dice.pick(kinds or _KINDS_OF_PEOPLE)
    if kind == "pronoun":
        return pronoun(dice.pick(("我", "我", "我", "他", "她", "我们", "他们")))
    if kind == "pair":
        return _pair(dice)
    if kind == "role":
        determiner = "们" if dice.chance(0.12) else dice.pick(("", "", "那", "这"))
        return role(dice.pick(lexicon.PEOPLE["role"] + lexicon.PEOPLE["youth"]), determiner)
    if kind == "name":
        return name(dice.pick(lexicon.PEOPLE["name"]))
    return own(dice, pronoun(dice.pick(("我", "我", "他", "她", "你"))))


_ONE_BY_NAME = ("name",) * 3 + ("own",) * 3 + ("role",) * 2
_KINDS_OF_PEOPLE = ("pronoun",) * 5 + _ONE_BY_NAME + ("pair",)


def _pair(dice: Dice) -> NounPhrase:
    """我和小明 Xiaoming and I, or two others."""
    first, second = dice.pick(lexicon.PEOPLE["name"]), dice.pick(lexicon.PEOPLE["name"])
    if first == second or dice.chance(0.5):
        both = weave("我1 和2 {a}", "{a} and2 I1", a=name(second))
        objective = tuple(
            word._replace(text="me") if word.text == "I" else word for word in both.en
        )
        return NounPhrase(both.zh, both.en, "are", "我们", objective)
    both = weave("{a} 和1 {b}", "{a} and1 {b}", a=name(first), b=name(second))
    return NounPhrase(both.zh, both.en, "are", "他们")


def own(dice: Dice, owner: NounPhrase, *, kin: bool = True) -> NounPhrase:
    """A relative (if `kin`) or friend of `owner`, who is a pronoun: 我妈妈, 她的朋友."""
    kin = kin and dice.chance(0.65)
    person = dice.pick(lexicon.PEOPLE["kin" if kin else "social"])
    return role(person, owner=possessive(owner, close=kin))


def one_person(dice: Dice) -> NounPhrase:
    """A single person other than the speaker and the listener."""
    return someone_else(dice, pronoun("我"))


def owner(dice: Dice) -> Phrase:
    """我的, 小明的, 她姐姐的."""
    who = one_person(dice) if dice.chance(0.4) else pronoun(dice.pick(PERSONAL[:4]))
    return possessive(who)


def again(person: NounPhrase) -> NounPhrase:
    """A later mention of the same."""
    return pronoun(person.pronoun)


def companion(dice: Dice, subject: NounPhrase, *, kin: bool = True) -> NounPhrase:
    """Someone else that `subject` has to do with."""
    if dice.chance(0.6):
        return own(dice, again(subject), kin=kin)
    return someone_else(dice, subject)


def someone_else(dice: Dice, subject: NounPhrase) -> NounPhrase:
    """Someone of whom a later pronoun would not speak of `subject`."""
    while True:
        other = somebody(dice, kinds=_ONE_BY_NAME)
        if other.pronoun not in ("他们", subject.pronoun):
            return other


def noun_of(dice: Dice, *kinds: str) -> Noun:
    return dice.pick(lexicon.NOUNS[dice.pick(kinds)])


def _attributes(dice: Dice, noun: Noun, *, old: bool = True) -> list[Phrase]:
    """Up to one adjective and one colour, which drops 的 after an adjective: 漂亮的红色裙子.

    What is only now spoken of is seldom `old`: one buys new things.
    """
    kind = noun.kind
    coloured = kind in lexicon.COLOURED and dice.grows(0.3)
    attributes: list[Phrase] = []
    if kind in lexicon.ATTRIBUTES and dice.grows(0.6):
        fitting = [zh for zh in lexicon.ATTRIBUTES[kind] if old or zh != "旧"]
        adjective = dice.pick(fitting)
        young_or_old = adjective in ("新", "旧")
        very = adjective in lexicon.GROUPS["want very"] or dice.chance(0.35)
        very = very and not young_or_old
        close = adjective in lexicon.GROUPS["close"] and not very and not coloured
        attributes.append(attribute(adjective, very=very, close=close))
    if coloured:
        attributes += _colours(dice, kind, close=bool(attributes) and len(noun.zh) > 1)
    return attributes


def _colours(dice: Dice, kind: str, *, close: bool = False) -> list[Phrase]:
    """A colour, if things of that kind have one."""
    if kind not in lexicon.COLOURED:
        return []
    return [colour(dice.pick(lexicon.COLOURED[kind]), close=close)]


def indefinite(dice: Dice, *kinds: str) -> NounPhrase:
    """一本书, 三只非常可爱的小猫."""
    noun = noun_of(dice, *kinds)
    return thing(noun, _quantity(dice, noun), *_attributes(dice, noun, old=False))


def one(dice: Dice, *kinds: str) -> NounPhrase:
    """一本书, 一只非常可爱的小猫."""
    noun = noun_of(dice, *kinds)
    return thing(noun, "一", *_attributes(dice, noun, old=False))


def _quantity(dice: Dice, noun: Noun) -> str:
    """How many: few of what is large, any number of what is small."""
    if dice.chance(0.6):
        return "一"
    if noun.kind in lexicon.GROUPS["large"]:
        return dice.pick(("一", "一", "两"))
    if noun.unit or noun.kind not in lexicon.GROUPS["many"]:
        return dice.pick(("两", "两", "三", "几"))
    return dice.pick((*lexicon.NUMBERS, "两", "三", "几", "几", "几", "很多", "很多", "一些"))


def definite(dice: Dice, *kinds: str, owner: NounPhrase | None = None) -> NounPhrase:
    """这本书, 那些红色的花, 我的手机, 我昨天买的书; `owner` is who may own it."""
    return definite_noun(dice, noun_of(dice, *kinds), owner)


def definite_noun(
    dice: Dice, noun: Noun, owner: NounPhrase | None = None, *, terse: bool = False
) -> NounPhrase:
    """The same with the noun given; `terse` leaves out adjectives, if one is to follow anyway."""
    if dice.grows(0.35) and _tellable(noun.kind):
        return relative_thing(dice, noun)
    if owner and dice.chance(0.4):
        mine = possessive(again(owner))
        return thing(noun, "", *(_colours(dice, noun.kind) if dice.grows(0.2) else []), owner=mine)
    attributes = [] if terse else _attributes(dice, noun)
    return thing(noun, dice.pick(_POINTERS[:3] if noun.unit else _POINTERS), *attributes)


_POINTERS = ("这", "那", "那", "这", "这些", "那些")


@cache
def _tellable(kind: str) -> tuple[Frame, ...]:
    """The verbs by which one can tell things of that kind: the one that I bought, found, …"""
    return tuple(frame for frame in lexicon.frames("bring about") if kind in frame.kinds)


def relative_thing(dice: Dice, noun: Noun, *, single: bool = False) -> NounPhrase:
    """我昨天在书店买的小说 the novel that I bought at the bookstore yesterday."""
    frame = dice.pick(_tellable(noun.kind))
    verb = of_frame(dice, frame, NOTHING)
    when = time_phrase(dice, "past", frame.spans) if dice.chance(0.6) else NOTHING
    gapped = clause(_teller(dice), verb, WAS, time=when)
    determiner = "" if single or noun.unit else dice.pick(("", "", "", "两", "三"))
    colours = _colours(dice, noun.kind) if dice.grows(0.25) else []
    return thing(noun, determiner, *colours, relative=relative(gapped))


def _teller(dice: Dice) -> NounPhrase:
    """A subject that can follow 'that'."""
    who = somebody(dice)
    return pronoun(who.pronoun) if who.en[0].text in ("that", "this") else who


def of_frame(dice: Dice, frame: Frame, thing: Phrase) -> VerbPhrase:
    """The verb with its object and perhaps a place."""
    verb = verb_phrase(frame.zh, frame.en)
    verb = VerbPhrase(verb.head, verb.verb, verb.after + thing.zh, verb.rest + thing.en)
    if frame.from_where or (frame.places and dice.grows(0.8)):
        place = lexicon.PLACES[dice.pick(frame.places)]
        verb = verb.near(at(place, "从", "from") if frame.from_where else at(place))
    return verb


def time_phrase(dice: Dice, tense: str, spans: tuple[str, ...], part: str = "") -> Phrase:
    """A time that suits the tense, the weight of what happens, and its part of the day."""
    time = dice.pick(_times(tense, spans, part))
    return linked(time.zh, time.en)


@cache
def _times(tense: str, spans: tuple[str, ...], part: str) -> tuple[Time, ...]:
    """Near includes recent; the plain ones, as yesterday and this morning, come oftener."""
    wanted = (*spans, "recent") if "near" in spans else spans
    fitting = [
        time
        for time in lexicon.TIMES[tense]
        if time.span in wanted and not any(word in time.zh for word in _UNFIT[part])
    ]
    plain = [time for time in fitting if "星期" not in time.zh and time.zh[-1] != "前"]
    return tuple(fitting + 4 * plain)


# part of the day of an activity: words in a time that do not go with it
_UNFIT = {
    "": (),
    "日": ("晚上",),
    "早": ("下午", "晚上"),
    "午": ("早上", "下午", "晚上"),
    "晚": ("早上", "下午"),
}


def spot(dice: Dice, kind: str, *, zai: bool = True) -> Phrase:
    """Where in the house things of that kind lie: (在)桌子上 on the table."""
    return around(*dice.pick(lexicon.LOCATIONS[kind]), zai=zai)


def around(zh: str, en: str, *, zai: bool = False) -> Phrase:
    """桌子·上, on the table: the side comes after the thing in Chinese, before it in English."""
    (thing_zh, side_zh), (side_en, thing_en) = zh.split("·"), en.split(" the ")
    side = linked(f"在·{side_zh}" if zai else side_zh, side_en)
    inner = linked(thing_zh, thing_en)
    return Phrase(side.zh[:-1] + inner.zh + side.zh[-1:], join(side, unlinked(en="the"), inner).en)

"""Random simple statements of what people do, want, like and have."""

from __future__ import annotations

from tools.phrasebook import _moods as moods
from tools.phrasebook import lexicon
from tools.phrasebook._choices import (
    Dice,
    companion,
    definite,
    indefinite,
    noun_of,
    one,
    one_person,
)
from tools.phrasebook._clauses import Clause, clause
from tools.phrasebook._events import activity, event
from tools.phrasebook._linked import NOTHING, Phrase, join, linked, unlinked
from tools.phrasebook._phrases import (
    NounPhrase,
    VerbPhrase,
    at,
    catenative,
    colour,
    generic,
    go_to,
    thing,
    transitive,
    verb_phrase,
)

__all__ = [
    "did_not", "doing_now", "enjoys", "experienced", "future", "habit", "has_done",
    "liked", "likes", "lives", "owns", "past", "should", "skilled", "teaches", "wearing", "wears",
    "wishes",
]  # fmt: skip


def past(dice: Dice, subject: NounPhrase) -> Clause:
    """我昨天在书店买了一本书."""
    done = event(dice, subject, "past")
    time = done.when(dice, "past") if dice.chance(0.8) else NOTHING
    return clause(subject, done.verb, moods.PAST, time=time, front=dice.chance(0.25))


def did_not(dice: Dice, subject: NounPhrase) -> Clause:
    """我昨天没去学校."""
    undone = event(dice, subject, "denied")
    time = undone.when(dice, "past") if dice.chance(0.7) else NOTHING
    return clause(subject, undone.verb, moods.DID_NOT, time=time)


def has_done(dice: Dice, subject: NounPhrase) -> Clause:
    """我已经买了一本书."""
    return clause(subject, event(dice, subject, "planned").verb, moods.HAS_DONE)


def future(dice: Dice, subject: NounPhrase) -> Clause:
    """我明天会去北京."""
    planned = event(dice, subject, "planned")
    mood = moods.FUTURE if dice.chance(0.85) else moods.WILL_NOT
    return clause(subject, planned.verb, mood, time=planned.when(dice, "future"))


def habit(dice: Dice, subject: NounPhrase) -> Clause:
    """我每天早上在公园跑步, 我经常在公园跑步."""
    repeated = event(dice, subject, "repeated")
    if dice.chance(0.1):
        return clause(subject, repeated.verb, moods.NEVER_DOES)
    if dice.chance(0.35):
        often = dice.pick((("经常", "often"), ("总是", "always"), ("有时候", "sometimes")))
        adverb = linked(*often)
        return clause(subject, repeated.verb, adverb=adverb)
    return clause(subject, repeated.verb, time=repeated.when(dice, "habit"))


def doing_now(dice: Dice, subject: NounPhrase) -> Clause:
    """妈妈正在厨房做饭, 我正在找我的钥匙."""
    if dice.chance(0.2):
        sought = definite(dice, "losable", "book", "stationery", owner=subject)
        return clause(subject, transitive("找", "look for", sought.as_object), moods.PROGRESSIVE)
    among = tuple(lexicon.ACTIVITIES)
    return clause(subject, activity(dice, subject, among=among).verb, moods.PROGRESSIVE)


def wishes(dice: Dice, subject: NounPhrase) -> Clause:
    """我明天想去公园, 我打算明年去北京, 我今天晚上需要学习."""
    zh, en, kind = dice.pick(_WISHES)
    planned = event(dice, subject, kind)
    time = planned.when(dice, "future") if dice.chance(0.6) else NOTHING
    mood = moods.DOES_NOT if zh != "打算" and dice.chance(0.15) else moods.PRESENT
    return clause(subject, catenative(zh, en, planned.verb), mood, time=time)


_WISHES = (
    ("想", "want", "planned"),
    ("想", "want", "planned"),
    ("打算", "plan", "planned"),
    ("需要", "need", "needed"),
)


def enjoys(dice: Dice, subject: NounPhrase) -> Clause:
    """我喜欢在公园跑步."""
    verb = catenative("喜欢", "like", activity(dice, subject).verb)
    return clause(subject, verb, moods.DOES_NOT if dice.chance(0.15) else moods.PRESENT)


def should(dice: Dice, subject: NounPhrase) -> Clause:
    """你应该每天锻炼."""
    act = activity(dice, subject, among=lexicon.GROUPS["salutary"])
    time = act.when(dice, "habit") if dice.chance(0.5) else NOTHING
    return clause(subject, act.verb.far(time), moods.SHOULD)


def skilled(dice: Dice, subject: NounPhrase) -> Clause:
    """她会弹钢琴."""
    mood = moods.SKILLED if dice.chance(0.75) else moods.NOT_SKILLED
    return clause(subject, verb_phrase(*dice.pick(lexicon.SKILLS)), mood)


def experienced(dice: Dice, subject: NounPhrase) -> Clause:
    """我去过北京, 我没看过那部电影."""
    mood = moods.EXPERIENCE if dice.chance(0.6) else moods.NEVER
    if dice.chance(0.6):
        there = lexicon.PLACES[dice.pick(lexicon.GROUPS["destinations"])]
        return clause(subject, go_to(there), mood)
    zh, en, kind = dice.pick((("看", "watch", "movie"), ("看", "read", "book")))
    return clause(subject, transitive(zh, en, definite(dice, kind).as_object), mood)


def liked(dice: Dice) -> Phrase:
    """Something one may like: 咖啡, 小猫, 这件毛衣."""
    if dice.grows(0.45):
        kinds = ("garment", "book", "place", "vehicle", "song", "picture", "movie", "instrument")
        return definite(dice, *kinds).as_object
    if dice.chance(0.4):
        return linked(*dice.pick(lexicon.GENERICS))
    return generic(noun_of(dice, *lexicon.GROUPS["likable"])).as_object


def likes(dice: Dice, subject: NounPhrase) -> Clause:
    """我喜欢咖啡, 我非常喜欢咖啡, 我不喜欢咖啡."""
    verb = transitive("喜欢", "like", liked(dice))
    if dice.chance(0.2):
        return clause(subject, verb, moods.DOES_NOT)
    if dice.chance(0.3):
        return clause(subject, verb.near(linked("非常", "very much")))
    also = linked("也", "also") if dice.grows(0.3) else NOTHING
    return clause(subject, verb, adverb=also)


def owns(dice: Dice, subject: NounPhrase) -> Clause:
    """我有一只可爱的猫, 他没有手机, 我需要一把雨伞."""
    if dice.chance(0.2):
        noun = noun_of(dice, "housepet", "device", "vehicle", "instrument")
        lacked = join(unlinked(en="a"), linked(noun.zh, noun.en))
        return clause(subject, transitive("有", "have", lacked), moods.HAS_NOT)
    if dice.chance(0.4):
        zh, en = dice.pick((("需要", "need"), ("想要", "want")))
        kinds = ("device", "losable", "stationery", "drink", "bottled", "furniture", "garment")
        needed = one(dice, *kinds)
        return clause(subject, transitive(zh, en, needed.as_object))
    kinds = ("housepet", "housepet", "device", "vehicle", "book", "instrument", "garment", "toy")
    return clause(subject, transitive("有", "have", indefinite(dice, *kinds).as_object))


def wears(dice: Dice, *, close: bool = False) -> VerbPhrase:
    """穿一件红色的毛衣, or `close` 穿红色毛衣: to be said with 着."""
    zh, kind = dice.pick((("穿", "garment"), ("戴", "accessory")))
    noun, hue = noun_of(dice, kind), dice.pick(lexicon.COLOURED[kind])
    if not close:
        return transitive(zh, "wear", thing(noun, "一", colour(hue)).as_object)
    article = unlinked(en="" if noun.unit else "a")
    return transitive(zh, "wear", article, colour(hue, close=True), linked(noun.zh, noun.en))


def wearing(dice: Dice, subject: NounPhrase) -> Clause:
    """她穿着一件红色的毛衣; several people would not share one."""
    subject = one_person(dice) if subject.be == "are" else subject
    return clause(subject, wears(dice), moods.WEARING)


def lives(dice: Dice, subject: NounPhrase) -> Clause:
    """我叔叔住在北京, 我妈妈在医院工作."""
    if dice.chance(0.5):
        city = lexicon.PLACES[dice.pick(lexicon.GROUPS["cities"])]
        return clause(subject, transitive("住", "live", at(city)))
    place = lexicon.PLACES[dice.pick(lexicon.GROUPS["workplaces"])]
    return clause(subject, verb_phrase("工作", "work").near(at(place)))


def teaches(dice: Dice, subject: NounPhrase) -> Clause:
    """李女士教我们英语."""
    subject_taught = linked(*dice.pick(lexicon.SUBJECTS))
    pupil = companion(dice, subject).as_object
    return clause(subject, transitive("教", "teach", pupil, subject_taught))

"""Random sentences of three clauses and more, for the long end."""

from __future__ import annotations

from itertools import permutations

from tools.phrasebook import _descriptions as descriptions
from tools.phrasebook import _moods as moods
from tools.phrasebook import lexicon
from tools.phrasebook._choices import (
    Dice,
    again,
    companion,
    definite_noun,
    noun_of,
    one_person,
    relative_thing,
    somebody,
    someone_else,
    time_phrase,
)
from tools.phrasebook._clauses import Clause, clause
from tools.phrasebook._compounds import (
    day,
    each,
    that,
    there,
    understood_subject,
)
from tools.phrasebook._events import activity, doing, event, leisure, with_someone
from tools.phrasebook._linked import NOTHING, Phrase, join, linked, weave
from tools.phrasebook._phrases import (
    NounPhrase,
    VerbPhrase,
    at,
    catenative,
    generic,
    go_to,
    pronoun,
    thing,
    transitive,
    verb_phrase,
)
from tools.phrasebook._reasons import (
    OUTDOORS,
    PREPARATIONS,
    Cast,
    due,
    explained,
    if_fine,
    if_then,
    poorly,
)

__all__ = ["LONG", "LONGEST"]


def _three(dice: Dice) -> Phrase:
    """昨天我买了一本书，我妹妹买了一朵玫瑰，小明看了一部电影."""
    one = somebody(dice)
    two = someone_else(dice, one)
    three = someone_else(dice, two)
    day = time_phrase(dice, "past", ("recent",), "日")
    a = clause(one, event(dice, one, "past").verb, moods.PAST, time=day, front=True)
    b, c = (clause(who, event(dice, who, "past").verb, moods.PAST) for who in (two, three))
    return weave("{a} ，1 {b} ，2 {c}", "{a} ,1 {b} ,2 and {c}", a=a, b=b, c=c)


def _two_outings(dice: Dice) -> Phrase:
    """小明昨天先去了超市，买了两个苹果，然后去了书店，买了一本词典."""
    who = somebody(dice)
    first, second = dice.pick(tuple(permutations(lexicon.SIGHTS, 2)))
    day = time_phrase(dice, "past", ("near",), "日")
    one = _went(who, first.place, linked("先", "first"), day)
    two = _went(understood_subject(who), second.place, linked("然后", "then"))
    begun = weave("{a} ， {b}", "{a} and {b}", a=one, b=there(dice, first, who))
    ended = weave("{a} ， {b}", "{a} and {b}", a=two, b=there(dice, second, who))
    return weave("{a} ，1 {b}", "{a} ,1 and {b}", a=begun, b=ended)


def _went(who: NounPhrase, place: str, order: Phrase, day: Phrase = NOTHING) -> Clause:
    return clause(who, go_to(lexicon.PLACES[place]), moods.PAST, time=day, adverb=order)


def _anyway_because(dice: Dice) -> Phrase:
    """虽然小明昨天很累，但是他还是在图书馆学习了，因为他明天有一场考试."""
    who, day = somebody(dice), time_phrase(dice, "past", ("recent",))
    obstacle = poorly(dice, Cast(who, who, day))
    coming, preparation = dice.pick(PREPARATIONS)
    effort = activity(dice, who, among=(preparation,)).verb
    fact = clause(again(who), effort, moods.PAST, adverb=linked("还是", "still"))
    reason = due(dice, again(who), coming)
    return weave(
        "虽然1 {a} ，2 但是 {b} ， 因为3 {c}",
        "although1 {a} ,2 {b} because3 {c}",
        a=obstacle,
        b=fact,
        c=reason,
    )


def _stayed_home(dice: Dice) -> Phrase:
    """因为小明昨天生病了，所以他没去学校，而是在家休息了."""
    who, day = somebody(dice), time_phrase(dice, "past", ("recent",))
    reason = poorly(dice, Cast(who, who, day), "累 难过 紧张")
    undone = clause(again(who), event(dice, who, "exerting").verb, moods.DID_NOT)
    done = clause(understood_subject(who), _quietly(dice), moods.PAST)
    return weave(
        "因为1 {a} ，2 所以 {b} ， 而是3 {c}",
        "because1 {a} ,2 {b} but3 {c}",
        a=reason,
        b=undone,
        c=done,
    )


def _quietly(dice: Dice) -> VerbPhrase:
    """在家休息."""
    rest = doing(lexicon.ACTIVITIES[dice.pick(lexicon.GROUPS["restful"])])
    return rest.near(at(lexicon.PLACES["家"]))


def _come_what_may(dice: Dice) -> Phrase:
    """如果明天天气很好，我们就去公园散步，如果下雨，我们就在家看电影."""
    who = somebody(dice)
    fine, outing = if_fine(dice, who)
    it, falling = descriptions.falls(dice)
    wet, indoors = clause(it, falling), clause(again(who), _quietly(dice), moods.THEN)
    return weave(
        "如果1 {a} ，2 {b} ，3 如果4 {c} ，5 {d}",
        "if1 {a} ,2 {b} ,3 and if4 {c} ,5 {d}",
        a=fine,
        b=outing,
        c=wet,
        d=indoors,
    )


def _says_if(dice: Dice) -> Phrase:
    """小明说如果明天下雨，他就在家看书."""
    who = one_person(dice)
    return that(clause(who, verb_phrase("说", "say")), if_then(dice, again(who)))


def _says_why(dice: Dice) -> Phrase:
    """小红说她昨天没去学校，因为她生病了."""
    who, day = one_person(dice), time_phrase(dice, "past", ("recent",))
    cast = Cast(again(who), again(who), day, result_first=True)
    return that(clause(who, verb_phrase("说", "say")), explained(dice, cast))


def _heard(dice: Dice) -> Phrase:
    """我听说昨天小明买了一本书，他妹妹买了一朵玫瑰."""
    heard = clause(pronoun(dice.pick(("我", "我们"))), verb_phrase("听说", "hear"), moods.WAS)
    return that(heard, each(dice, one_person(dice)))


def _hopes_dry(dice: Dice) -> Phrase:
    """我希望明天不下雨，因为我想跟我的朋友一起在公园野餐."""
    who = somebody(dice)
    it, falling = descriptions.falls(dice)
    dry = clause(it, falling, moods.DOES_NOT, time=time_phrase(dice, "future", ("near",)))
    hope = that(clause(who, verb_phrase("希望", "hope")), dry)
    outing = leisure(dice, *OUTDOORS).verb
    outing = with_someone(dice, outing, who) if dice.chance(0.5) else outing
    reason = clause(again(who), catenative("想", "want", outing))
    return weave("{a} ， 因为1 {b}", "{a} because1 {b}", a=hope, b=reason)


def _opinions(dice: Dice) -> Phrase:
    """我觉得这部手机很方便，但是小明觉得它太贵了."""
    kinds, minus, plus = dice.pick([c for c in lexicon.CONTRASTS if c.minus != "便宜"])
    one = somebody(dice)
    other, item = someone_else(dice, one), definite_noun(dice, noun_of(dice, *kinds), terse=True)
    for_it = clause(item, descriptions.rather(dice, plus))
    against = clause(again(item), descriptions.rather(dice, minus))
    return weave(
        "{a} ，1 但是2 {b}",
        "{a} ,1 but2 {b}",
        a=clause(one, transitive("觉得", "think", for_it)),
        b=clause(other, transitive("觉得", "think", against)),
    )


def _tastes(dice: Dice) -> Phrase:
    """我喜欢在公园跑步，但是我弟弟喜欢在家看书."""
    one = somebody(dice)
    other = someone_else(dice, one)
    outdoors = catenative("喜欢", "like", leisure(dice, *OUTDOORS).verb)
    indoors = catenative("喜欢", "like", _quietly(dice))
    a, b = clause(one, outdoors), clause(other, indoors)
    return weave("{a} ，1 但是2 {b}", "{a} ,1 but2 {b}", a=a, b=b)


def _compared(dice: Dice) -> Phrase:
    """我昨天在商店买的毛衣比小明上个月买的毛衣便宜."""
    noun = noun_of(dice, "book", "garment", "accessory", "device", "furniture", "photo")
    adjective = dice.pick(lexicon.ATTRIBUTES[noun.kind])
    one, other = (relative_thing(dice, noun, single=True) for _ in range(2))
    return join(clause(one, descriptions.more(adjective, other)))


def _every_day(dice: Dice) -> Phrase:
    """每个星期六小明早上跑步，下午看书，晚上看电视."""
    when = dice.pick(lexicon.TIMES["habit"])
    while "上" in when.zh or "下" in when.zh:
        when = dice.pick(lexicon.TIMES["habit"])
    return join(linked(when.zh, when.en), day(dice))


def _gift(dice: Dice) -> Phrase:
    """我昨天去了书店，给我妹妹买了一本小说，因为她非常喜欢小说."""
    who, (place, kind, numbers) = somebody(dice), dice.pick(_GIFT_SHOPS)
    friend, noun = companion(dice, who), noun_of(dice, kind)
    went = _went(who, place, NOTHING, time_phrase(dice, "past", ("near",)))
    gift = transitive("买", "buy", thing(noun, dice.pick(numbers)).as_object)
    gift = gift.far(weave("给1 {x}", "for1 {x}", x=friend.as_object))
    likes = transitive("喜欢", "like", generic(noun).as_object).near(linked("非常", "very much"))
    return weave(
        "{a} ， {b} ， 因为1 {c}",
        "{a} and {b} because1 {c}",
        a=went,
        b=clause(understood_subject(who), gift, moods.PAST),
        c=clause(again(friend), likes),
    )


_GIFT_SHOPS = (
    ("书店", "book", "一一两"),
    ("花店", "flower", "一两三几"),
    ("商场", "toy", "一一两"),
    ("超市", "fruit", "两三几几"),
)

# Sentences of about 25 characters and more, and of about 33 and more.
LONG = (
    *(_stayed_home, _gift, _says_why, _opinions, _compared) * 2,
    *(_says_if, _heard, _hopes_dry, _tastes, _every_day),
)
LONGEST = (_three, _three, _two_outings, _anyway_because, _come_what_may, _every_day, _heard, _gift)

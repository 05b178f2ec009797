"""Random statements of what people and things are like, and where they are."""

from __future__ import annotations

from dataclasses import replace

from tools.phrasebook import _moods as moods
from tools.phrasebook import lexicon
from tools.phrasebook._choices import (
    PERSONAL,
    Dice,
    around,
    companion,
    definite,
    definite_noun,
    indefinite,
    noun_of,
    one_person,
    own,
    owner,
    somebody,
    spot,
    time_phrase,
)
from tools.phrasebook._clauses import Clause, clause, relative, who
from tools.phrasebook._english import comparative, plural, superlative
from tools.phrasebook._events import activity
from tools.phrasebook._linked import NOTHING, Phrase, join, linked, unlinked, weave
from tools.phrasebook._phrases import (
    NounPhrase,
    VerbPhrase,
    at,
    copula,
    name,
    possessive,
    pronoun,
    quality,
    role,
    thing,
    transitive,
    verb_phrase,
)
from tools.phrasebook._statements import wears

__all__ = [
    "acquaintance", "age", "belongs", "city_described", "compared", "demonstrative", "falls",
    "favourite", "identity", "lies", "more", "person_described", "rained", "rather", "record",
    "someone_there", "there_is", "thing_described", "weather",
]  # fmt: skip


def rather(dice: Dice, adjective: str, *, mild: bool = False) -> VerbPhrase:
    """Being so, in some degree: 很贵, 非常贵, 有点贵, and 太贵了 unless `mild`."""
    degrees = ("很",) * 5 + ("非常",) * 3
    if adjective in lexicon.GROUPS["faults"]:
        degrees += ("有点",) if mild else ("有点", "太")
    return quality(adjective, dice.pick(degrees))


def described(dice: Dice, subject: NounPhrase, kind: str) -> Clause:
    """这本书非常有意思, 这本书不贵; the adjective is one for things of that kind."""
    adjective = dice.pick(lexicon.ATTRIBUTES[kind])
    if dice.chance(0.12):
        return clause(subject, quality(adjective), moods.DOES_NOT)
    return clause(subject, rather(dice, adjective))


def thing_described(dice: Dice) -> Clause:
    """A thing or place and what it is like."""
    noun = noun_of(dice, *lexicon.GROUPS["topics"])
    owner = pronoun(dice.pick(("我", "他", "她"))) if noun.kind in lexicon.LOCATIONS else None
    return described(dice, definite_noun(dice, noun, owner, terse=True), noun.kind)


def city_described(dice: Dice) -> Clause:
    """北京非常热闹."""
    return described(dice, _place_name(dice.pick(lexicon.GROUPS["cities"])), "city")


def _place_name(zh: str) -> NounPhrase:
    phrase = linked(zh, lexicon.PLACES[zh].en)
    return NounPhrase(phrase.zh, phrase.en, "is", "它")


def person_described(dice: Dice) -> Clause:
    """我姐姐非常聪明, 我今天很累."""
    if dice.chance(0.4):
        return feels(dice, somebody(dice))
    if dice.chance(0.15):
        subject = role(dice.pick(lexicon.PEOPLE["youth"]), dice.pick(("这", "那", "们")))
        return described(dice, subject, "youth")
    return described(dice, someone_there(dice) if dice.grows(0.4) else somebody(dice), "person")


def feels(dice: Dice, subject: NounPhrase) -> Clause:
    """A passing state: 我今天很累, 他昨天非常高兴."""
    state = rather(dice, dice.pick(lexicon.ATTRIBUTES["mood"]))
    zh, en, mood = dice.pick(_DAYS)
    return clause(subject, state, mood, time=linked(zh, en) if zh else NOTHING)


_DAYS = (
    ("", "", moods.PRESENT),
    ("今天", "today", moods.PRESENT),
    ("现在", "now", moods.PRESENT),
    ("昨天", "yesterday", moods.WAS),
    ("昨天·晚上", "last night", moods.WAS),
    ("前天", "the day before yesterday", moods.WAS),
)


def someone_there(dice: Dice) -> NounPhrase:
    """正在看书的女孩 the girl who is reading, 穿着红色毛衣的学生, 会说中文的医生."""
    person = dice.pick(lexicon.PEOPLE["youth"] + lexicon.PEOPLE["role"])
    many = "们" if dice.chance(0.15) else ""
    be = "are" if many else "is"
    kind = dice.pick(("doing", "wearing", "skilled", "living"))
    if kind == "wearing":
        return role(person, relative=who(wears(dice, close=True), moods.WEARING))
    if kind == "doing":
        known = who(activity(dice, role(person)).verb, moods.PROGRESSIVE, be=be)
    elif kind == "skilled":
        known = who(verb_phrase(*dice.pick(lexicon.SKILLS)), moods.SKILLED, be=be)
    else:
        home = at(lexicon.PLACES[dice.pick(lexicon.GROUPS["cities"])])
        known = who(transitive("住", "live", home), moods.PRESENT, be=be)
    return role(person, many, relative=known)


def identity(dice: Dice, subject: NounPhrase) -> Clause:
    """我爸爸是医生 my father is a doctor; 不是 too."""
    person = dice.pick(lexicon.PEOPLE["role"])
    many = subject.be == "are" and subject.pronoun != "你"
    what = linked(person.zh, plural(person.en) if many else person.en)
    complement = what if many else join(unlinked(en="a"), what)
    mood = moods.DOES_NOT if dice.chance(0.2) else moods.PRESENT
    return clause(subject, copula("是", complement), mood)


def acquaintance(dice: Dice) -> Clause:
    """正在看书的女孩是我妹妹."""
    relation = own(dice, pronoun(dice.pick(("我", "他", "她"))))
    return clause(someone_there(dice), copula("是", relation))


def belongs(dice: Dice) -> Clause:
    """这是我的书 this is my book."""
    kinds = ("book", "device", "losable", "garment", "toy", "stationery", "vehicle", "instrument")
    return _pointing(dice, thing(noun_of(dice, *kinds), owner=owner(dice)))


def demonstrative(dice: Dice, be: str) -> Phrase:
    """这 this or these, 那 that or those: the number is that of what is pointed at."""
    one, many = (("这", "this"), ("那", "that")), (("这", "these"), ("那", "those"))
    return linked(*dice.pick(many if be == "are" else one))


def _pointing(dice: Dice, what: NounPhrase) -> Clause:
    this = demonstrative(dice, what.be)
    return clause(NounPhrase(this.zh, this.en, what.be), copula("是", what))


def favourite(dice: Dice) -> Clause:
    """这是我最喜欢的小说 this is my favorite novel."""
    kinds = ("book", "movie", "song", "place", "toy", "picture", "instrument", "photo")
    noun = noun_of(dice, *kinds)
    person = pronoun(dice.pick(PERSONAL)) if dice.chance(0.6) else one_person(dice)
    best = weave("最喜欢1 的", "favorite1")
    return _pointing(dice, thing(noun, owner=join(possessive(person, close=True), best)))


# verb, English, kind of thing, adjectives
_RECORDS = (
    ("看", "read", "book", "有意思 无聊 难懂"),
    ("看", "watch", "movie", "有意思 无聊 感人 精彩 浪漫"),
    ("吃", "eat", "homemade", "好吃 大"),
    ("听", "hear", "song", "好听 感人 浪漫"),
    ("看到", "see", "pet", "可爱 漂亮 聪明"),
    ("看到", "see", "flower", "漂亮 大"),
)


def record(dice: Dice) -> Clause:
    """这是我看过的最有意思的小说 this is the most interesting novel that I have ever read."""
    zh, en, kind, adjectives = dice.pick(_RECORDS)
    adjective = dice.pick(adjectives.split())
    experience = clause(somebody(dice), transitive(zh, en), moods.EVER)
    most = linked(f"最·{adjective}", superlative(lexicon.ADJECTIVES[adjective]))
    attribute = join(most, unlinked("的"))
    return _pointing(dice, thing(noun_of(dice, kind), "", attribute, relative=relative(experience)))


def compared(dice: Dice) -> Clause:
    """这件毛衣比那件大衣便宜, 我哥哥跟我一样高."""
    if dice.chance(0.4):
        first = one_person(dice)
        second = companion(dice, first)
        adjective = dice.pick(lexicon.GROUPS["compared"])
    else:
        noun = noun_of(dice, *lexicon.GROUPS["topics"])
        first = definite_noun(dice, noun, terse=True)
        second = thing(noun_of(dice, noun.kind), dice.pick(("这", "那")))
        adjective = dice.pick(lexicon.ATTRIBUTES[noun.kind])
    return clause(first, dice.pick((more, more, as_much))(adjective, second))


def more(adjective: str, other: NounPhrase) -> VerbPhrase:
    """比那件大衣便宜 be cheaper than that coat."""
    word = linked(adjective, comparative(lexicon.ADJECTIVES[adjective]))
    return copula("", word).near(weave("比1 {x}", "than1 {x}", x=other.as_object))


def as_much(adjective: str, other: NounPhrase) -> VerbPhrase:
    """跟那件大衣一样贵 be as expensive as that coat."""
    word = linked(adjective, lexicon.ADJECTIVES[adjective])
    equal = weave("跟1 {x} 一样2 {a}", "as2 {a} as1 {x}", x=other.as_object, a=word)
    return copula("", equal)


_AGES = {
    **{zh: en for zh, en in lexicon.NUMBERS.items() if zh not in ("两", "三")},
    "十一": "eleven", "十二": "twelve", "十三": "thirteen", "十五": "fifteen", "十八": "eighteen",
    "二十": "twenty", "三十": "thirty", "四十": "forty", "五十": "fifty", "六十": "sixty",
}  # fmt: skip


def age(dice: Dice) -> Clause:
    """小明今年八岁, 小红比我大三岁, 我儿子比他小两岁."""
    person = name(dice.pick(lexicon.PEOPLE["name"]))
    if dice.chance(0.5):
        mine = possessive(pronoun(dice.pick(PERSONAL[:4])), close=True)
        person = role(dice.pick(lexicon.PEOPLE["child"]), owner=mine)
    if dice.chance(0.5):
        number = dice.pick(tuple(_AGES))
        years = weave(f"今年 {number}1 岁2", f"{_AGES[number]}1 years2 old2")
        return clause(person, copula("", years))
    number = dice.pick(tuple(lexicon.NUMBERS))
    zh, en = dice.pick((("大", "older"), ("小", "younger")))
    other = companion(dice, person).as_object if dice.chance(0.5) else pronoun("我").as_object
    english = f"{lexicon.NUMBERS[number]}1 years2 {en}3 than4 {{x}}"
    return clause(person, copula("", weave(f"比4 {{x}} {zh}3 {number}1 岁2", english, x=other)))


# Chinese, place, kinds of thing to be found there
_SCENES = (
    ("公园·里", "in the park", "pet flower tree"),
    ("花园·里", "in the garden", "flower tree pet"),
    ("院子·里", "in the yard", "pet flower tree"),
    ("动物园·里", "at the zoo", "wild beast"),
    ("农场·里", "on the farm", "farm tree"),
    ("房间·里", "in the room", "furniture"),
    ("客厅·里", "in the living room", "furniture instrument"),
    ("厨房·里", "in the kitchen", "dishes cutlery vegetable"),
)


def there_is(dice: Dice) -> Clause:
    """桌子上有一本书 there is a book on the table."""
    if dice.chance(0.5):
        kind = dice.pick(tuple(lexicon.LOCATIONS))
        where = spot(dice, kind, zai=False)
    else:
        zh, en, kinds = dice.pick(_SCENES)
        kind = dice.pick(kinds.split())
        where = around(zh, en)
    item = indefinite(dice, kind)
    there = NounPhrase(where.zh, unlinked(en="there").en, item.be)
    return clause(there, copula("有", Phrase(item.zh, item.en + where.en)))


def lies(dice: Dice) -> Clause:
    """我的书在桌子上 my book is on the table."""
    kind = dice.pick(tuple(lexicon.LOCATIONS))
    thing_there = definite(dice, kind, owner=pronoun(dice.pick(("我", "你", "他", "她"))))
    mood = moods.DOES_NOT if dice.chance(0.15) else moods.PRESENT
    return clause(thing_there, copula("", spot(dice, kind)), mood)


def weather(dice: Dice) -> Phrase:
    """今天天气很好, 昨天北京的天气非常冷."""
    times = (
        ("今天", "today", moods.PRESENT),
        ("昨天", "yesterday", moods.WAS),
        ("明天", "tomorrow", moods.FUTURE),
    )
    zh, en, mood = dice.pick(times)
    state = rather(dice, dice.pick(lexicon.ATTRIBUTES["weather"]))
    subject = linked("天气", "the weather")
    if dice.chance(0.5):
        city = dice.pick(lexicon.GROUPS["cities"])
        subject = weave("{city} 的1 天气2", "the weather2 in1 {city}", city=_place_name(city))
    statement = clause(NounPhrase(subject.zh, subject.en), state, mood)
    return weave("{time} {x}", "{x} {time}", time=linked(zh, en), x=statement)


def falls(dice: Dice, place: str = "") -> tuple[NounPhrase, VerbPhrase]:
    """下雨 it rains, 北京下雪 it snows in Beijing: subject and verb."""
    verb = verb_phrase(*dice.pick((("下·雨", "rain"), ("下·雪", "snow"))), late=True)
    where = weave("{x}", "in {x}", x=_place_name(place)) if place else NOTHING
    it = NounPhrase(where.zh, unlinked(en="it").en)
    return it, replace(verb, rest=where.en)


def rained(dice: Dice) -> Clause:
    """昨天下雨了 it rained yesterday, 北京明天会下雪 it will snow in Beijing tomorrow."""
    place = dice.pick(lexicon.GROUPS["cities"]) if dice.chance(0.7) else ""
    it, verb = falls(dice, place)
    if dice.chance(0.5):
        return clause(it, verb, moods.PAST, time=time_phrase(dice, "past", ("near",)))
    return clause(it, verb, moods.FUTURE, time=time_phrase(dice, "future", ("near",)))

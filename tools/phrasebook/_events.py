"""Random verb phrases: what people do, with what, where and with whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from tools.phrasebook import lexicon
from tools.phrasebook._choices import (
    Dice,
    again,
    companion,
    definite,
    indefinite,
    noun_of,
    of_frame,
    spot,
    time_phrase,
)
from tools.phrasebook._linked import NOTHING, Phrase, join, linked, unlinked, weave
from tools.phrasebook._phrases import (
    NounPhrase,
    VerbPhrase,
    at,
    go_to,
    possessive,
    thing,
    transitive,
    verb_phrase,
)
from tools.phrasebook.lexicon import Activity, Noun

__all__ = [
    "Event",
    "activity",
    "doing",
    "event",
    "go_near",
    "leisure",
    "move",
    "open_or_close",
    "with_someone",
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something done at some time: the verb phrase and the times that suit it."""

    verb: VerbPhrase
    spans: tuple[str, ...] = ("near",)
    part: str = ""

    def when(self, dice: Dice, tense: str) -> Phrase:
        return time_phrase(dice, tense, self.spans, self.part)


Maker = Callable[[Dice, NounPhrase], Event]


_USUAL = tuple(zh for zh in lexicon.ACTIVITIES if zh not in lexicon.GROUPS["momentary"])


def activity(dice: Dice, subject: NounPhrase, *, among: Sequence[str] = _USUAL) -> Event:
    """打篮球, 跟同学一起在公园打篮球; `among` names the activities to choose from."""
    entry = lexicon.ACTIVITIES[dice.pick(among)]
    verb = doing(entry)
    place = dice.pick(entry.places) if entry.places and dice.grows(0.9) else ""
    if place:
        verb = verb.near(at(lexicon.PLACES[place]))
    if dice.grows(0.15):
        verb = with_someone(dice, verb, subject, kin=place not in lexicon.GROUPS["formal"])
    return Event(verb, part=entry.part)


def doing(entry: Activity) -> VerbPhrase:
    """An activity as it stands in the lexicon."""
    return verb_phrase(entry.zh, entry.en, late=True)


def leisure(dice: Dice, *places: str) -> Event:
    """An activity at one of some places."""
    place = dice.pick(places)
    entry = dice.pick([a for a in _purposes(place) if not a.zh.startswith("吃")])
    return Event(doing(entry).near(at(lexicon.PLACES[place])), part=entry.part)


def with_someone(
    dice: Dice, verb: VerbPhrase, subject: NounPhrase, *, kin: bool = True
) -> VerbPhrase:
    """跟她的同学一起 with her classmate."""
    other = companion(dice, subject, kin=kin).as_object
    return verb.far(weave("跟1 {x} 一起", "with1 {x}", x=other))


def handle(dice: Dice, subject: NounPhrase) -> Event:
    """Something done to a thing: 在书店买一本书; what one loses or repairs is one's own."""
    frame = dice.pick(_OFTEN)
    if frame.zh in lexicon.GROUPS["own"]:
        thing = belonging(noun_of(dice, *frame.kinds), subject)
    else:
        thing = indefinite(dice, *frame.kinds)
    return Event(of_frame(dice, frame, thing.as_object), frame.spans)


def purchase(dice: Dice, subject: NounPhrase) -> Event:
    """买一本书."""
    frame = dice.pick(lexicon.FRAMES_OF["买"])
    return Event(of_frame(dice, frame, indefinite(dice, *frame.kinds).as_object), frame.spans)


def belonging(noun: Noun, owner: NounPhrase) -> NounPhrase:
    """他的钥匙 his key."""
    return thing(noun, owner=possessive(again(owner)))


def handle_known(dice: Dice, subject: NounPhrase) -> Event:
    """Something done to a definite thing: 看那本书."""
    frame = dice.pick(lexicon.frames("known"))
    noun = noun_of(dice, *frame.kinds)
    if frame.zh in lexicon.GROUPS["owned"] and dice.chance(0.5):
        known = belonging(noun, subject)
    else:
        known = thing(noun, dice.pick(("这", "那", "那")))
    return Event(transitive(frame.zh, frame.en, known.as_object), frame.spans)


def handle_planned(dice: Dice, subject: NounPhrase) -> Event:
    """Something done to a thing on purpose."""
    frame = dice.pick(lexicon.frames("on purpose"))
    return Event(of_frame(dice, frame, indefinite(dice, *frame.kinds).as_object), frame.spans)


# The verbs, weighted by how much there is to say with each.
_OFTEN = [f for f in lexicon.FRAMES for _ in range(3 if f.zh == "看到" else len(f.kinds))]


def go(dice: Dice, subject: NounPhrase) -> Event:
    """坐火车去北京, or somewhere near."""
    if dice.chance(0.7):
        return go_near(dice, subject)
    verb = go_to(lexicon.PLACES[dice.pick(lexicon.GROUPS["destinations"])])
    if dice.chance(0.5):
        verb = verb.far(linked(*dice.pick(lexicon.TRANSPORT[:2])))
    return Event(verb, ("near", "far"))


def go_near(dice: Dice, subject: NounPhrase) -> Event:
    """跟朋友一起去公园, 坐地铁去公园, 去公园散步."""
    if not dice.grows():
        return just_go(dice, subject)
    verb = go_to(lexicon.PLACES[dice.pick(lexicon.GROUPS["nearby"])])
    if dice.chance(0.5):
        return Event(verb.far(linked(*dice.pick(lexicon.TRANSPORT[2:]))))
    return Event(with_someone(dice, verb, subject))


def just_go(dice: Dice, _: NounPhrase) -> Event:
    """去公园, 去公园散步."""
    here = dice.pick(lexicon.GROUPS["nearby"])
    purposes = _purposes(here)
    if purposes and dice.chance(0.5):
        return go_and_do(here, dice.pick(purposes))
    return Event(go_to(lexicon.PLACES[here]))


@cache
def _purposes(place: str) -> tuple[Activity, ...]:
    """What one goes to a place for."""
    aimless = lexicon.GROUPS["aimless"]
    return tuple(
        a for a in lexicon.ACTIVITIES.values() if place in a.places and a.zh not in aimless
    )


def go_and_do(here: str, purpose: Activity) -> Event:
    """去公园散步 go to the park to take a walk."""
    verb, inner = go_to(lexicon.PLACES[here]), doing(purpose)
    rest = (*verb.rest, *unlinked(en="to").en, *inner.en("base"))
    verb = replace(verb, after=verb.after + inner.zh, rest=rest, late=True)
    return Event(verb, part=purpose.part)


def outing(dice: Dice, subject: NounPhrase) -> Event:
    """Visiting a museum, meeting, calling or helping someone."""
    return dice.pick((_visit, _meet, _call, _help, _help))(dice, companion(dice, subject))


def _visit(dice: Dice, _: NounPhrase) -> Event:
    place = lexicon.PLACES[dice.pick(lexicon.GROUPS["sights"])]
    sight = join(unlinked(en="the"), linked(place.zh, place.en))
    return Event(transitive("参观", "visit", sight), ("near", "far"))


def _meet(dice: Dice, other: NounPhrase) -> Event:
    place = dice.pick(lexicon.GROUPS["crowded"])
    return Event(transitive("遇到", "meet", other.as_object).near(at(lexicon.PLACES[place])))


def _call(_: Dice, other: NounPhrase) -> Event:
    """给小明打电话 call Xiaoming."""
    whom = weave("给 {x}", "{x}", x=other.as_object)
    return Event(verb_phrase("打·电话", "call", late=True).near(whom))


def _help(dice: Dice, other: NounPhrase) -> Event:
    """帮妈妈洗碗 help my mother wash the dishes."""
    inner = doing(lexicon.ACTIVITIES[dice.pick(lexicon.GROUPS["chores"])])
    verb = transitive("帮", "help", other.as_object, Phrase(inner.zh, inner.en("base")))
    return Event(replace(verb, late=True))


_GIFTS = ("toy", "flower", "garment", "accessory", "book")
_GIVING = (
    ("送给", "give", _GIFTS),
    ("借给", "lend", ("book", "vehicle")),
    ("寄给", "send", ("mail",)),
)


def give(dice: Dice, subject: NounPhrase) -> Event:
    """送给妹妹一个玩具, 给妈妈买一件毛衣."""
    other = companion(dice, subject).as_object
    if dice.chance(0.6):
        zh, en, kinds = dice.pick(_GIVING)
        thing = indefinite(dice, *kinds).as_object
        return Event(transitive(zh, en, other, thing), ("near",))
    zh, en, kinds = dice.pick((("买", "buy", _GIFTS), ("做", "make", ("homemade",))))
    verb = transitive(zh, en, indefinite(dice, *kinds).as_object)
    return Event(verb.far(weave("给1 {x}", "for1 {x}", x=other)))


def put(dice: Dice, subject: NounPhrase) -> Event:
    """把书放在桌子上 put the book on the table."""
    kind = dice.pick([kind for kind in lexicon.LOCATIONS if kind not in ("pet", "furniture")])
    thing = definite(dice, kind, owner=subject)
    return Event(move(transitive("放", "put"), thing.as_object, spot(dice, kind)))


def leave_behind(dice: Dice, subject: NounPhrase) -> Event:
    """把他的钥匙忘在图书馆 leave his key in the library."""
    thing = belonging(noun_of(dice, "losable"), subject)
    place = lexicon.PLACES[dice.pick(lexicon.GROUPS["forgetful"])]
    return Event(move(transitive("忘", "leave"), thing.as_object, at(place)))


def open_or_close(dice: Dice, _: NounPhrase) -> Event:
    """把门打开 open the door."""
    zh, en = dice.pick((("打开", "open"), ("关上", "close")))
    return Event(move(transitive(zh, en), linked(*dice.pick(_DOORS))))


_DOORS = (
    ("门", "the door"),
    ("窗户", "the window"),
    ("箱子", "the suitcase"),
    ("盒子", "the box"),
    ("抽屉", "the drawer"),
)


def move(verb: VerbPhrase, thing: Phrase, where: Phrase = NOTHING) -> VerbPhrase:
    """把: the object comes before the verb in Chinese, after it in English."""
    rest = thing.en + verb.rest + where.en
    before = unlinked("把").zh + thing.zh
    return VerbPhrase(verb.head, verb.verb, verb.after + where.zh, rest, before, late=True)


def spend(dice: Dice, subject: NounPhrase) -> Event:
    """看两个小时的电视 watch TV for two hours."""
    verb = activity(dice, subject, among=lexicon.GROUPS["lasting"]).verb
    number = dice.pick(tuple(_HOURS))
    hours = weave(f"{number}1 个 小时2", f"for {_HOURS[number]}")
    de = unlinked("的").zh if verb.after else ()
    after = hours.zh + de + verb.after
    return Event(replace(verb, after=after, rest=verb.rest + hours.en, late=False), part="日")


_HOURS = {"一": "one1 hour2", "两": "two1 hours2", "三": "three1 hours2", "四": "four1 hours2"}


def errand(dice: Dice, subject: NounPhrase) -> Event:
    """What one has to do at home."""
    return activity(dice, subject, among=lexicon.GROUPS["errands"])


def effort(dice: Dice, subject: NounPhrase) -> Event:
    """What one may be too tired for."""
    return activity(dice, subject, among=lexicon.GROUPS["sports"] + lexicon.GROUPS["lasting"])


_KINDS: dict[str, tuple[Maker, ...]] = {
    "past": (
        *(handle,) * 10, *(activity, go, outing, give) * 3, *(spend,) * 2, put, leave_behind,
        open_or_close,
    ),
    "denied": (*(handle_known,) * 3, go, go_near, activity, outing),
    "planned": (*(handle_planned, activity, go) * 4, give),
    "repeated": (*(activity,) * 5, go_near),
    "needed": (*(errand, purchase) * 2, go_near),
    "hoped": (*(go, handle_planned, outing) * 2, give),
    "exerting": (effort, just_go),
}  # fmt: skip


def event(dice: Dice, subject: NounPhrase, kind: str) -> Event:
    """Something of a kind: past, denied (it did not happen), planned, repeated, …"""
    return dice.pick(_KINDS[kind])(dice, subject)

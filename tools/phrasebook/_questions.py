"""Random questions and requests."""

from __future__ import annotations

from tools.phrasebook import _moods as moods
from tools.phrasebook import lexicon
from tools.phrasebook._choices import (
    Dice,
    definite,
    definite_noun,
    indefinite,
    noun_of,
    of_frame,
    one_person,
    own,
    spot,
    time_phrase,
)
from tools.phrasebook._clauses import ask, clause
from tools.phrasebook._descriptions import demonstrative, someone_there
from tools.phrasebook._events import activity, doing, event, move, open_or_close
from tools.phrasebook._linked import NOTHING, Phrase, join, linked, unlinked, weave
from tools.phrasebook._phrases import (
    NounPhrase,
    VerbPhrase,
    at,
    catenative,
    copula,
    generic,
    go_to,
    measured,
    pronoun,
    quality,
    thing,
    transitive,
    verb_phrase,
)
from tools.phrasebook._statements import liked

__all__ = ["QUESTIONS", "REQUESTS", "help_me", "wait_for_me"]


def _who_is_asked(dice: Dice) -> NounPhrase:
    """Most questions are about you."""
    if dice.chance(0.5):
        return pronoun("你")
    if dice.chance(0.4):
        return own(dice, pronoun("你"))
    return one_person(dice) if dice.chance(0.6) else pronoun(dice.pick(("他", "她", "他们")))


def _did(dice: Dice) -> Phrase:
    """你昨天买了那本书吗."""
    subject = _who_is_asked(dice)
    done = event(dice, subject, "denied")
    time = done.when(dice, "past") if dice.chance(0.7) else NOTHING
    return ask(subject, done.verb, moods.PAST, time=time)


def _likes(dice: Dice) -> Phrase:
    """你喜欢咖啡吗."""
    return ask(_who_is_asked(dice), transitive("喜欢", "like", liked(dice)))


def _wants(dice: Dice) -> Phrase:
    """你明天想去公园吗."""
    subject = _who_is_asked(dice)
    planned = event(dice, subject, "planned")
    time = planned.when(dice, "future") if dice.chance(0.5) else NOTHING
    return ask(subject, catenative("想", "want", planned.verb), time=time)


def _skilled(dice: Dice) -> Phrase:
    """你会游泳吗."""
    return ask(_who_is_asked(dice), verb_phrase(*dice.pick(lexicon.SKILLS)), moods.SKILLED)


def _ever(dice: Dice) -> Phrase:
    """你去过北京吗."""
    places = lexicon.GROUPS["destinations"]
    return ask(_who_is_asked(dice), go_to(lexicon.PLACES[dice.pick(places)]), moods.EVER)


def _usually(dice: Dice) -> Phrase:
    """你每天在公园跑步吗."""
    subject = _who_is_asked(dice)
    repeated = event(dice, subject, "repeated")
    return ask(subject, repeated.verb, time=repeated.when(dice, "habit"))


def _has(dice: Dice) -> Phrase:
    """你有猫吗."""
    noun = noun_of(dice, "housepet", "device", "vehicle", "instrument")
    one = join(unlinked(en="a"), linked(noun.zh, noun.en))
    return ask(_who_is_asked(dice), transitive("有", "have", one))


def _is_doing(dice: Dice) -> Phrase:
    """他正在公园跑步吗."""
    subject = _who_is_asked(dice)
    return ask(subject, activity(dice, subject).verb, moods.PROGRESSIVE)


def _is_it(dice: Dice) -> Phrase:
    """这本书有意思吗."""
    kind = dice.pick(lexicon.GROUPS["topics"])
    adjective = dice.pick(lexicon.ATTRIBUTES[kind])
    this = definite_noun(dice, noun_of(dice, kind), pronoun("你"), terse=True)
    return ask(this, quality(adjective))


def _is_one(dice: Dice) -> Phrase:
    """你哥哥是医生吗, 正在看书的女孩是你妹妹吗."""
    if dice.chance(0.4):
        return ask(someone_there(dice), copula("是", own(dice, pronoun("你"))))
    person = dice.pick(lexicon.PEOPLE["role"])
    subject = pronoun("你") if dice.chance(0.3) else own(dice, pronoun("你"))
    return ask(subject, copula("是", join(unlinked(en="a"), linked(person.zh, person.en))))


def _what(dice: Dice) -> Phrase:
    """你昨天在商店买了什么."""
    what = linked("什么", "what")
    frame = dice.pick(lexicon.frames("asked"))
    verb = of_frame(dice, frame, Phrase(what.zh))
    time = time_phrase(dice, "past", frame.spans) if dice.chance(0.7) else NOTHING
    return ask(_who_is_asked(dice), verb, moods.PAST, time=time, wh=what)


def _what_wanted(dice: Dice) -> Phrase:
    """你想喝什么."""
    what = linked("什么", "what")
    zh, en = dice.pick((("吃", "eat"), ("喝", "drink"), ("买", "buy"), ("画", "draw")))
    inner = transitive(zh, en, Phrase(what.zh))
    return ask(_who_is_asked(dice), catenative("想", "want", inner), wh=what)


def _what_now(dice: Dice) -> Phrase:
    """他正在厨房做什么."""
    what = linked("什么", "what")
    verb = transitive("做", "do", Phrase(what.zh))
    if dice.chance(0.6):
        places = ("公园", "厨房", "图书馆", "办公室", "教室", "花园", "客厅", "院子里", "河边")
        verb = verb.near(at(lexicon.PLACES[dice.pick(places)]))
    return ask(_who_is_asked(dice), verb, moods.PROGRESSIVE, wh=what)


def _what_there(dice: Dice) -> Phrase:
    """桌子上有什么."""
    where = spot(dice, dice.pick(tuple(lexicon.LOCATIONS)), zai=False)
    return weave("{where} 有1 什么2", "what2 is1 {where}", where=where)


def _circumstance(dice: Dice) -> Phrase:
    """你是在哪里买的这本书, 你是什么时候去的北京."""
    if dice.chance(0.5):
        zh, en, kinds = dice.pick(_CIRCUMSTANCED)
        one = thing(noun_of(dice, *kinds), dice.pick(("这", "那")))
        verb, words = transitive(zh, en, one.as_object), ("在哪里 where", "什么时候 when")
    else:
        places = lexicon.GROUPS["cities"] + lexicon.GROUPS["nearby"]
        verb = go_to(lexicon.PLACES[dice.pick(places)])
        words = ("怎么 how", "什么时候 when")
    wh = linked(*dice.pick(words).split())
    return ask(_who_is_asked(dice), verb.far(Phrase(wh.zh)), moods.SHI_DE, wh=wh)


_CIRCUMSTANCED = (
    ("买", "buy", ("book", "garment", "accessory", "device", "vehicle", "furniture", "toy")),
    ("画", "draw", ("pet", "flower", "tree")),
    ("写", "write", ("text",)),
    ("找到", "find", ("losable", "toy")),
    ("看到", "see", ("pet", "wild", "beast", "farm")),
    ("拍", "take", ("photo",)),
)


def _with_whom(dice: Dice) -> Phrase:
    """你昨天跟谁一起去了公园."""
    who = linked("谁", "who")
    together = weave("跟1 {who} 一起", "with1", who=who)
    going = go_to(lexicon.PLACES[dice.pick(lexicon.GROUPS["nearby"])])
    time = time_phrase(dice, "past", ("near",))
    return ask(_who_is_asked(dice), going.far(together), moods.PAST, time=time, wh=who)


def _who(dice: Dice) -> Phrase:
    """谁昨天打破了那个杯子, 谁会弹钢琴."""
    phrase = linked("谁", "who")
    who = NounPhrase(phrase.zh, phrase.en, "is", "他")
    if dice.chance(0.25):
        statement = clause(who, verb_phrase(*dice.pick(lexicon.SKILLS)), moods.SKILLED)
    elif dice.chance(0.3):
        statement = clause(who, catenative("想", "want", event(dice, who, "planned").verb))
    else:
        done = event(dice, who, "denied")
        statement = clause(who, done.verb, moods.PAST, time=done.when(dice, "past"))
    return join(statement)


def _where(dice: Dice) -> Phrase:
    """你的手机在哪里, 你叔叔住在哪里, 你明天想去哪里."""
    where = linked("在·哪里", "where")
    kind = dice.pick(("thing", "home", "wish"))
    if kind == "thing":
        lost = definite(dice, "losable", "book", "toy", "stationery", owner=pronoun("你"))
        return ask(lost, copula("", Phrase(where.zh)), wh=where)
    if kind == "home":
        return ask(_who_is_asked(dice), transitive("住", "live", Phrase(where.zh)), wh=where)
    where = linked("哪里", "where")
    going = catenative("想", "want", transitive("去", "go", Phrase(where.zh)))
    return ask(_who_is_asked(dice), going, time=time_phrase(dice, "future", ("near",)), wh=where)


def _when(dice: Dice) -> Phrase:
    """你打算什么时候去北京."""
    subject, when = _who_is_asked(dice), linked("什么时候", "when")
    inner = event(dice, subject, "planned").verb.far(Phrase(when.zh))
    return ask(subject, catenative("打算", "plan", inner), wh=when)


def _why(dice: Dice) -> Phrase:
    """你为什么喜欢咖啡, 你昨天为什么没去学校."""
    subject, why = _who_is_asked(dice), linked("为什么", "why")
    if dice.chance(0.4):
        verb = transitive("喜欢", "like", liked(dice))
        return ask(subject, verb, adverb=Phrase(why.zh), wh=why)
    done = event(dice, subject, "denied")
    mood = dice.pick((moods.PAST, moods.DID_NOT))
    time = done.when(dice, "past")
    return ask(subject, done.verb, mood, time=time, adverb=Phrase(why.zh), wh=why)


def _how(dice: Dice) -> Phrase:
    """你每天怎么去学校."""
    how = linked("怎么", "how")
    place = dice.pick(("学校", "图书馆", "办公室", "医院", "超市", "大学", "银行", "机场"))
    going = go_to(lexicon.PLACES[place]).far(Phrase(how.zh))
    daily = linked("每天", "every day") if dice.chance(0.6) else NOTHING
    return ask(_who_is_asked(dice), going, time=daily, wh=how)


def _how_many(dice: Dice) -> Phrase:
    """你昨天买了几本书, 你有几个苹果."""
    if dice.chance(0.4):
        number = measured(noun_of(dice, "housepet", "book", "toy", "garment"), "几", "how many")
        verb, mood, time = transitive("有", "have", Phrase(number.zh)), moods.PRESENT, NOTHING
    else:
        frame = dice.pick(lexicon.frames("counted"))
        number = measured(noun_of(dice, *frame.kinds), "几", "how many")
        verb, mood = of_frame(dice, frame, Phrase(number.zh)), moods.PAST
        time = time_phrase(dice, "past", frame.spans)
    return ask(_who_is_asked(dice), verb, mood, time=time, wh=number)


def _which(dice: Dice) -> Phrase:
    """你喜欢哪本书."""
    noun = noun_of(dice, "book", "garment", "picture", "vehicle", "place", "song", "toy", "movie")
    which = measured(noun, "哪", "which")
    return ask(_who_is_asked(dice), transitive("喜欢", "like", Phrase(which.zh)), wh=which)


def _either(dice: Dice) -> Phrase:
    """你喜欢咖啡还是茶."""
    kind = dice.pick(("pet", "wild", "beast", "fruit", "drink", "vegetable", "staple"))
    first, second = (generic(noun_of(dice, kind)).as_object for _ in range(2))
    either = weave("{a} 还是1 {b}", "{a} or1 {b}", a=first, b=second)
    return ask(_who_is_asked(dice), transitive("喜欢", "like", either), wh=NOTHING)


def _price(dice: Dice) -> Phrase:
    """这件毛衣多少钱."""
    kinds = ("book", "garment", "accessory", "device", "vehicle", "furniture", "toy", "ticket")
    noun = noun_of(dice, *kinds, "fruit", "instrument", "dishes", "stationery")
    this = definite(dice, noun.kind)
    return weave("{x} 多少钱1", f"how1 much1 {this.be} {{x}}", x=this)


def _whose(dice: Dice) -> Phrase:
    """这是谁的书."""
    noun = noun_of(dice, "book", "losable", "device", "toy", "stationery", "garment", "vehicle")
    what = thing(noun, owner=linked("谁的", "whose"))
    this = demonstrative(dice, what.be)
    return weave("{this} 是1 {what}", f"{{what}} {what.be}1 {{this}}", this=this, what=what)


def _age(dice: Dice) -> Phrase:
    """你儿子今年多大."""
    person = own(dice, pronoun("你")) if dice.chance(0.6) else one_person(dice)
    return weave("{x} 今年 多大1", f"how1 old1 {person.be} {{x}}", x=person)


def _how_is_it(dice: Dice) -> Phrase:
    """这家餐厅怎么样."""
    this = definite(dice, "place", "book", "movie", "device", "song")
    return weave("{x} 怎么样1", f"how1 {this.be} {{x}}", x=this)


def _close_door(dice: Dice) -> Phrase:
    """请把门关上."""
    return _please(open_or_close(dice, pronoun("你")).verb)


def _please(verb: VerbPhrase) -> Phrase:
    order = clause(NounPhrase((), ()), verb, moods.IMPERATIVE)
    return weave("请1 {x}", "please1 {x}", x=order)


def _put_there(dice: Dice) -> Phrase:
    """请把这本书放在桌子上."""
    kind = dice.pick([kind for kind in lexicon.LOCATIONS if kind not in ("pet", "furniture")])
    thing = definite(dice, kind, owner=pronoun(dice.pick(("我", "你"))))
    return _please(move(transitive("放", "put"), thing.as_object, spot(dice, kind)))


def _give_me(dice: Dice) -> Phrase:
    """请给我一杯水."""
    wanted = indefinite(dice, "drink", "drink", "fruit", "snack", "staple", "stationery", "cutlery")
    receiver = pronoun(dice.pick(("我", "我", "我们", "他", "她")))
    return _please(transitive("给", "give", receiver.as_object, wanted.as_object))


def _do_not(dice: Dice) -> Phrase:
    """请不要在图书馆唱歌."""
    verb = doing(lexicon.ACTIVITIES[dice.pick(lexicon.GROUPS["noisy"])])
    verb = verb.near(at(lexicon.PLACES[dice.pick(lexicon.GROUPS["quiet places"])]))
    return weave(
        "请1 不要2 {verb}", "please1 do2 not2 {verb}", verb=Phrase(verb.zh, verb.en("base"))
    )


def help_me(dice: Dice) -> Phrase:
    """请帮我洗碗."""
    inner = doing(lexicon.ACTIVITIES[dice.pick(lexicon.GROUPS["chores"])])
    me = pronoun(dice.pick(("我", "我们", "他", "她"))) if dice.chance(0.5) else one_person(dice)
    return _please(transitive("帮", "help", me.as_object, Phrase(inner.zh, inner.en("base"))))


def wait_for_me(dice: Dice) -> Phrase:
    """请在火车站等我."""
    place = dice.pick(lexicon.GROUPS["crowded"] + lexicon.GROUPS["nearby"])
    me = pronoun(dice.pick(("我", "我们", "他", "她")))
    return _please(transitive("等", "wait for", me.as_object).near(at(lexicon.PLACES[place])))


def _lets(dice: Dice) -> Phrase:
    """我们明天去公园散步吧."""
    planned = event(dice, pronoun("我们"), "planned")
    time = planned.when(dice, "future") if dice.chance(0.7) else NOTHING
    doing_it = Phrase(planned.verb.zh, planned.verb.en("base"))
    return weave("我们1 {time} {do} 吧", "let's1 {do} {time}", time=time, do=doing_it)


QUESTIONS = (
    *(_did, _likes, _wants, _what) * 3,
    *(_skilled, _ever, _usually, _is_it, _is_one, _circumstance, _who, _where, _when, _why) * 2,
    *(_has, _is_doing, _what_wanted, _what_now, _what_there, _with_whom, _how, _how_many, _which),
    *(_either, _price, _whose, _age, _how_is_it),
)
REQUESTS = (
    _close_door,
    _close_door,
    _put_there,
    _give_me,
    _do_not,
    help_me,
    wait_for_me,
    _lets,
    _lets,
)

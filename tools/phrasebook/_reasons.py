"""Random pairs of clauses where one is the reason, obstacle or condition of the other."""

from __future__ import annotations

from typing import NamedTuple

from tools.phrasebook import _moods as moods
from tools.phrasebook import lexicon
from tools.phrasebook._choices import (
    Dice,
    again,
    definite_noun,
    indefinite,
    noun_of,
    somebody,
    someone_else,
    time_phrase,
)
from tools.phrasebook._clauses import Clause, clause
from tools.phrasebook._descriptions import falls, rather
from tools.phrasebook._events import activity, event, go_near, leisure
from tools.phrasebook._linked import NOTHING, Linked, Phrase, linked, unlinked, weave
from tools.phrasebook._phrases import (
    NounPhrase,
    catenative,
    copula,
    generic,
    possessive,
    pronoun,
    quality,
    thing,
    transitive,
    verb_phrase,
)
from tools.phrasebook._questions import help_me, wait_for_me

__all__ = [
    "INDOORS", "OUTDOORS", "PREPARATIONS", "Cast", "although", "because", "due", "explained",
    "if_fine", "if_free", "if_then", "poorly",
]  # fmt: skip

INDOORS = ("家", "客厅")
OUTDOORS = ("公园", "河边", "湖边", "海边", "操场")


class Cast(NamedTuple):
    """Who is spoken of in each clause; the clause said first has the name and the day."""

    reason: NounPhrase
    result: NounPhrase
    day: Phrase = NOTHING
    result_first: bool = False

    @property
    def reason_day(self) -> Phrase:
        return NOTHING if self.result_first else self.day

    @property
    def result_day(self) -> Phrase:
        return self.day if self.result_first else NOTHING


Pair = tuple[Linked, Linked]


def because(dice: Dice) -> Phrase:
    """因为小明昨天很累，所以他没去学校; 小明昨天没去学校，因为他很累."""
    who, day = somebody(dice), time_phrase(dice, "past", ("recent",))
    if dice.chance(0.7):
        reason, result = dice.pick(_REASONS)(dice, Cast(who, again(who), day))
        return weave("因为1 {a} ，2 所以 {b}", "because1 {a} ,2 {b}", a=reason, b=result)
    return explained(dice, Cast(again(who), who, day, result_first=True))


def explained(dice: Dice, cast: Cast) -> Phrase:
    """小明昨天没去学校，因为他很累."""
    reason, result = dice.pick(_REASONS)(dice, cast)
    return weave("{b} ， 因为1 {a}", "{b} because1 {a}", a=reason, b=result)


def _unwell(dice: Dice, cast: Cast) -> Pair:
    """小明很累, 他没去学校."""
    undone = event(dice, cast.result, "exerting")
    result = clause(cast.result, undone.verb, moods.DID_NOT, time=cast.result_day)
    return poorly(dice, cast), result


def poorly(dice: Dice, cast: Cast, states: str = "累 忙 难过 紧张") -> Clause:
    """小明昨天很累, 小明昨天生病了."""
    if dice.chance(0.3):
        state = copula("", weave("生病1 了", "sick1"))
    else:
        state = rather(dice, dice.pick(states.split()), mild=True)
    return clause(cast.reason, state, moods.WAS, time=cast.reason_day)


def _hungry(dice: Dice, cast: Cast) -> Pair:
    """小明很饿, 他吃了两碗米饭."""
    state = dice.pick(tuple(_HAD))
    zh, en, kinds = _HAD[state]
    had = transitive(zh, en, indefinite(dice, *kinds).as_object)
    return (
        clause(cast.reason, rather(dice, state), moods.WAS, time=cast.reason_day),
        clause(cast.result, had, moods.PAST, time=cast.result_day),
    )


# what one has when in such a state
_HAD = {
    "饿": ("吃", "eat", ("staple", "meal")),
    "渴": ("喝", "drink", ("drink", "bottled")),
}


def _wet(dice: Dice, cast: Cast) -> Pair:
    """昨天下雨了, 我们没去公园."""
    it, falling = falls(dice)
    reason = clause(it, falling, moods.PAST, time=cast.reason_day)
    who = cast.result if cast.result_first else somebody(dice)
    if dice.chance(0.5):
        done, mood = leisure(dice, *INDOORS), moods.PAST
    else:
        done, mood = leisure(dice, *OUTDOORS), moods.DID_NOT
    return reason, clause(who, done.verb, mood, time=cast.result_day)


def _fond(dice: Dice, cast: Cast) -> Pair:
    """小红非常喜欢小猫, 我送给了她一只小猫."""
    noun = noun_of(dice, "flower", "toy", "book", "housepet", "housepet")
    liking = transitive("喜欢", "like", generic(noun)).near(linked("非常", "very much"))
    giver = someone_else(dice, cast.reason)
    gift = thing(noun, "一")
    given = transitive("送给", "give", cast.result.as_object, gift.as_object)
    return clause(cast.reason, liking), clause(giver, given, moods.PAST, time=cast.day)


def _judged(dice: Dice, cast: Cast) -> Pair:
    """那件大衣太贵了, 小明没买."""
    noun = noun_of(dice, "garment", "accessory", "device", "furniture", "vehicle", "toy", "dishes")
    item = thing(noun, dice.pick(("这", "那", "这些", "那些")))
    if dice.chance(0.6):
        why, mood = quality("贵", dice.pick(("太", "非常", "有点"))), moods.DID_NOT
    else:
        why, mood = rather(dice, dice.pick(("便宜", "漂亮"))), moods.PAST
    if cast.result_first:
        bought = transitive("买", "buy", item.as_object)
        reason = clause(again(item), why, moods.WAS)
        return reason, clause(cast.result, bought, mood, time=cast.day)
    bought = transitive("买", "buy", understood(item))
    return clause(item, why, moods.WAS), clause(cast.result, bought, mood)


def understood(item: NounPhrase) -> Phrase:
    """What Chinese leaves out and English calls it or them."""
    return unlinked(en=lexicon.PRONOUNS[item.pronoun].objective)


def _studious(dice: Dice, cast: Cast) -> Pair:
    """我明天有一场考试, 我今天晚上需要学习."""
    coming, preparation = dice.pick((*PREPARATIONS, ("面试 interview", "休息")))
    effort = activity(dice, cast.result, among=(preparation,)).verb
    tonight = linked("今天·晚上", "tonight")
    needed = clause(cast.result, catenative("需要", "need", effort), time=tonight)
    return due(dice, cast.reason, coming), needed


def due(dice: Dice, who: NounPhrase, coming: str) -> Clause:
    """小明明天有一场考试."""
    when = linked(*dice.pick((("明天", "tomorrow"), ("后天", "the day after tomorrow"))))
    one = weave("一1 场 {x}", "a1 {x}", x=linked(*coming.split(" ", 1)))
    return clause(who, transitive("有", "have", one), time=when)


# what is due, and what one does before
PREPARATIONS = (
    ("考试 exam", "学习"),
    ("英语·考试 English exam", "学·英语"),
    ("中文·考试 Chinese exam", "学·中文"),
    ("音乐会 concert", "弹·钢琴"),
    ("音乐会 concert", "拉·小提琴"),
    ("足球·比赛 soccer game", "踢·足球"),
    ("篮球·比赛 basketball game", "打·篮球"),
)


def _lost(dice: Dice, cast: Cast) -> Pair:
    """小明丢了他的手机, 他很难过."""
    item = thing(noun_of(dice, "losable"), owner=possessive(again(cast.reason)))
    lost = transitive("丢", "lose", item.as_object)
    state = rather(dice, dice.pick(("难过", "紧张", "生气")))
    return clause(cast.reason, lost, moods.PAST, time=cast.day), clause(cast.result, state)


def _given(dice: Dice, cast: Cast) -> Pair:
    """小明昨天收到了一份礼物, 他非常高兴."""
    got = transitive("收到", "receive", indefinite(dice, "mail").as_object)
    reason = clause(cast.reason, got, moods.PAST, time=cast.day)
    return reason, clause(cast.result, rather(dice, "高兴"))


def _fit(dice: Dice, cast: Cast) -> Pair:
    """爷爷每天散步, 他非常健康."""
    sport = activity(dice, cast.reason, among=lexicon.GROUPS["sports"])
    reason = clause(cast.reason, sport.verb, time=sport.when(dice, "habit"))
    return reason, clause(cast.result, rather(dice, dice.pick(("健康", "强壮"))))


_REASONS = (*(_unwell, _wet, _judged) * 2, _hungry, _fond, _studious, _lost, _given, _fit)


def although(dice: Dice) -> Phrase:
    """虽然小明很累，但是他还是去了学校."""
    who, day = somebody(dice), time_phrase(dice, "past", ("recent",))
    obstacle, fact = dice.pick(_OBSTACLES)(dice, Cast(who, again(who), day))
    return weave("虽然1 {a} ，2 但是 {b}", "although1 {a} ,2 {b}", a=obstacle, b=fact)


def _still() -> Phrase:
    return linked("还是", "still")


def _anyway(dice: Dice, cast: Cast) -> Pair:
    """小明昨天很累, 他还是去了学校."""
    done = event(dice, cast.result, "exerting")
    return poorly(dice, cast), clause(cast.result, done.verb, moods.PAST, adverb=_still())


def _wet_anyway(dice: Dice, cast: Cast) -> Pair:
    """昨天下雨了, 我们还是在公园跑步了."""
    it, falling = falls(dice)
    done = leisure(dice, *OUTDOORS)
    fact = clause(somebody(dice), done.verb, moods.PAST, adverb=_still())
    return clause(it, falling, moods.PAST, time=cast.day), fact


def _dear_anyway(dice: Dice, cast: Cast) -> Pair:
    """那件大衣非常贵, 小明还是买了."""
    noun = noun_of(dice, "garment", "accessory", "device", "furniture", "vehicle", "toy")
    item = thing(noun, dice.pick(("这", "那", "这些", "那些")))
    price = clause(item, quality("贵", dice.pick(("非常", "有点", "很"))), moods.WAS)
    bought = transitive("买", "buy", understood(item))
    return price, clause(cast.reason, bought, moods.PAST, adverb=_still())


def _good_anyway(dice: Dice, _: Cast) -> Pair:
    """这部手机很贵, 它非常方便."""
    kinds, minus, plus = dice.pick(lexicon.CONTRASTS)
    item = definite_noun(
        dice, noun_of(dice, *kinds), pronoun(dice.pick(("我", "他", "她"))), terse=True
    )
    return clause(item, rather(dice, minus, mild=True)), clause(again(item), rather(dice, plus))


# what one likes, and what one cannot do all the same
_UNABLE = (
    ("音乐 music", "弹·钢琴 play the piano"),
    ("音乐 music", "拉·小提琴 play the violin"),
    ("音乐 music", "弹·吉他 play the guitar"),
    ("中国·菜 Chinese food", "包·饺子 make dumplings"),
    ("中国·文化 Chinese culture", "说·中文 speak Chinese"),
    ("京剧 Peking opera", "说·中文 speak Chinese"),
    ("冬天 winter", "滑·雪 ski"),
    ("夏天 summer", "游·泳 swim"),
    ("马 horses", "骑·马 ride horses"),
)


def _unable(dice: Dice, cast: Cast) -> Pair:
    """小明喜欢音乐, 他不会弹钢琴."""
    liked, skill = (entry.split(" ", 1) for entry in dice.pick(_UNABLE))
    liking = transitive("喜欢", "like", linked(*liked))
    if dice.chance(0.5):
        liking = liking.near(linked("非常", "very much"))
    return (
        clause(cast.reason, liking),
        clause(cast.result, verb_phrase(*skill), moods.NOT_SKILLED),
    )


_OBSTACLES = (*(_anyway, _good_anyway) * 3, _wet_anyway, _dear_anyway, _unable)


def if_then(dice: Dice, who: NounPhrase) -> Phrase:
    """如果明天下雨，我就在家看书."""
    condition, result = dice.pick(_CONDITIONS)(dice, who)
    return weave("如果1 {a} ，2 {b}", "if1 {a} ,2 {b}", a=condition, b=result)


def _if_wet(dice: Dice, who: NounPhrase) -> Pair:
    """明天下雨, 我就在家看书."""
    it, falling = falls(dice)
    day = time_phrase(dice, "future", ("near",))
    return clause(it, falling, time=day), clause(who, leisure(dice, *INDOORS).verb, moods.THEN)


def if_fine(dice: Dice, who: NounPhrase) -> Pair:
    """明天天气很好, 我们就去公园散步."""
    day = time_phrase(dice, "future", ("near",))
    sky = linked("天气", "the weather")
    fine = clause(NounPhrase(sky.zh, sky.en), rather(dice, dice.pick(("好", "暖和", "凉快"))))
    outing = leisure(dice, *OUTDOORS) if dice.chance(0.5) else go_near(dice, who)
    condition = weave("{day} {fine}", "{fine} {day}", day=day, fine=fine)
    return condition, clause(who, outing.verb, moods.THEN)


def _if_so(dice: Dice, who: NounPhrase) -> Pair:
    """小明很累, 他应该休息."""
    state = dice.pick(("累", "饿", "渴", "紧张", "难过"))
    if state in ("饿", "渴"):
        zh, en, kinds = _HAD[state]
        remedy = transitive(zh, en, thing(noun_of(dice, *kinds), "一").as_object)
    else:
        names = ("休息",) if state == "累" else ("休息", "听·音乐", "散·步")
        remedy = activity(dice, who, among=names).verb
    return clause(who, rather(dice, state, mild=True)), clause(again(who), remedy, moods.SHOULD)


def _if_cheap(dice: Dice, who: NounPhrase) -> Pair:
    """那件大衣不太贵, 我就买."""
    noun = noun_of(dice, "garment", "device", "furniture", "toy")
    item = thing(noun, dice.pick(("这", "那")))
    bought = transitive("买", "buy", understood(item))
    return clause(item, quality("贵", "不太")), clause(who, bought, moods.THEN)


_CONDITIONS = (_if_wet, _if_wet, if_fine, if_fine, _if_so, _if_cheap)


def if_free(dice: Dice) -> Phrase:
    """如果你明天有时间，请帮我洗碗."""
    day = time_phrase(dice, "future", ("near",)) if dice.chance(0.7) else NOTHING
    free = clause(pronoun("你"), transitive("有", "have", linked("时间", "time")), time=day)
    request = dice.pick((help_me, wait_for_me))(dice)
    return weave("如果1 {a} ，2 {b}", "if1 {a} ,2 {b}", a=free, b=request)

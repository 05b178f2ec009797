"""Random sentences of several clauses that make sense together."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from tools.phrasebook import _descriptions as descriptions
from tools.phrasebook import _moods as moods
from tools.phrasebook import _statements as statements
from tools.phrasebook import lexicon
from tools.phrasebook._choices import (
    Dice,
    again,
    companion,
    definite_noun,
    indefinite,
    noun_of,
    of_frame,
    one_person,
    somebody,
    someone_else,
    time_phrase,
)
from tools.phrasebook._clauses import Clause, clause
from tools.phrasebook._events import activity, doing, event, leisure, with_someone
from tools.phrasebook._linked import NOTHING, Linked, Phrase, join, linked, unlinked, weave
from tools.phrasebook._phrases import (
    NounPhrase,
    VerbPhrase,
    catenative,
    copula,
    generic,
    go_to,
    pronoun,
    transitive,
    verb_phrase,
)
from tools.phrasebook._reasons import although, because, if_free, if_then
from tools.phrasebook.lexicon import Sight

__all__ = [
    "COMPOUNDS",
    "GROWING",
    "day",
    "each",
    "that",
    "there",
    "understood_subject",
]


def understood_subject(person: NounPhrase) -> NounPhrase:
    """An understood subject: nothing is said, but the verb agrees."""
    return NounPhrase((), (), person.be, person.pronoun)


def _if(dice: Dice) -> Phrase:
    return if_free(dice) if dice.chance(0.25) else if_then(dice, somebody(dice))


def _when(dice: Dice, occasion: Linked, main: Linked) -> Phrase:
    return weave("{a} 的时候1 ，2 {b}", "when1 {a} ,2 {b}", a=occasion, b=main)


def _when_seen(dice: Dice) -> Phrase:
    """我昨天看到小明的时候，他正在跑步."""
    who = somebody(dice)
    other = someone_else(dice, who)
    zh, en = dice.pick((("看到", "see"), ("遇到", "meet")))
    time = time_phrase(dice, "past", ("near",)) if dice.chance(0.7) else NOTHING
    seen = clause(who, transitive(zh, en, other.as_object), moods.WAS, time=time)
    doing_it = leisure(dice, *lexicon.GROUPS["public"]).verb
    if dice.grows(0.3):
        doing_it = with_someone(dice, doing_it, other)
    then = clause(again(other), doing_it, moods.WAS_DOING)
    return _when(dice, seen, then)


def _when_home(dice: Dice) -> Phrase:
    """我昨天晚上到家的时候，妈妈正在做饭."""
    who = somebody(dice)
    time = time_phrase(dice, "past", ("near",)) if dice.chance(0.7) else NOTHING
    home = clause(who, verb_phrase("到·家", "get home"), moods.WAS, time=time)
    other = companion(dice, who)
    then = clause(other, leisure(dice, "家", "厨房", "客厅", "花园").verb, moods.WAS_DOING)
    return _when(dice, home, then)


def _when_so(dice: Dice) -> Phrase:
    """小明累的时候，他喜欢听音乐."""
    who = somebody(dice)
    zh = dice.pick(("累", "难过", "高兴", "紧张", "生气"))
    state = clause(who, copula("", linked(zh, lexicon.ADJECTIVES[zh])))
    return _when(dice, state, statements.enjoys(dice, again(who)))


def _meanwhile(dice: Dice) -> Phrase:
    """她喜欢一边听音乐一边做饭."""
    who, (first, second) = somebody(dice), dice.pick(_TOGETHER)
    one, other = (doing(lexicon.ACTIVITIES[zh]) for zh in (first, second))
    while_ = weave("一边1 {x}", "while1 {x}", x=Phrase(other.zh, other.en("ing")))
    both = VerbPhrase(
        one.head, (*unlinked("一边").zh, *one.verb), one.after + while_.zh, one.rest + while_.en
    )
    if dice.chance(0.5):
        return join(clause(who, catenative("喜欢", "like", both)))
    return join(clause(who, both, adverb=linked("经常", "often")))


_TOGETHER = (
    *product(
        ("听·音乐", "唱·歌"),
        ("做·饭", "洗·碗", "跑·步", "打扫·房间", "浇·花", "画·画", "散·步", "洗·衣服"),
    ),
    ("喝·咖啡", "看·书"),
    ("喝·茶", "下·棋"),
    ("喝·茶", "聊·天"),
    ("吃·晚饭", "看·电视"),
)


def _in_turn(dice: Dice) -> Phrase:
    """小明昨天先去了银行，然后去了超市."""
    who = somebody(dice)
    first, second = dice.pick(lexicon.GROUPS["nearby"]), dice.pick(lexicon.GROUPS["nearby"])
    time = time_phrase(dice, "past", ("near",), "日")
    one, two = go_to(lexicon.PLACES[first]), go_to(lexicon.PLACES[second])
    start = clause(who, one, moods.PAST, time=time, adverb=linked("先", "first"))
    end = clause(understood_subject(who), two, moods.PAST, adverb=linked("然后", "then"))
    return weave("{a} ， {b}", "{a} and {b}", a=start, b=end)


def _outing(dice: Dice) -> Phrase:
    """小明昨天去了超市，买了三个苹果、两根香蕉和一瓶牛奶."""
    who, sight = somebody(dice), dice.pick(lexicon.SIGHTS)
    went = go_to(lexicon.PLACES[sight.place])
    if dice.grows(0.4):
        went = went.far(linked(*dice.pick(lexicon.TRANSPORT[2:])))
    time = time_phrase(dice, "past", ("near",), "日")
    going = clause(who, went, moods.PAST, time=time, front=dice.chance(0.3))
    return weave("{a} ， {b}", "{a} and {b}", a=going, b=there(dice, sight, who))


def there(dice: Dice, sight: Sight, who: NounPhrase) -> Clause:
    """买了三个苹果和一瓶牛奶, 看到了两只老虎和一只狐狸."""
    things = _row(dice, lambda: indefinite(dice, *sight.kinds))
    return clause(understood_subject(who), transitive(sight.zh, sight.en, things), moods.PAST)


def _row(dice: Dice, find: Callable[[], Linked]) -> Phrase:
    """Two or three different things: 三个苹果、两根香蕉和一瓶牛奶."""
    items: dict[str, Linked] = {}
    wanted = 3 if dice.grows(0.6) else 2
    while len(items) < wanted:
        thing = find()
        items.setdefault(thing.zh[-1].text, thing)
    if wanted == 2:
        return weave("{a} 和1 {b}", "{a} and1 {b}", **dict(zip("ab", items.values(), strict=True)))
    things = dict(zip("abc", items.values(), strict=True))
    return weave("{a} 、1 {b} 和2 {c}", "{a} ,1 {b} , and2 {c}", **things)


def _tastes(dice: Dice) -> Phrase:
    """我喜欢猫、狗和兔子; 小明喜欢音乐和历史."""
    kind = dice.pick((*_PALATABLE, "", "", ""))
    things = _row(dice, lambda: _some_kind(dice, kind))
    return join(clause(somebody(dice), transitive("喜欢", "like", things)))


_PALATABLE = ("pet", "wild", "beast", "farm", "fruit", "drink", "vegetable", "staple")


def _some_kind(dice: Dice, kind: str) -> Phrase:
    """Something one may like: of a kind of thing, or if that is empty of any."""
    if not kind:
        return linked(*dice.pick(lexicon.GENERICS))
    return generic(noun_of(dice, kind)).as_object


def _animal(dice: Dice) -> Phrase:
    """我今天早上在公园看到了一只非常可爱的小猫，它正在睡觉."""
    frame = dice.pick(lexicon.FRAMES_OF["看到"])
    animal = indefinite(dice, *frame.kinds)
    time = time_phrase(dice, "past", ("near",)) if dice.chance(0.7) else NOTHING
    seen = of_frame(dice, frame, animal.as_object)
    first = clause(somebody(dice), seen, moods.PAST, time=time)
    busy = verb_phrase(*dice.pick(_ANIMAL_BUSINESS))
    second = clause(again(animal), busy, moods.WAS_DOING)
    return weave("{a} ，1 {b}", "{a} ,1 and {b}", a=first, b=second)


_ANIMAL_BUSINESS = (
    ("睡·觉", "sleep"), ("吃·东西", "eat"), ("喝·水", "drink water"), ("休息", "rest"),
    ("晒·太阳", "lie_in the sun"), ("找·水", "look_for water"),
)  # fmt: skip


def _both_so(dice: Dice) -> Phrase:
    """小明又聪明又友好, 这件毛衣又漂亮又便宜."""
    kind = dice.pick(("person", "person", *_PRAISED))
    if kind == "person":
        who = somebody(dice)
    else:
        who = definite_noun(dice, noun_of(dice, kind), terse=True)
    praise = _PRAISED.get(kind, "聪明 友好 善良 勇敢 勤奋 有耐心 幽默 诚实 年轻").split()
    first = dice.pick(praise)
    second = dice.pick([adjective for adjective in praise if adjective != first])
    one, two = (linked(zh, lexicon.ADJECTIVES[zh]) for zh in (first, second))
    both = weave("又1 {a} 又2 {b}", "both1 {a} and2 {b}", a=one, b=two)
    return join(clause(who, copula("", both)))


_PRAISED = {
    "pet": "可爱 聪明 漂亮 安静",
    "book": "有意思 有用 便宜",
    "garment": "漂亮 舒服 便宜",
    "device": "方便 便宜",
    "furniture": "漂亮 结实 便宜",
    "fruit": "甜 新鲜 便宜",
    "movie": "有意思 精彩 感人 浪漫",
    "song": "好听 感人 浪漫",
    "place": "漂亮 安静 干净",
    "text": "有意思 感人",
}


def day(dice: Dice) -> Phrase:
    """我每天早上跑步，下午工作，晚上看电视: one day, in three parts."""
    who = somebody(dice)
    parts = (("早上", "in the morning", ("", "早", "日")), ("下午", "in the afternoon", ("", "日")),
             ("晚上", "in the evening", ("", "晚")))  # fmt: skip
    clauses: list[Linked] = []
    left = list(lexicon.ACTIVITIES)
    for zh, en, suits in parts:
        names = [name for name in left if lexicon.ACTIVITIES[name].part in suits]
        name = dice.pick(names)
        doing_it = activity(dice, who, among=(name,))
        left.remove(name)
        subject = understood_subject(who) if clauses else who
        clauses.append(clause(subject, doing_it.verb, time=linked(zh, en)))
    a, b, c = clauses
    return weave("{a} ，1 {b} ，2 {c}", "{a} ,1 {b} ,2 and {c}", a=a, b=b, c=c)


def each(dice: Dice, one: NounPhrase | None = None) -> Phrase:
    """昨天我买了一本书，我妹妹买了一朵玫瑰: two people side by side."""
    one = one or somebody(dice)
    other = someone_else(dice, one)
    kind = dice.pick((_did_each, _did_each, _did_each, _does_each, _lives_each))
    first, second = kind(dice, one, other)
    return weave("{a} ，1 {b}", "{a} ,1 and {b}", a=first, b=second)


def _did_each(dice: Dice, one: NounPhrase, other: NounPhrase) -> tuple[Clause, Clause]:
    first, second = event(dice, one, "past"), event(dice, other, "past")
    day = time_phrase(dice, "past", ("near",), "日")
    return (
        clause(one, first.verb, moods.PAST, time=day, front=True),
        clause(other, second.verb, moods.PAST),
    )


def _does_each(dice: Dice, one: NounPhrase, other: NounPhrase) -> tuple[Clause, Clause]:
    return statements.habit(dice, one), statements.habit(dice, other)


def _lives_each(dice: Dice, one: NounPhrase, other: NounPhrase) -> tuple[Clause, Clause]:
    return statements.lives(dice, one), statements.lives(dice, other)


def _but(dice: Dice) -> Phrase:
    """我喜欢咖啡，但是我妹妹喜欢茶; 小明喜欢猫，但是不喜欢狗."""
    kind = dice.pick((*_PALATABLE, "", "", ""))
    one = two = _some_kind(dice, kind)
    while one.zh[-1].text == two.zh[-1].text:
        two = _some_kind(dice, kind)
    who = somebody(dice)
    likes = clause(who, transitive("喜欢", "like", one))
    verb = transitive("喜欢", "like", two)
    if dice.chance(0.5):
        dislikes = clause(understood_subject(who), verb, moods.DOES_NOT)
        return weave("{a} ， 但是1 {b}", "{a} but1 {b}", a=likes, b=dislikes)
    other = clause(someone_else(dice, who), verb)
    return weave("{a} ，1 但是2 {b}", "{a} ,1 but2 {b}", a=likes, b=other)


def _too(dice: Dice) -> Phrase:
    """我喜欢咖啡，我妹妹也喜欢咖啡."""
    who = somebody(dice)
    other, noun = someone_else(dice, who), noun_of(dice, *_PALATABLE)
    one, two = (transitive("喜欢", "like", generic(noun).as_object) for _ in range(2))
    also = clause(other, two, adverb=linked("也", "also"))
    return weave("{a} ，1 {b}", "{a} ,1 and {b}", a=clause(who, one), b=also)


def _opinion(dice: Dice) -> Phrase:
    """我觉得这本书非常有意思."""
    about = dice.pick(
        (descriptions.thing_described, descriptions.person_described, descriptions.compared)
    )(dice)
    return join(clause(somebody(dice), transitive("觉得", "think", about)))


def _report(dice: Dice) -> Phrase:
    """小明说他明天会去北京, 我听说小红昨天买了一辆自行车."""
    who = one_person(dice)
    if dice.chance(0.5):
        plan = dice.pick((statements.future, statements.wishes, statements.habit))(dice, again(who))
        return that(clause(who, verb_phrase("说", "say")), plan)
    kinds = (statements.past, statements.past, statements.lives, statements.future)
    speaker = dice.pick((("我", "听说"), ("我们", "听说")))
    heard = clause(pronoun(speaker[0]), verb_phrase("听说", "hear"), moods.WAS)
    return that(heard, dice.pick(kinds)(dice, who))


def _hope(dice: Dice) -> Phrase:
    """我希望你明天能来."""
    who = somebody(dice)
    other = someone_else(dice, who)
    planned = event(dice, other, "hoped")
    wish = clause(other, planned.verb, moods.CAN, time=planned.when(dice, "future"))
    return that(clause(who, verb_phrase("希望", "hope")), wish)


def _knowledge(dice: Dice) -> Phrase:
    """我知道你昨天买了一本书."""
    who = somebody(dice)
    other = someone_else(dice, who)
    fact = dice.pick((statements.past, statements.likes, statements.lives, descriptions.identity))
    return that(clause(who, verb_phrase("知道", "know")), fact(dice, other))


def _stranger(dice: Dice) -> Phrase:
    """戴着黑色帽子的男孩正在公园踢足球."""
    who = descriptions.someone_there(dice)
    kinds = (statements.habit, statements.likes, statements.owns, statements.enjoys)
    return join(dice.pick((*kinds, statements.wishes, statements.past))(dice, who))


def that(main: Linked, clause_: Linked) -> Phrase:
    """说, 听说, 希望 …; 'that' is not said twice (that that teacher)."""
    complementizer = "" if clause_.en[0].text == "that" else "that"
    return weave("{a} {b}", f"{{a}} {complementizer} {{b}}", a=main, b=clause_)


COMPOUNDS = (
    *(because,) * 6,
    *(although, _if, _animal) * 4,
    *(each, _opinion, _report) * 3,
    *(_when_seen, _when_home, _in_turn, _outing, _hope, _both_so, _but) * 2,
    *(_tastes,) * 3,
    *(_stranger, _when_so, _meanwhile, _too, _knowledge, day),
)
# Those of the compounds that grow long.
GROWING = (
    *(because, each, _outing, _animal) * 2,
    *(although, _if, _when_seen, _when_home, day),
)

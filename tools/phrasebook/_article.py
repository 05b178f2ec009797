"""The two sentences of the article that the project builds from, said by the grammar."""

from __future__ import annotations

from qkv.data.phrasebook import PhrasebookPair
from tools.phrasebook import _moods as moods
from tools.phrasebook import lexicon
from tools.phrasebook._clauses import clause
from tools.phrasebook._linked import Linked, align, linked
from tools.phrasebook._phrases import at, attribute, generic, pronoun, thing, transitive

__all__ = ["ARTICLE_PAIRS"]


def _kitten() -> Linked:
    kitten = thing(_noun("pet", "小猫"), "一", attribute("可爱", very=True))
    saw = transitive("看到", "see", kitten.as_object).near(at(lexicon.PLACES["公园"]))
    time = next(time for time in lexicon.TIMES["past"] if time.zh == "今天·早上")
    return clause(pronoun("我"), saw, moods.PAST, time=linked(time.zh, time.en))


def _coffee() -> Linked:
    coffee = generic(_noun("drink", "咖啡"))
    return clause(pronoun("我"), transitive("喜欢", "like", coffee.as_object))


def _noun(kind: str, zh: str) -> lexicon.Noun:
    return next(noun for noun in lexicon.NOUNS[kind] if noun.zh == zh)


# As the article writes them, without a full stop.
ARTICLE_PAIRS: tuple[PhrasebookPair, PhrasebookPair] = (align(_kitten()), align(_coffee()))

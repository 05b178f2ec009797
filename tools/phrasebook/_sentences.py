"""Random sentences of a wanted length."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tools.phrasebook import _descriptions as descriptions
from tools.phrasebook import _statements as statements
from tools.phrasebook._chains import LONG, LONGEST
from tools.phrasebook._choices import Dice, somebody
from tools.phrasebook._compounds import COMPOUNDS, GROWING
from tools.phrasebook._linked import Linked, weave
from tools.phrasebook._questions import QUESTIONS, REQUESTS

__all__ = ["BANDS", "band", "sentence", "stopped"]

# How often a statement goes without its full stop.
_UNSTOPPED = 0.15

# Bands of lengths, in Chinese characters: 1–8, 9–16, 17–24, 25–32, 33 and more.
BANDS = 5


def band(characters: int) -> int:
    """The band of a length."""
    return min((characters - 1) // 8, BANDS - 1)


def sentence(rng: Random, wanted: int) -> Linked:
    """Any sentence with its punctuation, likely but not certain to fall into the band `wanted`."""
    kinds, low, high = _MIXES[wanted]
    dice = Dice(rng, low + (high - low) * rng.random())
    kind = dice.pick(kinds)
    text = kind(dice)
    if kind is _question:
        return weave("{x} ？1", "{x} ?1", x=text)
    return text if dice.chance(_UNSTOPPED) else stopped(text)


def stopped(text: Linked) -> Linked:
    """With its full stop."""
    return weave("{x} 。1", "{x} .1", x=text)


def _question(dice: Dice) -> Linked:
    return dice.pick(QUESTIONS)(dice)


def _request(dice: Dice) -> Linked:
    return dice.pick(REQUESTS)(dice)


def _simple(dice: Dice) -> Linked:
    if dice.chance(0.7):
        return dice.pick(_OF_SOMEBODY)(dice, somebody(dice))
    return dice.pick(_OF_ANYTHING)(dice)


_OF_SOMEBODY = (
    *(statements.past,) * 9,
    *(statements.likes,) * 9,
    *(statements.future, statements.habit, statements.wishes) * 3,
    *(statements.did_not, statements.doing_now, statements.skilled, statements.owns) * 2,
    *(statements.has_done, statements.enjoys, statements.should, statements.experienced),
    *(
        statements.wearing,
        statements.lives,
        statements.teaches,
        statements.teaches,
        descriptions.identity,
    ),
)
_OF_ANYTHING = (
    *(descriptions.thing_described,) * 6,
    *(descriptions.person_described, descriptions.there_is) * 5,
    *(descriptions.compared,) * 3,
    *(descriptions.city_described, descriptions.weather, descriptions.age) * 2,
    *(descriptions.acquaintance, descriptions.belongs, descriptions.favourite),
    *(descriptions.record, descriptions.lies, descriptions.rained),
)

# For each band: kinds of sentence, and how rich they are, from and to.
_Kinds = tuple[Callable[[Dice], Linked], ...]
_MIXES: tuple[tuple[_Kinds, float, float], ...] = (
    ((_question, _question, _request, *(_simple,) * 5), 0.0, 0.2),
    ((*(_question, _request) * 6, *(_simple,) * 40, *COMPOUNDS), 0.1, 0.7),
    ((*(_question,) * 4, *(_simple,) * 10, *COMPOUNDS), 0.3, 1.0),
    ((_simple, *GROWING, *LONG), 0.4, 1.0),
    ((*GROWING, *LONGEST * 3), 0.7, 1.0),
)

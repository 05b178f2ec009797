"""Every caption of a scene: a function of what can be seen, the same in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from string import Formatter

from qkv.data.scenes._geometry import relation, row_and_column, subjects
from qkv.data.scenes._scene import Mention, Scene, SceneCaption
from qkv.data.scenes._thing import Thing
from qkv.data.scenes._words import CHINESE, ENGLISH, Language

__all__ = ["scene_of"]


def scene_of(things: Sequence[Thing]) -> Scene:
    """The scene of one, two or three things, with all its captions, six at most."""
    things = tuple(things)
    return Scene(things, tuple(_captions(things, ENGLISH)), tuple(_captions(things, CHINESE)))


def _captions(things: tuple[Thing, ...], language: Language) -> Iterator[SceneCaption]:
    """The only thing in its place, or each that has a relation to all others, in any order."""
    if len(things) == 1:
        row, column = row_and_column(things[0].box)
        gaps = {"place": language.places[row][column]}
        yield _filled(language.alone, gaps, {"a": 0}, things, language)
        return
    able = subjects([thing.box for thing in things])
    for order in permutations(range(len(things))):
        if order[0] in able:
            yield _related(order, things, language)


def _related(order: tuple[int, ...], things: tuple[Thing, ...], language: Language) -> SceneCaption:
    """The first of the order in its relation to the others."""
    subject, *others = (things[i].box for i in order)
    sides = [language.sides[str(relation(subject, other))] for other in others]
    sentence = language.pair
    if len(sides) == 2:
        sentence = language.trio_same if sides[0] == sides[1] else language.trio
    gaps = {"ab": sides[0], "ac": sides[-1]}
    return _filled(sentence, gaps, dict(zip("abc", order, strict=False)), things, language)


def _filled(
    sentence: str,
    gaps: dict[str, str],
    named: dict[str, int],
    things: tuple[Thing, ...],
    language: Language,
) -> SceneCaption:
    """The sentence with words and the named things in its gaps."""
    text, mentions = "", []
    for literal, gap, *_ in Formatter().parse(sentence):
        text += literal
        if gap in named:
            thing = things[named[gap]]
            text += _phrase(thing, language)
            noun = language.words[thing.shape]  # the phrase ends with it
            mentions.append(Mention(len(text) - len(noun), len(text), named[gap]))
        elif gap:
            text += gaps[gap]
    return SceneCaption(text, tuple(mentions))


def _phrase(thing: Thing, language: Language) -> str:
    parts = {part: language.words[getattr(thing, part)] for part in ("size", "colour", "shape")}
    return language.thing.format(**parts)

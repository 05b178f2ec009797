"""English endings: plurals, verb forms, comparatives, a or an; rules, and what breaks them."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["agree", "comparative", "indefinite", "plural", "superlative", "verb_form"]

_PLURALS = {
    "child": "children", "fish": "fish", "sheep": "sheep", "goose": "geese", "wolf": "wolves",
    "knife": "knives", "scarf": "scarves", "bookshelf": "bookshelves", "series": "series",
    "potato": "potatoes", "tomato": "tomatoes", "mango": "mangoes",
}  # fmt: skip

# base, past, participle
_IRREGULAR_VERBS = """
    be was been, break broke broken, buy bought bought, choose chose chosen, do did done,
    draw drew drawn, drink drank drunk, drive drove driven, eat ate eaten, feed fed fed,
    find found found, fly flew flown, get got gotten, give gave given, go went gone,
    grow grew grown, have had had, hear heard heard, know knew known, leave left left,
    lend lent lent, lose lost lost, make made made, meet met met, put put put, read read read,
    ride rode ridden, run ran run, say said said, see saw seen, sell sold sold, send sent sent,
    sing sang sung, sleep slept slept, speak spoke spoken, swim swam swum, take took taken,
    teach taught taught, think thought thought, wear wore worn, write wrote written
"""
_IRREGULAR = {
    base: (past, participle)
    for base, past, participle in (row.split() for row in _IRREGULAR_VERBS.split(","))
}
_IRREGULAR_DEGREES = {"good": ("better", "best"), "far": ("farther", "farthest")}
_VOWEL_LETTER_CONSONANT_SOUND = ("uni", "use", "one", "eu")


def plural(noun: str) -> str:
    """The plural of the last word: 'comic book' → 'comic books'."""
    *first, last = noun.split(" ")
    return " ".join([*first, _PLURALS.get(last) or _with_s(last)])


@cache
def verb_form(base: str, form: str) -> str:
    """`form`: base, third, past, participle, experience (participle, but 'been' of 'go') or ing."""
    if form == "base":
        return base
    if form == "third":
        return {"be": "is", "have": "has"}.get(base) or _with_s(base)
    if form == "ing" and base.endswith("ie"):
        return base[:-2] + "ying"
    if form == "ing":
        return (base[:-1] if re.search("[^e]e$", base) else _doubled(base)) + "ing"
    if form == "experience" and base == "go":
        return "been"
    regular = base + "d" if base.endswith("e") else _y_to_i(_doubled(base)) + "ed"
    return _IRREGULAR.get(base, (regular, regular))[form != "past"]


def agree(verb: str, be: str) -> str:
    """The present of `verb` for a subject that takes `be` (am, is, are); modals do not change."""
    if verb == "be":
        return be
    modal = verb in ("can", "cannot", "did", "must", "never", "should", "will")
    return verb if modal or be != "is" else verb_form(verb, "third")


def comparative(adjective: str) -> str:
    """'bigger', 'more famous'."""
    if adjective in _IRREGULAR_DEGREES:
        return _IRREGULAR_DEGREES[adjective][0]
    return _degree(adjective, "er") or f"more {adjective}"


def superlative(adjective: str) -> str:
    """'biggest', 'most famous'."""
    if adjective in _IRREGULAR_DEGREES:
        return _IRREGULAR_DEGREES[adjective][1]
    return _degree(adjective, "est") or f"most {adjective}"


def indefinite(following: str) -> str:
    """'a' or 'an', by the sound that `following` begins with."""
    word = following.lower()
    vowel = word[0] in "aeiou" and not word.startswith(_VOWEL_LETTER_CONSONANT_SOUND)
    return "an" if vowel or word.startswith(("hour", "honest")) else "a"


def _degree(adjective: str, ending: str) -> str:
    """Short adjectives and those in -y take an ending; for the others the answer is empty."""
    syllables = len(re.findall("[aeiou]+", adjective.removesuffix("e")))
    if syllables > 1 and not adjective.endswith("y"):
        return ""
    return (adjective[:-1] if adjective.endswith("e") else _y_to_i(_doubled(adjective))) + ending


def _with_s(word: str) -> str:
    if re.search("(s|x|z|ch|sh|o)$", word) and word not in ("piano", "photo", "radio", "kangaroo"):
        return word + "es"
    return re.sub("(?<![aeiou])y$", "ie", word) + "s"


def _y_to_i(word: str) -> str:
    return re.sub("(?<![aeiou])y$", "i", word)


def _doubled(word: str) -> str:
    """Double the last letter of a short word before an ending: run-n-ing, big-g-er."""
    return word + word[-1] if re.fullmatch("[^aeiou]*[aeiou][^aeiouwxy]", word) else word

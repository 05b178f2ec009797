"""Text in two languages that remembers which word came from which.

A phrase is two rows of words. An English word points at the Chinese words it stands for, so the
rows can be cut and put together in any order and the alignment of the finished sentence can be
read off.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple, Protocol

from qkv.data.phrasebook import PhrasebookPair
from tools.phrasebook._english import indefinite

__all__ = [
    "NOTHING", "En", "EnWord", "Linked", "Phrase", "Zh", "ZhWord", "align",
    "join", "linked", "unlinked", "weave",
]  # fmt: skip

# English words that stand for a Chinese word only where a rule says so.
_GLUE = {"a", "the", "of", "to"}


class ZhWord:
    """A Chinese word at one place in one sentence; two are equal only if they are the same."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class EnWord(NamedTuple):
    """An English word or punctuation mark, and the Chinese words it stands for."""

    text: str
    stands_for: tuple[ZhWord, ...] = ()


Zh = tuple[ZhWord, ...]
En = tuple[EnWord, ...]


class Linked(Protocol):
    """Anything with a row of Chinese and a row of English words."""

    @property
    def zh(self) -> Zh: ...
    @property
    def en(self) -> En: ...


class Phrase(NamedTuple):
    """The plain case: two rows and nothing else."""

    zh: Zh = ()
    en: En = ()


NOTHING = Phrase()


def linked(zh: str, en: str) -> Phrase:
    """A lexicon entry as a fresh phrase.

    `·` parts Chinese words. If there are as many English words, they are linked one to one,
    otherwise all to all; `_` joins English words that count as one. the, a, of and to stay unlinked
    beside other words.
    """
    texts, words = _entry(zh, en)
    parts = tuple(ZhWord(text) for text in texts)
    return Phrase(parts, tuple(EnWord(t, parts if p is None else parts[p]) for t, p in words))


@cache
def _entry(zh: str, en: str) -> tuple[tuple[str, ...], tuple[tuple[str, slice | None], ...]]:
    """The Chinese words, and each English word with the slice of them it stands for (None: all)."""
    parts, groups = tuple(zh.split("·")), en.split()
    carriers = [group for group in groups if group not in _GLUE] or groups
    one_to_one = len(carriers) == len(parts)
    words: list[tuple[str, slice | None]] = []
    taken = 0
    for group in groups:
        if group not in carriers:
            where = slice(0, 0)
        else:
            where = slice(taken, taken + 1) if one_to_one else None
            taken += 1
        words += [(text, where) for text in group.split("_")]
    return parts, tuple(words)


def unlinked(zh: str = "", en: str = "") -> Phrase:
    """Words that have no counterpart in the other language; words are parted by spaces."""
    return Phrase(tuple(map(ZhWord, zh.split())), tuple(map(EnWord, en.split())))


def join(*parts: Linked) -> Phrase:
    """The parts side by side, in the same order in both languages."""
    zh = tuple(word for part in parts for word in part.zh)
    return Phrase(zh, tuple(word for part in parts for word in part.en))


def weave(zh: str, en: str, **slots: Linked) -> Phrase:
    """A rule of the grammar: two patterns with the same slots, filled.

    Words are parted by spaces, {name} is a slot, and words that end in the same digit are linked:
    weave("因为1 {a} ，2 所以 {b}", "because1 {a} ,2 {b}", a=…, b=…).
    """
    numbered: dict[str, ZhWord] = {}
    left: list[ZhWord] = []
    for text, number, slot in _pattern(zh):
        if slot:
            left += slots[slot].zh
        else:
            left.append(ZhWord(text))
            numbered[number] = left[-1]
    right: list[EnWord] = []
    for text, number, slot in _pattern(en):
        if slot:
            right += slots[slot].en
        else:
            right.append(EnWord(text, (numbered[number],) if number else ()))
    return Phrase(tuple(left), tuple(right))


@cache
def _pattern(pattern: str) -> tuple[tuple[str, str, str], ...]:
    """Each item of a pattern as (text, number, slot)."""
    items: list[tuple[str, str, str]] = []
    for item in pattern.split():
        if item.startswith("{"):
            items.append(("", "", item[1:-1]))
        else:
            text = item.rstrip("0123456789")
            items.append((text, item[len(text) :], ""))
    return tuple(items)


def align(sentence: Linked) -> PhrasebookPair:
    """Write the sentence out: a or an, capital, punctuation on its word, links as positions."""
    starts: dict[ZhWord, int] = {}
    position = 0
    for word in sentence.zh:
        starts[word] = position
        position += len(word.text)
    words = _attach_punctuation(sentence.en)
    links = {
        (i, j)
        for j, (_, stands_for) in enumerate(words)
        for word in stands_for
        for i in range(starts[word], starts[word] + len(word.text))
    }
    target = " ".join(_spell(words))
    source = "".join(word.text for word in sentence.zh)
    return PhrasebookPair(source, target[0].upper() + target[1:], tuple(sorted(links)))


def _attach_punctuation(words: Iterable[EnWord]) -> list[EnWord]:
    attached: list[EnWord] = []
    for word in words:
        if word.text in (",", ".", "?", "'s"):
            before = attached.pop()
            word = EnWord(before.text + word.text, before.stands_for + word.stands_for)
        attached.append(word)
    return attached


def _spell(words: list[EnWord]) -> list[str]:
    texts = [word.text for word in words]
    return [indefinite(texts[j + 1]) if text == "a" else text for j, text in enumerate(texts)]

"""Where the tags of a sentence belong in its translation.

Elements are laid out as the tree that they are, from the root down: each gets a range of words
within that of the element around it, apart from those beside it. So tags come out nested, whatever
the weights say; which ranges, is the best that there is by what the words attended to.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from qkv.data.markup import Role
from qkv.data.protected import Span
from qkv.data.words import SPACELESS

__all__ = ["Mark", "Sentence", "is_mark", "placed"]

OPENING = "([{<¿¡«“‘„‚「『（【《〈〔"
NEARLY = 0.7
AFTER_SPACE = ":;!?»%"  # in French


class Mark(NamedTuple):
    """A tag at a place of the source sentence, before this character; number: of the tag."""

    place: int
    role: Role
    number: int


@dataclass(frozen=True)
class Sentence:
    """source, target: texts.

    read: gives the spans of the target's words, between which tags may stand, and (words, source
    characters + 1): what each attended to up to each character.
    """

    source: str
    target: str
    read: Callable[[], tuple[Sequence[Span], np.ndarray]]

    @cached_property
    def _read(self) -> tuple[Sequence[Span], np.ndarray]:
        return self.read()

    @property
    def words(self) -> Sequence[Span]:
        return self._read[0]

    def votes(self, start: int, end: int) -> np.ndarray:
        """What each word attended to in a span of the source: (words,)."""
        return self._read[1][:, end] - self._read[1][:, start]


@dataclass(eq=False)
class _Node:
    """An element or a point. opening, closing: its marks; None: it lies in another sentence.

    start, end: in the source, without white space; first, last: its words, begin, stop: its
    characters in the target.
    """

    opening: Mark | None = None
    closing: Mark | None = None
    children: list[_Node] = field(default_factory=list)
    start: int = 0
    end: int = 0
    first: int = 0
    last: int = 0
    begin: int = 0
    stop: int = 0

    @property
    def goes_on(self) -> bool:
        """Into the next sentence."""
        return self.opening is not None and self.opening.role is Role.OPEN and self.closing is None


def placed(sentence: Sentence, marks: Sequence[Mark]) -> list[tuple[int, Mark]]:
    """Where in the target each mark belongs, in the order in which they stand there.

    marks: of the roles OPEN, CLOSE and POINT, in order; pairs are nested. An OPEN without its
    CLOSE goes on to the end, a CLOSE without its OPEN came from the beginning.
    """
    if sentence.source == sentence.target:
        return [(mark.place, mark) for mark in marks]
    root = _tree(sentence.source, marks)
    root.last, root.stop = len(sentence.words), len(sentence.target)
    waiting = [root]
    while waiting:
        node = waiting.pop()
        _Layout(sentence, node).lay_out()
        waiting += node.children
    return list(_in_order(root))


def is_mark(character: str) -> bool:
    """Is it a punctuation mark?"""
    return unicodedata.category(character).startswith("P")


def _has_words(text: str) -> bool:
    return any(not (c.isspace() or is_mark(c)) for c in text)


def _tree(source: str, marks: Sequence[Mark]) -> _Node:
    root = _Node()
    stack = [root]
    for mark in marks:
        if mark.role is Role.CLOSE and len(stack) == 1:
            root.children = [_Node(children=root.children)]
            stack += root.children
        if mark.role is Role.CLOSE:
            stack.pop().closing = mark
            continue
        stack[-1].children.append(node := _Node(mark))
        if mark.role is Role.OPEN:
            stack.append(node)
    waiting = [root]
    while waiting:
        node = waiting.pop()
        _trim(node, source)
        waiting += node.children
    return root


def _trim(node: _Node, source: str) -> None:
    """Its span in the source."""
    node.start = node.opening.place if node.opening else 0
    node.end = node.closing.place if node.closing else len(source)
    if node.opening and node.opening.role is Role.POINT:
        node.end = node.start
    text = source[node.start : node.end]
    if text.strip():
        node.start += len(text) - len(text.lstrip())
        node.end = node.start + len(text.strip())
    else:
        node.end = node.start


def _in_order(root: _Node) -> Iterator[tuple[int, Mark]]:
    stack = [(root, iter(root.children))]
    while stack:
        node, children = stack[-1]
        child = next(children, None)
        if child is not None:
            if child.opening:
                yield child.begin, child.opening
            stack.append((child, iter(child.children)))
            continue
        if node.closing:
            yield node.stop, node.closing
        stack.pop()


class _Layout:
    """Of the children of one node."""

    def __init__(self, sentence: Sentence, node: _Node) -> None:
        self.sentence, self.node = sentence, node
        self.source, self.target, self.words = sentence.source, sentence.target, sentence.words
        self.wordy: list[_Node] = []

    def lay_out(self) -> None:
        node = self.node
        if node.begin == node.stop:
            for child in node.children:
                child.begin = child.stop = node.begin
            return
        self._divide([c for c in node.children if _has_words(self.source[c.start : c.end])])
        low = node.begin
        for child in self.wordy:
            child.begin = self._begin(child, low)
            low = child.stop = self._stop(child)
        taken = {i for c in self.wordy for i in range(c.first, c.last)}
        self.own = [i for i in range(node.first, node.last) if i not in taken]
        self.by_source = sorted(self.wordy, key=attrgetter("start"))
        placed = {id(child) for child in self.wordy}
        for child in node.children:
            if id(child) not in placed:
                self._stand(child)
        node.children.sort(key=attrgetter("begin", "stop"))

    def _divide(self, children: list[_Node]) -> None:
        """Give each of these a range of words, if there are as many words."""
        node, sentence = self.node, self.sentence
        here = slice(node.first, node.last)
        votes = np.array([sentence.votes(c.start, c.end)[here] for c in children])
        count = node.last - node.first
        if len(children) > count:
            most = sorted(np.argsort(-votes.sum(1), kind="stable")[:count])
            children, votes = [children[i] for i in most], votes[most]
        if not children:
            return
        if len(children) == 1 and self._is_all(children[0]):
            ranges = [(0, count)]
        else:
            order = _order(votes, children)
            children, votes = [children[i] for i in order], votes[order]
            own = sentence.votes(node.start, node.end)[here] - votes.sum(0)
            ranges = _ranges(votes, own, children[0].opening is None, children[-1].goes_on)
        for child, (first, last) in zip(children, ranges, strict=True):
            child.first, child.last = node.first + first, node.first + last
        self.wordy = children

    def _is_all(self, child: _Node) -> bool:
        """Are there no words beside it?"""
        node = self.node
        beside = self.source[node.start : child.start] + self.source[child.end : node.end]
        return not _has_words(beside)

    def _begin(self, child: _Node, low: int) -> int:
        """The first character, with the punctuation that goes with it; not before `low`."""
        if child.opening is None:
            return self.node.begin
        if child.first > self.node.first:
            low = max(low, self.words[child.first - 1][1])
        begin = self.words[child.first][0]
        gap, before = self.target[low:begin], self.source[self.node.start : child.start]
        if child.first == self.node.first and not before.strip():
            begin -= len(gap.lstrip())
        else:
            inside = _leading(self.source[child.start : child.end])
            begin -= _taken(_openings(gap), inside, len(_openings(before)))
        if child.opening.place < child.start:
            begin -= begin - low - len(self.target[low:begin].rstrip())
        return begin

    def _stop(self, child: _Node) -> int:
        """The character after the last, with the punctuation that goes with it."""
        if child.goes_on:
            return self.node.stop
        stop, high = self.words[child.last - 1][1], self.node.stop
        if child.last < self.node.last:
            high = self.words[child.last][0]
        gap, after = self.target[stop:high], self.source[child.end : self.node.end]
        if child.last == self.node.last and not after.strip():
            stop += len(gap.rstrip())
        else:
            inside = _leading(self.source[child.start : child.end][::-1])
            stop += _taken(_closings(gap), inside, len(_closings(after)))
        if child.closing and child.closing.place > child.end:
            stop += high - stop - len(self.target[stop:high].lstrip())
        return stop

    def _stand(self, child: _Node) -> None:
        """Where a point belongs, and an element that no word is left for."""
        if child.opening is None or child.goes_on:  # at the end that it comes from, or goes on at
            child.begin = child.stop = self.node.stop if child.opening else self.node.begin
            return
        place = child.opening.place
        child.begin = child.stop = self._outside(self._spaced(place, self._beside(place)))
        marks = _closings(self.target[child.begin : self.node.stop])
        wanted = child.end - child.start
        if wanted and marks and not _has_words(self.source[child.start : child.end]):
            child.stop += marks[min(wanted, len(marks)) - 1]

    def _beside(self, place: int) -> int:
        """Before the word that follows in the source; after the one before, if that is nearer."""
        node = self.node
        low = node.opening.place if node.opening else 0
        high = node.closing.place if node.closing else len(self.source)
        before, after = self.source[low:place], self.source[place:high]
        following = next((i for i, c in enumerate(after) if _has_words(c)), None)
        previous = next(
            (i for i in range(place - 1, low - 1, -1) if _has_words(self.source[i])), None
        )
        if not before.strip():
            gap = self.target[node.begin : node.stop]
            return node.begin + (len(gap) - len(gap.lstrip()) if before else 0)
        if previous is not None and (following is None or _closings(after)) and after.strip():
            return self._after(previous)
        if following is None:
            gap = self.target[node.begin : node.stop]
            return node.stop - (len(gap) - len(gap.rstrip()) if after else 0)
        return self._before(place + following, before)

    def _after(self, place: int) -> int:
        """The end of what translates the word that ends at this character of the source."""
        child = self._child(place)
        if child:
            return child.stop
        start = place
        while (
            start > 0
            and self.source[start - 1].isalnum()
            and not SPACELESS.match(self.source[start])
        ):
            start -= 1
        words = self._likely(start, place + 1)
        return self.words[words[-1]][1] if words else self.node.stop

    def _before(self, place: int, before: str) -> int:
        """The beginning of what translates the word that begins here, quotes and brackets too."""
        child = self._child(place)
        if child:
            return child.begin
        end = place + 1
        while (
            end < len(self.source)
            and self.source[end].isalnum()
            and not SPACELESS.match(self.source[end])
        ):
            end += 1
        words = self._likely(place, end)
        if not words:
            return self.node.stop
        begin = self.words[words[0]][0]
        marks = [] if _openings(before) else _openings(self.target[self.node.begin : begin])
        return begin - (marks[-1] if marks else 0)

    def _likely(self, start: int, end: int) -> list[int]:
        """Words outside of all children that attended to a span of the source, nearly as much as
        the one that did most: several may translate it."""
        votes = self.sentence.votes(start, end)[self.own]
        return [self.own[i] for i in np.flatnonzero(votes >= NEARLY * votes.max(initial=0))]

    def _child(self, place: int) -> _Node | None:
        """The one with words that this character of the source is in."""
        i = bisect_right(self.by_source, place, key=attrgetter("start")) - 1
        child = self.by_source[i] if i >= 0 else None
        return child if child and place < child.end else None

    def _spaced(self, place: int, at: int) -> int:
        """Before white space, if it stands only behind the tag in the source."""
        here = self.source[max(0, place - 1) : place + 1]
        if len(here) == 2 and here[1].isspace() and not here[0].isspace():
            return self.node.begin + len(self.target[self.node.begin : at].rstrip())
        return at

    def _outside(self, at: int) -> int:
        """Not within a child, nor beyond one that comes from, or goes on into, another sentence."""
        i = bisect_right(self.wordy, at, key=attrgetter("begin")) - 1
        child = self.wordy[i] if i >= 0 else None
        if child and child.begin < at < child.stop:
            at = child.begin
        for child in self.wordy[:1] + self.wordy[-1:]:
            if child.opening is None:
                at = max(at, child.stop)
            elif child.goes_on:
                at = min(at, child.begin)
        return at


def _order(votes: np.ndarray, children: Sequence[_Node]) -> list[int]:
    """The children by where in the translation they are attended to on the average."""
    sharp = np.square(votes) + 1e-9
    centres = (sharp @ np.arange(votes.shape[1])) / sharp.sum(1)
    for i, child in enumerate(children):
        if child.opening is None:
            centres[i] = -np.inf
        elif child.goes_on:
            centres[i] = np.inf
    return np.argsort(centres, kind="stable").tolist()


def _ranges(votes: np.ndarray, own: np.ndarray, from_: bool, on: bool) -> list[Span]:
    """Of each child (first, last) of its words: in this order, with the most votes in all.

    votes: (children, words); own: (words,) of what is around the children; from_: the first child
    begins at the first word; on: the last ends at the last.
    """
    count = len(votes)
    gains = np.empty((votes.shape[1], 2 * count + 1))  # states: own words, child, own words, …
    gains[:, 0::2], gains[:, 1::2] = own[:, None], votes.T
    gains[gains.max(1) < 1e-6, 0::2] = 1e-6  # what is nobody's, is not a child's
    if from_:
        gains[:, 0] = -np.inf
    if on:
        gains[:, -1] = -np.inf
    score = np.full(2 * count + 1, -np.inf)
    score[:2] = gains[0, :2]
    nothing = np.full(2, -np.inf)
    steps = np.zeros(gains.shape, int)
    for word in range(1, len(gains)):
        shifted = np.concatenate([nothing, score])
        ways = np.stack([score, shifted[1:-1], shifted[:-2]])
        ways[2, 0::2] = -np.inf
        steps[word] = ways.argmax(0)
        score = ways.max(0) + gains[word]
    state = 2 * count - (score[-2] >= score[-1])
    states = [state]
    for word in range(len(gains) - 1, 0, -1):
        state -= steps[word, state]
        states.append(state)
    runs = np.array(states[::-1])
    return [
        (int(np.argmax(runs == s)), int(len(runs) - np.argmax(runs[::-1] == s)))
        for s in range(1, 2 * count, 2)
    ]


def _leading(text: str) -> int:
    """How many punctuation marks it begins with."""
    return next((i for i, c in enumerate(text) if not is_mark(c)), len(text))


def _openings(text: str) -> list[int]:
    """How far before the end of the text each of the opening marks there begins."""
    backwards = text[::-1]
    count = next(
        (i for i, c in enumerate(backwards) if c not in OPENING and c not in "\"'"), len(text)
    )
    return list(range(1, count + 1))


def _closings(text: str) -> list[int]:
    """How far from the beginning of the text each of the closing marks there ends."""
    start = int(text[:1].isspace() and text[1:2] in AFTER_SPACE and text[1:2] != "")
    ends = []
    for i in range(start, len(text)):
        if not is_mark(text[i]) or text[i] in OPENING:
            break
        ends.append(i + 1)
    return ends


def _taken(marks: Sequence[int], inside: int, outside: int) -> int:
    """How far marks belong to an element with so many in the source, and so many beside it."""
    count = min(inside, len(marks)) if outside else len(marks)
    return marks[count - 1] if inside and count else 0

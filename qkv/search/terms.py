"""Beam search for texts in which terms must stand, or should where the model minds little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from math import inf
from operator import itemgetter
from typing import NamedTuple

from torch import Tensor

from qkv.data.tokenizer import BOS, EOS
from qkv.search.due import Standing
from qkv.search.filters import Rules, Sentences
from qkv.search.hypothesis import Hypothesis
from qkv.search.reader import Reader
from qkv.search.search import Search
from qkv.search.transfer import fetch, no_numbers, send

__all__ = ["term_search"]

MOST_BANKS = 16  # hypotheses beside the beam, one for each token of the terms
ALTERNATIVES = 5  # ways for each of many beginnings to go on, besides those of its terms


class _Branch(NamedTuple):
    """A beginning, or with EOS a text, which is not among its words. row: that it extends."""

    words: tuple[int, ...]
    log_p: float
    standing: Standing
    row: int
    token: int


Choice = tuple[int, float]  # a token and its log P


def term_search(reader: Reader, search: Search, sentences: Sentences) -> list[list[Hypothesis]]:
    """The hypotheses of sentences that have terms, best first.

    Dynamic beam allocation (Post and Vilar 2018): a beginning competes only with those that have
    said as many tokens of the terms; of these banks each in turn gives its best, the fullest first.
    Differs: what is said is told by the text and not by its tokens, and there is a hypothesis more
    for each token of the terms.

    Terms that must be said: a text ends when all is said; where there is just room for what is left
    nothing else is. Terms with a bonus: log P + bonus · tokens in place of log P in the score.
    """
    tasks = [_Task(search, sentences, row) for row in range(len(sentences.limits))]
    rules, rows = Rules(search, sentences), list(range(len(tasks)))
    widest = max(task.width for task in tasks)
    open_ = [[_Branch((), 0.0, task.due(()), 0, BOS)] for task in tasks]
    while rows:
        flat = [each for own in open_ for each in own]
        log_p = reader.read(send([each.token for each in flat], reader.device))
        following = iter(_following(log_p, flat))
        likeliest = iter(_likeliest(log_p, flat, rules, rows, widest + 1))
        coverage = reader.coverage()
        covered = [0.0] * len(flat) if coverage is None else fetch(coverage)
        each = len(flat) // len(rows)
        after = [
            tasks[row].step(
                own,
                list(islice(likeliest, each)),
                list(islice(following, each)),
                covered[i * each : (i + 1) * each],
                i * each,
            )
            for i, (row, own) in enumerate(zip(rows, open_, strict=True))
        ]
        stay = [i for i, own in enumerate(after) if own]
        rows, open_ = [rows[i] for i in stay], _filled([after[i] for i in stay])
        if rows:
            source = send([branch.row for own in open_ for branch in own], reader.device)
            all_stay = len(stay) == len(after)
            reader.go_on(source, None if all_stay else send(stay, reader.device))
    return [task.hypotheses() for task in tasks]


def _following(log_p: Tensor, flat: Sequence[_Branch]) -> list[list[Choice]]:
    """Of each text the tokens that its terms go on with, whatever rules say; log_p: (N, V)."""
    pairs = [(row, t) for row, each in enumerate(flat) for t in each.standing.following]
    if not pairs:
        return [[] for _ in flat]
    row, token = send(pairs, log_p.device).unbind(1)
    values = iter(fetch(log_p[row, token]))
    return [[(t, next(values)) for t in each.standing.following] for each in flat]


def _likeliest(
    log_p: Tensor, flat: Sequence[_Branch], rules: Rules, rows: Sequence[int], most: int
) -> Iterator[list[Choice]]:
    """Of each text the likeliest tokens that the rules leave; log_p: (N, V), changed in place."""
    words = send([each.words for each in flat], log_p.device).view(len(flat), -1)
    log_p = rules(log_p, words, rows)
    best = log_p.topk(min(most, log_p.shape[1]), 1)
    for values, tokens in zip(fetch(best.values), fetch(best.indices), strict=True):
        yield list(zip(tokens, values, strict=True))


def _filled(several: list[list[_Branch]]) -> list[list[_Branch]]:
    """As many branches for each sentence; those that fill up have no probability."""
    most = max(map(len, several), default=0)
    return [
        [*own, *(own[0]._replace(log_p=-inf) for _ in range(most - len(own)))] for own in several
    ]


class _Task:
    """One sentence: its terms, and what of it has ended."""

    def __init__(self, search: Search, sentences: Sentences, row: int) -> None:
        due, counted = sentences.due[row], sentences.counted
        assert due is not None
        self.search, self.due = search, due
        self.limit = max(1, sentences.limits[row])
        self.prefix = len(sentences.prefixes[row]) if sentences.prefixes else 0
        units = sum(sentences.quotas[row][: counted.due]) if counted else 0
        self.last = self.limit - 2 * due.tokens - units  # a length from which terms alone are said
        self.hard, self.bonus = due.bonus is None, due.bonus or 0.0
        self.width = search.beam + min(due.tokens, MOST_BANKS)
        self._ended: list[Hypothesis] = []

    def step(
        self,
        own: Sequence[_Branch],
        likeliest: Sequence[Sequence[Choice]],
        following: Sequence[Sequence[Choice]],
        covered: Sequence[float],
        first: int,
    ) -> list[_Branch]:
        """What is open goes on; nothing if the sentence is done. first: the row of the first."""
        length = len(own[0].words) + 1
        open_ = [i for i, each in enumerate(own) if each.log_p > -inf]
        most = max(ALTERNATIVES, (self.width + 1) // len(open_))
        branches = [
            branch
            for i in open_
            for branch in self._branches(own[i], first + i, likeliest[i][:most], following[i])
            if branch.log_p > -inf
        ]
        order = self._ranked(branches)
        for branch in order[: self.width]:
            if branch.token == EOS:
                log_p = branch.log_p + self.bonus * self._said(branch)
                score = self.search.score(log_p, length, covered[branch.row - first])
                self._ended.append(Hypothesis(branch.words, branch.log_p, score))
        goes_on = [branch for branch in order if branch.token != EOS][: self.width]
        return [] if self._done(goes_on, length) else goes_on

    def hypotheses(self) -> list[Hypothesis]:
        """Raises DataError where none has ended, for no probability was above 0."""
        if not self._ended:
            raise no_numbers()
        return sorted(self._ended, key=lambda h: -h.score)[: self.search.beam]

    def _branches(
        self, own: _Branch, row: int, likeliest: Sequence[Choice], following: Sequence[Choice]
    ) -> list[_Branch]:
        """All that this beginning may become; at last only what goes on with its terms."""
        length, left = len(own.words) + 1, own.standing.left
        free = self.prefix < length < self.limit
        ends = not self.hard or not left or length >= self.limit
        chosen = dict(likeliest) | dict(following if free else ())
        branches: list[_Branch] = []
        for token, value in chosen.items():
            if token == EOS and ends:
                standing, words = own.standing._replace(begun=0), own.words
            elif token != EOS:
                words = (*own.words, token)
                standing = self.due(words)
            else:
                continue
            branches.append(_Branch(words, own.log_p + value, standing, row, token))
        if self.hard and free and left and length >= self.last:
            lacks = self._said(own)
            return [branch for branch in branches if self._said(branch) > lacks] or branches
        return branches

    def _said(self, branch: _Branch) -> int:
        """Tokens of terms."""
        return self.due.tokens - branch.standing.left + branch.standing.begun

    def _ranked(self, branches: Sequence[_Branch]) -> list[_Branch]:
        """In the order in which they are taken."""
        order = sorted(branches, key=lambda branch: -branch.log_p)
        banks = Counter[int]()
        places: list[tuple[int, int]] = []
        for branch in order:
            bank = self._said(branch)
            places.append((banks[bank], -bank))
            banks[bank] += 1
        return [branch for _, branch in sorted(zip(places, order, strict=True), key=itemgetter(0))]

    def _done(self, goes_on: Sequence[_Branch], length: int) -> bool:
        """Can nothing open be better than what has ended?

        What lacks terms when a whole beam has ended is not waited for: it was likelier all along,
        and would go on to the limit.
        """
        scores = sorted((h.score for h in self._ended), reverse=True)
        best, beam = max(scores, default=-inf), self.search.beam
        worst = scores[beam - 1] if len(scores) >= beam else -inf
        for branch in goes_on:
            if self.hard and branch.standing.left and worst > -inf:
                continue
            most = branch.log_p + self.bonus * self.due.tokens
            at_best = self.search.bound(most, self.limit if most < 0 else length)
            if at_best > best or (
                self.search.nbest > 1 and self.search.score(most, length) > worst
            ):
                return False
        return True

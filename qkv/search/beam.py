"""Keep the K likeliest beginnings of each sentence."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import torch
from torch import Tensor

from qkv.attention.largest import largest
from qkv.data.tokenizer import BOS, EOS
from qkv.search.filters import Rules, Sentences
from qkv.search.hypothesis import Ended, Hypothesis
from qkv.search.reader import STAY, Reader
from qkv.search.search import Search
from qkv.search.transfer import fetch, send

__all__ = ["beam_search"]


class _Branches(NamedTuple):
    """Continuations of B sentences: log P, row of the step that they extend, token; (B, n) each."""

    total: Tensor
    source: Tensor
    token: Tensor


def beam_search(reader: Reader, search: Search, sentences: Sentences) -> list[list[Hypothesis]]:
    """The K = `search.beam` best hypotheses a sentence (Graves 2012; Sutskever et al. 2014).

    A sentence is done when no hypothesis that is still open could, at any length it may reach, get
    a better score than the best that has ended: the first of the list is the best that this beam
    can find. Where alternatives are wanted, K must also have ended, and nothing open be better at
    its present length than the worst of them: waiting for more lists what no one would say.
    """
    beam = search.beam
    rows = list(range(len(sentences.limits)))  # sentences that are read
    open_ = list(rows)  # places among the rows: those that have ended leave several at a time
    rules, ended = Rules(search, sentences, reader.device), Ended(search, len(rows))
    total = torch.zeros(len(rows), 1, device=reader.device)  # (B, k) log P; k = 1, then K
    words = torch.empty(len(rows), 0, dtype=torch.int64, device=reader.device)  # (B · k, t)
    token = torch.full((len(rows),), BOS, device=reader.device)  # (B · k,)
    while open_:
        log_p = rules(reader.read(token), words, rows)
        branches = _branch(total, log_p, 2 * beam)
        goes_on = _unfinished(branches, beam)
        numbers = _fetch(branches, goes_on, reader.coverage(), beam)
        _collect(ended, reader, rows, open_, words, branches.source, numbers)
        open_ = _still_open(ended, rows, open_, rules.limits, numbers, words.shape[1] + 1)
        if not open_:
            break
        index = None  # of the sentences that stay, all
        if len(open_) <= STAY * len(rows):
            index = send(open_, reader.device)
            goes_on = _Branches(*(x[index] for x in goes_on))
            rows, open_ = [rows[i] for i in open_], list(range(len(open_)))
        total, source, token = goes_on.total, goes_on.source.flatten(), goes_on.token.flatten()
        reader.go_on(source, index)
        words = torch.cat((words.index_select(0, source), token[:, None]), 1)
    return [hypotheses[:beam] for hypotheses in ended.hypotheses(reader.kept)]


class _Numbers(NamedTuple):
    """What a sentence is decided by.

    ends: log P of its K best branches, -inf where they go on; covered: of these, if it counts.
    goes_on: log P of the best that does.
    """

    ends: list[float]
    goes_on: float
    covered: list[float]


def _branch(total: Tensor, log_p: Tensor, most: int) -> _Branches:
    """The 2K best of each sentence, because up to K may end with EOS and K must stay open."""
    rows, vocabulary = log_p.shape
    first = torch.arange(0, rows, total.shape[1], device=log_p.device)  # row of each sentence
    joint = log_p.add_(total.view(-1, 1)).view(len(total), -1)  # (B, k · V)
    best, index = largest(joint, min(most, joint.shape[1]))
    return _Branches(best, index // vocabulary + first[:, None], index % vocabulary)


def _unfinished(branches: _Branches, beam: int) -> _Branches:
    """The K best that do not end, best first."""
    total = branches.total.masked_fill(branches.token == EOS, -torch.inf)
    best = total.topk(min(beam, total.shape[1]), dim=1)
    source, token = (x.gather(1, best.indices) for x in (branches.source, branches.token))
    return _Branches(best.values, source, token)


def _fetch(
    branches: _Branches, goes_on: _Branches, coverage: Tensor | None, beam: int
) -> list[_Numbers]:
    """In one transfer; coverage: (B · k,)."""
    total, source, token = (x[:, :beam] for x in branches)
    columns = [goes_on.total[:, :1], total.masked_fill(token != EOS, -torch.inf)]
    if coverage is not None:
        columns.append(coverage[source])
    end = 1 + total.shape[1]
    return [_Numbers(row[1:end], row[0], row[end:]) for row in fetch(torch.cat(columns, 1))]


def _collect(
    ended: Ended,
    reader: Reader,
    rows: list[int],
    open_: list[int],
    words: Tensor,
    source: Tensor,
    numbers: list[_Numbers],
) -> None:
    """Those of the K best branches of the open sentences that end go to `ended`."""
    ends = [(i, n) for i in open_ for n, log_p in enumerate(numbers[i].ends) if log_p > -inf]
    if not ends:
        return
    sentence, rank = send(ends, words.device).unbind(1)
    own = source[sentence, rank]
    reader.end(own)
    log_p = [numbers[i].ends[rank] for i, rank in ends]
    covered = [numbers[i].covered[rank] if numbers[i].covered else 0.0 for i, rank in ends]
    ended.add([rows[i] for i, _ in ends], words[own], log_p, covered)


def _still_open(
    ended: Ended,
    rows: list[int],
    open_: list[int],
    limits: list[int],
    numbers: list[_Numbers],
    length: int,
) -> list[int]:
    """Places among `rows` of the open sentences that are not done; length: of what is open."""
    search = ended.search
    stay = []
    for i in open_:
        row, log_p = rows[i], numbers[i].goes_on
        better = search.bound(log_p, limits[row]) > ended.best(row, 1)
        more = search.nbest > 1 and search.score(log_p, length) > ended.best(row, search.beam)
        if better or more:
            stay.append(i)
    return stay

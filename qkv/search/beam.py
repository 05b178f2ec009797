"""Keep the K likeliest beginnings of each sentence."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import torch
from torch import Tensor

from qkv.data.tokenizer import BOS, EOS
from qkv.models import PLAIN, Attending, Decoder, Memory
from qkv.search.filters import Rules, Sentences
from qkv.search.hypothesis import Ended, Hypothesis, fetch
from qkv.search.reader import Reader
from qkv.search.search import Search

__all__ = ["beam_search"]


class _Branches(NamedTuple):
    """Continuations of B sentences: log-probability, hypothesis they extend, token; (B, n) each."""

    total: Tensor
    parent: Tensor
    token: Tensor


@torch.inference_mode()
def beam_search(
    decoder: Decoder,
    memory: Memory,
    search: Search,
    sentences: Sentences,
    attention: Attending = PLAIN,
) -> list[list[Hypothesis]]:
    """The K = `search.beam` best hypotheses a sentence (Graves 2012; Sutskever et al. 2014).

    A sentence is done when no hypothesis that is still open could, at any length it may reach, get
    a better score than the best that has ended: the first of the list is the best that this beam
    can find. Where alternatives are wanted, K must also have ended, and nothing open be better at
    its present length than the worst of them: waiting for more lists what no one would say.
    """
    beam = search.beam
    rows = list(range(len(sentences.limits)))  # sentences still open
    rules, ended = Rules(search, sentences), Ended(search, len(rows))
    device = memory.keys.device
    spread = torch.arange(len(rows), device=device).repeat_interleave(beam)
    reader = Reader(
        decoder,
        memory.select(spread),
        attention.select(spread),
        covers=search.coverage_penalty > 0,
    )
    total = torch.full((len(rows), beam), -torch.inf, device=device)  # (B, K) log-probabilities
    total[:, 0] = 0.0  # all K are the same empty beginning: only one may branch
    words = torch.empty(len(rows), beam, 0, dtype=torch.int64, device=device)
    token = torch.full_like(spread, BOS)
    while rows:
        log_p = rules(reader.read(token), words.flatten(0, 1), rows)
        branches = _branch(total, log_p)
        rest = _unfinished(branches, beam)
        numbers = _fetch(branches, rest, reader.coverage())
        _collect(ended, rows, words, branches.parent, numbers)
        open_ = _still_open(ended, rows, rules.limits, numbers, words.shape[-1] + 1)
        first = torch.arange(len(rows), device=device)[:, None] * beam
        source = first + rest.parent  # rows of the step that these continue
        total, token = rest.total, rest.token
        words = torch.cat((_gather(words, rest.parent), token[:, :, None]), -1)
        if len(open_) == len(rows):
            reader.reorder(source.flatten())
        else:
            index = torch.tensor(open_, dtype=torch.int64, device=device)
            reader.select(source[index].flatten())
            rows, total, words, token = (
                [rows[i] for i in open_],
                total[index],
                words[index],
                token[index],
            )
        token = token.flatten()
    return [hypotheses[:beam] for hypotheses in ended.hypotheses()]


def _branch(total: Tensor, log_p: Tensor) -> _Branches:
    """The 2K best of each sentence, because up to K may end with EOS and K must stay open."""
    sentences, beam = total.shape
    joint = (total[:, :, None] + log_p.unflatten(0, (sentences, beam))).flatten(1)  # (B, K · V)
    best = joint.topk(min(2 * beam, joint.shape[1]), dim=1)
    vocabulary = log_p.shape[-1]
    return _Branches(best.values, best.indices // vocabulary, best.indices % vocabulary)


def _unfinished(branches: _Branches, beam: int) -> _Branches:
    """The K best that do not end, best first."""
    total = branches.total.masked_fill(branches.token == EOS, -torch.inf)
    best = total.topk(beam, dim=1)
    parent, token = (x.gather(1, best.indices) for x in (branches.parent, branches.token))
    return _Branches(best.values, parent, token)


def _fetch(branches: _Branches, rest: _Branches, coverage: Tensor | None) -> list[list[float]]:
    """All that is decided by, a row a sentence.

    log P of its K best branches, -inf where they go on; of the best that goes on; the coverage of
    those K, if it counts.
    """
    sentences, beam = rest.total.shape
    total, parent, token = (x[:, :beam] for x in branches)
    columns = [total.masked_fill(token != EOS, -torch.inf), rest.total[:, :1]]
    if coverage is not None:
        columns.append(coverage.view(sentences, beam).gather(1, parent))
    return fetch(torch.cat(columns, 1))


def _collect(
    ended: Ended, rows: list[int], words: Tensor, parent: Tensor, numbers: list[list[float]]
) -> None:
    """Those of the K best branches that end go to `ended`."""
    beam = words.shape[1]
    ends = [
        (i, rank)
        for i, row in enumerate(numbers)
        for rank, log_p in enumerate(row[:beam])
        if log_p > -inf
    ]
    if not ends:
        return
    sentence, rank = torch.tensor(ends, device=words.device).unbind(1)
    own = words[sentence, parent[sentence, rank]]
    log_p = [numbers[i][rank] for i, rank in ends]
    coverage = [(numbers[i][beam + 1 :] or [0.0] * beam)[rank] for i, rank in ends]
    ended.add([rows[i] for i, _ in ends], own, log_p, coverage)


def _still_open(
    ended: Ended, rows: list[int], limits: list[int], numbers: list[list[float]], length: int
) -> list[int]:
    """Places among `rows` of the sentences that are not done; length: of what is open."""
    search = ended.search
    open_ = []
    for i, row in enumerate(rows):
        log_p = numbers[i][search.beam]  # of the best that goes on
        better = search.bound(log_p, limits[row]) > ended.best(row, 1)
        more = search.nbest > 1 and search.score(log_p, length) > ended.best(row, search.beam)
        if better or more:
            open_.append(i)
    return open_


def _gather(words: Tensor, parent: Tensor) -> Tensor:
    """words (B, K, t) of the hypotheses parent (B, K)."""
    return words.gather(1, parent[:, :, None].expand(-1, -1, words.shape[-1]))

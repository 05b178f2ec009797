"""Keep the K likeliest beginnings of each sentence."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import torch
from torch import Tensor

from qkv.attention.largest import largest
from qkv.data.tokenizer import BOS, EOS
from qkv.models import PLAIN, Attending, Decoder, Memory
from qkv.search.filters import Rules, Sentences
from qkv.search.hypothesis import Ended, Hypothesis
from qkv.search.reader import Reader
from qkv.search.search import Search
from qkv.search.transfer import fetch, send

__all__ = ["beam_search"]

WIDE = 1 << 17  # numbers, from which it pays to look at maxima before ranks


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
    beam, device = search.beam, memory.keys.device
    rows = list(range(len(sentences.limits)))  # sentences still open
    rules, ended = Rules(search, sentences), Ended(search, len(rows))
    reader = Reader(decoder, memory, attention, covers=search.coverage_penalty > 0)
    total = torch.zeros(len(rows), 1, device=device)  # (B, k) log-probabilities; k = 1, then K
    words = torch.empty(len(rows), 1, 0, dtype=torch.int64, device=device)  # (B, k, t)
    token = torch.full_like(total, BOS, dtype=torch.int64)
    while rows:
        log_p = rules(reader.read(token.flatten()), words.flatten(0, 1), rows)
        branches = _branch(total, log_p, 2 * beam)
        goes_on = _unfinished(branches, beam)
        numbers = _fetch(branches, goes_on, reader.coverage(), beam)
        _collect(ended, rows, words, branches.parent, numbers)
        open_ = _still_open(ended, rows, rules.limits, numbers, words.shape[-1] + 1)
        if not open_:
            break
        first = torch.arange(len(rows), device=device)[:, None] * total.shape[1]
        source = first + goes_on.parent  # rows of the step that these continue
        spreads = source.shape[1] != total.shape[1]
        total, token = goes_on.total, goes_on.token
        words = torch.cat((_gather(words, goes_on.parent), token[:, :, None]), -1)
        if len(open_) == len(rows) and not spreads:
            reader.reorder(source.flatten())
            continue
        index = send(open_, device)
        reader.select(source[index].flatten())
        rows = [rows[i] for i in open_]
        total, words, token = total[index], words[index], token[index]
    return [hypotheses[:beam] for hypotheses in ended.hypotheses()]


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
    vocabulary = log_p.shape[-1]
    joint = log_p.add_(total.view(-1, 1)).view(len(total), -1)  # (B, k · V)
    wide = joint.numel() > WIDE
    best, index = (largest if wide else torch.topk)(joint, min(most, joint.shape[1]))
    return _Branches(best, index // vocabulary, index % vocabulary)


def _unfinished(branches: _Branches, beam: int) -> _Branches:
    """The K best that do not end, best first."""
    total = branches.total.masked_fill(branches.token == EOS, -torch.inf)
    best = total.topk(min(beam, total.shape[1]), dim=1)
    parent, token = (x.gather(1, best.indices) for x in (branches.parent, branches.token))
    return _Branches(best.values, parent, token)


def _fetch(
    branches: _Branches, goes_on: _Branches, coverage: Tensor | None, beam: int
) -> list[_Numbers]:
    """In one transfer; coverage: (B · k,)."""
    total, parent, token = (x[:, :beam] for x in branches)
    columns = [goes_on.total[:, :1], total.masked_fill(token != EOS, -torch.inf)]
    if coverage is not None:
        columns.append(coverage.view(len(total), -1).gather(1, parent))
    end = 1 + total.shape[1]
    return [_Numbers(row[1:end], row[0], row[end:]) for row in fetch(torch.cat(columns, 1))]


def _collect(
    ended: Ended, rows: list[int], words: Tensor, parent: Tensor, numbers: list[_Numbers]
) -> None:
    """Those of the K best branches that end go to `ended`."""
    ends = [
        (i, rank)
        for i, row in enumerate(numbers)
        for rank, log_p in enumerate(row.ends)
        if log_p > -inf
    ]
    if not ends:
        return
    sentence, rank = send(ends, words.device).unbind(1)
    own = words[sentence, parent[sentence, rank]]
    log_p = [numbers[i].ends[rank] for i, rank in ends]
    covered = [numbers[i].covered[rank] if numbers[i].covered else 0.0 for i, rank in ends]
    ended.add([rows[i] for i, _ in ends], own, log_p, covered)


def _still_open(
    ended: Ended, rows: list[int], limits: list[int], numbers: list[_Numbers], length: int
) -> list[int]:
    """Places among `rows` of the sentences that are not done; length: of what is open."""
    search = ended.search
    open_ = []
    for i, (row, (_, log_p, _)) in enumerate(zip(rows, numbers, strict=True)):
        better = search.bound(log_p, limits[row]) > ended.best(row, 1)
        more = search.nbest > 1 and search.score(log_p, length) > ended.best(row, search.beam)
        if better or more:
            open_.append(i)
    return open_


def _gather(words: Tensor, parent: Tensor) -> Tensor:
    """words (B, K, t) of the hypotheses parent (B, K)."""
    return words.gather(1, parent[:, :, None].expand(-1, -1, words.shape[-1]))

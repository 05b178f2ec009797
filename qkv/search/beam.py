"""Keep the K likeliest beginnings of each sentence."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from qkv.data.tokenizer import BOS, EOS
from qkv.models import Memory
from qkv.search.filters import only_words
from qkv.search.hypothesis import Hypothesis
from qkv.search.penalties import length_penalty

__all__ = ["beam_search"]


@torch.inference_mode()
def beam_search(
    decoder: Any, memory: Memory, limits: Tensor, *, beam: int, alpha: float
) -> list[list[Hypothesis]]:
    """The K = `beam` best hypotheses a sentence, best first (Graves 2012; Sutskever et al. 2014).

    A sentence is done when K hypotheses have ended and none still open, scored at its present
    length, is better than the worst of them.

    Args:
        decoder: anything with `start` and `step`.
        memory: of B sentences; limits: (B,) int64 ≥ 1, the most tokens each may have, with EOS.
        alpha: of `length_penalty`.
    """
    device = limits.device
    rows = torch.arange(len(limits), device=device)  # sentences still open
    ended: list[list[Hypothesis]] = [[] for _ in range(len(limits))]
    spread = rows.repeat_interleave(beam)
    memory = memory.select(spread)
    state = decoder.start(memory)
    total = torch.full((len(rows), beam), -torch.inf, device=device)  # (B, K) log-probabilities
    total[:, 0] = 0.0  # all K are the same empty beginning: only one may branch
    words = torch.empty(len(rows), beam, 0, dtype=torch.int64, device=device)
    token = torch.full_like(spread, BOS)
    while len(rows):
        step = decoder.step(state, token, memory)
        state = step.state
        ending = (limits[rows] <= state.position).repeat_interleave(beam)
        log_p = only_words(torch.log_softmax(step.logits.float(), -1), ending)
        total, came_from, token = _branch(total, log_p)
        _collect(ended, rows, words, total, came_from, token, beam, alpha)
        total, came_from, token = _keep_open(total, came_from, token, beam)
        words = torch.cat((_gather(words, came_from), token[:, :, None]), -1)
        keep = _still_open(ended, rows, total, state.position, beam, alpha)
        first = torch.arange(len(rows), device=device)[:, None] * beam
        source = (first + came_from)[keep].flatten()  # rows of the step that these continue
        if len(keep) == len(rows):
            state = state.reorder(source)
        else:
            state, memory = state.select(source), memory.select(source)
            rows, total, words, token = rows[keep], total[keep], words[keep], token[keep]
        token = token.flatten()
    return [sorted(e, key=lambda h: -h.score)[:beam] for e in ended]


def _branch(total: Tensor, log_p: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The 2K best continuations a sentence: log-probability, hypothesis they extend, token.

    2K, because up to K of them may end with EOS and K must stay open.
    """
    sentences, beam = total.shape
    joint = (total[:, :, None] + log_p.unflatten(0, (sentences, beam))).flatten(1)  # (B, K · V)
    best = joint.topk(min(2 * beam, joint.shape[1]), dim=1)
    vocabulary = log_p.shape[-1]
    return best.values, best.indices // vocabulary, best.indices % vocabulary


def _collect(
    ended: list[list[Hypothesis]],
    rows: Tensor,
    words: Tensor,
    total: Tensor,
    came_from: Tensor,
    token: Tensor,
    beam: int,
    alpha: float,
) -> None:
    """Move the continuations that end, among the K best, to `ended`."""
    ends = (token[:, :beam] == EOS) & total[:, :beam].isfinite()
    length = words.shape[-1] + 1
    for sentence, rank in ends.nonzero().tolist():
        log_p = total[sentence, rank].item()
        tokens = words[sentence, came_from[sentence, rank]].tolist()
        hypothesis = Hypothesis(tuple(tokens), log_p, log_p / length_penalty(length, alpha))
        ended[int(rows[sentence])].append(hypothesis)


def _keep_open(
    total: Tensor, came_from: Tensor, token: Tensor, beam: int
) -> tuple[Tensor, Tensor, Tensor]:
    """The K best continuations that do not end, (B, K) each."""
    total = total.masked_fill(token == EOS, -torch.inf)
    best = total.topk(beam, dim=1)
    return best.values, came_from.gather(1, best.indices), token.gather(1, best.indices)


def _gather(words: Tensor, came_from: Tensor) -> Tensor:
    """words (B, K, t) of the hypotheses came_from (B, K)."""
    return words.gather(1, came_from[:, :, None].expand(-1, -1, words.shape[-1]))


def _still_open(
    ended: list[list[Hypothesis]], rows: Tensor, total: Tensor, length: int, beam: int, alpha: float
) -> Tensor:
    """Indices into `rows` of the sentences that could still improve, (open sentences,) int64."""
    bounds = (total.max(1).values / length_penalty(length, alpha)).tolist()
    keep = []
    for index, (row, bound) in enumerate(zip(rows.tolist(), bounds, strict=True)):
        scores = sorted((h.score for h in ended[row]), reverse=True)[:beam]
        done = bound == -torch.inf or (len(scores) == beam and bound <= scores[-1])
        if not done:
            keep.append(index)
    return torch.tensor(keep, dtype=torch.int64, device=rows.device)

"""Take the likeliest word, again and again."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from qkv.data.tokenizer import BOS, EOS
from qkv.models import Memory
from qkv.search.filters import only_words
from qkv.search.hypothesis import Hypothesis
from qkv.search.penalties import length_penalty

__all__ = ["greedy"]


@torch.inference_mode()
def greedy(decoder: Any, memory: Memory, limits: Tensor, *, alpha: float) -> list[Hypothesis]:
    """One hypothesis a sentence; limits (B,) int64 ≥ 1: the most tokens each may have, with EOS."""
    rows = torch.arange(len(limits), device=limits.device)  # sentences still open
    token = torch.full_like(rows, BOS)
    total = torch.zeros(len(rows), device=limits.device)
    state = decoder.start(memory)
    words: list[list[int]] = [[] for _ in rows]
    found: dict[int, Hypothesis] = {}
    while len(rows):
        step = decoder.step(state, token, memory)
        state = step.state
        ending = limits[rows] <= state.position
        best = only_words(torch.log_softmax(step.logits.float(), -1), ending).max(-1)
        total, token = total + best.values, best.indices
        for row, word, log_p in zip(rows.tolist(), token.tolist(), total.tolist(), strict=True):
            if word == EOS:
                score = log_p / length_penalty(state.position, alpha)
                found[row] = Hypothesis(tuple(words[row]), log_p, score)
            else:
                words[row].append(word)
        open_ = (token != EOS).nonzero().squeeze(1)
        if len(open_) < len(rows):
            rows, token, total = rows[open_], token[open_], total[open_]
            state, memory = state.select(open_), memory.select(open_)
    return [found[row] for row in range(len(limits))]

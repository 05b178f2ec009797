"""One text a sentence, word by word: the likeliest next word, or one that is drawn."""

from __future__ import annotations

from math import inf

import torch
from torch import Tensor

from qkv.attention.largest import largest
from qkv.data.tokenizer import BOS, EOS
from qkv.search.filters import Rules, Sentences
from qkv.search.hypothesis import Ended, Hypothesis
from qkv.search.reader import STAY, Reader
from qkv.search.sampling import draw
from qkv.search.search import Search
from qkv.search.transfer import fetch, no_numbers, send

__all__ = ["greedy"]


def greedy(
    reader: Reader, search: Search, sentences: Sentences, chances: Tensor | None = None
) -> list[list[Hypothesis]]:
    """One hypothesis a sentence.

    Args:
        chances: (B, most tokens) uniform in [0, 1), to draw words by; None: take the likeliest.
    Raises:
        DataError: probabilities that are no numbers.
    """
    rows = list(range(len(sentences.limits)))  # sentences that are read
    open_ = list(rows)  # places among the rows: those that have ended leave several at a time
    rules, ended = Rules(search, sentences, reader.device), Ended(search, len(rows))
    longest = max(rules.limits, default=0)
    token = torch.full((len(rows),), BOS, device=reader.device)
    words = token[:, None][:, :0]  # (rows, t)
    total = torch.zeros_like(token, dtype=torch.float32)
    while open_:
        log_p = rules(reader.read(token), words, rows)
        values, token = _choose(log_p, words.shape[1], search, chances)
        total = total + values
        open_ = _collect(ended, reader, rows, open_, words, total, token == EOS)
        if not open_:
            break
        words = torch.cat((words, token[:, None]), 1)
        if words.shape[1] >= longest:  # where EOS was the only choice, and was not chosen
            raise no_numbers()
        if len(open_) > STAY * len(rows):
            continue
        index = send(open_, token.device)
        rows, open_ = [rows[i] for i in open_], list(range(len(open_)))
        reader.go_on(index, index)
        token, total, words = token[index], total[index], words[index]
        chances = None if chances is None else chances[index]
    return ended.hypotheses(reader.kept)


def _choose(
    log_p: Tensor, position: int, search: Search, chances: Tensor | None
) -> tuple[Tensor, Tensor]:
    """log_p (N, V) → the chosen tokens' log-probabilities and the tokens, (N,) each."""
    if chances is None:
        values, token = largest(log_p, 1)
        return values[:, 0], token[:, 0]
    token = draw(log_p, search, chances[:, position])
    return log_p.gather(1, token[:, None])[:, 0], token


def _collect(
    ended: Ended,
    reader: Reader,
    rows: list[int],
    open_: list[int],
    words: Tensor,
    total: Tensor,
    ends: Tensor,
) -> list[int]:
    """Those of the open ones that end go to `ended`; returns the places of the others."""
    coverage = reader.coverage()
    at_end = torch.where(ends, total, inf)
    if coverage is None:
        log_p, covered = fetch(at_end), [0.0] * len(rows)
    else:
        log_p, covered = fetch(torch.stack((at_end, coverage)))
    done = [i for i in open_ if log_p[i] != inf]
    if done:
        own = send(done, words.device)
        reader.end(own)
        numbers = ([values[i] for i in done] for values in (log_p, covered))
        ended.add([rows[i] for i in done], words[own], *numbers)
    return [i for i in open_ if log_p[i] == inf]

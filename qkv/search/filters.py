"""What may not be chosen: changes to log-probabilities before the search chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import torch
from torch import Tensor

from qkv.data.tokenizer import BOS, EOS, PAD, UNK
from qkv.search.due import Due
from qkv.search.kept import Keep
from qkv.search.quotas import Counted, Quotas
from qkv.search.search import Search
from qkv.search.transfer import send

__all__ = ["Banned", "Filter", "NoRepeat", "Rules", "Sentences", "Shortlist"]

# log-probabilities (N, V), which may be changed in place, and the words so far (N, t) → (N, V)
Filter: TypeAlias = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Banned:
    """No token sequence of these."""

    sequences: tuple[tuple[int, ...], ...]

    def __call__(self, log_p: Tensor, words: Tensor) -> Tensor:
        for *before, last in self.sequences:
            if not before:
                log_p[:, last] = -torch.inf
            elif len(before) <= words.shape[1]:
                end = words[:, -len(before) :]
                completes = (end == send(before, words.device)).all(1)
                log_p[:, last].masked_fill_(completes, -torch.inf)
        return log_p


@dataclass(frozen=True)
class NoRepeat:
    """No run of `tokens` tokens twice (Paulus et al. 2018, section 2.5)."""

    tokens: int

    def __call__(self, log_p: Tensor, words: Tensor) -> Tensor:
        n, length = self.tokens, words.shape[1]
        if length < n:
            return log_p
        runs = words.unfold(1, n, 1)  # (N, runs, n)
        end = words[:, None, length - n + 1 :]
        repeats = (runs[..., :-1] == end).all(-1)
        last = torch.where(repeats, runs[..., -1], PAD)  # which is never chosen anyway
        return log_p.scatter_(1, last, -torch.inf)


@dataclass(frozen=True)
class Shortlist:
    """These tokens alone, and the end."""

    tokens: frozenset[int]

    def __call__(self, log_p: Tensor, words: Tensor) -> Tensor:
        listed = torch.zeros(log_p.shape[1], dtype=torch.bool)
        listed[[EOS, *self.tokens]] = True
        return log_p.masked_fill_(~listed.to(log_p.device), -torch.inf)


@dataclass(frozen=True)
class Sentences:
    """What is asked for each of B sentences, besides the `Search` that is the same for all.

    limits: the most tokens each may have, EOS counted; at least one and its prefix.
    prefixes: tokens that each begins with. seeds: what each is drawn by. filters: of all.
    quotas: of each, how often it may say the tokens that are `counted`; see `Quotas`.
    due: the terms of each, None where it has none; see `term_search`.
    keep: what of the attention is kept of the best of each; None: nothing.
    """

    limits: Sequence[int]
    prefixes: Sequence[Sequence[int]] = ()
    seeds: Sequence[int] = ()
    filters: Sequence[Filter] = ()
    quotas: Sequence[Sequence[float]] = ()
    counted: Counted | None = None
    due: Sequence[Due | None] = ()
    keep: Keep | None = None

    def select(self, rows: Sequence[int]) -> Sentences:
        """Those of these numbers; they may repeat."""
        chosen = {
            name: [getattr(self, name)[row] for row in rows]
            for name in ("limits", "prefixes", "seeds", "quotas", "due")
            if getattr(self, name)
        }
        return replace(self, **chosen)


CPU = torch.device("cpu")


class Rules:
    """All that is said about the next word, in one place.

    Never PAD, BOS or UNK. Where a prefix goes on, its token alone; at the limit EOS alone; else
    what the quotas and the filters leave, EOS only from the least length on, and EOS if nothing is
    left.
    """

    def __init__(self, search: Search, sentences: Sentences, device: torch.device = CPU) -> None:
        self.least = search.min_length
        self.filters = sentences.filters
        self.limits = [max(1, limit) for limit in sentences.limits]
        self.prefixes = sentences.prefixes or [()] * len(self.limits)
        self.quotas = sentences.counted and Quotas(sentences.counted, sentences.quotas)
        self._never = send((PAD, BOS, UNK), device)
        self._shortest = min(self.limits, default=1)
        self._prefixed = max(map(len, self.prefixes), default=0)  # tokens, at most

    def __call__(self, log_p: Tensor, words: Tensor, rows: Sequence[int]) -> Tensor:
        """What may be chosen next, all else at -inf.

        Args:
            log_p: (N, V), changed in place. words: (N, t), so far.
            rows: the sentences that these N are of, each as often as the others, in order.
        """
        length = words.shape[1] + 1
        forced = self._forced(rows, length)
        log_p.index_fill_(1, self._never, -torch.inf)
        if forced is None:
            return self._filtered(log_p, words, rows)
        tokens = send(forced, log_p.device)
        tokens = tokens.repeat_interleave(len(log_p) // len(rows))[:, None]  # (N, 1)
        own = log_p.gather(1, tokens)
        return _only(self._filtered(log_p, words, rows), tokens, own)

    def _forced(self, rows: Sequence[int], length: int) -> list[int] | None:
        """The one token that a sentence may go on with, PAD where it is free; None: all are."""
        if self._prefixed < length < self._shortest:
            return None
        forced = []
        for row in rows:
            prefix, limit = self.prefixes[row], self.limits[row]
            token = prefix[length - 1] if length <= len(prefix) else PAD
            forced.append(EOS if length >= limit else token)
        return forced if any(forced) else None

    def _filtered(self, log_p: Tensor, words: Tensor, rows: Sequence[int]) -> Tensor:
        length = words.shape[1] + 1
        limited = bool(self.filters) or length < self.least
        end = log_p[:, EOS].clone() if limited else None
        own = self.quotas.own(log_p) if self.quotas else None
        for change in self.filters:
            log_p = change(log_p, words)
        if self.quotas:
            room = [self.limits[row] - length for row in rows]
            log_p = self.quotas(log_p, own, words, rows, room)
        if length < self.least:
            log_p[:, EOS] = -torch.inf
        if end is not None:
            nothing_left = log_p.amax(1) == -torch.inf
            log_p[:, EOS] = torch.where(nothing_left, end, log_p[:, EOS])
        return log_p


def _only(log_p: Tensor, tokens: Tensor, values: Tensor) -> Tensor:
    """Nothing but tokens (N, 1), at these values, in rows where they are not PAD."""
    chosen = tokens != PAD
    values = torch.where(chosen, values, -torch.inf)  # PAD's own
    return log_p.masked_fill_(chosen, -torch.inf).scatter_(1, tokens, values)

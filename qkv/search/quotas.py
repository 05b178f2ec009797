"""How often some tokens must be said, and others may: each unit of a source comes back once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import torch
from torch import Tensor

from qkv.data.tokenizer import EOS
from qkv.search.transfer import send

__all__ = ["Counted", "Quotas"]


@dataclass(frozen=True)
class Counted:
    """Tokens that are counted, by class: all of a class are one, as with and without a space.

    tokens: their ids, F of them. classes: the class of each, from 0.
    due: the tokens of so many classes, the first, must be said as often as they may be.
    """

    tokens: Sequence[int]
    classes: Sequence[int]
    due: int


class Quotas:
    """What may be said by what has been said.

    quotas: of each of B sentences, how often a token of each of C classes may be said.
    """

    def __init__(self, counted: Counted, quotas: Sequence[Sequence[float]]) -> None:
        self._tokens = torch.tensor(counted.tokens, dtype=torch.int64)  # (F,)
        self._classes = torch.tensor(counted.classes, dtype=torch.int64)  # (F,)
        self._due = counted.due
        self._quotas = torch.tensor(quotas).view(len(quotas), -1)  # (B, C)
        self._anything = bool((self._quotas[:, : counted.due] > 0).any())  # that must be said
        self._banned = None  # where it is the same for all, and at all times
        if not self._anything and len(self._quotas.unique(dim=0)) == 1:
            self._banned = self._tokens[self._quotas[0, self._classes] <= 0]

    def own(self, log_p: Tensor) -> Tensor | None:
        """(N, V) → (N, F), of the tokens that are counted, if some must be said."""
        return log_p[:, self._tokens.to(log_p.device)] if self._anything else None

    def __call__(
        self,
        log_p: Tensor,
        own: Tensor | None,
        words: Tensor,
        rows: Sequence[int],
        room: Sequence[int],
    ) -> Tensor:
        """Nothing above its quota, and no end before all is said that must be.

        What must be said comes before every other rule. Where the end would be the likeliest, or
        there is just room for it, nothing else is left.

        Args:
            log_p: (N, V), changed in place. own: see there, before other rules.
            words: (N, t), so far. rows: see `Rules`. room: how many tokens each of these may still
                have, its end not counted.
        """
        device = log_p.device
        if self._banned is not None:
            return log_p.index_fill_(1, self._banned.to(device), -inf)
        each = len(log_p) // len(rows)
        tokens, classes = self._tokens.to(device), self._classes.to(device)
        open_ = self._quotas[list(rows)].to(device).repeat_interleave(each, 0)  # (N, C)
        values = log_p[:, tokens]
        if own is not None:
            open_ = open_ - self._said(words, tokens, classes)
            missing = open_[:, : self._due].clamp(min=0).sum(1)  # (N,)
            last = send(room, device).repeat_interleave(each) <= missing
            now = (missing > 0) & (last | (log_p.argmax(1) == EOS))
            log_p = log_p.masked_fill_(now[:, None], -inf)
            log_p[:, EOS] = log_p[:, EOS].masked_fill(missing > 0, -inf)
            values = torch.where(classes < self._due, own, values.masked_fill(now[:, None], -inf))
        log_p[:, tokens] = values.masked_fill(open_[:, classes] <= 0, -inf)
        return log_p

    def _said(self, words: Tensor, tokens: Tensor, classes: Tensor) -> Tensor:
        """(N, C), how often each class that must be said has been."""
        due = classes < self._due
        counts = words.new_zeros(len(words), self._quotas.shape[1])
        same = words[:, :, None] == tokens[due]  # (N, t, F)
        return counts.index_add_(1, classes[due], same.sum(1))

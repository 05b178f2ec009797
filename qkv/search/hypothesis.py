"""Finished guesses, and those that have ended while others are still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf

import torch
from torch import Tensor

from qkv.search.kept import Kept
from qkv.search.search import Search
from qkv.search.transfer import fetch, no_numbers

__all__ = ["Ended", "Hypothesis"]


@dataclass(frozen=True)
class Hypothesis:
    """Words without BOS and EOS; log_probability in nats, EOS counted; score as `Search` has it.

    weights: (words and EOS, Tk), what was kept of the attention of the best of a sentence.
    """

    tokens: tuple[int, ...]
    log_probability: float
    score: float
    weights: Tensor | None = field(default=None, repr=False, compare=False)


class Ended:
    """The hypotheses of B sentences that have ended; words stay on their device until all have."""

    def __init__(self, search: Search, sentences: int) -> None:
        self.search = search
        self._numbers: list[tuple[int, int, float, float]] = []  # sentence, length, log P, score
        self._words: list[Tensor] = []
        self._scores: list[list[float]] = [[] for _ in range(sentences)]

    def add(
        self,
        sentences: Sequence[int],
        words: Tensor,
        log_probabilities: Sequence[float],
        coverages: Sequence[float],
    ) -> None:
        """words: (N, t) int64, EOS left out; the others: N each."""
        self._words.append(words.flatten())
        length = words.shape[1] + 1
        for sentence, log_p, coverage in zip(sentences, log_probabilities, coverages, strict=True):
            score = self.search.score(log_p, length, coverage)
            self._numbers.append((sentence, length, log_p, score))
            self._scores[sentence].append(score)

    def best(self, sentence: int, rank: int) -> float:
        """The score of the hypothesis of this rank, from 1; -inf where fewer have ended."""
        scores = self._scores[sentence]
        if rank == 1:
            return max(scores, default=-inf)
        return sorted(scores, reverse=True)[rank - 1] if len(scores) >= rank else -inf

    def hypotheses(self, kept: Kept | None = None) -> list[list[Hypothesis]]:
        """Of each sentence, best first; of equal ones the first to end.

        Args:
            kept: has seen all that were added end.
        Raises:
            DataError: none has ended, for no probability was above 0.
        """
        ended: list[list[tuple[Hypothesis, int]]] = [[] for _ in self._scores]
        if not all(self._scores):
            raise no_numbers()
        words = fetch(torch.cat(self._words)) if self._words else []
        start = 0
        for number, (sentence, length, log_p, score) in enumerate(self._numbers):
            tokens = tuple(words[start : start + length - 1])
            start += length - 1
            ended[sentence].append((Hypothesis(tokens, log_p, score), number))
        best = [sorted(own, key=lambda each: -each[0].score) for own in ended]
        found = [[hypothesis for hypothesis, _ in own] for own in best]
        if kept is not None and found:
            weights = kept.of([own[0][1] for own in best])
            for own, each in zip(found, weights, strict=True):
                own[0] = replace(own[0], weights=each)
        return found

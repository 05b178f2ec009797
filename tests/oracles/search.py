"""Search by looking at everything: every sentence up to a length, scored and sorted."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

BOS, EOS = 1, 2
FORBIDDEN = (0, 1, 3)  # PAD, BOS, UNK

NextWord = Callable[[tuple[int, ...]], Sequence[float]]  # words so far → log P of each next one


class Found(NamedTuple):
    tokens: tuple[int, ...]
    log_probability: float
    score: float


def penalty(length: int, alpha: float) -> float:
    """lp(Y) = (5 + |Y|)^α / (5 + 1)^α (Wu et al. 2016, equation 14), |Y| with EOS."""
    return (5 + length) ** alpha / (5 + 1) ** alpha


def exhaustive(next_word: NextWord, limit: int, alpha: float) -> list[Found]:
    """All sentences of at most `limit` tokens, EOS counted, best first."""
    found: list[Found] = []

    def extend(words: tuple[int, ...], log_p: float) -> None:
        for token, step in enumerate(next_word(words)):
            if token == EOS:
                total = log_p + step
                found.append(Found(words, total, total / penalty(len(words) + 1, alpha)))
            elif token not in FORBIDDEN and len(words) + 1 < limit:
                extend((*words, token), log_p + step)

    extend((), 0.0)
    return sorted(found, key=lambda f: -f.score)


def greedy(next_word: NextWord, limit: int) -> tuple[int, ...]:
    """The likeliest next word, again and again."""
    words: tuple[int, ...] = ()
    while len(words) + 1 < limit:
        steps = next_word(words)
        best = max((t for t in range(len(steps)) if t not in FORBIDDEN), key=lambda t: steps[t])
        if best == EOS:
            break
        words = (*words, best)
    return words

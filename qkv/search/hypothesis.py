"""One finished guess."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Hypothesis"]


@dataclass(frozen=True)
class Hypothesis:
    """Words without BOS and EOS; log_probability in nats, EOS counted; score after the penalty."""

    tokens: tuple[int, ...]
    log_probability: float
    score: float

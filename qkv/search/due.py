"""Terms that a text is to have, as a search sees them: by the tokens said so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

__all__ = ["Due", "Standing"]


class Standing(NamedTuple):
    """Where a text stands with its terms.

    left: tokens of the terms that it lacks, at least. begun: how many of these its end has.
    following: tokens that go on with such a term, or begin one.
    """

    left: int
    begun: int = 0
    following: Sequence[int] = ()


class Due(Protocol):
    """The terms of a sentence.

    tokens: that they take, at least. bonus: nats a token that is said; None: all must be said.
    """

    @property
    def tokens(self) -> int: ...
    @property
    def bonus(self) -> float | None: ...
    def __call__(self, words: Sequence[int]) -> Standing: ...

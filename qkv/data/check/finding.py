"""What a check gives: the pairs with one kind of fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["KINDS", "Finding", "Kind", "finding"]


@dataclass(frozen=True)
class Kind:
    """title: as a heading. harm: whether such pairs are left out of a cleaned text."""

    title: str
    harm: bool = True


KINDS = {
    "empty": Kind("empty side"),
    "duplicate": Kind("the same pair again"),
    "near_duplicate": Kind("nearly the same pair again"),
    "same_source": Kind("a source again, with another target", harm=False),
    "same_target": Kind("a target again, with another source", harm=False),
    "copy": Kind("source and target are the same"),
    "misaligned": Kind("not with its translation (lines are shifted)"),
    "length": Kind("one side is far too short"),
    "script": Kind("in another script"),
    "language": Kind("in another language"),
    "markup": Kind("tags, placeholders or addresses differ"),
    "numbers": Kind("numbers differ"),
    "long": Kind("longer than training takes"),
    "encoding": Kind("damaged characters"),
    "control": Kind("control characters", harm=False),
    "valid": Kind("sentences of the validation text"),
    "test": Kind("sentences of the test text"),
}


@dataclass(frozen=True)
class Finding:
    """Pairs with one fault.

    kind: one of KINDS. pairs: (n,) ascending numbers of the pairs, from 0.
    say: what is wrong with a pair, in a few words; "" where the kind says all.
    """

    kind: str
    pairs: NDArray[np.int64]
    say: Callable[[int], str]


def finding(
    kind: str, faulty: NDArray[np.bool_], say: Callable[[int], str] = lambda _: ""
) -> Finding:
    """Of a mask over the pairs."""
    return Finding(kind, np.flatnonzero(faulty), say)

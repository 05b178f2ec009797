"""Tokenised pairs, one after the other in a few arrays, in memory or in files mapped into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from qkv.data.corpora import Pair
from qkv.data.protected import shared_stand_in
from qkv.data.tokenizer import Tokenizer

__all__ = ["Example", "Examples", "encoded", "in_stand_ins"]

TOGETHER = 1 << 16

Example = tuple[Sequence[int], Sequence[int]]  # source and target ids, without BOS and EOS


@dataclass(frozen=True, eq=False)
class Examples(Sequence[Example]):
    """`examples[i]` is a pair of lists of ids, without BOS and EOS.

    ids: all of the sources, and all of the targets. ends: (N + 1, 2) int64, where in them each
    example ends; the first row is 0.
    """

    ids: tuple[NDArray[np.unsignedinteger], NDArray[np.unsignedinteger]]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, examples: Sequence[Example]) -> Examples:
        """In memory."""
        lengths = np.array([list(map(len, example)) for example in examples], np.int64)
        ends = np.zeros((len(examples) + 1, 2), np.int64)
        np.cumsum(lengths.reshape(-1, 2), axis=0, out=ends[1:])
        source, target = (
            np.fromiter(chain.from_iterable(each[side] for each in examples), np.uint32)
            for side in (0, 1)
        )
        return cls((source, target), ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, index: int) -> Example:  # pyright: ignore[reportIncompatibleMethodOverride]
        index = range(len(self))[index]
        (source, target), (source_end, target_end) = self.ends[index : index + 2].tolist()
        return self.ids[0][source:source_end].tolist(), self.ids[1][target:target_end].tolist()

    @property
    def longest(self) -> tuple[int, int]:
        """Tokens of the longest source, and of the longest target."""
        firsts = range(0, len(self), TOGETHER)
        parts = (self.lengths(range(n, min(n + TOGETHER, len(self)))).max(0) for n in firsts)
        source, target = np.max(list(parts), 0).tolist()
        return source, target

    def lengths(self, numbers: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """(n, 2) tokens of the source and of the target of examples."""
        numbers = np.asarray(numbers, np.int64)
        return self.ends[numbers + 1] - self.ends[numbers]


def encoded(
    pairs: Sequence[Pair], tokenizers: tuple[Tokenizer, Tokenizer], longest: int
) -> tuple[Examples, int]:
    """The pairs with at most `longest` tokens a side, and how many have more.

    Units that both sides share are stand-ins, as the source's tokenizer knows them.
    """
    pairs = in_stand_ins(pairs, tokenizers[0].stand_ins)
    sides = (tokenizers[side].ids_batch([pair[side] for pair in pairs]) for side in (0, 1))
    examples = [each for each in zip(*sides, strict=True) if max(map(len, each)) <= longest]
    return Examples.of(examples), len(pairs) - len(examples)


def in_stand_ins(pairs: Sequence[Pair], known: str) -> Sequence[Pair]:
    return [Pair(*shared_stand_in(*pair, known)) for pair in pairs] if known else pairs

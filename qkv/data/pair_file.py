"""Pairs in a file, read when they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import file_digest
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import IO, overload

import numpy as np

from qkv.data.corpora import Pair

__all__ = ["PairFile", "parsed", "write_pair_file"]

BLOCK = 256  # pairs whose place is known
READ = 64  # blocks at a time
BETWEEN = "\x01"  # source and target: a text that `visible` has seen has none


class PairFile(Sequence[Pair]):
    """What `write_pair_file` wrote. Memory does not depend on how many pairs there are."""

    def __init__(self, path: Path, count: int) -> None:
        self.path = path
        self._count = count
        self.starts = np.load(_starts(path), mmap_mode="r")  # of each block, and the end

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Pair]:
        return self._from(0)

    @overload
    def __getitem__(self, index: int) -> Pair: ...
    @overload
    def __getitem__(self, index: slice) -> list[Pair]: ...
    def __getitem__(self, index: int | slice) -> Pair | list[Pair]:
        if isinstance(index, int):
            number = range(len(self))[index]
            block = number // BLOCK
            return list(self._from(block, block + 1))[number % BLOCK]
        numbers = range(len(self))[index]
        if numbers.step < 1:
            raise IndexError("pairs in a file are read forwards")
        block, start = divmod(numbers.start, BLOCK)
        stop = start + numbers.stop - numbers.start
        return list(islice(self._from(block), start, stop, numbers.step)) if numbers else []

    def spread(self, most: int) -> list[Pair]:
        """At most so many pairs, from blocks that are evenly spread."""
        blocks = len(self.starts) - 1
        wanted = min(blocks, most // BLOCK)
        chosen = (number * blocks // wanted for number in range(wanted))
        return list(chain.from_iterable(self._from(block, block + 1) for block in chosen))

    def digest(self) -> str:
        """SHA-256 of all of it."""
        with self.path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()

    def stretches(self) -> list[tuple[int, int]]:
        """(first byte, last byte + 1) of the file's parts, a few thousand pairs each."""
        bounds = [*self.starts[:-1:READ].tolist(), int(self.starts[-1])]
        return list(pairwise(bounds))

    def _from(self, block: int, end: int | None = None) -> Iterator[Pair]:
        """The pairs of the blocks from here to `end`."""
        starts = self.starts[block : None if end is None else end + 1].tolist()
        bounds = [*starts[:-1:READ], starts[-1]]
        with self.path.open("rb") as file:
            file.seek(bounds[0])
            for first, last in pairwise(bounds):
                yield from parsed(file.read(last - first))


def write_pair_file(path: Path, pairs: Iterable[Pair]) -> PairFile:
    """Write them as they come.

    Raises:
        OSError: as for any file.
    """
    starts, count = [0], 0
    pairs = iter(pairs)
    with path.open("wb") as file:
        while block := list(islice(pairs, BLOCK)):
            starts.append(starts[-1] + _write(file, block))
            count += len(block)
    np.save(_starts(path), np.array(starts, np.int64))
    return PairFile(path, count)


def parsed(data: bytes) -> list[Pair]:
    """The pairs in whole blocks of a file."""
    lines = data.decode("utf-8").split("\n")[:-1]
    return [Pair(*line.split(BETWEEN)) for line in lines]


def _write(file: IO[bytes], block: list[Pair]) -> int:
    return file.write("".join(f"{s}{BETWEEN}{t}\n" for s, t in block).encode("utf-8"))


def _starts(path: Path) -> Path:
    return path.with_suffix(".npy")

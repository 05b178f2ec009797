"""Parallel text as it stands in its files: nothing is left out, and each line knows its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qkv.data.corpora import Pair, iter_lines
from qkv.data.formats import DataFiles
from qkv.errors import DataError

__all__ = ["Text", "read_data", "read_sides", "text_of"]


@dataclass(frozen=True)
class Text:
    """sources, targets: lines, of which one may have more, where a file has lost some.

    name: of the files. place: where a pair stands, counted from 0, as in "line 17".
    """

    name: str
    sources: list[str]
    targets: list[str]
    place: Callable[[int], str]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Pairs."""
        return min(len(self.sources), len(self.targets))

    def pairs(self) -> Iterator[Pair]:
        return (Pair(*pair) for pair in zip(self.sources, self.targets, strict=False))


def text_of(pairs: Sequence[Pair], name: str = "the text") -> Text:
    """Of pairs that are in the memory already."""
    return Text(
        name, [p.source for p in pairs], [p.target for p in pairs], lambda i: f"pair {i + 1}"
    )


def read_sides(source: Path, target: Path) -> Text:
    """Line n of one file beside line n of the other; their numbers of lines may differ.

    Raises:
        DataError: as `iter_lines`; or a file is empty.
    """
    sides = []
    for path in (source, target):
        sides.append(list(iter_lines(path)))
        if not sides[-1]:
            raise DataError(f"{path} is empty.")
    return Text(f"{source}, {target}", *sides, place=lambda i: f"line {i + 1}")


def read_data(paths: Sequence[Path], columns: str | None) -> Text:
    """Columns of tables, or other files of texts.

    Raises:
        DataError, MissingExtra: as `DataFiles.pairs`; or there is no pair.
    """
    files = DataFiles(paths, columns)
    pairs = list(files.pairs())
    name = ", ".join(map(str, paths))
    if not pairs:
        raise DataError(f"{name}: no pairs.")
    sources, targets = ([pair[side] for pair in pairs] for side in (0, 1))
    return Text(name, sources, targets, files.place, tuple(files.notes))

"""Several files read one after the other, as pairs or as texts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path

from qkv.data.corpora import Pair
from qkv.data.formats.kinds import Table, table
from qkv.data.formats.source import Source
from qkv.errors import ConfigError, DataError

__all__ = ["DataFiles", "matching", "one_line"]

_BREAK = re.compile(r"\s*\n\s*")


class DataFiles:
    """TSV, CSV, JSON lines, Parquet, TMX or XLIFF, each packed or not; one after the other.

    A path may be a pattern, such as corpus/*.tsv.zst.

    The kind is told by what is in a file. Line breaks inside a text become spaces. Each reading
    starts at the beginning; what is noted holds for the last one.

        files = DataFiles(["a.csv", "b.tmx.gz"], "en,de")
        for number, pair in enumerate(files.pairs()):
            ...                 # files.place(number): "a.csv, line 17"
        print(*files.notes)     # a.csv: columns en → de, header skipped, 6,000 pairs

    Args:
        columns: names or numbers (from 1) of the source and the target, or of the texts; by default
            the only ones that can be meant.
    """

    def __init__(
        self, paths: str | Path | Sequence[str | Path], columns: str | Sequence[str] | None = None
    ) -> None:
        self.paths = matching([paths] if isinstance(paths, str | Path) else paths)
        self._wanted = columns.split(",") if isinstance(columns, str) else list(columns or ())
        if not all(map(str.strip, self._wanted)):
            raise ConfigError("--columns needs names or numbers with commas, such as en,de.")
        self.notes: list[str] = []
        self._sources: dict[str | Path, Source] = {}
        self._tables: list[Table] = []
        self._begins: list[int] = []

    def pairs(self) -> Iterator[Pair]:
        """All in order, those with an empty side too; memory does not depend on their number.

        Raises:
            DataError: a file that cannot be read as pairs: which, where, and what to do.
            MissingExtra: a file that only an extra can read.
        """
        for source, target in self._rows(2, "pairs"):
            if "\n" in source or "\n" in target:
                source, target = one_line(source), one_line(target)
            yield Pair(source, target)

    def texts(self) -> Iterator[str]:
        """The same for one column."""
        for (text,) in self._rows(1, "texts"):
            yield one_line(text)

    def place(self, index: int) -> str:
        """Where a pair or text stands that has been read, counted from 0: "a.csv, line 17"."""
        number = bisect_right(self._begins, index) - 1
        return self._tables[number].place(index - self._begins[number])

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the columns' languages in the first file read; "" where none is known."""
        return tuple(map(self._tables[0].columns.language, self._tables[0].chosen))

    def _rows(self, count: int, unit: str) -> Iterator[Sequence[str]]:
        self.notes, self._tables, self._begins = [], [], []
        read = 0
        for path in self.paths:
            source = self._sources.get(path) or self._sources.setdefault(path, Source(path))
            each, begin = table(source, self._wanted, count), read
            self._tables.append(each)
            self._begins.append(begin)
            for row in each.rows():
                read += 1
                yield row
            self.notes.append(f"{path}: {_note(each)}, {read - begin:,} {unit}")


def matching(paths: Sequence[str | Path]) -> list[str | Path]:
    """The paths, and for each that is a pattern the files that match it, in order.

    Raises:
        DataError: none does.
    """
    return [each for path in paths for each in _matching(path)]


def _matching(path: str | Path) -> Sequence[str | Path]:
    if not has_magic(str(path)) or Path(path).exists():
        return [path]
    found = glob(str(path), recursive=True)  # noqa: PTH207 - it may be absolute
    if files := sorted(each for each in found if Path(each).is_file()):
        return files
    raise DataError(f"{path}: no file matches.")


def one_line(text: str) -> str:
    """A text of a table's cell, its line breaks as spaces."""
    return _BREAK.sub(" ", text).strip() if "\n" in text else text


def _note(table: Table) -> str:
    """As in: columns en → de, header skipped."""
    columns = table.columns
    plural = "s" * (len(table.chosen) > 1)
    chosen = " → ".join(map(columns.label, table.chosen))
    return ", ".join([f"{columns.kind}{plural} {chosen}", *table.remarks])

"""What a bulk job reads, row by row, and the same rows again with what became of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from qkv.data.formats.delimited import Delimited
from qkv.data.formats.files import one_line
from qkv.data.formats.jsonlines import JsonLines
from qkv.data.formats.kinds import is_json, table
from qkv.data.formats.parquet import Parquet
from qkv.data.formats.source import Source
from qkv.errors import ConfigError, DataError

__all__ = ["Rows", "ending", "rows_of", "write_lines"]

TABLES = (".csv", ".tsv", ".tab")  # text of which lines are no sentences
UNITS = (".tmx", ".xlf", ".xliff")
PACKED = (".gz", ".bz2", ".xz", ".zst")
PICTURES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


class Rows(Protocol):
    """The rows of an input, from the start each time; the memory does not depend on their number.

    suffix: of the files that are written.
    """

    suffix: str

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """The text of each row, and what `write` needs of the row.

        Raises:
            DataError: the input is broken: where, and what to do.
        """
        ...

    def place(self, index: int) -> str:
        """Where a row stands that has been read, counted from 0: "a.csv, line 17"."""
        ...

    def write(self, path: Path, rows: Sequence[Any], results: Sequence[str | None]) -> None:
        """The rows, as one file, each with its result; None: it has none."""
        ...


def rows_of(path: Path, columns: str | None, into: str, *, pictures: bool = False) -> Rows:
    """The rows of a file, of which kind its content says; or of a folder, if they are pictures.

    What is neither Parquet nor JSON is text, each line a row, unless it is called .csv or .tsv or
    `columns` are named; what is called .txt is text without them.

    Args:
        into: the name of the column, or field, of the results.
    Raises:
        ConfigError: columns of what has none.
        DataError: the file cannot be read, or is of another kind.
        MissingExtra: it needs one.
    """
    if path.is_dir() and pictures:
        return _Pictures(path, into)
    if path.exists() and not path.is_file() and not path.is_dir():
        raise DataError(f"{path}: is no file that can be read again; save it as one.")
    source, kind = Source(path), ending(path)
    if kind in UNITS:
        raise DataError(f"{path}: is of translation units; `qkv translate --data` reads them.")
    is_other = source.head.startswith(b"PAR1") or is_json(source.text) or kind in TABLES
    if not columns and (kind == ".txt" or not is_other):
        return _Lines(source)
    match table(source, columns.split(",") if columns else (), 1):
        case JsonLines() as read:
            return _Json(read, into)
        case Delimited() as read:
            return _Delimited(read, into)
        case Parquet() as read:
            return _Parquet(read, into)
    raise DataError(f"{path}: is of translation units; `qkv translate --data` reads them.")


def ending(path: Path) -> str:
    """Of a file's name, without those that say how it is compressed: ".tsv" of a.tsv.gz."""
    name = path.name.lower()
    for packed in PACKED:
        name = name.removesuffix(packed)
    return Path(name).suffix


class _Lines:
    suffix = "txt"

    def __init__(self, source: Source) -> None:
        self._source = source

    def __iter__(self) -> Iterator[tuple[str, None]]:
        return ((line, None) for line in self._source.lines())

    def place(self, index: int) -> str:
        return f"{self._source.path}, line {index + 1}"

    def write(self, path: Path, rows: Sequence[Any], results: Sequence[str | None]) -> None:
        write_lines(path, (_line(result) for result in results))


class _Json:
    """Lines as they were, with one more field, or item, at the end."""

    suffix = "jsonl"

    def __init__(self, table: JsonLines, into: str) -> None:
        self._table, self._into = table, into
        self.place = table.place

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for number, (texts, record, line) in enumerate(self._table.records()):
            if isinstance(record, dict) and self._into in record:
                raise _taken(self.place(number), self._into, "field")
            yield one_line(texts[0]), line

    def write(self, path: Path, rows: Sequence[str], results: Sequence[str | None]) -> None:
        write_lines(path, map(self._longer, rows, results))

    def _longer(self, line: str, result: str | None) -> str:
        line = line.strip()
        name = f"{json.dumps(self._into, ensure_ascii=False)}: " if line.endswith("}") else ""
        return f"{line[:-1]}, {name}{json.dumps(result, ensure_ascii=False)}{line[-1]}"


class _Delimited:
    """A table with one more column; the first of its files has the header, if there is one."""

    def __init__(self, table: Delimited, into: str) -> None:
        self._table, self._header = table, list(table.header)
        self._width = len(table.columns.names)
        self.suffix = "tsv" if table.delimiter == "\t" else "csv"
        self.place = table.place
        if into in self._header:
            raise _taken(table.columns.where, into, "column")
        self._header += [into] if self._header else []

    def __iter__(self) -> Iterator[tuple[str, tuple[int, list[str]]]]:
        [column] = self._table.chosen
        for number, row in enumerate(self._table.records()):
            cells = [*row, *[""] * (self._width - len(row))][: self._width]
            yield one_line(cells[column]), (number, cells)

    def write(
        self,
        path: Path,
        rows: Sequence[tuple[int, list[str]]],
        results: Sequence[str | None],
    ) -> None:
        longer = [[*cells, _line(result)] for (_, cells), result in zip(rows, results, strict=True)]
        if self._header and rows[0][0] == 0:
            longer.insert(0, self._header)
        if not self._table.quoted:
            write_lines(
                path, ("\t".join([*row[:-1], row[-1].replace("\t", " ")]) for row in longer)
            )
            return
        with path.open("w", encoding="utf-8", newline="") as file:
            delimiter = self._table.delimiter
            csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(longer)


class _Parquet:
    suffix = "parquet"

    def __init__(self, table: Parquet, into: str) -> None:
        self._table, self._into = table, into
        self.place = table.place

    def __iter__(self) -> Iterator[tuple[str, tuple[Any, int]]]:
        for texts, batch in self._table.records():
            if self._into in batch.schema.names:
                raise _taken(self._table.columns.where, self._into, "column")
            yield from zip(map(one_line, texts), ((batch, row) for row in count()), strict=False)

    def write(
        self, path: Path, rows: Sequence[tuple[Any, int]], results: Sequence[str | None]
    ) -> None:
        import pyarrow
        from pyarrow.parquet import write_table

        whole = pyarrow.Table.from_batches(_slices(rows))
        column = pyarrow.array(results, pyarrow.string())
        write_table(whole.append_column(self._into, column), path)


class _Pictures:
    """The pictures in a folder and those below it, by name; what is written are JSON lines."""

    suffix = "jsonl"

    def __init__(self, folder: Path, into: str) -> None:
        self._folder, self._into = folder, into
        every = (path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)
        self._paths = sorted(map(str, every))
        if not self._paths:
            raise DataError(f"{folder}: has no pictures ({', '.join(PICTURES)}).")

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((str(Path(path).absolute()), path) for path in self._paths)

    def place(self, index: int) -> str:
        return self._paths[index]

    def write(self, path: Path, rows: Sequence[str], results: Sequence[str | None]) -> None:
        records = (
            {"image": row, self._into: result} for row, result in zip(rows, results, strict=True)
        )
        write_lines(path, (json.dumps(record, ensure_ascii=False) for record in records))


def _slices(rows: Sequence[tuple[Any, int]]) -> Iterator[Any]:
    """The rows, which are next to each other, as few parts of the batches that they are in."""
    first = 0
    for number, (batch, row) in enumerate(rows):
        is_last = number + 1 == len(rows) or rows[number + 1][0] is not batch
        if is_last:
            length = number + 1 - first
            yield batch.slice(row + 1 - length, length)
            first = number + 1


def _taken(where: str, name: str, kind: str) -> ConfigError:
    return ConfigError(
        f"{where}: has a {kind} {name!r} already; name another for the results with --into."
    )


def _line(text: str | None) -> str:
    """A text keeps the breaks between its sentences, such as U+2028; a line has none."""
    return " ".join((text or "").splitlines())


def write_lines(path: Path, lines: Iterable[str]) -> None:
    # Half of a surrogate pair, in a file's name, is so written the escape that JSON has for it.
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        file.writelines(f"{line}\n" for line in lines)

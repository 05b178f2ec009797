"""Parallel text from files. What is left out is counted by reason."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, Generic, TypeVar

from qkv.errors import DataError

__all__ = ["Kept", "Pair", "clean", "read_lines", "read_parallel", "read_tsv", "stream_lines"]

GZIP = b"\x1f\x8b"
T = TypeVar("T")


@dataclass(frozen=True)
class Pair:
    """A sentence and its translation."""

    source: str
    target: str


@dataclass(frozen=True)
class Kept(Generic[T]):
    """Pairs that can be used, and how many were skipped for each reason."""

    pairs: list[T]
    skipped: dict[str, int]


def read_lines(path: str | Path) -> list[str]:
    r"""The lines of a text file, gzip or not, in UTF-8, without a byte-order mark.

    A line ends with \n or \r\n and with nothing else, so U+2028 stays inside its sentence.

    Raises:
        DataError: the file is missing, unreadable, broken gzip, or not UTF-8.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            return list(stream_lines(file, str(path)))
    except FileNotFoundError:
        raise DataError(f"{path}: no such file.") from None
    except IsADirectoryError:
        raise DataError(f"{path}: is a folder; name a file.") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from None


def stream_lines(stream: BufferedReader[Any], name: str) -> Iterator[str]:
    """The same lines, each as soon as it arrives; errors call the stream `name`.

    Raises:
        DataError: broken gzip, or not UTF-8: which line and byte, both counted from 1.
    """
    packed = stream.peek(len(GZIP)).startswith(GZIP)
    lines = gzip.GzipFile(fileobj=stream) if packed else stream
    try:
        for number, line in enumerate(lines, 1):
            text = _decoded(line, f"{name}, line {number}")
            if number == 1:
                text = text.removeprefix("\ufeff")
            if text:  # else the file is a byte-order mark alone
                yield text.removesuffix("\n").removesuffix("\r")
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{name}: broken gzip file ({error}); copy it again.") from None


def read_parallel(source_path: str | Path, target_path: str | Path) -> list[Pair]:
    """Line n of one file translates line n of the other.

    Raises:
        DataError: as `read_lines`; or the files are empty or differ in their number of lines.
    """
    sources, targets = read_lines(source_path), read_lines(target_path)
    if len(sources) != len(targets):
        raise DataError(
            f"{source_path} has {len(sources):,} lines and {target_path} {len(targets):,}; "
            "parallel text needs the same number, line for line."
        )
    if not sources:
        raise DataError(f"{source_path} and {target_path} are empty.")
    return [Pair(source, target) for source, target in zip(sources, targets, strict=True)]


def read_tsv(path: str | Path) -> list[Pair]:
    """Two columns per line: source, tab, target; a blank line gives an empty pair.

    Raises:
        DataError: as `read_lines`; or an empty file, or a line without exactly two columns.
    """
    lines = read_lines(path)
    if not lines:
        raise DataError(f"{path} is empty.")
    return [_two_columns(line, f"{path}, line {i}") for i, line in enumerate(lines, 1)]


def clean(pairs: Iterable[Pair]) -> Kept[Pair]:
    """Pairs with text on both sides, in order."""
    kept: list[Pair] = []
    skipped = {"empty source": 0, "empty target": 0}
    for pair in pairs:
        if not pair.source.strip():
            skipped["empty source"] += 1
        elif not pair.target.strip():
            skipped["empty target"] += 1
        else:
            kept.append(pair)
    return Kept(kept, {reason: count for reason, count in skipped.items() if count})


def _decoded(line: bytes, where: str) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{where}: not UTF-8 (byte {error.start + 1} of the line is "
            f"0x{line[error.start]:02X}). Convert the file, for example with iconv -t utf-8."
        ) from None


def _two_columns(line: str, where: str) -> Pair:
    if not line.strip():
        return Pair("", "")
    columns = line.split("\t")
    if len(columns) == 1:
        raise DataError(f"{where}: no tab; needs two columns, source and target.")
    if len(columns) > 2:
        raise DataError(
            f"{where}: {len(columns)} columns; needs two, source and target. "
            "Drop the others, for example with cut -f1,2."
        )
    return Pair(*columns)

"""What a file is, by its first bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from qkv.data.formats.columns import Columns
from qkv.data.formats.delimited import Delimited
from qkv.data.formats.jsonlines import JsonLines
from qkv.data.formats.parquet import Parquet
from qkv.data.formats.source import Source
from qkv.errors import DataError

__all__ = ["Table", "is_json", "table"]

# Files of other kinds, and what to do with them.
SPREADSHEET = "save it as CSV (UTF-8) from the program that it belongs to"
OTHERS = {
    b"%PDF": ("a PDF", "export its text, or the table that it was made from, as CSV"),
    b"PK\x03\x04": ("a zip archive, as .xlsx, .ods and .docx are", SPREADSHEET),
    b"\xd0\xcf\x11\xe0": ("an old Excel or Word file", SPREADSHEET),
    b"{\\rtf": ("a formatted text (RTF)", SPREADSHEET),
    b"ARROW1": ("an Arrow file", "write it with to_parquet or to_json"),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it"),
    b"Rar!": ("a RAR archive", "unpack it"),
    b"SQLite format 3": ("a database", "export its table as CSV"),
    b"\x89PNG": ("a picture", "captions of pictures are read with --images"),
    b"\xff\xd8\xff": ("a picture", "captions of pictures are read with --images"),
}
_XML = re.compile(r"\s*<(\?xml|!DOCTYPE|!--|(\w+:)?(tmx|xliff|html)\b)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<(?:\w+:)?(\w+)")
_JSON = re.compile(r"\s*(\{\s*(\"|\}|$)|\[\s*([{\[\"]|$))", re.MULTILINE)


class Table(Protocol):
    """What a kind of file gives: rows of the chosen columns, once more each time, and their places.

    remarks: what a person should know of how it was read. chosen: indices into `columns`.
    """

    columns: Columns
    chosen: list[int]

    @property
    def remarks(self) -> Sequence[str]: ...
    def rows(self) -> Iterator[Sequence[str]]: ...
    def place(self, index: int) -> str: ...


def table(source: Source, wanted: Sequence[str], count: int) -> Table:
    """The file's table, `count` of its columns chosen.

    Raises:
        DataError: it is of no kind that can be read, empty or broken, or its columns are unclear.
        MissingExtra: it needs one.
    """
    if not source.head:
        raise DataError(f"{source.path} is empty.")
    if source.head.startswith(b"PAR1"):
        return Parquet(source, wanted, count)
    _check_kind(source)
    if _XML.match(source.text):
        root = _ROOT.search(_COMMENT.sub("", source.text))
        if root and root[1].lower() not in ("tmx", "xliff"):
            raise DataError(
                f"{source.path}: XML or HTML of another kind (<{root[1]}>); TMX and XLIFF are read."
            )
        from qkv.data.formats.units import Units

        return Units(source, wanted, count)
    return (JsonLines if is_json(source.text) else Delimited)(source, wanted, count)


def is_json(text: str) -> bool:
    """Whether it begins as JSON; or the first line is an array, of numbers maybe."""
    if _JSON.match(text):
        return True
    line = next(filter(str.strip, text.split("\n")), "")
    try:
        return line.lstrip().startswith("[") and isinstance(json.loads(line), list)
    except (ValueError, RecursionError):
        return False


def _check_kind(source: Source) -> None:
    """Refuse what is another kind of file, or no text."""
    for mark, (kind, remedy) in OTHERS.items():
        if source.head.startswith(mark):
            raise DataError(f"{source.path}: is {kind}; {remedy}.")
    if source.head[257:262] == b"ustar":
        raise DataError(f"{source.path}: is a tar archive; unpack it.")
    if b"\0" in source.head and not source.is_utf16:
        line = source.head[: source.head.index(b"\0")].count(b"\n") + 1
        raise DataError(
            f"{source.path}, line {line}: has NUL bytes, so it is no text; if it is UTF-16 without "
            "its mark, convert it with iconv -f utf-16le -t utf-8."
        )

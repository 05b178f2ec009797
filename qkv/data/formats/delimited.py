"""TSV and CSV: rows of cells between tabs, commas or semicolons."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, repeat
from operator import add, itemgetter, methodcaller

from qkv.data import spreadsheet
from qkv.data.corpora import MOST_CHARACTERS
from qkv.data.formats.columns import Columns, has_header
from qkv.data.formats.places import Jumps
from qkv.data.formats.source import Source
from qkv.errors import DataError

__all__ = ["Delimited"]

SAMPLE = 1000  # rows by which delimiter, header and columns are judged
NAMES = {"\t": "tab", ",": "comma", ";": "semicolon"}
_HINT = re.compile(r"sep=(.)\r?\n")  # the first line of a CSV may tell Excel its delimiter
_SPACED = re.compile(r'"[^"]*"[,;] +"')  # cells with a space after the delimiter, by hand
_CELL = re.compile(r'(?:[^\t"]|"[^"]*"?)+')  # between tabs that are in no quotes


class Delimited:
    """A table as text. A CSV's quotes mean cells; a TSV's do where a spreadsheet put all of them.

    The first row that has text may name the columns.

    quoted: whether quotes mean cells here.
    """

    def __init__(self, source: Source, wanted: Sequence[str], count: int) -> None:
        self._source = source
        self._name = str(source.path)
        lines = list(islice(filter(str.strip, source.lines()), SAMPLE))
        if not lines:
            raise DataError(f"{self._name} is empty.")
        self._hint = _HINT.match(source.text)
        self._spaced = bool(_SPACED.match(lines[0]))
        self.delimiter = self._hint[1] if self._hint else _delimiter(lines)
        self.quoted = self.delimiter != "\t" or _quotes_are_of_a_spreadsheet(source)
        self._jumps = Jumps()
        sample = list(islice((row for _, row in self._rows() if _has_text(row)), SAMPLE))
        if not sample:
            raise DataError(f"{self._name}: has no rows with text; there is nothing to read.")
        self._header = has_header(sample, wanted)
        if self._header and len(sample) == 1:
            raise DataError(f"{self._name}: has a header and no rows; there is nothing to read.")
        self._width = max(len(sample[0]), 1) if self._header else _usual_width(sample)
        names = sample[0] if self._header else [""] * self._width
        cells = [
            [row[i] for row in sample[self._header :] if i < len(row)] for i in range(self._width)
        ]
        self.columns = Columns(self._name, names, cells)
        self.chosen = self.columns.choose(wanted, count)
        self._least = max(self.chosen) + 1

    def rows(self) -> Iterator[Sequence[str]]:
        """The chosen cells of each row; of one without text, empty ones.

        Raises:
            DataError: as `Source.lines`; or quotes that are wrong, or rows of other widths.
        """
        first, last = self.chosen[0], self.chosen[-1]
        pick = itemgetter(slice(first, first + 1)) if first == last else itemgetter(*self.chosen)
        blank = ("",) * len(self.chosen)
        return (pick(row) if len(row) >= self._least else blank for row in self.records())

    def records(self) -> Iterator[list[str]]:
        """All cells of the same rows; what a row lacks of `columns`, or has besides, is no text."""
        self._jumps = Jumps()
        header, number, expected, rows = self._header, 0, 1, self._rows()
        for line, row in rows:
            if len(row) != self._width and not self._fits(row):
                raise self._ragged(line, row, rows)
            if header and _has_text(row):
                header = False
                continue
            if line != expected:
                self._jumps.add(number, line)
            number, expected = number + 1, line + 1
            yield row

    @property
    def header(self) -> Sequence[str]:
        """The row that names the columns; empty if there is none."""
        return self.columns.names if self._header else ()

    @property
    def remarks(self) -> Sequence[str]:
        unquoted = self.quoted and self.delimiter == "\t"
        return ["header skipped"] * self._header + ["quotes taken away"] * unquoted

    def place(self, index: int) -> str:
        return f"{self._name}, line {self._jumps.line(index)}"

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row, and the line on which it begins."""
        first = 2 if self._hint else 1
        lines = islice(self._source.lines(), first - 1, None)
        if not self.quoted:
            return enumerate(map(methodcaller("split", "\t"), lines), first)
        return self._unquoted(map(add, lines, repeat("\n")), first)

    def _unquoted(self, lines: Iterable[str], first: int) -> Iterator[tuple[int, list[str]]]:
        """The same of lines with their ends, as `csv` wants them; `first` is the first's number."""
        reader = csv.reader(
            lines, delimiter=self.delimiter, strict=True, skipinitialspace=self._spaced
        )
        begins = first
        try:
            for row in reader:
                yield begins, row
                begins = reader.line_num + first
        except csv.Error as error:
            raise DataError(f"{self._name}, line {begins}: {_mended(error)}") from None

    def _fits(self, row: Sequence[str]) -> bool:
        """Whether the chosen cells are there and none with text is too many; or no text at all."""
        missing = len(row) < self._least
        return not _has_text(row if missing else row[self._width :])

    def _ragged(
        self, line: int, row: list[str], rest: Iterable[tuple[int, list[str]]]
    ) -> DataError:
        more = sum(not self._fits(row) for _, row in rest)
        others = f" ({more:,} more rows do not fit either)" if more else ""
        name = NAMES.get(self.delimiter, self.delimiter)
        mend = f"put quotes around cells that have a {name} in them, as spreadsheets do"
        if len(row) < self._width:
            mend = "complete or delete such rows"
        elif self.delimiter == "\t":
            mend = "take the tabs out of the text"
        return DataError(
            f"{self._name}, line {line}: {len(row)} column{'s' * (len(row) > 1)} where other rows "
            f"have {self._width}{others}; {mend}."
        )


def _has_text(row: Iterable[str]) -> bool:
    return any(map(str.strip, row))


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    return Counter(map(len, rows)).most_common(1)[0][0]


def _delimiter(lines: list[str]) -> str:
    """A tab where the first line and half of all have one, for text has none.

    Else what gives most rows the same number of cells, which may go over several lines; a comma if
    nothing does.
    """
    tabs = 2 * sum("\t" in line for line in lines) >= len(lines)
    if tabs and "\t" in lines[0]:
        return "\t"
    shares = {delimiter: _share(lines, delimiter) for delimiter in ",;\t"}
    best = max(shares, key=lambda delimiter: shares[delimiter])
    return best if shares[best] > 0.5 else "\t" if tabs else ","


def _share(lines: list[str], delimiter: str) -> float:
    """Of the rows that have the usual number of cells, if that is two at least."""
    rows = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    try:
        widths = [len(row) for row in rows if row]
    except csv.Error:
        return 0.0  # reading it says what is wrong
    width, usual = Counter(widths).most_common(1)[0]
    return usual / len(widths) if width > 1 else 0.0


def _quotes_are_of_a_spreadsheet(source: Source) -> bool:
    """Whether to read a TSV's quotes as CSV's, by all of the file.

    Tabs and line breaks are taken for parts of a cell only if lines differ in their number of tabs.
    """
    if not any('"' in line for line in source.lines()):
        return False
    tabs = {line.count("\t") for line in source.lines() if line.strip()}
    if len(tabs) == 1:
        return spreadsheet.quoted(line.split("\t") for line in source.lines())
    return spreadsheet.quoted(map(_CELL.findall, _records(source.lines())))


def _records(lines: Iterable[str]) -> Iterator[str]:
    """Lines, joined where a quote that was opened goes on in the next."""
    parts: list[str] = []
    quotes = size = 0
    for line in lines:
        parts.append(line)
        quotes, size = quotes + line.count('"'), size + len(line)
        if quotes % 2 and size <= MOST_CHARACTERS:
            continue
        yield "\n".join(parts)
        parts.clear()
        quotes = size = 0
    if parts:
        yield "\n".join(parts)


def _mended(error: csv.Error) -> str:
    """What `csv` says of quotes, as a sentence with a way out."""
    said = str(error)
    if "unexpected end" in said or "field limit" in said:
        return (
            "a quote is opened here and not closed (in "
            f"{csv.field_size_limit():,} characters at most); close it, or double it if it is text."
        )
    if "expected after" in said:
        return "a quote inside a quoted cell is not doubled; double it, as spreadsheets do."
    if "new-line" in said:
        return "a carriage return inside a cell; save the file with usual line ends."
    return f"not CSV ({said})."

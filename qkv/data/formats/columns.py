"""Which columns of a table are meant: those wanted, or the only ones that can be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from qkv.data import spreadsheet
from qkv.data.language import language
from qkv.errors import DataError

__all__ = ["Columns", "has_header", "same_language"]

SOURCES = {"source", "src", "input", "question", "original"}
TARGETS = {"target", "tgt", "trg", "translation", "translations", "output", "answer"}
LETTERS_SHARE = 0.6  # of the characters of a text that are not space, letters and their marks
LABELS_SHARE = 0.2  # with so few different cells a column holds labels
FEW_ROWS = 10  # of fewer nothing is said by how often they repeat
BOILERPLATE = 5  # characters with which all cells begin
NAME_CHARACTERS = 40  # the longest name of a column
LANGUAGE_CELLS = 100  # enough to tell a column's language by
SHOWN = 30  # characters of a cell in a message
# The name of a file, a page, a person or an item, in ASCII.
_NAME = re.compile(r"[!-~]+[/\\@_][!-~]+|[!-~]+\.[a-z]\w{0,4}|[!-~]*\d[!-~]*")


@dataclass(frozen=True)
class Columns:
    """The columns of a table, each with its name and some of its cells.

    names: "" where there is none. kind: what the table calls a column.
    """

    where: str
    names: Sequence[str]
    cells: Sequence[Sequence[str]]
    kind: str = "column"

    def choose(self, wanted: Sequence[str], count: int) -> list[int]:
        """The indices of `count` columns, those wanted or the only ones that can be meant.

        Raises:
            DataError: there is no such column, or several could be meant.
        """
        if len(self.names) < count:
            raise DataError(
                f"{self.where}: only one {self.kind}; needs two, source and target{self._lone()}."
            )
        if not wanted:
            return self._guessed(count)
        if len(wanted) != count:
            needs = "one, such as --columns de" if count == 1 else "two, such as --columns en,de"
            raise DataError(f"--columns {','.join(wanted)}: needs {needs}.")
        chosen = [self._find(name) for name in wanted]
        if len(set(chosen)) < count:
            raise DataError(f"--columns {','.join(wanted)}: names the same {self.kind} twice.")
        return chosen

    def label(self, index: int) -> str:
        """The column's name, or its number and language."""
        code = "" if self.names[index] else self._language(index)
        return self.names[index] or f"{index + 1}{f' ({code})' if code else ''}"

    def language(self, index: int) -> str:
        """Code of its language, by its name or by what is in it; "" if neither tells."""
        name = self.names[index].rpartition(".")[2].casefold()
        code = re.split("[-_]", name)[0]
        return code if code in spreadsheet.CODES else self._language(index)

    def _guessed(self, count: int) -> list[int]:
        """Two columns are source and target; of more, those that can be nothing else."""
        if len(self.names) == count:
            return list(range(count))
        names = [name.rpartition(".")[2].strip().casefold() for name in self.names]
        texts = [i for i, cells in enumerate(self.cells) if _is_text(cells)]
        roles = [[i for i in texts if names[i] in role] for role in (SOURCES, TARGETS)[:count]]
        by_role = [role[0] for role in roles if len(role) == 1]
        for guess in (by_role, [i for i in texts if spreadsheet.is_language(names[i])], texts):
            if len(guess) == count:
                return guess
        many = "which one is meant" if count == 1 else "which two are source and target"
        raise DataError(f"{self.where}: cannot tell {many}; {self._listed()}")

    def _find(self, name: str) -> int:
        """By name, number, last part of a nested name, or language."""
        key = name.strip().casefold()
        names = [each.strip().casefold() for each in self.names]
        exact = [i for i, each in enumerate(names) if each == key]
        inner = [i for i, each in enumerate(names) if each.rpartition(".")[2] == key]
        like = [i for i, each in enumerate(names) if same_language(each, key)]
        several = any(len(indices) > 1 for indices in (exact, inner, like))
        for indices in (exact, inner, like):
            if len(indices) == 1:
                return indices[0]
        if key.isdecimal() and 1 <= int(key) <= len(names):
            return int(key) - 1
        if key in spreadsheet.CODES and not several:
            written = [i for i in range(len(names)) if self._language(i) == key]
            if len(written) == 1:
                return written[0]
        which = f"more than one {self.kind}" if several else f"no {self.kind}"
        raise DataError(f"{self.where}: {which} {name!r}; {self._listed()}")

    def _language(self, index: int) -> str:
        return language(self.cells[index][:LANGUAGE_CELLS])[0]

    def _listed(self) -> str:
        """All columns with a cell of each, and the option that chooses."""
        columns = [
            " ".join(filter(None, (str(i + 1), name, _first(cells))))
            for i, (name, cells) in enumerate(zip(self.names, self.cells, strict=True))
        ]
        return (
            f"its {self.kind}s are {'; '.join(columns)}. Choose with --columns, by name or number."
        )

    def _lone(self) -> str:
        cell = _first(self.cells[0]) if self.cells else ""
        return f" (it begins with {cell})" if cell else ""


def has_header(rows: Sequence[Sequence[str]], wanted: Sequence[str]) -> bool:
    """Whether the first of the rows names the columns.

    It does if it has the names wanted, by `spreadsheet.is_header`, or if a cell that is no number
    stands above numbers. With more columns than two it is enough that two names are known.
    """
    first = [cell.strip().casefold() for cell in rows[0]]
    names = [name.strip().casefold() for name in wanted if not name.strip().isdecimal()]
    if names and all(name in first for name in names):
        return True
    if len(first) < 2:
        return False  # a sentence may be one word: no, so
    if spreadsheet.is_header(rows[:2]):
        return True
    filled = [cell for cell in first if cell]
    unlike_names = any(map(spreadsheet.is_number, first)) or len(set(filled)) < len(filled)
    if unlike_names or max(map(len, first)) > NAME_CHARACTERS:
        return False
    known = [sum(map(spreadsheet.is_name, row)) for row in rows[:2]]
    named = len(first) > 2 and known[0] > 1 and known[1:] < known[:1]
    return named or any(map(_are_numbers, _below(rows)))


def same_language(one: str, other: str) -> bool:
    """Whether two codes mean one language, such as en and en-US, but not en-GB and en-US."""
    parts = [re.split("[-_]", code.casefold()) for code in (one, other)]
    shorter = min(map(len, parts))
    return parts[0][:shorter] == parts[1][:shorter]


def _below(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Each column's cells below the first row, where that has a cell."""
    rest = [row for row in rows[1:] if len(row) == len(rows[0])]
    return [[row[i] for row in rest if row[i]] for i, cell in enumerate(rows[0]) if cell.strip()]


def _are_numbers(cells: Sequence[str]) -> bool:
    return len(cells) > 1 and all(map(spreadsheet.is_number, cells))


def _is_text(cells: Sequence[str]) -> bool:
    """Whether sentences can be in a column: no numbers, names of files, labels or boilerplate."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or 2 * sum(map(bool, map(_NAME.fullmatch, filled))) > len(filled):
        return False
    characters = [character for cell in filled for character in cell if not character.isspace()]
    letters = sum(unicodedata.category(character)[0] in "LM" for character in characters)
    if letters < LETTERS_SHARE * len(characters):
        return False
    if len(filled) < FEW_ROWS:
        return True
    alike = min(filled)[:BOILERPLATE] == max(filled)[:BOILERPLATE]
    return len(set(filled)) > LABELS_SHARE * len(filled) and not alike


def _first(cells: Sequence[str]) -> str:
    """The first with text, shortened, in quotes; "" without one."""
    cell = " ".join(next(filter(str.strip, cells), "").split())
    shown = cell if len(cell) <= SHOWN else f"{cell[: SHOWN - 1]}…"
    return f'"{shown}"' if cell else ""

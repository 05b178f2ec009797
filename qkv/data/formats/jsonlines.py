"""JSON: an object or an array on each line, or one array of all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NoReturn

from qkv.data.formats.columns import Columns
from qkv.data.formats.places import Jumps
from qkv.data.formats.source import Source
from qkv.errors import DataError

__all__ = ["JsonLines"]

SAMPLE = 1000  # records by which the fields are judged
_WHOLE = re.compile(r"\s*\[\s*[\[{]")  # one array holds all records
SHOWN = 40  # characters of what is no text, in a message


class JsonLines:
    """Records with fields of text, also one level deeper, as `translation.en`.

    A blank line is no record. The items of an array have numbers for names.
    """

    remarks = ()

    def __init__(self, source: Source, wanted: Sequence[str], count: int) -> None:
        self._source, self._name = source, str(source.path)
        self._whole = bool(_WHOLE.match(source.text))
        self._jumps = Jumps()
        sample = [_fields(record) for _, record, _ in islice(self._records(), SAMPLE)]
        names = dict.fromkeys(
            name for record in sample for name, cell in record.items() if isinstance(cell, str)
        )
        if not names:
            raise DataError(f"{self._name}: has no records with text; there is nothing to read.")
        cells = [[str(record.get(name) or "") for record in sample] for name in names]
        shown = [name if isinstance(name, str) else "" for name in names]
        self.columns = Columns(self._name, shown, cells, "field")
        self.chosen = self.columns.choose(wanted, count)
        self._fields = [list(names)[index] for index in self.chosen]

    def rows(self) -> Iterator[Sequence[str]]:
        """The chosen fields of each record; null is empty text.

        Raises:
            DataError: as `Source.lines`; or a line that is not JSON, or a field that is missing or
                no text.
        """
        return (texts for texts, _, _ in self.records())

    def records(self) -> Iterator[tuple[Sequence[str], Any, str]]:
        """The same, each with its record and with the line that it was read from.

        In a single array there are no such lines; they are made.
        """
        self._jumps = Jumps()
        expected = 1
        for index, (number, record, line) in enumerate(self._records()):
            if number != expected:
                self._jumps.add(index, number)
            expected = number + 1
            fields = _fields(record)
            yield [self._text(fields, name, number) for name in self._fields], record, line

    def place(self, index: int) -> str:
        return self._at(self._jumps.line(index))

    def _at(self, number: int) -> str:
        return f"{self._name}, {'record' if self._whole else 'line'} {number}"

    def _records(self) -> Iterator[tuple[int, Any, str]]:
        """Each with the number of its line, and the line; in a single array, with its own."""
        if self._whole:
            with self._source.open() as stream:
                for number, record in enumerate(self._parsed(stream.read(), self._name), 1):
                    yield number, record, json.dumps(record)
            return
        for number, line in enumerate(self._source.lines(), 1):
            if line.strip():
                record = self._parsed(line, self._at(number))
                if not isinstance(record, (dict, list)):
                    raise DataError(f"{self._at(number)}: needs an object with two texts.")
                yield number, record, line

    def _parsed(self, text: str | bytes, where: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DataError(
                f"{where}: not JSON ({error}); each line needs an object or array of its own, or "
                "one array all of them."
            ) from None

    def _text(self, fields: dict[Any, Any], name: Any, number: int) -> str:
        text = fields.get(name, self)
        if text is None:
            return ""
        if not isinstance(text, str):
            self._refuse(fields, name, number)
        try:  # JSON can spell half of a character (\\ud800)
            text.encode()
        except UnicodeEncodeError:
            where = self._at(number)
            raise DataError(f"{where}: contains half of a character (a lone surrogate).") from None
        return text

    def _refuse(self, fields: dict[Any, Any], name: Any, number: int) -> NoReturn:
        named = f"field {name!r}" if isinstance(name, str) else f"item {name + 1}"
        if name not in fields:
            raise DataError(f"{self._at(number)}: {named} is missing; each needs it.")
        shown = json.dumps(fields[name], ensure_ascii=False)[:SHOWN]
        raise DataError(f"{self._at(number)}: {named} is no text but {shown}.")


def _fields(record: Any) -> dict[Any, Any]:
    """By name, those of an object inside as `outer.inner`; by number for an array."""
    if not isinstance(record, dict):
        return dict(enumerate(record)) if isinstance(record, list) else {}
    if not any(isinstance(value, dict) for value in record.values()):
        return record
    return {
        name: value
        for outer, inside in record.items()
        for name, value in (
            {f"{outer}.{inner}": value for inner, value in inside.items()}
            if isinstance(inside, dict)
            else {outer: inside}
        ).items()
    }

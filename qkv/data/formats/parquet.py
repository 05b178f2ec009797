"""Parquet: columns of text, also those inside of one, read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from qkv.data.formats.columns import Columns
from qkv.data.formats.source import Source
from qkv.errors import DataError, MissingExtra

__all__ = ["Parquet"]

SAMPLE = 1000  # rows by which the columns are judged
BATCH_ROWS = 10_000
TEXT = ("string", "large_string", "dictionary<values=string")  # types, as pyarrow writes them


class Parquet:
    """The columns of text of a Parquet file; null is empty text.

    A column inside another is called `outer.inner`.
    """

    remarks = ()

    def __init__(self, source: Source, wanted: Sequence[str], count: int) -> None:
        self._source, self._name = source, str(source.path)
        with self._open() as file:
            self._check_names(file.schema_arrow.names)
            kinds = _kinds(file.schema_arrow)
            texts = [name for name, kind in kinds.items() if kind.startswith(TEXT)]
            for name in wanted:
                if name in kinds and name not in texts:
                    raise DataError(
                        f"{self._name}: column {name!r} is {kinds[name]}, not text; its columns of "
                        f"text are {', '.join(texts) or 'none'}."
                    )
            sample = next(_batches(file, texts, SAMPLE), [])
        if not sample or not sample[0]:
            raise DataError(f"{self._name}: has no rows with text; there is nothing to read.")
        cells = [[cell or "" for cell in column] for column in sample]
        self.columns = Columns(self._name, texts, cells)
        self.chosen = self.columns.choose(wanted, count)
        self._texts = [texts[index] for index in self.chosen]

    def rows(self) -> Iterator[Sequence[str]]:
        """The chosen cells of each row.

        Raises:
            DataError: as `Source.open`; or a broken file.
        """
        with self._open() as file:
            for columns in _batches(file, self._texts, BATCH_ROWS):
                for row in zip(*columns, strict=True):
                    yield [cell or "" for cell in row]

    def records(self) -> Iterator[tuple[Sequence[str], Any]]:
        """The texts of the first chosen column, some rows at a time, and all of these rows.

        The latter are a `pyarrow.RecordBatch`.
        """
        from pyarrow import Table

        with self._open() as file:
            for batch in file.iter_batches(SAMPLE):
                cells = Table.from_batches([batch]).flatten().column(self._texts[0]).to_pylist()
                yield [cell or "" for cell in cells], batch

    def place(self, index: int) -> str:
        return f"{self._name}, row {index + 1}"

    def _check_names(self, names: Sequence[str]) -> None:
        for name in names:
            if names.count(name) > 1:
                raise DataError(f"{self._name}: two columns are called {name!r}; rename one.")

    @contextmanager
    def _open(self) -> Iterator[Any]:
        """A `pyarrow.parquet.ParquetFile`; what is wrong with it while the block runs is said."""
        try:
            from pyarrow import ArrowException
            from pyarrow.parquet import ParquetFile
        except ImportError:
            raise MissingExtra("Parquet needs pyarrow: pip install 'qkv[data]'.") from None
        with self._source.open() as stream:
            try:
                yield ParquetFile(stream)
            except (ArrowException, OSError, UnicodeDecodeError) as error:
                reason = str(error).splitlines()[0].rstrip(".")
                raise DataError(
                    f"{self._name}: broken Parquet file ({reason}); copy it again."
                ) from None


def _kinds(schema: Any) -> dict[str, str]:
    """The type of each column, by its name; of one that holds columns, those of these."""
    return {
        f"{field.name}.{inner.name}" if inner is not field else field.name: str(inner.type)
        for field in schema
        for inner in (field.type if str(field.type).startswith("struct<") else [field])
    }


def _batches(file: Any, names: Sequence[str], rows: int) -> Iterator[list[list[str | None]]]:
    """The columns of one batch after the other."""
    from pyarrow import Table

    for batch in file.iter_batches(rows, columns=list(names)) if names else ():
        table = Table.from_batches([batch]).flatten()
        yield [table.column(name).to_pylist() for name in names]

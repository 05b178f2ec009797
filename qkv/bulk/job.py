"""A bulk job is a folder: what it was begun with, and a file for each part of the input done.

job.json says of what model, input and settings the job is, and how many rows and shards it has. A
shard is some rows, always the same ones; what becomes of them is part-00017.txt. That is there,
whole, or not at all: it is written beside its place, forced to the disk, and moved. So what is
still to be done is what has no part, at whatever moment a job was killed. Rows without a result,
or with warnings, are told in notes-00017.jsonl, which is there before its part is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, NamedTuple

from qkv.bulk.rows import Rows, rows_of, write_lines
from qkv.bulk.work import Outcome, Work
from qkv.errors import ConfigError, DataError, FolderError, QkvError
from qkv.files import check_folder, locked, read_json, write_atomically

__all__ = ["SHARD_ROWS", "Job", "Notes", "Shards", "at_work"]

SHARD_ROWS = 1000
SHARD_CHARACTERS = 1_000_000  # of texts, after which no further row is added to a shard
_NO_OPTIONS = ("task", "model", "input", "cache")  # as `identity` calls them
_JOB, _LOCK, _JOB_BYTES = "job.json", ".lock", 1 << 20


class Notes(NamedTuple):
    """How many rows have no result, and how many warnings; the error of the first without one."""

    failed: int
    warned: int
    first: str


@dataclass(frozen=True)
class Job:
    """What is done to which rows, and the folder that what becomes of them is written to.

    input, columns, into: see `rows_of`. shard_rows: at most so many are a shard.
    rows, shards: how many there are.
    """

    folder: Path
    input: Path
    work: Work
    columns: str | None = None
    into: str = "translation"
    shard_rows: int = SHARD_ROWS
    rows: int = 0
    shards: int = 0

    @cached_property
    def source(self) -> Rows:
        """The input, as this process reads it."""
        return rows_of(self.input, self.columns, self.into, pictures=self.work.pictures)

    def read(self) -> Iterator[list[tuple[str, Any]]]:
        """The shards from the first on: the text of each row, and what `Rows.write` needs of it."""
        shard: list[tuple[str, Any]] = []
        characters = 0
        for row in self.source:
            shard.append(row)
            characters += len(row[0])
            if len(shard) == self.shard_rows or characters >= SHARD_CHARACTERS:
                yield shard
                shard, characters = [], 0
        if shard:
            yield shard

    def part(self, shard: int) -> Path:
        return self.folder / f"part-{self._number(shard)}.{self.source.suffix}"

    def notes(self, shard: int) -> Path:
        return self.folder / f"notes-{self._number(shard)}.jsonl"

    def _number(self, shard: int) -> str:
        """As many digits as the last has, so that names are in order."""
        return f"{shard:0{max(5, len(str(self.shards)))}}"

    def pending(self) -> list[int]:
        """The shards that are not done."""
        done = {path.name for path in self.folder.glob("part-*")}
        return [shard for shard in range(self.shards) if self.part(shard).name not in done]

    def write(
        self, shard: int, first: int, rows: Sequence[Any], outcomes: Sequence[Outcome]
    ) -> None:
        """What became of a shard's rows; `first` is the number of its first, counted from 0.

        Raises:
            DataError: the folder cannot be written to.
        """
        notes = [
            {"row": number + 1, "place": self.source.place(number), **_note(outcome)}
            for number, outcome in enumerate(outcomes, first)
            if outcome.error or outcome.warnings
        ]
        if notes:
            lines = [json.dumps(note, ensure_ascii=False) for note in notes]
            write_atomically(self.notes(shard), lambda path: write_lines(path, lines))
        results = [None if outcome.error else outcome.text for outcome in outcomes]
        write_atomically(self.part(shard), lambda path: self.source.write(path, rows, results))

    def noted(self) -> Notes:
        """What is told of all the rows that are done."""
        failed, warned, first = 0, 0, ""
        for path in sorted(self.folder.glob("notes-*.jsonl")):
            for line in path.read_text("utf-8").split("\n")[:-1]:
                note = json.loads(line)
                warned += "warnings" in note
                failed += "error" in note
                first = first or note.get("error", "")
        return Notes(failed, warned, first)

    def identity(self) -> dict[str, Any]:
        """All that decides what is written, in JSON's types."""
        known = {
            **self.work.identity(),
            "input": _fingerprint(self.input),
            "columns": self.columns,
            "into": self.into,
            "shard_rows": self.shard_rows,
        }
        return json.loads(json.dumps(known))


class Shards:
    """Does shards of a job, with a model that is loaded once. In order they cost one reading."""

    def __init__(self, job: Job) -> None:
        self._job, self._compute = job, job.work.begin()
        self._read, self._next, self._row = job.read(), 0, 0

    def do(
        self,
        shard: int,
        *,
        one_by_one: Callable[[int, str], None] | None = None,
        left_out: Mapping[int, str] | None = None,
    ) -> int:
        """Do a shard, and say how many rows it has.

        Args:
            one_by_one: take its rows alone, and call this before each, with its number in the shard
                and its place.
            left_out: by number, rows that are not to be tried, and why.
        Raises:
            DataError: the folder cannot be written to, or the input is no longer what it was.
        """
        first, rows = self._rows(shard)
        texts = [text for text, _ in rows]
        if one_by_one is None:
            outcomes = self._together(texts, first)
        else:
            outcomes = []
            for number, text in enumerate(texts):
                if why := (left_out or {}).get(number):
                    outcomes.append(Outcome(error=why))
                    continue
                one_by_one(number, self._job.source.place(first + number))
                outcomes.append(self._alone(text, first + number))
        self._job.write(shard, first, [row for _, row in rows], outcomes)
        return len(rows)

    def _rows(self, shard: int) -> tuple[int, list[tuple[str, Any]]]:
        """The number of the first row, and the rows."""
        if shard < self._next:
            self._read, self._next, self._row = self._job.read(), 0, 0
        for rows in self._read:
            self._next, first = self._next + 1, self._row
            self._row += len(rows)
            if self._next > shard:
                return first, rows
        raise DataError(f"{self._job.input}: has changed; start again in another folder.")

    def _together(self, texts: Sequence[str], first: int) -> list[Outcome]:
        try:
            return self._compute(texts, lambda number: self._job.source.place(first + number))
        except QkvError:  # of one of them; which, is seen when each is alone
            return [self._alone(text, first + number) for number, text in enumerate(texts)]

    def _alone(self, text: str, row: int) -> Outcome:
        try:
            [outcome] = self._compute([text], lambda _: self._job.source.place(row))
        except QkvError as error:
            return Outcome(error=f"{self._job.source.place(row)}: {error}")
        return outcome


@contextmanager
def at_work(job: Job) -> Iterator[Job]:
    """The job as its folder has it, or begun there; nobody else works at it in this block.

    All of the input is read before a job begins: how much there is, and whether it can be read.

    Raises:
        ConfigError: the folder has a job with another model, input or setting.
        DataError: the input cannot be read, or the folder not be made.
        FolderError: the folder has something else, or others work at its job.
    """
    check_folder(job.folder)
    is_new = not job.folder.exists()
    job.folder.mkdir(parents=True, exist_ok=True)
    try:
        with locked(job.folder / _LOCK) as alone:
            if alone is False:
                raise FolderError(f"{job.folder}: another process is at work on this job.")
            _sweep(job.folder)
            before = _times(job.input)
            try:
                yield _resumed(job) if (job.folder / _JOB).exists() else _begun(job)
            finally:
                _sweep(job.folder)
            if _times(job.input) != before:
                raise DataError(
                    f"{job.input}: was changed meanwhile; start again in another folder."
                )
    finally:
        if is_new:
            with suppress(OSError):  # it is empty if nothing was begun
                job.folder.rmdir()


def _begun(job: Job) -> Job:
    if others := sorted(path.name for path in job.folder.iterdir() if path.name != _LOCK):
        raise FolderError(
            f"{job.folder}: holds something else, such as {others[0]}; name a new or empty folder."
        )
    job.work.check()
    sizes = [len(shard) for shard in job.read()]
    job = replace(job, rows=sum(sizes), shards=len(sizes))
    record = {"identity": job.identity(), "rows": job.rows, "shards": job.shards}
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    write_atomically(job.folder / _JOB, lambda path: path.write_text(text, "utf-8"))
    return job


def _resumed(job: Job) -> Job:
    path = job.folder / _JOB
    try:
        saved = read_json(path, _JOB_BYTES)
        known, rows, shards = saved["identity"], int(saved["rows"]), int(saved["shards"])
        own = job.identity()
        other = next((name for name in {**own, **known} if own.get(name) != known.get(name)), None)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise FolderError(f"{path}: broken ({error}); start the job in another folder.") from None
    if other:
        name = other if other in _NO_OPTIONS else f"--{other.replace('_', '-')}"
        raise ConfigError(
            f"{job.folder}: holds a job with another {name}; give what it was begun with, or name "
            "another folder."
        )
    return replace(job, rows=rows, shards=shards)


def _note(outcome: Outcome) -> dict[str, Any]:
    return {"error": outcome.error} if outcome.error else {"warnings": outcome.warnings}


def _sweep(folder: Path) -> None:
    """Remove what killed processes left half-written."""
    for part in folder.glob(".*.part"):
        part.unlink(missing_ok=True)


def _times(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns


def _fingerprint(path: Path) -> str:
    """Of a file's bytes; of a folder's files by their names, sizes and times."""
    if path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.is_file())
        stats = [(str(each.relative_to(path)), each.stat()) for each in files]
        listed = repr([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])
        return sha256(listed.encode(errors="surrogateescape")).hexdigest()
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from None

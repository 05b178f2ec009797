"""`--input FILE --out FOLDER`: what a command does to a few rows, done to all rows of a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from shlex import quote
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from qkv.cli.stopping import ended_by_signals, report
from qkv.errors import ConfigError

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from qkv.bulk import Job
    from qkv.bulk.work import Work

__all__ = ["Bulk", "Columns", "ImageRoot", "in_bulk"]

Columns = Annotated[str | None, Option(help="The column of --input that names the pictures.")]
ImageRoot = Annotated[Path | None, Option(help="Their folder; by default that of --input.")]

REPORT_S = 10.0

_OPTIONS = {
    "input": (Path | None, ""),
    "out": (Path | None, "The folder for what becomes of --input; again, to go on after a stop."),
    "jobs": (int | None, "Processes for --input; by default one a core, or one on a GPU."),
    "into": (str, "The field or column that rows of --input get."),
    "shard_rows": (int, "Rows of --input in a file of --out, at most."),
    "ray": (str | None, "Do --input on Ray: local, auto, or the address of a cluster."),
}


@dataclass(frozen=True)
class Bulk:
    """What was given of the options for any number of rows."""

    into: str
    input: Path | None = None
    out: Path | None = None
    jobs: int | None = None
    shard_rows: int = 1000
    ray: str | None = None

    def check(self, default: Bulk) -> None:
        """Raises ConfigError for options that do not go together, or numbers out of range."""
        given = [f.name for f in fields(self) if getattr(self, f.name) != getattr(default, f.name)]
        if given and not self.input:
            raise ConfigError(f"--{given[0].replace('_', '-')} goes with --input; give that too.")
        if given and not self.out:
            raise ConfigError("--input needs --out, a folder for what becomes of it.")
        for name, number in (("jobs", self.jobs), ("shard-rows", self.shard_rows)):
            if number is not None and number < 1:
                raise ConfigError(f"--{name} must be at least 1; got {number}.")

    def root(self, image_root: Path | None) -> Path:
        """The folder of the pictures that `--input` names."""
        assert self.input
        return (image_root or self.input.parent).absolute()

    def names(self, columns: str | None) -> str | None:
        """The column that names pictures, as `read_captions` has it."""
        from qkv.bulk.rows import ending

        assert self.input
        usual = {".jsonl": "image", ".tsv": "1", ".csv": "1", ".parquet": "image"}
        return columns or usual.get(ending(self.input))

    def run(self, work: Work, columns: str | None = None) -> None:
        """Do it, or what is left of it, and say how it ended.

        Raises:
            QkvError: as `at_work` and `run`.
        """
        from qkv.bulk import Job, at_work

        assert self.input
        assert self.out
        job = Job(self.out, self.input, work, columns, self.into, self.shard_rows)
        report(f"reading {job.input}")
        with _interrupted(job), at_work(job) as job:
            if left := job.pending():
                jobs = self.jobs or _processes(work.device)
                with _progress(job, len(left)) as done:
                    _run(job, jobs, self.ray, done)
        _say_finished(job, now=bool(left))


def in_bulk(
    into: str, source: str, *heeded: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command these options, in place of its keyword `bulk`.

    into: what it makes of rows. source: the help of --input. heeded: parameters of the command that
    go with it; others are refused.
    """
    default = Bulk(into)
    options = [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            default=getattr(default, name),
            annotation=Annotated[kind, Option(help=text or source)],
        )
        for name, (kind, text) in _OPTIONS.items()
    ]

    def wrap(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**given: Any) -> None:
            bulk = Bulk(**{name: given.pop(name) for name in _OPTIONS})
            bulk.check(default)
            if bulk.input:
                _refuse_others(own, {n: given[n] for n in given if n not in heeded})
            command(bulk=bulk, **given)

        own = signature(command, eval_str=True)
        parameters: list[Parameter] = []
        for parameter in own.parameters.values():
            parameters += options if parameter.name == "bulk" else [parameter]
        run.__signature__ = own.replace(parameters=parameters)  # pyright: ignore[reportAttributeAccessIssue]
        return run

    return wrap


def _refuse_others(command: Signature, given: dict[str, Any]) -> None:
    """Raises ConfigError for what is only for a few rows."""
    search = given.pop("search", None)
    odd = [name for name, value in given.items() if value != command.parameters[name].default]
    if odd and command.parameters[odd[0]].kind is not Parameter.KEYWORD_ONLY:
        raise ConfigError(f"{odd[0].upper()} does not go with --input; leave it out.")
    odd += ["nbest"] if search and search.nbest > 1 else []
    if odd:
        name = odd[0].strip("_").replace("_", "-")
        raise ConfigError(f"--{name} does not go with --input; leave it out.")


def _processes(device: str) -> int:
    from qkv.machine import Machine
    from qkv.training.tuning import cores

    return cores() if Machine.named(device).on_cpu else 1


def _run(job: Job, jobs: int, ray: str | None, done: Callable[[int], None]) -> None:
    if ray is None:
        from qkv.bulk import run

        run(job, jobs, done)
    else:
        from qkv.bulk.cluster import run_on_ray

        run_on_ray(job, jobs, ray, done)


def _say_finished(job: Job, *, now: bool) -> None:
    if not job.rows:
        report(f"{job.folder}: nothing to do, the input has no rows")
        return
    notes = job.noted()
    files = "1 file" if job.shards == 1 else f"{job.shards:,} files"
    rows = "1 row" if job.rows == 1 else f"{job.rows:,} rows"
    when = "finished" if now else "finished before, nothing to do"
    report(f"{job.folder}: {when}; {rows} in {files}")
    if notes.failed:
        report(f"{notes.failed:,} without a result, first {notes.first}")
    if notes.failed or notes.warned:
        report(f"errors and warnings of rows: {job.folder / 'notes-*.jsonl'}")
    if job.shards > 1:
        report(_join(job))


def _join(job: Job) -> str:
    """How one file is made of the parts."""
    folder, suffix = quote(str(job.folder)), job.source.suffix
    if suffix == "parquet":
        return f"what reads Parquet reads all parts as one table: {folder}/part-*.parquet"
    return f"in one file: cat {folder}/part-*.{suffix} > all.{suffix}"


@contextmanager
def _interrupted(job: Job) -> Iterator[None]:
    """What is done stays, whatever ends this."""
    with ended_by_signals():
        try:
            yield
        except (KeyboardInterrupt, SystemExit):
            report(f"interrupted; the same command goes on with {job.folder}")
            raise


@contextmanager
def _progress(job: Job, left: int) -> Iterator[Callable[[int], None]]:
    """Called with the rows done since; a bar in a terminal, else a line now and then."""
    total = round(job.rows * left / job.shards)  # exact for a new job
    if not sys.stderr.isatty():
        yield _Lines(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = BarColumn(), MofNCompleteColumn(), _speed(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), speed_estimate_period=300) as bar:
        task = bar.add_task("", total=total)
        yield lambda rows: bar.update(task, advance=rows)


def _speed() -> ProgressColumn:
    from rich.progress import ProgressColumn, Task
    from rich.text import Text

    class Speed(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed or 0:,.0f} a second")

    return Speed()


class _Lines:
    """Progress as lines, at most one every REPORT_S."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._begun = self._reported = perf_counter()

    def __call__(self, rows: int) -> None:
        self._done += rows
        now = perf_counter()
        if now - self._reported < REPORT_S:
            return
        self._reported, speed = now, self._done / (now - self._begun)
        left = max(0, self._total - self._done) / max(speed, 1e-9) / 60
        report(
            f"{self._done:,} of {self._total:,} rows, {speed:,.0f} a second, {left:.1f} min left"
        )

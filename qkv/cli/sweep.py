"""`qkv train --sweep`: all combinations of some settings, each a run in its own process.

OUT/sweep.json holds what a resume needs, OUT/attention-dot,seed-1 a run, and OUT/data the training
and validation pairs where none were given for validation, so that all runs have the same.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from qkv.cli.processes import run_all
from qkv.cli.stopping import ended_by_signals, report
from qkv.errors import ConfigError, FolderError, QkvError

if TYPE_CHECKING:
    from qkv.data import Pair
    from qkv.training import RunFolder

__all__ = ["is_sweep", "run_sweep"]

_ODD = re.compile(r"[^\w.+-]")  # in the name of a folder
_PLAN, _PLAN_BYTES = "sweep.json", 16 * 1024**2


@dataclass(frozen=True)
class _Sweep:
    """settings, data: of all runs, as `training.start` takes them. runs: by name, their own."""

    settings: dict[str, Any]
    data: dict[str, Any]
    runs: dict[str, dict[str, str]]


def is_sweep(out: Path) -> bool:
    return (out / _PLAN).exists()


def run_sweep(
    out: Path,
    data: dict[str, Any],
    settings: dict[str, Any],
    swept: Sequence[str],
    jobs: int,
    *,
    resume: bool,
) -> None:
    """Train all combinations, or go on with them; then compare the models.

    Args:
        data, settings: as `training.start` takes them; on resume they may be left out.
        swept: name=value,value,… each.
        jobs: runs at a time, which share the threads.
    Raises:
        ConfigError, DataError, FolderError: before the first begins; FolderError when all have
            ended and some have failed.
    """
    if jobs < 1:
        raise ConfigError(f"--jobs must be at least 1; got {jobs}.")
    if resume:
        sweep = _read(out)
        _check_same(out, sweep, data, settings, swept)
        pairs = _validation(sweep.data)
    else:
        sweep, pairs = _begun(out, data, settings, swept)
    _run(out, sweep, pairs, jobs)


def _begun(
    out: Path, data: dict[str, Any], settings: dict[str, Any], swept: Sequence[str]
) -> tuple[_Sweep, list[Pair]]:
    """A new sweep and the pairs to validate on; all that can be wrong is found out before."""
    from qkv.training import RunFolder

    if is_sweep(out):
        raise FolderError(f"{out}: holds a sweep; go on with `{_resume_command(out)}`.")
    runs = _combinations(swept, settings)
    _check_combinations(settings, runs, "images" in data)
    RunFolder(out).check_new()
    data, pairs = _shared(out, data, settings)
    sweep = _Sweep(settings, data, runs)
    _write(out, sweep)
    report(f"{len(runs):,} runs in {out}: {'; '.join(runs)}")
    return sweep, pairs


def _check_same(
    out: Path,
    sweep: _Sweep,
    data: dict[str, Any],
    settings: dict[str, Any],
    swept: Sequence[str],
) -> None:
    """What is given again on resume must be what the sweep began with; of data, nothing can be."""
    given = {name: _text(value) for name, value in settings.items()}
    own = {name: _text(value) for name, value in sweep.settings.items()}
    wrong = ["--sweep"] if swept and _combinations(swept, sweep.settings) != sweep.runs else []
    wrong += [name for name, value in given.items() if own.get(name) != value]
    wrong += [f"--{name.replace('_', '-')}" for name in data]
    if wrong:
        raise ConfigError(
            f"{out}: {wrong[0]} is not what this sweep began with; leave it out to resume, or "
            "start a new one in another --out."
        )


def _combinations(swept: Sequence[str], settings: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The settings of each run by the name of its folder, the last name varying fastest."""
    axes: dict[str, list[str]] = {}
    for each in swept:
        name, equals, values = (part.strip() for part in each.partition("="))
        listed = [value.strip() for value in values.split(",")]
        if not equals or not all(listed):
            raise ConfigError(f"--sweep {each}: needs name=value,value, such as seed=1,2,3.")
        if name in axes or len(set(listed)) < len(listed):
            raise ConfigError(f"--sweep {each}: give each name once, and each of its values.")
        if name in settings:
            raise ConfigError(f"--sweep {name} and {name}={settings[name]} do not agree.")
        axes[name] = listed
    runs = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    named = {_name(run): run for run in runs}
    if len(named) < len(runs):
        raise ConfigError("--sweep: two combinations would have one folder; use plainer values.")
    return named


def _name(run: dict[str, str]) -> str:
    """What a folder can be called everywhere."""
    return ",".join(f"{name}-{_ODD.sub('_', value)}" for name, value in run.items())


def _check_combinations(
    settings: dict[str, Any], runs: dict[str, dict[str, str]], pictures: bool
) -> None:
    from qkv.training.config import configs
    from qkv.training.own_score import stamped

    for name, run in runs.items():
        try:
            model, config = configs({**settings, **run}, pictures=pictures)
            if config.mix:
                raise ConfigError("mix is only for a run that goes on from a model.")
            stamped(model)
        except QkvError as error:
            raise ConfigError(f"{name}: {error}") from None


def _shared(
    out: Path, data: dict[str, Any], settings: dict[str, Any]
) -> tuple[dict[str, Any], list[Pair]]:
    """The same data for all runs, whose seeds would hold out other pairs; and those to validate on.

    Of pictures, none to validate on.
    """
    from qkv.data import write_pairs
    from qkv.training.config import TrainConfig, parse_settings
    from qkv.training.text import read_text

    data = {name: _absolute(value) if name != "columns" else value for name, value in data.items()}
    if "images" in data:
        if "valid_images" not in data:
            raise ConfigError("--sweep over pictures needs --valid-images, the same for all runs.")
        return data, []
    seed = parse_settings(settings).get("seed", TrainConfig.seed)
    corpus = read_text(data, seed, report)
    if corpus.held_out:
        folder = out / "data"
        folder.mkdir(parents=True, exist_ok=True)
        data = {}
        for prefix, name, pairs in (("", "train", corpus.train), ("valid_", "valid", corpus.valid)):
            write_pairs(folder, name, pairs)
            data |= {
                f"{prefix}{s}": _absolute(folder / f"{name}.{s}") for s in ("source", "target")
            }
        report(f"held out {len(corpus.valid):,} pairs for validation, in {folder}")
    return data, corpus.valid


def _validation(data: dict[str, Any]) -> list[Pair]:
    """They are files of their own, so no seed picks them."""
    if "images" in data:
        return []
    from qkv.training.text import read_text

    return read_text(data, 1, report).valid


def _run(out: Path, sweep: _Sweep, pairs: Sequence[Pair], jobs: int) -> None:
    """Those that have not finished, `jobs` at a time; then the table."""
    from qkv.training import RunFolder

    folders = {name: RunFolder(out / name) for name in sweep.runs}
    waiting = [name for name, folder in folders.items() if not folder.finished]
    commands = {name: _command(sweep, name, folders[name], jobs) for name in waiting}
    try:
        with ended_by_signals():
            run_all(commands, jobs, lambda name, line: report(f"[{name}] {line}"))
    except (KeyboardInterrupt, SystemExit):
        report(f"interrupted; go on with `{_resume_command(out)}`")
        raise
    finished = {name: out / name for name, folder in folders.items() if folder.finished}
    if not pairs:
        report("these models caption pictures; compare them with `qkv evaluate`, one by one")
    elif len(finished) > 1:
        _compare(finished, pairs, sweep.settings.get("device"))
    if failed := [name for name in folders if name not in finished]:
        raise FolderError(
            f"{out}: {len(failed):,} of {len(folders):,} runs have failed: {'; '.join(failed)}. "
            f"Their errors stand above; try them again with `{_resume_command(out)}`."
        )


def _command(sweep: _Sweep, name: str, folder: RunFolder, jobs: int) -> list[str]:
    """`qkv train` of one combination, or the rest of it."""
    command = [sys.executable, "-m", "qkv", "train", "--out", str(folder.top)]
    if folder.unfinished:
        return [*command, "--resume"]
    settings = {**sweep.settings, **sweep.runs[name]}
    if jobs > 1:
        from qkv.training.tuning import cores

        settings.setdefault("threads", max(1, cores() // jobs))
    given = [("--set", f"{name}={_text(value)}") for name, value in settings.items()]
    for option, value in sweep.data.items():
        values = value if isinstance(value, list) else [value]
        given += [(f"--{option.replace('_', '-')}", each) for each in values]
    return [*command, *(word for pair in given for word in pair)]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _compare(finished: dict[str, Path], pairs: Sequence[Pair], device: str | None) -> None:
    from qkv.cli.compare import compared
    from qkv.cli.comparison import print_scores
    from qkv.search import Search

    report("comparing the models on the validation pairs, greedily")
    print_scores(compared(finished, pairs, search=Search(beam=1), device=device or "auto"))


def _absolute(paths: Any) -> Any:
    """A sweep can be resumed from any folder."""
    if isinstance(paths, list):
        return [str(Path(path).absolute()) for path in paths]
    return str(Path(paths).absolute())


def _write(out: Path, sweep: _Sweep) -> None:
    from qkv.files import write_atomically

    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(sweep), indent=2, ensure_ascii=False) + "\n"
    write_atomically(out / _PLAN, lambda path: path.write_text(text, encoding="utf-8"))


def _read(out: Path) -> _Sweep:
    from qkv.files import read_json

    if not is_sweep(out):
        raise FolderError(f"{out}: no sweep to resume here; start one without --resume.")
    try:
        return _Sweep(**read_json(out / _PLAN, _PLAN_BYTES))
    except (OSError, ValueError, TypeError) as error:
        raise FolderError(f"{out / _PLAN}: broken ({error}); start a new sweep.") from None


def _resume_command(out: Path) -> str:
    return f"qkv train --out {quote(str(out.absolute()))} --resume"

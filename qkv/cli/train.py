"""`qkv train`."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Annotated, Any

from typer import Option

from qkv.errors import ConfigError, DataError

__all__ = ["train"]


def train(
    out: Annotated[Path, Option(help="Folder for the run and the model.")],
    source: Annotated[Path | None, Option(help="Sentences, one a line; gzip or not.")] = None,
    target: Annotated[Path | None, Option(help="Their translations, line for line.")] = None,
    tsv: Annotated[Path | None, Option(help="Instead: source, tab, target in one file.")] = None,
    valid_source: Annotated[Path | None, Option(help="Validation sentences.")] = None,
    valid_target: Annotated[Path | None, Option(help="Their translations.")] = None,
    valid_tsv: Annotated[Path | None, Option(help="Instead: both in one file.")] = None,
    architecture: Annotated[str | None, Option(help="transformer (default) or rnn.")] = None,
    attention: Annotated[
        str | None, Option(help="Of an rnn: none, dot, general or additive.")
    ] = None,
    set_: Annotated[
        list[str] | None, Option("--set", help="A setting as name=value; may be repeated.")
    ] = None,
    config: Annotated[Path | None, Option(help="Settings in a TOML file.")] = None,
    resume: Annotated[bool, Option("--resume", help="Go on with the run in --out.")] = False,
) -> None:
    """Train a model from parallel text.

    Without validation files up to 2,000 pairs are held out. Settings: docs/settings.md.
    """
    settings = _settings(config, set_ or [])
    for name, value in (("architecture", architecture), ("attention", attention)):
        if value is not None:
            settings[name] = value
    data = _data(
        source=source, target=target, tsv=tsv,
        valid_source=valid_source, valid_target=valid_target, valid_tsv=valid_tsv,
    )  # fmt: skip
    from qkv import training

    if not resume:
        _check_data(data)
    begin = training.resume if resume else training.start
    try:
        begin(out, data, settings, report=_report)
    except KeyboardInterrupt:
        run = training.RunFolder(out)
        if run.unfinished:
            _report(f"interrupted; go on with `{run.resume_command}`")
        raise


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _settings(config: Path | None, pairs: list[str]) -> dict[str, Any]:
    """Settings of the file, then those of --set, which win."""
    settings = _read_toml(config) if config else {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(f"--set {pair}: needs name=value, such as max_steps=500.")
        settings[name.strip()] = value.strip()
    return settings


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise DataError(f"{path}: not TOML ({error}).") from None
    from qkv.training.config import asked

    try:
        asked(settings)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    return settings


def _data(**paths: Path | None) -> dict[str, str]:
    return {name: str(path) for name, path in paths.items() if path is not None}


def _check_data(data: dict[str, str]) -> None:
    """Training data in exactly one form, validation data in at most one."""
    for prefix, needed in (("", True), ("valid_", False)):
        given = {name for name in ("source", "target", "tsv") if f"{prefix}{name}" in data}
        option = "--" + prefix.replace("_", "-")
        if given not in ({"source", "target"}, {"tsv"}, set()) or (needed and not given):
            raise ConfigError(f"give {option}source and {option}target, or {option}tsv alone.")

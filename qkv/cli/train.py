"""`qkv train`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from typer import Option

from qkv.cli.stopping import report, stoppable
from qkv.cli.sweep import is_sweep, run_sweep
from qkv.cli.trust import Trust, ask_to_trust
from qkv.errors import ConfigError, DataError

__all__ = ["train"]

PICTURES = ("images", "valid_images", "image_root")


def train(
    out: Annotated[Path, Option(help="Folder for the run and the model.")],
    source: Annotated[Path | None, Option(help="Sentences, one a line; gzip or not.")] = None,
    target: Annotated[Path | None, Option(help="Their translations, line for line.")] = None,
    tsv: Annotated[Path | None, Option(help="Instead: source, tab, target in one file.")] = None,
    valid_source: Annotated[Path | None, Option(help="Validation sentences.")] = None,
    valid_target: Annotated[Path | None, Option(help="Their translations.")] = None,
    valid_tsv: Annotated[Path | None, Option(help="Instead: both in one file.")] = None,
    images: Annotated[Path | None, Option(help="Instead: captioned pictures, TSV, JSONL.")] = None,
    valid_images: Annotated[Path | None, Option(help="The same for validation.")] = None,
    image_root: Annotated[Path | None, Option(help="Their folder; by default the list's.")] = None,
    vision: Annotated[
        str | None, Option(help="What sees pictures: pixels, efficientnet-lite0, hf:…, timm:….")
    ] = None,
    architecture: Annotated[str | None, Option(help="transformer (default) or rnn.")] = None,
    attention: Annotated[
        str | None, Option(help="none, dot, general, additive or module:name.")
    ] = None,
    select: Annotated[str | None, Option(help="soft or hard attention (rnn).")] = None,
    device: Annotated[str | None, Option(help="auto (default), cpu, cuda, cuda:1 or mps.")] = None,
    set_: Annotated[list[str] | None, Option("--set", help="name=value; may be repeated.")] = None,
    config: Annotated[Path | None, Option(help="Settings in a TOML file.")] = None,
    resume: Annotated[bool, Option("--resume", help="Resume the run in --out.")] = False,
    sweep: Annotated[
        list[str] | None, Option(help="name=value,value: a run for each; may be repeated.")
    ] = None,
    jobs: Annotated[int, Option(help="Runs of a sweep at a time; they share the threads.")] = 1,
    trust: Trust = False,
) -> None:
    """Train a model from parallel text, or from captioned pictures.

    Without validation files up to 2,000 pairs, or 1,000 pictures, are held out. Settings, for --set
    and --config: docs/settings.md.
    """
    named = {
        "architecture": architecture, "attention": attention, "select": select, "vision": vision,
        "device": device,
    }  # fmt: skip
    chosen = _chosen(named, set_ or [])
    data = _data(
        source=source, target=target, tsv=tsv,
        valid_source=valid_source, valid_target=valid_target, valid_tsv=valid_tsv,
        images=images, valid_images=valid_images, image_root=image_root,
    )  # fmt: skip
    if resume:
        ask_to_trust(out / "run" / "settings.json", trust)
    else:
        _check_data(data)
    # Before torch is imported: nobody should wait for a word.
    report(f"resuming the run in {out}" if resume else f"reading {', '.join(data.values())}")
    from qkv import training

    settings = (_read_toml(config) if config else {}) | chosen
    if sweep or is_sweep(out):
        run_sweep(out, data, settings, sweep or [], jobs, resume=resume)
        return
    begin = training.resume if resume else training.start
    with stoppable(out):
        begin(out, data, settings, report=report)


def _chosen(options: dict[str, str | None], pairs: list[str]) -> dict[str, str]:
    """Settings of --set, the last of a name winning, and of options of their own."""
    chosen: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(f"--set {pair}: needs name=value, such as max_steps=500.")
        chosen[name.strip()] = value.strip()
    for name, value in options.items():
        if value is not None and chosen.setdefault(name, value) != value:
            raise ConfigError(
                f"--{name} {value} and --set {name}={chosen[name]} do not agree; leave one out."
            )
    return chosen


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise DataError(f"{path}: not TOML ({error}).") from None
    from qkv.training.config import parse_settings

    try:
        parse_settings(settings)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    return settings


def _data(**paths: Path | None) -> dict[str, str]:
    return {name: str(path) for name, path in paths.items() if path is not None}


def _check_data(data: dict[str, str]) -> None:
    """Training data in exactly one form, validation data in at most one."""
    if "images" in data:
        text = [name for name in data if name not in PICTURES]
        if text:
            option = "--" + text[0].replace("_", "-")
            raise ConfigError(f"--images and {option} do not go together; give one of them.")
        return
    if any(name in data for name in PICTURES):
        raise ConfigError("--valid-images and --image-root belong to --images; give it too.")
    for prefix, needed in (("", True), ("valid_", False)):
        given = {name for name in ("source", "target", "tsv") if f"{prefix}{name}" in data}
        option = "--" + prefix.replace("_", "-")
        if given not in ({"source", "target"}, {"tsv"}, set()) or (needed and not given):
            raise ConfigError(
                f"give {option}source and {option}target, or {option}tsv alone"
                + (", or --images." if needed else ".")
            )

"""`qkv train`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

from typer import Option

from qkv.cli.duration import duration
from qkv.cli.stopping import report, stoppable
from qkv.cli.sweep import is_sweep, run_sweep
from qkv.cli.trust import Trust, ask_to_trust
from qkv.errors import ConfigError, DataError
from qkv.files import check_writable

__all__ = ["train"]

PICTURES = ("images", "valid_images", "image_root")


def train(
    out: Annotated[Path, Option(help="Folder for the run and the model.")],
    source: Annotated[Path | None, Option(help="Sentences, one a line; gzip or not.")] = None,
    target: Annotated[Path | None, Option(help="Their translations, line for line.")] = None,
    data: Annotated[
        list[Path] | None,
        Option(help="Instead: TSV, CSV, JSONL, Parquet, TMX or XLIFF; may be repeated."),
    ] = None,
    columns: Annotated[
        str | None, Option(help="Its source and target by name or number, such as en,de.")
    ] = None,
    tsv: Annotated[Path | None, Option(help="The same as --data, once.")] = None,
    valid_source: Annotated[Path | None, Option(help="Validation sentences.")] = None,
    valid_target: Annotated[Path | None, Option(help="Their translations.")] = None,
    valid_data: Annotated[list[Path] | None, Option(help="Instead: like --data.")] = None,
    valid_tsv: Annotated[Path | None, Option(help="The same as --valid-data, once.")] = None,
    alignments: Annotated[
        Path | None, Option(help="Links i-j of the training pairs, for --set guided=0.05.")
    ] = None,
    images: Annotated[Path | None, Option(help="Instead: captioned pictures, TSV, JSONL.")] = None,
    valid_images: Annotated[Path | None, Option(help="The same for validation.")] = None,
    image_root: Annotated[Path | None, Option(help="Their folder; by default the list's.")] = None,
    vision: Annotated[
        str | None, Option(help="What sees pictures: pixels, efficientnet-lite0, hf:…, timm:….")
    ] = None,
    architecture: Annotated[
        str | None, Option(help="transformer or rnn; by the size of the text.")
    ] = None,
    attention: Annotated[
        str | None, Option(help="none, dot, general, additive or module:name.")
    ] = None,
    select: Annotated[str | None, Option(help="soft or hard attention (rnn).")] = None,
    languages: Annotated[
        str | None, Option(help="Of source and target, as zh-en; by default told by the text.")
    ] = None,
    device: Annotated[str | None, Option(help="auto (default), cpu, cuda, cuda:1 or mps.")] = None,
    time: Annotated[
        str | None, Option(help="The best model for 5m, 2h or overnight, all included.")
    ] = None,
    set_: Annotated[list[str] | None, Option("--set", help="name=value; may be repeated.")] = None,
    config: Annotated[Path | None, Option(help="Settings in a TOML file.")] = None,
    from_: Annotated[
        Path | None, Option("--from", help="Go on from this model with new data.")
    ] = None,
    mix: Annotated[
        str | None, Option(help="Its old data and the share of it, as old.tsv=0.5; with --from.")
    ] = None,
    valid_old: Annotated[
        Path | None, Option(help="What to see forgetting by; by default its validation data.")
    ] = None,
    keep_checkpoints: Annotated[
        bool, Option("--keep-checkpoints", help="Keep the weights of every validation.")
    ] = False,
    plot: Annotated[
        Path | None, Option(help="Draw the run when it has ended: svg, png or pdf.")
    ] = None,
    resume: Annotated[bool, Option("--resume", help="Resume the run in --out.")] = False,
    sweep: Annotated[
        list[str] | None, Option(help="name=value,value: a run for each; may be repeated.")
    ] = None,
    jobs: Annotated[int, Option(help="Runs of a sweep at a time; they share the threads.")] = 1,
    trust: Trust = False,
) -> None:
    """Train a model from parallel text, or from captioned pictures; or, with --from, train it on.

    Without validation files up to 2,000 pairs, or 1,000 pictures, are held out. Settings, for --set
    and --config: docs/settings.md.
    """
    began = monotonic()
    old, share = _mixed(mix)
    named = {
        "architecture": architecture, "attention": attention, "select": select, "vision": vision,
        "languages": languages, "device": device, "mix": share,
        "keep_checkpoints": "true" if keep_checkpoints else None,
    }  # fmt: skip
    chosen = _chosen(named, set_ or [])
    seconds = None if time is None else duration(time)
    files = _data(
        source=source, target=target, data=data, columns=columns, tsv=tsv,
        valid_source=valid_source, valid_target=valid_target,
        valid_data=valid_data, valid_tsv=valid_tsv, alignments=alignments,
        images=images, valid_images=valid_images, image_root=image_root,
        **_old("images" if images else "tsv", old, valid_old),
    )  # fmt: skip
    if not resume:
        _check_old(from_, old or valid_old)
        _check_data(files)
    elif time is not None:
        raise ConfigError("--time and --resume do not go together: a run knows its time.")
    _ask_to_trust(out if resume else None, from_, trust)
    # Before torch is imported: nobody should wait for a word.
    report(f"resuming the run in {out}" if resume else f"reading {_names(files)}")
    from qkv import training

    _check_plot(plot)
    settings = (_read_toml(config) if config else {}) | chosen
    if sweep or is_sweep(out):
        _check_sweep({"--from": from_, "--time": time, "--plot": plot})
        run_sweep(out, files, settings, sweep or [], jobs, resume=resume)
        return
    with stoppable(out):
        if not resume:
            left = _left(seconds, began)
            training.start(out, files, settings, report=report, seconds=left, base=from_)
        elif plot is None or not training.RunFolder(out).finished:
            training.resume(out, files, settings, report=report, base=from_)
    if plot is not None:
        training.plot_run(out, plot)


def _ask_to_trust(run: Path | None, base: Path | None, trust: bool) -> None:
    """Of a run to go on with, and of a model to go on from."""
    if run is not None:
        ask_to_trust(run / "run" / "settings.json", trust)
    if base is not None:
        ask_to_trust(base / "config.json", trust)


def _left(seconds: float | None, began: float) -> float | None:
    """Of the time, what the import of torch has left."""
    return None if seconds is None else max(1.0, seconds - (monotonic() - began))


def _check_sweep(options: dict[str, object]) -> None:
    for name, value in options.items():
        if value is not None:
            raise ConfigError(f"{name} and --sweep do not go together; leave one out.")


def _check_plot(path: Path | None) -> None:
    if path is None:
        return
    from qkv.inspection import checked_format

    checked_format(path)
    check_writable(path)


def _mixed(mix: str | None) -> tuple[Path | None, str | None]:
    """Of FILE=SHARE the file and the share."""
    if mix is None:
        return None, None
    file, equals, share = mix.rpartition("=")
    if not equals:
        raise ConfigError(f"--mix {mix}: needs FILE=SHARE, such as old.tsv=0.5.")
    return Path(file), share


def _old(kind: str, train: Path | None, valid: Path | None) -> dict[str, Path | None]:
    return {f"old_{kind}": train, f"old_valid_{kind}": valid}


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
                f"--{name.replace('_', '-')} {value} and --set {name}={chosen[name]} do not agree; "
                "leave one out."
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


def _data(**given: list[Path] | Path | str | None) -> dict[str, Any]:
    return {
        name: [str(path) for path in value] if isinstance(value, list) else str(value)
        for name, value in given.items()
        if value
    }


def _names(files: dict[str, Any]) -> str:
    values = [value for name, value in files.items() if name != "columns"]
    return ", ".join(", ".join(v) if isinstance(v, list) else v for v in values)


def _check_old(base: Path | None, old: Path | str | None) -> None:
    if base is None and old:
        raise ConfigError("--mix and --valid-old belong to --from; give it too.")


def _check_data(data: dict[str, Any]) -> None:
    """Training data in exactly one form, validation data in at most one."""
    if "images" in data:
        text = [name for name in data if name.removeprefix("old_") not in PICTURES]
        if text:
            option = "--" + text[0].replace("_", "-")
            raise ConfigError(f"--images and {option} do not go together; give one of them.")
        return
    if any(name in data for name in PICTURES):
        raise ConfigError("--valid-images and --image-root belong to --images; give it too.")
    for prefix, needed in (("", True), ("valid_", False)):
        given = {name for name in ("source", "target", "data", "tsv") if f"{prefix}{name}" in data}
        option = "--" + prefix.replace("_", "-")
        forms = ({"source", "target"}, {"data"}, {"tsv"}, set())
        if given not in forms or (needed and not given):
            raise ConfigError(
                f"give {option}source and {option}target, or {option}data alone"
                + (", or --images." if needed else ".")
            )
    if "columns" in data and not {"data", "tsv", "valid_data", "valid_tsv"} & data.keys():
        raise ConfigError("--columns belongs to --data; give it too.")

"""`qkv compare`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from qkv.cli.comparison import print_differences, print_scores
from qkv.cli.options import Device, searching
from qkv.cli.stopping import report
from qkv.errors import ConfigError, DataError
from qkv.search import Search

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qkv.data import Pair
    from qkv.evaluation import Comparison, Links, System

__all__ = ["compare", "compared", "read_pairs", "told_apart"]


@searching("nbest")
def compare(
    systems: Annotated[
        list[Path], Argument(help="Model folders, or files of translations line for line.")
    ],
    source: Annotated[Path | None, Option(help="Sentences, one a line; gzip or not.")] = None,
    target: Annotated[Path | None, Option(help="Their references, line for line.")] = None,
    data: Annotated[
        list[Path] | None,
        Option(help="Instead: TSV, CSV, JSONL, Parquet, TMX or XLIFF; may be repeated."),
    ] = None,
    columns: Annotated[
        str | None, Option(help="Its source and reference by name or number, such as en,de.")
    ] = None,
    alignment: Annotated[
        Path | None, Option(help="Links drawn by hand, i-j (sure) or i?j, a line a pair.")
    ] = None,
    *,
    search: Search,
    plot: Annotated[
        Path | None, Option(help="Draw quality by source length: .png, .svg or .pdf.")
    ] = None,
    json_: Annotated[bool, Option("--json", help="As JSON.")] = False,
    device: Device = "auto",
) -> None:
    """Score systems on the same sentences, and test each against the first.

    BLEU, chrF and exact match; paired bootstrap and approximate randomisation; scores by source
    length; the ten sentences on which the systems differ most.
    """
    named = told_apart(systems)
    if plot:
        from qkv.files import check_writable
        from qkv.inspection import checked_format

        checked_format(plot)
        check_writable(plot)
    pairs = read_pairs(source, target, data, columns)
    gold = _gold(alignment, pairs) if alignment else None
    comparison = compared(named, pairs, search=search, device=device, gold=gold)
    if plot:
        _draw(comparison, plot)
    if json_:
        settings = {"beam": search.beam, "length_penalty": search.length_penalty}
        record = settings | search.changed() | _record(comparison, named)
        print(json.dumps(record, ensure_ascii=False, indent=2))
    else:
        print_scores(comparison)
        print_differences(comparison)


def compared(
    named: dict[str, Path],
    pairs: Sequence[Pair],
    *,
    search: Search,
    device: str,
    gold: tuple[list[Links], list[Links]] | None = None,
) -> Comparison:
    """What the systems in these folders and files make of the pairs; each model is asked once."""
    from qkv.evaluation import compare

    systems = _systems(named, pairs, search, device, with_links=gold is not None)
    _warn_of_scripts(systems, pairs)
    references = [pair.target for pair in pairs]
    return compare([pair.source for pair in pairs], references, systems, gold=gold)


def told_apart(paths: Sequence[Path]) -> dict[str, Path]:
    """The paths by the shortest ends that tell them apart."""
    if len(paths) < 2:
        raise ConfigError(
            "there is nothing to compare with; give two model folders or files of translations at "
            "least. `qkv evaluate` scores one."
        )
    real = [path.resolve() for path in paths]
    for i, path in enumerate(paths):
        if real[i] in real[:i]:
            same = paths[real.index(real[i])]
            raise ConfigError(f"{same} and {path} are one and the same; name each system once.")
    parts = [path.absolute().parts for path in paths]
    for length in range(1, max(map(len, parts)) + 1):
        named = {str(Path(*each[-length:])): path for each, path in zip(parts, paths, strict=True)}
        if len(named) == len(paths):
            break
    return named


def read_pairs(
    source: Path | None, target: Path | None, data: list[Path] | None, columns: str | None
) -> list[Pair]:
    """All pairs, the empty ones too: translations and links have a line for each."""
    from qkv.data import DataFiles, read_parallel

    if data and not source and not target:
        files = DataFiles(data, columns)
        pairs = list(files.pairs())
        for note in files.notes:
            report(note)
        return pairs
    if data or columns or not source or not target:
        raise ConfigError("give --source and --target, or --data alone.")
    return read_parallel(source, target)


def _gold(path: Path, pairs: Sequence[Pair]) -> tuple[list[Links], list[Links]]:
    """Sure and possible links, a set of each for every pair."""
    from qkv.data.words import spans
    from qkv.evaluation import read_gold

    return read_gold(path, [(len(spans(pair.source)), len(spans(pair.target))) for pair in pairs])


def _systems(
    named: dict[str, Path], pairs: Sequence[Pair], search: Search, device: str, with_links: bool
) -> list[System]:
    """All files are read, and all models looked at, before the first model translates."""
    from qkv.evaluation import System
    from qkv.models.folder import read_config

    folders = {name: path for name, path in named.items() if path.is_dir()}
    for path in folders.values():
        if read_config(path).vision:
            raise ConfigError(f"{path}: this model captions pictures; qkv compare compares text.")
    files = {name: _lines(path, pairs) for name, path in named.items() if name not in folders}
    systems = []
    for name, path in named.items():
        if name in files:
            systems.append(System(name, files[name]))
        else:
            systems.append(_translated(name, path, pairs, search, device, with_links))
    return systems


def _lines(path: Path, pairs: Sequence[Pair]) -> list[str]:
    from qkv.data import read_lines

    lines = read_lines(path)
    if len(lines) != len(pairs):
        raise DataError(
            f"{path} has {len(lines):,} lines for {len(pairs):,} sentences; it needs one "
            "translation a sentence, line for line."
        )
    return lines


def _translated(
    name: str, path: Path, pairs: Sequence[Pair], search: Search, device: str, with_links: bool
) -> System:
    from qkv.evaluation import System, reference_links
    from qkv.pipeline import load_translator

    translator = load_translator(path, device=device)
    report(f"{name}: translating {len(pairs):,} sentences")
    sources, references = [pair.source for pair in pairs], [pair.target for pair in pairs]
    texts = [each.text for each in translator.translate(sources, search=search)]
    linked = with_links and not translator.one_vector
    return System(name, texts, reference_links(translator, sources, references) if linked else None)


def _warn_of_scripts(systems: Iterable[System], pairs: Sequence[Pair]) -> None:
    """Of translations in another script than the references': a model of the other direction?"""
    from qkv.evaluation import tokenizer_for

    wanted = tokenizer_for([pair.target for pair in pairs])
    for system in systems:
        kind = tokenizer_for(system.translations)
        if kind != wanted and any(any(map(str.isalpha, text)) for text in system.translations):
            report(
                f"{system.name}: its translations look like text for the tokenizer {kind}, the "
                f"references like text for {wanted}; all are scored with {wanted}. Does it "
                "translate into another language?"
            )


def _draw(comparison: Comparison, path: Path) -> None:
    from qkv.inspection import by_length_png

    bands = comparison.systems[0].by_length
    by_length_png(
        {each.name: [band.score(comparison.metric).value for band in each.by_length]
         for each in comparison.systems},
        [f"{band.label}\n{band.sentences:,}" for band in bands],
        path,
        x_label=f"source {bands[0].unit}, and how many sentences have so many",
        y_label=comparison.metric,
    )  # fmt: skip


def _record(comparison: Comparison, named: dict[str, Path]) -> dict[str, Any]:
    record = asdict(comparison)
    for system in record["systems"]:
        system["path"] = str(named[system["name"]])
    return record

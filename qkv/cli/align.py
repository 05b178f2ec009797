"""`qkv align`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from qkv.cli.compare import read_pairs
from qkv.cli.options import Device
from qkv.cli.trust import Trust, ask_to_trust
from qkv.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qkv.data import Pair
    from qkv.pipeline import Link

__all__ = ["align"]

PHARAOH, JSONL = "pharaoh", "jsonl"


def align(
    model: Annotated[Path, Argument(help="Model folder.")],
    source: Annotated[Path | None, Option(help="Sentences, one a line; gzip or not.")] = None,
    target: Annotated[Path | None, Option(help="Their translations, line for line.")] = None,
    data: Annotated[
        list[Path] | None,
        Option(help="Instead: TSV, CSV, JSONL, Parquet, TMX or XLIFF; may be repeated."),
    ] = None,
    columns: Annotated[
        str | None, Option(help="Its source and target by name or number, such as en,de.")
    ] = None,
    reverse: Annotated[
        Path | None, Option(help="Folder of a model that translates the other way.")
    ] = None,
    pick: Annotated[
        bool,
        Option("--pick", help="First pick heads of both models by how far they agree; keep them."),
    ] = False,
    method: Annotated[
        str,
        Option(
            help="soft, or make one of both directions: intersection, union, grow-diag-final-and."
        ),
    ] = "soft",
    threshold: Annotated[
        float | None, Option(help="Least confidence of a soft link; by default picked.")
    ] = None,
    rounds: Annotated[
        int, Option(help="Of learning from the pairs what translates what; 0: attention alone.")
    ] = 6,
    also: Annotated[
        list[Path] | None, Option(help="More pairs to learn from, as --data; they are not linked.")
    ] = None,
    subwords: Annotated[bool, Option("--subwords", help="Link model tokens, not words.")] = False,
    pretokenized: Annotated[
        bool, Option("--pretokenized", help="Both sides are tokens with spaces; link those.")
    ] = False,
    format_: Annotated[
        str, Option("--format", help="pharaoh: i-j; or jsonl, with confidences.")
    ] = PHARAOH,
    device: Device = "auto",
    trust: Trust = False,
) -> None:
    """Link the words of sentence pairs that exist already.

    Line for line, links i-j of source and target words from 0. The model reads each pair as if it
    had translated it so; a pair with an empty side has no links.
    """
    _check(format_, subwords, pretokenized, pick, reverse)
    for folder in filter(None, (model, reverse)):
        ask_to_trust(folder / "config.json", trust)
    from qkv.data import DataFiles, Pair, join_tokens
    from qkv.pipeline import Aligner, load_translator, save_heads

    pairs, words = read_pairs(source, target, data, columns), None
    if pretokenized:
        joined = [(join_tokens(pair.source), join_tokens(pair.target)) for pair in pairs]
        pairs = [Pair(one.text, other.text) for one, other in joined]
        words = [(one.spans, other.spans) for one, other in joined]
    backward = load_translator(reverse, device=device) if reverse else None
    aligner = Aligner(load_translator(model, device=device), backward, rounds)
    more = [*DataFiles(also, columns).pairs()] if also else []
    if pick:
        best = aligner.pick(pairs)
        for folder, heads in zip((model, reverse), best[:2], strict=True):
            assert folder is not None  # else pick has refused
            save_heads(folder, heads)
        _say(f"picked by agreement ({best.agreement:.3f}): {best.forward}; reverse {best.backward}")
    began = time.perf_counter()
    links = aligner.align(
        pairs, method=method, threshold=threshold, words=words, subwords=subwords, also=more
    )
    _print(pairs, links, format_)
    rate = len(links) / (time.perf_counter() - began)
    count = sum(map(len, links))
    _say(f"{len(links):,} pairs, {count:,} links, {rate:,.0f} pairs/s   {aligner.signature}")


def _check(
    format_: str, subwords: bool, pretokenized: bool, pick: bool, reverse: Path | None
) -> None:
    if format_ not in (PHARAOH, JSONL):
        raise ConfigError(f"--format must be {PHARAOH} or {JSONL}; got {format_!r}.")
    if subwords and pretokenized:
        raise ConfigError("--subwords and --pretokenized both say what links join; give one.")
    if pick and reverse is None:
        raise ConfigError("--pick goes by the agreement of both directions; give --reverse too.")


def _print(pairs: Sequence[Pair], links: Sequence[Sequence[Link]], format_: str) -> None:
    from qkv.evaluation import format_pharaoh
    from qkv.pipeline import links_record

    for pair, own in zip(pairs, links, strict=True):
        if format_ == PHARAOH:
            print(format_pharaoh(link[:2] for link in own))
            continue
        record = {"source": pair.source, "target": pair.target, **links_record(own)}
        print(json.dumps(record, ensure_ascii=False))


def _say(line: str) -> None:
    print(f"qkv: {line}", file=sys.stderr)

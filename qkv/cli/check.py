"""`qkv check`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from qkv.errors import ConfigError

if TYPE_CHECKING:
    from qkv.data.check import Text

__all__ = ["check"]


def check(
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
    test_source: Annotated[Path | None, Option(help="Test sentences.")] = None,
    test_target: Annotated[Path | None, Option(help="Their translations.")] = None,
    test_data: Annotated[list[Path] | None, Option(help="Instead: like --data.")] = None,
    test_tsv: Annotated[Path | None, Option(help="The same as --test-data, once.")] = None,
    longest: Annotated[int, Option(min=1, help="Tokens of a side that training takes.")] = 250,
    write: Annotated[Path | None, Option(help="Write the pairs without faults, a TSV.")] = None,
    json_: Annotated[bool, Option("--json", help="As JSON, with all line numbers.")] = False,
) -> None:
    """Look at parallel text before training: what is in it that should not be, and where.

    Lines that are shifted, duplicates, copies, wrong languages and scripts, lengths that do not go
    together, tags and numbers that differ, damaged characters, sentences of the validation and test
    texts. Whatever is found, the exit code is 0.
    """
    if columns and not any((data, tsv, valid_data, valid_tsv, test_data, test_tsv)):
        raise ConfigError("--columns belongs to --data; give it too.")
    train = _text("", source, target, _one("", data, tsv), columns)
    if train is None:
        raise ConfigError("give --source and --target, or --data alone.")
    valid = _text(
        "valid-", valid_source, valid_target, _one("valid-", valid_data, valid_tsv), columns
    )
    test = _text("test-", test_source, test_target, _one("test-", test_data, test_tsv), columns)
    held_out = {name: text for name, text in (("valid", valid), ("test", test)) if text}
    from qkv.data.check import as_dict, as_text, cleaned
    from qkv.data.check import check as look
    from qkv.files import check_writable, write_atomically

    if write:
        check_writable(write)
    report = look(train, held_out, longest)
    clean = cleaned(report, held_out, longest) if write else None
    if write and clean:
        rows = "".join(f"{pair.source}\t{pair.target}\n" for pair in clean.pairs)
        write_atomically(write, lambda path: path.write_bytes(rows.encode("utf-8")))
    if json_:
        record: dict[str, Any] = as_dict(report)
        if clean:
            record["written"] = {"path": str(write), **clean.as_dict()}
        print(json.dumps(record, ensure_ascii=False))
        return
    for line in as_text(report):
        print(line)
    if clean:
        print(f"\n{write}: {clean.as_text()}")


def _one(prefix: str, data: list[Path] | None, tsv: Path | None) -> list[Path] | Path | None:
    if data and tsv:
        raise ConfigError(f"--{prefix}data and --{prefix}tsv are one thing; give one of them.")
    return data or tsv


def _text(
    prefix: str,
    source: Path | None,
    target: Path | None,
    data: list[Path] | Path | None,
    columns: str | None,
) -> Text | None:
    """What was named, read; None if nothing was."""
    from qkv.data.check import read_data, read_sides

    if data and not (source or target):
        text = read_data(data if isinstance(data, list) else [data], columns)
    elif source and target and not data:
        text = read_sides(source, target)
    elif source or target or data:
        raise ConfigError(f"give --{prefix}source and --{prefix}target, or --{prefix}data alone.")
    else:
        return None
    for note in text.notes:
        print(note, file=sys.stderr)
    return text

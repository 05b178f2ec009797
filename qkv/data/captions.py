"""Pictures with captions, from TSV or JSONL; several captions a picture."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from os import fsencode
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from qkv.data.corpora import Kept, read_lines
from qkv.errors import DataError
from qkv.files import write_atomically

__all__ = ["Captioned", "hold_out_pictures", "read_captions", "write_captions"]


T = TypeVar("T")


@dataclass(frozen=True)
class Captioned:
    """A picture's file and all its captions."""

    picture: Path
    captions: tuple[str, ...]


def read_captions(path: str | Path, root: str | Path | None = None) -> Kept[Captioned]:
    """Pictures in the order in which they first stand there; empty captions are left out, counted.

    White space in a caption, line breaks of JSONL too, becomes one space.

    TSV: the first column is the picture, the last one its caption; no header, a caption a line.
    JSONL (by the name's ending): {"image": …, "caption": …} or {"image": …, "captions": […]}.

    Args:
        root: folder of the pictures; by default the file's own.
    Raises:
        DataError: as `read_lines`; a line that is neither, with its number; nothing to use.
    """
    path = Path(path)
    root = path.parent if root is None else Path(root)
    name = path.name.lower().removesuffix(".gz")
    read = _read_object if name.endswith(".jsonl") else _read_columns
    found: dict[Path, list[str]] = {}
    skipped = 0
    for number, line in enumerate(read_lines(path), 1):
        if line.strip():
            picture, captions = read(line, f"{path}, line {number}")
            filled = [" ".join(caption.split()) for caption in captions if caption.strip()]
            skipped += len(captions) - len(filled)
            if filled:
                found.setdefault(root / picture, []).extend(filled)
    if not found:
        raise DataError(f"{path}: no picture with a caption.")
    pictures = [Captioned(picture, tuple(captions)) for picture, captions in found.items()]
    return Kept(pictures, {"empty caption": skipped} if skipped else {})


def hold_out_pictures(
    pictures: Sequence[T], seed: int, at_most: int = 1000
) -> tuple[list[T], list[T]]:
    """Split into (train, valid), both in order; valid is a tenth of the pictures or `at_most`.

    Raises:
        DataError: there is one picture only.
    """
    if len(pictures) < 2:
        raise DataError(
            "a single picture cannot be held out for validation; name validation files."
        )
    count = max(1, min(at_most, len(pictures) // 10))
    held = set(Random(seed).sample(range(len(pictures)), count))
    train = [each for i, each in enumerate(pictures) if i not in held]
    return train, [each for i, each in enumerate(pictures) if i in held]


def write_captions(path: Path, pictures: Iterable[Captioned]) -> None:
    """JSONL that `read_captions` reads from anywhere: pictures by absolute path."""
    text = "".join(
        f"{_json({'image': str(each.picture.absolute()), 'captions': each.captions})}\n"
        for each in pictures
    )
    write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))


def _read_columns(line: str, where: str) -> tuple[str, list[str]]:
    columns = line.split("\t")
    if len(columns) < 2 or not columns[0].strip():
        raise DataError(f"{where}: needs a picture, a tab and its caption.")
    return columns[0].strip(), [columns[-1]]


def _read_object(line: str, where: str) -> tuple[str, list[str]]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: not JSON ({error}).") from None
    picture = record.get("image") if isinstance(record, dict) else None
    captions = list(_captions(record)) if isinstance(record, dict) else []
    if (
        not isinstance(picture, str)
        or not captions
        or not all(isinstance(c, str) for c in captions)
    ):
        raise DataError(
            f'{where}: needs {{"image": "a.jpg", "caption": "…"}} or "captions" with a list.'
        )
    try:  # JSON can write half of a character (\\ud800), which no file can hold
        "".join(captions).encode()
        fsencode(picture)  # where some stand for bytes of a name that is not UTF-8
    except UnicodeEncodeError:
        raise DataError(f"{where}: has half of a character (a lone surrogate).") from None
    return picture, captions


def _json(record: dict[str, Any]) -> str:
    """In letters where all of them can be printed; names that are not UTF-8 cannot."""
    line = json.dumps(record, ensure_ascii=False)
    return line if line.isprintable() else json.dumps(record)


def _captions(record: dict[str, Any]) -> Iterator[Any]:
    if "caption" in record:
        yield record["caption"]
    several = record.get("captions", [])
    yield from several if isinstance(several, list) else [None]

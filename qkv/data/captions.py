"""Pictures with captions, from TSV or JSONL; a picture may have several."""

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
    """Pictures in order of first appearance; empty captions are left out and counted.

    Each run of white space in a caption, line breaks included, becomes one space.

    TSV: the first column is the picture, the last its caption; no header, one caption per line.
    JSONL (if the file's name says so): {"image": …, "caption": …} or {"image": …, "captions": […]}.

    Args:
        root: folder of the pictures; by default the file's own.
    Raises:
        DataError: as `read_lines`; or a line in neither form; or no picture has a caption.
    """
    path = Path(path)
    root = path.parent if root is None else Path(root)
    name = path.name.lower().removesuffix(".gz")
    read = _read_object if name.endswith(".jsonl") else _read_columns
    by_picture: dict[Path, list[str]] = {}
    skipped = 0
    for number, line in enumerate(read_lines(path), 1):
        if line.strip():
            picture, captions = read(line, f"{path}, line {number}")
            filled = [" ".join(caption.split()) for caption in captions if caption.strip()]
            skipped += len(captions) - len(filled)
            if filled:
                by_picture.setdefault(root / picture, []).extend(filled)
    if not by_picture:
        raise DataError(f"{path}: no picture with a caption.")
    pictures = [Captioned(picture, tuple(captions)) for picture, captions in by_picture.items()]
    return Kept(pictures, {"empty caption": skipped} if skipped else {})


def hold_out_pictures(
    pictures: Sequence[T], seed: int, at_most: int = 1000
) -> tuple[list[T], list[T]]:
    """Split into (train, valid), both in order; valid is a tenth of the pictures or `at_most`.

    Raises:
        DataError: there is only one picture.
    """
    if len(pictures) < 2:
        raise DataError(
            "a single picture cannot be held out for validation; name validation files."
        )
    count = max(1, min(at_most, len(pictures) // 10))
    held = set(Random(seed).sample(range(len(pictures)), count))
    train = [picture for i, picture in enumerate(pictures) if i not in held]
    return train, [picture for i, picture in enumerate(pictures) if i in held]


def write_captions(path: Path, pictures: Iterable[Captioned]) -> None:
    """JSONL that `read_captions` can read from any folder: picture paths are absolute."""
    text = "".join(
        f"{_json({'image': str(item.picture.absolute()), 'captions': item.captions})}\n"
        for item in pictures
    )
    write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))


def _read_columns(line: str, where: str) -> tuple[str, list[str]]:
    columns = line.split("\t")
    if len(columns) < 2 or not columns[0].strip():
        raise DataError(f"{where}: needs a picture, a tab and a caption.")
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
    try:  # JSON can spell half of a character (\\ud800), which no file can hold
        "".join(captions).encode()
        fsencode(picture)  # in a name that is not UTF-8 some stand for bytes
    except UnicodeEncodeError:
        raise DataError(f"{where}: contains half of a character (a lone surrogate).") from None
    return picture, captions


def _json(record: dict[str, Any]) -> str:
    """Unescaped where every character can be printed; a name that is not UTF-8 is escaped."""
    line = json.dumps(record, ensure_ascii=False)
    return line if line.isprintable() else json.dumps(record)


def _captions(record: dict[str, Any]) -> Iterator[Any]:
    if "caption" in record:
        yield record["caption"]
    several = record.get("captions", [])
    yield from several if isinstance(several, list) else [None]

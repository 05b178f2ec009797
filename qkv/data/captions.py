"""Pictures with captions, from TSV or JSONL; a picture may have several."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from os import fsencode
from pathlib import Path
from random import Random
from typing import Any, TypeAlias, TypeVar

from qkv.data import spreadsheet
from qkv.data.corpora import Kept, iter_lines
from qkv.data.holdout import balanced
from qkv.data.invisible import visible
from qkv.errors import DataError
from qkv.files import write_atomically

__all__ = ["Captioned", "hold_out_pictures", "json_line", "read_captions", "write_captions"]


T = TypeVar("T")
Row: TypeAlias = list[str]  # a picture's name, its captions


@dataclass(frozen=True)
class Captioned:
    """A picture's file and all its captions."""

    picture: Path
    captions: tuple[str, ...]


def read_captions(path: str | Path, root: str | Path | None = None) -> Kept[Captioned]:
    """Pictures in order of first appearance; empty captions are left out and counted.

    In a caption each run of white space, line breaks included, becomes one space, and characters
    that show nothing are dropped.

    TSV: the first column is the picture, the last its caption, one caption per line. A first row
    that names the columns is skipped, and a spreadsheet's quotes are taken away.
    JSONL (if the file's name says so): {"image": …, "caption": …} or {"image": …, "captions": […]}.

    Args:
        root: folder of the pictures; by default the file's own.
    Raises:
        DataError: as `read_lines`; or a line in neither form; or no picture has a caption.
    """
    path = Path(path)
    root = path.parent if root is None else Path(root)
    skipped: dict[str, int] = {}
    if path.name.lower().removesuffix(".gz").endswith(".jsonl"):
        rows, notes = list(_rows(path, _object)), []
    else:
        rows, notes = _table(path, root, skipped)
    by_picture: dict[Path, list[str]] = {}
    for name, *captions in rows:
        filled = [text for caption in captions if (text := " ".join(visible(caption).split()))]
        if len(filled) < len(captions):
            empty = skipped.get("empty caption", 0)
            skipped["empty caption"] = empty + len(captions) - len(filled)
        if filled:
            by_picture.setdefault(root / name, []).extend(filled)
    if not by_picture:
        raise DataError(f"{path}: no picture with a caption.")
    pictures = [Captioned(picture, tuple(captions)) for picture, captions in by_picture.items()]
    return Kept(pictures, skipped, tuple(notes))


def hold_out_pictures(
    pictures: Sequence[T],
    seed: int,
    at_most: int = 1000,
    *,
    keys: Sequence[str] = (),
    captions: Sequence[Iterable[str]] = (),
) -> tuple[list[T], list[T]]:
    """Split into (train, valid), both in order; valid is a tenth of the pictures or `at_most`.

    They are drawn at random; where that leaves copies of one picture in both parts, or a caption of
    a hundredth of the pictures and of ten at least (a label) in one alone, by `holdout.balanced`.

    Args:
        keys: of each picture, what its copies have in common. captions: of each, all.
    Raises:
        DataError: there is only one picture, or nothing but copies of a few.
    """
    goal = max(1, min(at_most, len(pictures) // 10))
    several = [set(texts) for texts in captions] or [set[str]()] * len(pictures)
    labels = _labels(several)
    items = [
        (("source", key), *(("target", text) for text in sorted(texts & labels)))
        for key, texts in zip(keys or map(str, range(len(pictures))), several, strict=True)
    ]
    held = set(Random(seed).sample(range(len(items)), min(goal, len(items))))
    inside = {sentence for i in held for sentence in items[i]}
    outside = {sentence for i in range(len(items)) if i not in held for sentence in items[i]}
    both = [("target", label) for label in sorted(labels)]
    if inside & outside != set(both):
        held = balanced(items, both, goal, seed)
    if not held or len(held) == len(pictures):
        raise DataError(
            "no picture can be held out for validation: there is one, or copies of too few; name "
            "validation files."
        )
    train = [picture for i, picture in enumerate(pictures) if i not in held]
    return train, [picture for i, picture in enumerate(pictures) if i in held]


def _labels(captions: Sequence[Collection[str]]) -> set[str]:
    counts = Counter(text for texts in captions for text in texts)
    return {text for text, count in counts.items() if count >= max(10, len(captions) / 100)}


def write_captions(path: Path, pictures: Iterable[Captioned]) -> None:
    """JSONL that `read_captions` can read from any folder: picture paths are absolute."""
    text = "".join(
        f"{json_line({'image': str(item.picture.absolute()), 'captions': item.captions})}\n"
        for item in pictures
    )
    write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))


def _rows(path: Path, read: Callable[[str, str], Row]) -> Iterator[Row]:
    """Of each line that is not blank."""
    for number, line in enumerate(iter_lines(path), 1):
        if visible(line).strip():
            yield read(line, f"{path}, line {number}")


def _table(path: Path, root: Path, skipped: dict[str, int]) -> tuple[list[Row], list[str]]:
    """The rows of a TSV as text, and what should be known of it."""
    rows, notes = list(_rows(path, _columns)), []
    if spreadsheet.quoted(rows):
        notes.append("cells are in quotes, as spreadsheets export them; read without")
        rows = [spreadsheet.unquoted(row) for row in rows]
    if spreadsheet.is_header(rows[:2]):
        skipped["header row"] = 1
        del rows[0]
    return [[_name(root, name), caption] for name, caption in rows], notes


def _name(root: Path, name: str) -> str:
    """Spaces around it belong to it if there is such a file."""
    bare = name.strip()
    return name if bare == name or os.path.lexists(root / name) else bare


def _columns(line: str, where: str) -> Row:
    columns = line.split("\t")
    if len(columns) < 2 or not columns[0].strip():
        raise DataError(f"{where}: needs a picture, a tab and a caption.")
    return [columns[0], columns[-1]]


def _object(line: str, where: str) -> Row:
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
    return [picture, *captions]


def json_line(record: dict[str, Any]) -> str:
    """Unescaped where every character can be printed; a name that is not UTF-8 is escaped."""
    line = json.dumps(record, ensure_ascii=False)
    return line if line.isprintable() else json.dumps(record)


def _captions(record: dict[str, Any]) -> Iterator[Any]:
    if "caption" in record:
        yield record["caption"]
    several = record.get("captions", [])
    yield from several if isinstance(several, list) else [None]

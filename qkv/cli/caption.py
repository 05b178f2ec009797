"""`qkv caption`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from typer import Argument, Option

from qkv.cli.bulk import Bulk, Columns, ImageRoot, in_bulk
from qkv.cli.options import Device, searching
from qkv.errors import ConfigError, DataError
from qkv.search import Search

if TYPE_CHECKING:
    import numpy as np

    from qkv.pipeline import Caption

__all__ = ["caption"]


class _Opened(NamedTuple):
    """A picture's file, and its width and height in pixels."""

    path: Path
    size: tuple[int, int]


@searching("max_ratio")
@in_bulk(
    "caption", "Instead, any number of pictures: their folder, or a list as of qkv train.",
    "model", "columns", "image_root", "device",
)  # fmt: skip
def caption(
    model: Annotated[Path, Argument(help="Model folder.")],
    pictures: Annotated[list[Path] | None, Argument(help="Pictures.")] = None,
    *,
    search: Search,
    skip_bad: Annotated[
        bool, Option("--skip-bad", help="Name pictures that cannot be used, and go on.")
    ] = False,
    format_: Annotated[str, Option("--format", help="text or jsonl.")] = "text",
    bulk: Bulk,
    columns: Columns = None,
    image_root: ImageRoot = None,
    device: Device = "auto",
) -> None:
    """Say what is in pictures: a line each, its file, a tab and the caption.

    Those of --input are captioned in several processes, part by part, into files of the folder
    --out. The same command goes on with it after it was stopped or killed.
    """
    if bulk.input:
        from qkv.bulk import Captioning

        work = Captioning(model.absolute(), bulk.root(image_root), search, device)
        bulk.run(work, bulk.names(columns))
        return
    if not pictures:
        raise ConfigError("name pictures, or a folder or list of them with --input.")
    if format_ not in ("text", "jsonl"):
        raise ConfigError(f"--format must be text or jsonl; got {format_!r}.")
    if format_ == "text":
        _check_names(pictures)
    if not skip_bad:
        _check_there(pictures)
    from qkv.machine import settle_to_search
    from qkv.pipeline import load_captioner

    settle_to_search()
    captioner = load_captioner(model, device=device)
    opened: list[_Opened] = []
    squares = _squares(pictures, captioner.config.picture, skip_bad, opened)
    for number, result in enumerate(captioner.of_squares(squares, search)):
        picture = opened[number]
        if format_ == "jsonl":
            record = {"image": str(picture.path), **result.as_dict()}
            record["looked_at"] = None if captioner.one_vector else _looked_at(result, picture.size)
            print(json.dumps(record, ensure_ascii=False))
        else:
            for one in (result, *result.alternatives):
                print(f"{picture.path}\t{one.text}")
        sys.stdout.flush()
    if not opened:
        raise DataError("no picture can be used.")


def _check_names(pictures: list[Path]) -> None:
    """Each picture is a line and a column of it, and is to be read again, by `--images`."""
    for name in map(str, pictures):
        if "\t" in name or len(name.splitlines()) > 1:
            raise DataError(f"{name!r}: has a tab or a line break in its name; use --format jsonl.")


def _check_there(pictures: list[Path]) -> None:
    """Before the model is loaded; what their files hold is seen when they are read."""
    from qkv.data.pictures import read_bytes

    for path in pictures:
        if not os.access(path, os.R_OK) or path.is_dir():
            read_bytes(path)  # it says what is wrong


def _squares(
    paths: list[Path], side: int, skip: bool, opened: list[_Opened]
) -> Iterator[tuple[Path, np.ndarray]]:
    """Each at the encoder's size, so that large ones are not held; which they are, to `opened`."""
    from qkv.data.pictures import read_picture, squared

    for path in paths:
        try:
            picture = read_picture(path)
            square = squared(picture, side)
        except DataError as error:
            if not skip:
                raise
            print(f"skipped {error}", file=sys.stderr, flush=True)
            continue
        opened.append(_Opened(path, picture.size))
        yield path, square


def _looked_at(caption: Caption, size: tuple[int, int]) -> list[dict[str, Any]]:
    """Each word's strongest region: its weight, and its box in pixels."""
    boxes = caption.boxes(size)
    return [
        {"word": word, "weight": float(row.max()), "box": boxes[row.argmax()].tolist()}
        for word, row in zip(*caption.words(), strict=True)
    ]

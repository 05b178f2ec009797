"""`qkv caption`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from typer import Argument, Option

from qkv.errors import ConfigError, DataError

if TYPE_CHECKING:
    import numpy as np

    from qkv.pipeline import Caption

__all__ = ["caption"]

TOGETHER = 32  # pictures that are captioned and printed at once


class _Opened(NamedTuple):
    """A picture's file, its width and height in pixels, and it as the encoder takes it."""

    path: Path
    size: tuple[int, int]
    square: np.ndarray


def caption(
    model: Annotated[Path, Argument(help="Model folder.")],
    pictures: Annotated[list[Path], Argument(help="Pictures.")],
    beam: Annotated[int, Option(help="Hypotheses kept a picture; 1 is greedy.")] = 5,
    nbest: Annotated[int, Option(help="Different captions a picture, at most --beam.")] = 1,
    length_penalty: Annotated[float, Option(help="α: score = log P / ((5 + length) / 6)^α.")] = 1.0,
    max_length: Annotated[
        int | None,
        Option(help="Tokens of a caption, its end counted; by default as trained on."),
    ] = None,
    skip_bad: Annotated[
        bool, Option("--skip-bad", help="Name pictures that cannot be used, and go on.")
    ] = False,
    format_: Annotated[str, Option("--format", help="text or jsonl.")] = "text",
) -> None:
    """Say what is in pictures: a line each, its file, a tab and the caption."""
    if format_ not in ("text", "jsonl"):
        raise ConfigError(f"--format must be text or jsonl; got {format_!r}.")
    if format_ == "text":
        _check_names(pictures)
    from qkv.pipeline import load_captioner

    captioner = load_captioner(model)
    search = {
        "beam": beam,
        "nbest": nbest,
        "length_penalty": length_penalty,
        "max_length": max_length,
    }
    opened = _opened(pictures, captioner.config.picture, skip_bad)
    done = 0
    while part := list(islice(opened, TOGETHER)):
        paths, _, squares = zip(*part, strict=True)
        found = captioner.of_regions(captioner.regions(squares, paths), **search)
        for picture, each in zip(part, found, strict=True):
            if format_ == "jsonl":
                told = _record(each, picture.size, captioner.one_vector)
                print(json.dumps({"image": str(picture.path), **told}, ensure_ascii=False))
            else:
                for one in (each, *each.alternatives):
                    print(f"{picture.path}\t{one.text}")
        sys.stdout.flush()
        done += len(part)
    if not done:
        raise DataError("no picture can be used.")


def _check_names(pictures: list[Path]) -> None:
    """Each picture is a line and a column of it, and is to be read again, by `--images`."""
    for name in map(str, pictures):
        if "\t" in name or len(name.splitlines()) > 1:
            raise DataError(f"{name!r}: has a tab or a line break in its name; use --format jsonl.")


def _opened(paths: list[Path], side: int, skip: bool) -> Iterator[_Opened]:
    """Each at the encoder's size, so that large ones are not held."""
    from qkv.data.pictures import read_picture, squared

    for path in paths:
        try:
            picture = read_picture(path)
            yield _Opened(path, picture.size, squared(picture, side))
        except DataError as error:
            if not skip:
                raise
            print(f"skipped {error}", file=sys.stderr, flush=True)


def _record(caption: Caption, size: tuple[int, int], one_vector: bool) -> dict[str, Any]:
    return {
        "caption": caption.text,
        "score": caption.score,
        "log_probability": caption.log_probability,
        "tokens": caption.tokens,
        "looked_at": None if one_vector else _looked_at(caption, size),
        "alternatives": [
            {"caption": each.text, "score": each.score, "log_probability": each.log_probability}
            for each in caption.alternatives
        ],
    }


def _looked_at(caption: Caption, size: tuple[int, int]) -> list[dict[str, Any]]:
    """Each word's strongest region: its weight, and its box in pixels."""
    boxes = caption.boxes(size)
    return [
        {"word": word, "weight": float(row.max()), "box": boxes[row.argmax()].tolist()}
        for word, row in zip(*caption.words(), strict=True)
    ]

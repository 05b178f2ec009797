"""`qkv show`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from qkv.errors import DataError

if TYPE_CHECKING:
    from qkv.pipeline import Translation

__all__ = ["in_colour", "picture", "show"]


def show(
    model: Annotated[Path, Argument(help="Model folder.")],
    sentence: Annotated[str, Argument(help="What to translate.")],
    self_: Annotated[
        bool, Option("--self", help="Self-attention over the source instead of cross-attention.")
    ] = False,
    layer: Annotated[int | None, Option(help="From 0; the last by default.")] = None,
    head: Annotated[int | None, Option(help="From 0; the mean by default.")] = None,
    beam: Annotated[int, Option(help="Hypotheses kept; 1 is greedy.")] = 5,
    png: Annotated[Path | None, Option(help="Also draw it: .png, .svg or .pdf.")] = None,
) -> None:
    """Translate a sentence and show what each word attended to, as a heat map."""
    if not sentence.strip():
        raise DataError("the sentence is empty; give some words to translate.")
    from qkv.files import check_writable
    from qkv.pipeline import load

    if png:
        check_writable(png)
    [translation] = load(model).translate([sentence], beam=beam)
    kind = "encoder" if self_ else "cross"
    drawn = picture(translation, kind, layer=layer, head=head, png=png, colour=in_colour())
    print(f"{translation.text}\n\n{drawn}")


def picture(
    translation: Translation,
    kind: str,
    *,
    layer: int | None = None,
    head: int | None = None,
    png: Path | None,
    colour: bool,
) -> str:
    """The heat map as text, and as a picture in `png`."""
    from qkv.inspection import heatmap_png, heatmap_text

    weights = translation.attention.matrix(kind, layer=layer, head=head)
    columns = [token.text for token in translation.source_tokens]
    rows, title = [token.text for token in translation.tokens], translation.text
    if kind == "encoder":
        rows, title = columns, translation.source
    if png:
        heatmap_png(weights, rows, columns, png, title=title)
    return heatmap_text(weights, rows, columns, colour=colour)


def in_colour() -> bool:
    """Does standard output take colours?"""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"

"""`qkv show`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from qkv.cli.options import Device, searching
from qkv.errors import ConfigError, DataError
from qkv.search import Search

if TYPE_CHECKING:
    from qkv.pipeline import Captioner, Translation, Translator

__all__ = ["captioned", "in_colour", "picture", "show", "translated"]


@searching("nbest")
def show(
    model: Annotated[Path, Argument(help="Model folder.")],
    source: Annotated[str, Argument(help="What to translate, or the picture to caption.")],
    self_: Annotated[
        bool, Option("--self", help="Self-attention over the source instead of cross-attention.")
    ] = False,
    layer: Annotated[int | None, Option(help="From 0; the last by default.")] = None,
    head: Annotated[int | None, Option(help="From 0; the mean by default.")] = None,
    *,
    search: Search,
    png: Annotated[Path | None, Option(help="Also draw it: .png, .svg or .pdf.")] = None,
    words: Annotated[bool, Option("--words", help="Words instead of tokens.")] = False,
    scale: Annotated[
        str,
        Option(help="Shades up to the largest weight (max), to each row's own (row), or in log."),
    ] = "max",
    device: Device = "auto",
) -> None:
    """Translate a sentence, or caption a picture, and show what each word attended to."""
    if not source.strip():
        raise DataError("the sentence is empty; give some words to translate.")
    from qkv.files import check_writable
    from qkv.inspection import check_scale, checked_format
    from qkv.models import attention_heads
    from qkv.models.folder import read_config
    from qkv.pipeline import Captioner, layer_and_head, load

    check_scale(scale)
    if png:
        checked_format(png)
        check_writable(png)
    config, kind = read_config(model), "encoder" if self_ else "cross"
    of_text = self_ or words or scale != "max" or layer is not None or head is not None
    if of_text and config.vision:
        raise ConfigError(
            f"{model} captions pictures: --self, --layer, --head, --words and --scale are for text."
        )
    layer_and_head(attention_heads(config), kind, layer, head)
    loaded = load(model, device=device)
    if isinstance(loaded, Captioner):
        text, drawn = captioned(loaded, Path(source), search=search, png=png, colour=in_colour())
    else:
        translation = translated(loaded, source, search)
        text = translation.text
        drawn = picture(
            translation,
            kind,
            layer=layer,
            head=head,
            png=png,
            colour=in_colour(),
            words=words,
            scale=scale,
        )
    print(f"{text}\n\n{drawn}")


def translated(translator: Translator, source: str, search: Search) -> Translation:
    """The translation; where the source is unlike the training text, a line says so."""
    [translation] = translator.translate([source], search=search)
    if clauses := translator.unlike_training(translation):
        print(f"qkv: unlike the training text: {'; '.join(clauses)}.", file=sys.stderr)
    return translation


def captioned(
    captioner: Captioner, path: Path, *, search: Search, png: Path | None, colour: bool
) -> tuple[str, str]:
    """The caption, and where the model looked for each of its words; as a picture in `png`."""
    from qkv.data.pictures import read_picture
    from qkv.inspection import regions_png, regions_text

    shown = read_picture(path)
    [caption] = captioner.caption([shown], search=search)
    if not caption.text:
        raise DataError(f"{path}: its caption is empty, so there is nothing to show.")
    (words, looked), boxes = caption.words(), caption.boxes(shown.size)
    if png:
        regions_png(shown, words, looked, boxes, png, title=caption.text)
    return caption.text, regions_text(words, looked, boxes, colour=colour)


def picture(
    translation: Translation,
    kind: str,
    *,
    layer: int | None = None,
    head: int | None = None,
    png: Path | None,
    colour: bool,
    words: bool = False,
    scale: str = "max",
) -> str:
    """The heat map as text, and as a picture in `png`; of `words`, or of the model's tokens."""
    from qkv.inspection import heatmap_png, heatmap_text, in_words, merged

    weights = translation.attention.matrix(kind, layer=layer, head=head)
    source = translation.source_tokens, translation.source
    sides = [source if kind == "encoder" else (translation.tokens, translation.text), source]
    rows, columns = ([token.text for token in tokens] for tokens, _ in sides)
    if words:
        groups = [in_words(tokens, text) for tokens, text in sides]
        weights = merged(weights, *groups)
        rows, columns = ([word for word, _ in side] for side in groups)
    if png:
        heatmap_png(weights, rows, columns, png, title=sides[0][1], scale=scale)
    return heatmap_text(weights, rows, columns, colour=colour, scale=scale)


def in_colour() -> bool:
    """Does standard output take colours?"""
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )

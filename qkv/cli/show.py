"""`qkv show`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

from typer import Argument, Option

from qkv.cli.drawing import Shown, check_figure, draw, draw_film
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
    svg: Annotated[Path | None, Option(help="Also draw it as .svg, whose text is text.")] = None,
    as_: Annotated[
        str, Option("--as", help="What is drawn: heatmap, heads, links, shaded or film.")
    ] = "heatmap",
    words: Annotated[bool, Option("--words", help="Words instead of tokens.")] = False,
    scale: Annotated[
        str,
        Option(help="Shades up to the largest weight (max), to each row's own (row), or in log."),
    ] = "max",
    device: Device = "auto",
) -> None:
    """Translate a sentence, or caption a picture, and show what each word attended to.

    --as heads draws all heads of all layers; links, lines between the words; shaded, the source's
    words shaded for each word of the translation; film, one map for each validation of the training
    whose weights --keep-checkpoints kept.
    """
    if not source.strip():
        raise DataError("the sentence is empty; give some words to translate.")
    shown = Shown("encoder" if self_ else "cross", layer, head, words, scale)
    files = _files(png, svg)
    _check(model, shown, as_, files)
    from qkv.pipeline import Captioner, load

    loaded = load(model, device=device)
    if isinstance(loaded, Captioner):
        text, drawn = captioned(
            loaded, Path(source), search=search, files=files, colour=in_colour()
        )
    else:
        translation = translated(loaded, source, search)
        text, figures = translation.text, files if as_ != "film" else []
        drawn = picture(translation, shown, figure=as_, files=figures, colour=in_colour())
        if as_ == "film":
            seen = _at_each_step(model, source, search, device)
            for path in files:
                draw_film(seen, shown, path)
    print(f"{text}\n\n{drawn}")


def _files(png: Path | None, svg: Path | None) -> list[Path]:
    """What to draw into; refused if it cannot be."""
    from qkv.files import check_writable
    from qkv.inspection import checked_format

    if svg and svg.suffix.lower() != ".svg":
        raise ConfigError(f"{svg}: the name of an --svg must end in .svg.")
    files = [path for path in (png, svg) if path]
    for path in files:
        checked_format(path)
        check_writable(path)
    return files


def _check(model: Path, shown: Shown, figure: str, files: Sequence[Path]) -> None:
    """Refuse what can be refused before the model is loaded."""
    from qkv.inspection import check_scale
    from qkv.models import attention_heads
    from qkv.models.folder import read_config
    from qkv.pipeline import layer_and_head

    check_scale(shown.scale)
    config = read_config(model)
    if config.vision and (shown != Shown() or figure != "heatmap"):
        raise ConfigError(
            f"{model} captions pictures: --self, --layer, --head, --words, --scale and --as are "
            "for text."
        )
    layer_and_head(attention_heads(config), shown.kind, shown.layer, shown.head)
    check_figure(figure, shown, model, files=bool(files))


def _at_each_step(model: Path, source: str, search: Search, device: str) -> dict[int, Translation]:
    """What the model said at each validation whose weights were kept."""
    from qkv.models.folder import validated_steps
    from qkv.pipeline import load

    seen = {}
    for step in validated_steps(model):
        translator = cast("Translator", load(model, device=device, step=step))
        [seen[step]] = translator.translate([source], search=search)
    return seen


def translated(translator: Translator, source: str, search: Search) -> Translation:
    """The translation; where the source is unlike the training text, a line says so."""
    [translation] = translator.translate([source], search=search)
    if clauses := translator.unlike_training(translation):
        print(f"qkv: unlike the training text: {'; '.join(clauses)}.", file=sys.stderr)
    return translation


def captioned(
    captioner: Captioner, path: Path, *, search: Search, files: Sequence[Path], colour: bool
) -> tuple[str, str]:
    """The caption, and where the model looked for each of its words; as a picture in `files`."""
    from qkv.data.pictures import read_picture
    from qkv.inspection import regions_png, regions_text

    shown = read_picture(path)
    [caption] = captioner.caption([shown], search=search)
    if not caption.text:
        raise DataError(f"{path}: its caption is empty, so there is nothing to show.")
    (words, looked), boxes = caption.words(), caption.boxes(shown.size)
    for file in files:
        regions_png(shown, words, looked, boxes, file, title=caption.text)
    return caption.text, regions_text(words, looked, boxes, colour=colour)


def picture(
    translation: Translation,
    shown: Shown,
    *,
    figure: str = "heatmap",
    files: Sequence[Path],
    colour: bool,
) -> str:
    """The heat map as text, and the figure in `files`."""
    from qkv.inspection import heatmap_text

    for path in files:
        draw(figure, translation, shown, path)
    rows, columns = ([label for label, _ in side] for side in shown.sides(translation))
    weights = shown.matrix(translation)
    return heatmap_text(weights, rows, columns, colour=colour, scale=shown.scale)


def in_colour() -> bool:
    """Does standard output take colours?"""
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )

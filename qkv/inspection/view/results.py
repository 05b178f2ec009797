"""The view of a translation or a caption."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qkv.data.pictures import checked, read_picture
from qkv.inspection.view import maps
from qkv.inspection.view.maps import Layer, Map
from qkv.inspection.view.sides import Side, named_side, read_side, side

if TYPE_CHECKING:
    from PIL.Image import Image

    from qkv.pipeline import Attention, Caption, Translation

__all__ = ["View", "caption_view", "shortened", "translation_view", "view_of"]

View = dict[str, Any]

LONGEST_SIDE = 640  # pixels of a picture that is shown
QUALITY = 85
LONGEST_TITLE = 100  # characters


def translation_view(
    translation: Translation,
    *,
    model: Mapping[str, Any] | None = None,
    gold: Mapping[str, Any] | None = None,
    title: str | None = None,
) -> View:
    """What is to be shown of a translation: see docs/report.md for the parts of a view.

    Args:
        model: its "name", and its "parts" as `model_note` has them, or a "description".
        gold: links drawn by hand, "sure" and "possible", with the model's own "links" and "aer".
        title: the beginning of the source by default.
    Raises:
        ConfigError: the translation has come without its model.
        DataError: a sentence too long to hold its weights.
    """
    target = _target(translation)
    source = side("source", translation.source, translation.source_tokens)
    title = shortened(translation.source) if title is None else title
    shown = {"title": title, "model": model, "gold": gold}
    return _view(translation, [source, target], shown)


def caption_view(
    caption: Caption,
    picture: Image | str | Path,
    *,
    model: Mapping[str, Any] | None = None,
    title: str | None = None,
) -> View:
    """The same of a caption: the columns are regions, row by row, with boxes in the picture.

    Raises:
        ConfigError: the caption has come without its model.
        DataError: the picture cannot be used. MissingExtra: Pillow is not installed.
    """
    names = [f"{y + 1},{x + 1}" for y in range(caption.grid) for x in range(caption.grid)]
    title = shortened(caption.text) if title is None else title
    shown = {"title": title, "model": model, "picture": _picture(picture, caption)}
    return _view(caption, [named_side("regions", names), _target(caption)], shown)


def shortened(text: str) -> str:
    """What a title has room for."""
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}…"


def _target(result: Translation | Caption) -> Side:
    probabilities = [float(p) for p in result.attention.probabilities]
    return side("target", result.text, result.tokens, probabilities)


def _view(result: Translation | Caption, sides: list[Side], shown: dict[str, Any]) -> View:
    attention = result.attention
    sentences = attention.sentences or (attention,)
    if sentences[0].decoder:
        lengths = [sentence.decoder[0].shape[-2] for sentence in sentences]
        sides = [*sides, read_side(sides[1], lengths)]
    others = [result, *result.alternatives]
    alternatives = [{"text": other.text, "score": other.score} for other in others]
    return view_of(_maps(sentences), sides, {**shown, "alternatives": alternatives})


def _maps(sentences: Sequence[Attention]) -> list[Map]:
    sides = {"cross": (1, 0), "encoder": (0, 0), "decoder": (1, 2)}
    return [
        Map(kind, "", rows, columns, [Layer("", "", parts) for parts in layers])
        for kind, (rows, columns) in sides.items()
        if (layers := list(zip(*(getattr(s, kind) for s in sentences), strict=True)))
    ]


def view_of(shown: Iterable[Map], sides: Sequence[Side], more: Mapping[str, Any]) -> View:
    """A whole view of these maps; more: its other parts."""
    made = [maps.as_dict(each, number, sides) for number, each in enumerate(shown)]
    return {
        "title": "",
        "model": None,
        "sides": list(sides),
        "picture": None,
        "maps": [one for one, _ in made],
        "alternatives": [],
        "gold": None,
        "notes": [note for _, notes in made for note in notes],
        **more,
    }


def _picture(picture: Image | str | Path, caption: Caption) -> dict[str, Any]:
    """A small copy as a data: URI, and each region's box in it."""
    whole = read_picture(Path(picture)) if isinstance(picture, (str, Path)) else picture
    small = checked(whole, "the picture").copy()
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    file = BytesIO()
    small.save(file, "JPEG", quality=QUALITY, subsampling=0)
    width, height = small.size
    return {
        "src": f"data:image/jpeg;base64,{b64encode(file.getvalue()).decode()}",
        "width": width,
        "height": height,
        "boxes": caption.boxes(small.size).round(2).tolist(),
    }

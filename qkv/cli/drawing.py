"""The figures of `qkv show`: which there are, and what each draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qkv.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from qkv.inspection._merging import Groups
    from qkv.pipeline import Translation

__all__ = ["FIGURES", "Shown", "check_figure", "draw", "draw_film"]

FIGURES = ("heatmap", "heads", "links", "shaded", "film")


@dataclass(frozen=True)
class Shown:
    """What of a translation's attention is shown: of words, or of the model's tokens.

    kind: cross, encoder or decoder. layer, head: None is the last, and the mean over heads.
    """

    kind: str = "cross"
    layer: int | None = None
    head: int | None = None
    words: bool = False
    scale: str = "max"

    def sides(self, translation: Translation) -> tuple[Groups, Groups]:
        """Target and source: labels, and the number of the first token of each."""
        from qkv.inspection import in_words

        source = translation.source_tokens, translation.source
        target = source if self.kind == "encoder" else (translation.tokens, translation.text)
        if self.words:
            return in_words(*target), in_words(*source)
        rows, columns = ([(t.text, i) for i, t in enumerate(side)] for side, _ in (target, source))
        return rows, columns

    def matrix(
        self, translation: Translation, layer: int | None = None, head: int | None = None
    ) -> np.ndarray:
        """(rows, columns) weights of its own layer and head, or of those."""
        from qkv.inspection import merged

        where = (self.layer, self.head) if layer is None else (layer, head)
        weights = translation.attention.matrix(self.kind, layer=where[0], head=where[1])
        return merged(weights, *self.sides(translation)) if self.words else weights

    def title(self, translation: Translation) -> str:
        return translation.source if self.kind == "encoder" else translation.text


def check_figure(name: str, shown: Shown, folder: Path, *, files: bool) -> None:
    """Refuse what cannot be drawn, before the model is loaded."""
    if name not in FIGURES:
        raise ConfigError(f"--as must be one of {', '.join(FIGURES)}; got {name!r}.")
    if name != "heatmap" and not files:
        raise ConfigError(f"--as {name} is a picture; name its file with --png or --svg.")
    if name == "heads" and (shown.layer, shown.head) != (None, None):
        raise ConfigError("--as heads draws all layers and heads; leave out --layer and --head.")
    if name == "film":
        from qkv.models.folder import validated_steps

        if not validated_steps(folder):
            raise ConfigError(
                f"{folder} keeps no weights of earlier validations, which --as film shows; train "
                "with --keep-checkpoints."
            )


def draw(name: str, translation: Translation, shown: Shown, path: Path) -> None:
    """The figure, but for a film; the end of the path's name says in which format."""
    from qkv import inspection

    rows, columns = shown.sides(translation)
    labels = [label for label, _ in rows], [label for label, _ in columns]
    given = {"title": shown.title(translation), "scale": shown.scale}
    if name == "heads":
        inspection.heads_png(_layers(translation, shown), *labels, path, **given)
        return
    weights = shown.matrix(translation)
    if name == "shaded":
        before = inspection.spaces(translation.source_tokens, translation.source)
        gaps = [before[first] for _, first in columns]
        inspection.shaded_png(weights, *labels, path, spaces=gaps, **given)
    else:
        figure = inspection.links_png if name == "links" else inspection.heatmap_png
        figure(weights, *labels, path, **given)


def draw_film(seen: Mapping[int, Translation], shown: Shown, path: Path) -> None:
    """seen: by step of training, the translation of one source."""
    from qkv.inspection import film_png

    translations = list(seen.values())
    sides = [shown.sides(each) for each in translations]
    rows = [[label for label, _ in own] for own, _ in sides]
    film_png(
        [shown.matrix(each) for each in translations],
        rows,
        [label for label, _ in sides[-1][1]],
        [f"step {step:,}" for step in seen],
        path,
        title=translations[-1].source,
        scale=shown.scale,
    )


def _layers(translation: Translation, shown: Shown) -> list[Sequence[np.ndarray]]:
    heads = translation.attention.heads[shown.kind]
    return [
        [shown.matrix(translation, layer, head) for head in range(count)]
        for layer, count in enumerate(heads)
    ]

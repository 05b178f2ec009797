"""`qkv report`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from typer import Argument, Option

from qkv.cli.compare import told_apart
from qkv.cli.options import Device, searching
from qkv.errors import ConfigError, DataError
from qkv.search import Search

if TYPE_CHECKING:
    from qkv.evaluation import Links
    from qkv.pipeline import Captioner, Translation, Translator

__all__ = ["report"]

View = dict[str, Any]


@searching("nbest")
def report(
    model: Annotated[Path, Argument(help="Model folder.")],
    inputs: Annotated[list[str], Argument(help="Texts to translate, or pictures to caption.")],
    out: Annotated[Path, Option(help="The page, one HTML file.")] = Path("report.html"),
    against: Annotated[
        list[Path] | None, Option(help="Another model folder, shown beside it; repeatable.")
    ] = None,
    step: Annotated[
        list[int] | None,
        Option(help="Beside it as it was at this step, see --keep-checkpoints; repeatable."),
    ] = None,
    target: Annotated[
        list[str] | None, Option(help="Read this translation instead of searching; one a text.")
    ] = None,
    gold: Annotated[
        Path | None, Option(help="Links drawn by hand, i-j (sure) or i?j, a line a text.")
    ] = None,
    *,
    search: Search,
    device: Device = "auto",
) -> None:
    """Write a page that shows what a model attended to: one file, to be opened in a browser."""
    from qkv.files import check_writable
    from qkv.inspection import report as write

    _check_inputs(inputs)
    check_writable(out)
    models = _models(model, step or [], against or [])
    _check_kinds(models, of_text=bool(target or gold))
    search = replace(search, nbest=1 if search.temperature else search.beam)
    asked = _Asked(inputs, target, _gold(gold, len(inputs)), search)
    if target and len(target) != len(inputs):
        raise ConfigError(f"--target was given {len(target)} times for {len(inputs)} texts.")
    by_model = [_views(each, asked, device) for each in models]
    views = [view for beside in zip(*by_model, strict=True) for view in beside]
    write(views, out, title=views[0]["title"] if len(inputs) == 1 else models[0].name)
    print(f"{out}: open it in a browser.")


class _Model(NamedTuple):
    """A folder, the step of training that it is shown at, and what to call it."""

    folder: Path
    step: int | None
    name: str


class _Gold(NamedTuple):
    """Links drawn by hand, a set for each text."""

    path: Path
    sure: list[Links]
    possible: list[Links]


@dataclass(frozen=True)
class _Asked:
    """What every model is asked for."""

    inputs: Sequence[str]
    targets: Sequence[str] | None
    gold: _Gold | None
    search: Search


def _models(folder: Path, steps: Sequence[int], others: Sequence[Path]) -> list[_Model]:
    """The model, itself at steps of its training, and others, by names that tell them apart."""
    by_name = told_apart([folder, *others]) if others else {folder.resolve().name: folder}
    first, *rest = [_Model(path, None, name) for name, path in by_name.items()]
    at_steps = [_Model(folder, step, f"{first.name}, step {step:,}") for step in steps]
    return [first, *at_steps, *rest]


def _check_kinds(models: Sequence[_Model], *, of_text: bool) -> None:
    """Before one is loaded: all translate, or all caption."""
    from qkv.models.folder import kept_weights, read_config

    sees = {model.folder: bool(read_config(model.folder).vision) for model in models}
    if len({*sees.values()}) > 1:
        raise ConfigError(
            f"{' and '.join(map(str, sees))} differ: one captions pictures, one translates text."
        )
    if of_text and sees[models[0].folder]:
        raise ConfigError(
            f"{models[0].folder} captions pictures: --target and --gold are for text."
        )
    for model in models:
        if model.step is not None:
            kept_weights(model.folder, model.step)


def _check_inputs(inputs: Sequence[str]) -> None:
    for number, text in enumerate(inputs, 1):
        if not text.strip():
            raise DataError(f"text {number} is empty; give some words to translate, or a picture.")


def _gold(path: Path | None, texts: int) -> _Gold | None:
    if path is None:
        return None
    from qkv.evaluation import read_pharaoh

    sure, possible = read_pharaoh(path)
    if len(possible) != texts:
        raise DataError(f"{path} has {len(possible):,} lines for {texts:,} texts; one a text.")
    return _Gold(path, sure, possible)


def _views(model: _Model, asked: _Asked, device: str) -> list[View]:
    """One of each input."""
    from qkv.inspection.view import model_note
    from qkv.models.folder import read_config
    from qkv.pipeline import Captioner, load

    note = model_note(model.name, read_config(model.folder))
    loaded = load(model.folder, device=device, step=model.step)
    if isinstance(loaded, Captioner):
        return _of_pictures(loaded, asked, note)
    return _of_texts(loaded, asked, note)


def _of_pictures(captioner: Captioner, asked: _Asked, note: dict[str, Any]) -> list[View]:
    from qkv.data.pictures import read_picture
    from qkv.inspection.view import caption_view

    pictures = [read_picture(Path(path)) for path in asked.inputs]
    captions = captioner.caption(pictures, search=asked.search)
    return [
        caption_view(caption, picture, model=note, title=path)
        for path, picture, caption in zip(asked.inputs, pictures, captions, strict=True)
    ]


def _of_texts(translator: Translator, asked: _Asked, note: dict[str, Any]) -> list[View]:
    from qkv.inspection.view import translation_view

    if asked.gold and translator.one_vector:
        print(
            f"qkv: {note['name']} reads the source as one vector; it has no links to compare with "
            f"{asked.gold.path}.",
            file=sys.stderr,
        )
    if asked.targets:
        pairs = zip(asked.inputs, asked.targets, strict=True)
        translations = [translator.forced(text, target) for text, target in pairs]
    else:
        translations = translator.translate(asked.inputs, search=asked.search)
        _warn(translator, translations, note["name"])
    return [
        translation_view(
            translation,
            model=note,
            title=_title(asked.inputs, number),
            gold=None if translator.one_vector else _links(translation, asked.gold, number),
        )
        for number, translation in enumerate(translations)
    ]


def _warn(translator: Translator, translations: Sequence[Translation], name: str) -> None:
    for number, translation in enumerate(translations, 1):
        if clauses := translator.unlike_training(translation):
            text = f"{name}, text {number}"
            print(f"qkv: {text}: unlike the training text: {'; '.join(clauses)}.", file=sys.stderr)


def _title(texts: Sequence[str], number: int) -> str:
    """The beginning of a text, with its number where others begin alike."""
    from qkv.inspection.view import shortened

    titles = [shortened(text) for text in texts]
    alike = titles.count(titles[number]) > 1
    return f"{number + 1}. {titles[number]}" if alike else titles[number]


def _links(translation: Translation, gold: _Gold | None, number: int) -> dict[str, Any] | None:
    """Those of a text that were drawn by hand, the model's own, and how far they differ."""
    from qkv.data.words import spans
    from qkv.evaluation import alignment_error_rate

    if gold is None:
        return None
    sure, possible = gold.sure[number], gold.possible[number]
    words = len(spans(translation.source)), len(spans(translation.text))
    for i, j in sorted(possible):
        if i >= words[0] or j >= words[1]:
            raise DataError(
                f"{gold.path}, line {number + 1}: link {i}-{j} is beyond the texts, which have "
                f"{words[0]} and {words[1]} words, counted from 0; the translation is "
                f"{translation.text!r}. Give the one that the links were drawn for by --target."
            )
    links = set(translation.alignment())
    if not links and not sure:
        return None
    return {
        "sure": sorted(sure),
        "possible": sorted(possible),
        "links": sorted(links),
        "aer": alignment_error_rate([links], [sure], [possible]),
    }

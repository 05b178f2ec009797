"""`qkv explain`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from qkv.cli.options import Device, searching
from qkv.cli.show import translated
from qkv.errors import ConfigError, DataError
from qkv.search import Search

if TYPE_CHECKING:
    from qkv.pipeline import Caption, Captioner, Translation, Translator

__all__ = ["explain"]


@searching("nbest")
def explain(
    model: Annotated[
        Path | None, Argument(help="Model folder; without it, the worked example of the article.")
    ] = None,
    source: Annotated[str | None, Argument(help="What to translate, or a picture.")] = None,
    step: Annotated[
        str,
        Option(help="Which step: a number from 1, or the word that is said; see --kind."),
    ] = "1",
    kind: Annotated[
        str,
        Option(help="cross, encoder or decoder attention; steps of the encoder are the source's."),
    ] = "cross",
    layer: Annotated[int | None, Option(help="From 0; the last by default.")] = None,
    head: Annotated[
        int | None, Option(help="From 0; by default the one that looks most where the mean does.")
    ] = None,
    *,
    query: Annotated[str | None, Option(help='Your own query, such as "0.5,0.5".')] = None,
    keys: Annotated[str | None, Option(help='Your own keys, such as "1,2;3,4".')] = None,
    values: Annotated[str | None, Option(help="Your own values; the keys by default.")] = None,
    scaled: Annotated[bool, Option("--scaled", help="Divide the scores by √d.")] = False,
    lang: Annotated[str, Option(help="en or zh.")] = "en",
    json_: Annotated[bool, Option("--json", help="The numbers alone, as JSON.")] = False,
    search: Search,
    device: Device = "auto",
) -> None:
    """Work one attention step by hand, or explain one of a trained model: every number.

    \b
    qkv explain
    qkv explain --query 1,0 --keys "1,2;3,4" --lang zh
    qkv explain model 我喜欢咖啡 --step 2
    qkv explain model 我喜欢咖啡 --step coffee --layer 0 --head 1
    """
    if lang not in ("en", "zh"):
        raise ConfigError(f"--lang must be en or zh; got {lang!r}.")
    own = scaled or any(each is not None for each in (query, keys, values))
    if model is None:
        print(_worked(query, keys, values, scaled=scaled, lang=lang, as_json=json_))
        return
    if own:
        raise ConfigError(
            "--query, --keys, --values and --scaled are for the worked example; leave them out, or "
            f"leave out {model}."
        )
    if source is None or not source.strip():
        raise DataError(f"{model}: nothing to explain; give some words to translate, or a picture.")
    _check(model, step, kind, layer, head)
    from qkv.inspection import explained, explained_text

    loaded, result = _result(model, source, search, device)
    one = explained(loaded, result, step, kind=kind, layer=layer, head=head)
    print(json.dumps(one.as_dict(), ensure_ascii=False) if json_ else explained_text(one, lang))


def _worked(
    query: str | None,
    keys: str | None,
    values: str | None,
    *,
    scaled: bool,
    lang: str,
    as_json: bool,
) -> str:
    from qkv.inspection import explain_text, worked_example

    worked = worked_example(query, keys, values, scaled=scaled)
    return json.dumps(asdict(worked)) if as_json else explain_text(worked, lang)


def _check(model: Path, step: str, kind: str, layer: int | None, head: int | None) -> None:
    """Refuse what can be refused before the model is loaded."""
    from qkv.inspection.explaining.explained import step_number
    from qkv.models import attention_heads
    from qkv.models.folder import read_config
    from qkv.pipeline import layer_and_head

    number = step_number(step)
    if number is not None and number < 1:
        raise ConfigError(f"--step must be a number from 1, or a word; got {step}.")
    heads = attention_heads(read_config(model))
    if kind != "cross" or heads["cross"] or layer is not None or head is not None:
        layer_and_head(heads, kind, layer, head)


def _result(
    model: Path, source: str, search: Search, device: str
) -> tuple[Translator | Captioner, Translation | Caption]:
    from qkv.data.pictures import read_picture
    from qkv.pipeline import Captioner, load

    loaded = load(model, device=device)
    if isinstance(loaded, Captioner):
        [caption] = loaded.caption([read_picture(Path(source))], search=search)
        return loaded, caption
    return loaded, translated(loaded, source, search)

"""qkv's own API, what a model looked at: as a view, in tiles, and number by number."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any, Literal, cast

import torch
from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints
from starlette.concurrency import run_in_threadpool
from torch.nn.functional import max_pool2d

from qkv.inspection import explained, explained_text
from qkv.inspection.view import caption_view, model_note, translation_view
from qkv.pipeline import Caption, Captioner, Translation, Translator, layer_and_head
from qkv.pipeline.changes import Changes
from qkv.pipeline.paragraph import SENTENCE_CHARACTERS
from qkv.search import Search
from qkv.server.answers import Answer
from qkv.server.limits import MOST_OF_SEARCH
from qkv.server.models import Served
from qkv.server.own import SHORT, Asked, Record, picture_in
from qkv.server.refusal import Refused
from qkv.server.service import Service, TheService
from qkv.server.work import opened, recorded

__all__ = ["router"]

router = APIRouter(tags=["qkv"])

MOST_CELLS = 1 << 24  # of a head, that are computed for one tile
MOST_ANSWERED = 1 << 20
MOST_CHANGES = 1000
MOST_READ = int(MOST_OF_SEARCH["max_length"])  # characters, instead of a search

Kind = Literal["cross", "encoder", "decoder"]
Read = Annotated[str, StringConstraints(max_length=MOST_READ)]
Range = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)]


class View(Asked):
    text: str | None = Field(None, description="It is read as a whole.")
    image: str | None = Field(None, description="Or a picture's file in base64.")
    changes: dict[str, Any] = Field(default_factory=dict, description="What if; see Changes.")
    alternative: int = Field(0, ge=0, description="Which of the nbest results; 0: the best.")


class Viewed(BaseModel):
    """An answer; for the page about the API alone."""

    model: str
    result: Record
    view: dict[str, Any] = Field(description="What the page draws.")


class Explain(View):
    step: int | str = Field(description="Of the target's tokens, from 1, or a word.")
    kind: Kind = "cross"
    layer: int | None = None
    head: int | None = None
    lang: Literal["en", "zh"] = "en"


class Tile(Asked):
    text: str
    target_text: Read | None = Field(None, description="Read this instead of searching.")
    kind: Kind = "cross"
    layer: int = -1
    head: int | None = Field(None, description="None: the mean of all.")
    rows: Range | None = None
    columns: Range | None = None
    zoom: int = Field(0, ge=0, le=16)


@router.post("/v1/view", summary="View a text or a picture", responses={200: {"model": Viewed}})
async def view(asked: View, service: TheService) -> Answer:
    """Translate a text or caption a picture, and all that a page needs to show the attention."""
    model, changes = _model(asked, service), await run_in_threadpool(_changes, asked)
    return Answer(await service.engine.once(lambda: _view(service, model, asked, changes)))


@router.post("/v1/explain", summary="Explain a row of weights")
async def explain(asked: Explain, service: TheService) -> Answer:
    """How one row of weights came about, in numbers and as a page of text."""
    model, changes = _model(asked, service), await run_in_threadpool(_changes, asked)
    return Answer(await service.engine.once(lambda: _explain(service, model, asked, changes)))


@router.post("/v1/attention", summary="Read weights")
async def attention(asked: Tile, service: TheService) -> Answer:
    """Weights of a part of a matrix; with zoom z the largest of each 2^z × 2^z cells."""
    _check_length(asked.text)
    model = service.translator(asked.model, asked.source, asked.target, [asked.text])
    return Answer(await service.engine.once(lambda: _tile(service, model, asked)))


def _model(asked: View, service: Service) -> Served:
    """Raises Refused without a text or a picture, or with both."""
    if (asked.text is None) == (asked.image is None):
        raise Refused(422, "give a text or an image.")
    if asked.text is None:
        return service.models.captioner(asked.model)
    _check_length(asked.text)
    return service.translator(asked.model, asked.source, asked.target, [asked.text])


def _changes(asked: View) -> Changes:
    """Read before the request waits for its turn.

    Raises:
        Refused: too many changes, too long a prefix, or two. ConfigError: see `Changes.from_dict`.
    """
    count = sum(len(each) for each in asked.changes.values() if isinstance(each, list))
    if count > MOST_CHANGES:
        raise Refused(422, f"changes: {count:,} of them; at most {MOST_CHANGES:,} at a time.")
    changes = Changes.from_dict(asked.changes)
    if len(changes.prefix) > SHORT:
        raise Refused(
            422, f"changes: prefix has {len(changes.prefix):,} characters; at most {SHORT:,}."
        )
    if changes.prefix and asked.prefix:
        raise Refused(422, "prefix is given twice, of the search and in changes; give one.")
    return changes


def _check_length(text: str) -> None:
    if len(text) > SENTENCE_CHARACTERS:
        raise Refused(
            413,
            f"{len(text):,} characters; a text that is read as a whole may have at most "
            f"{SENTENCE_CHARACTERS:,}.",
        )


def _view(service: Service, model: Served, asked: View, changes: Changes) -> dict[str, Any]:
    best, picture = _result(service, model, asked, changes)
    result, results = _chosen(best, asked.alternative), (best, *best.alternatives)
    note = model_note(model.name, model.config)
    if isinstance(result, Caption):
        shown, record = caption_view(result, picture, model=note), result.as_dict()
    else:
        shown = translation_view(result, model=note)
        record = recorded(cast("Translator", model.pipeline), result)
    shown["alternatives"] = [{"text": each.text, "score": each.score} for each in results]
    return {"model": model.name, "result": record, "view": shown}


def _explain(service: Service, model: Served, asked: Explain, changes: Changes) -> dict[str, Any]:
    best, _ = _result(service, model, asked, changes)
    result = _chosen(best, asked.alternative)
    place = {"kind": asked.kind, "layer": asked.layer, "head": asked.head}
    told = explained(model.pipeline, result, asked.step, **place)
    text = explained_text(told, asked.lang)
    return {"model": model.name, "explained": told.as_dict(), "text": text}


def _chosen(best: Translation | Caption, number: int) -> Translation | Caption:
    results = (best, *best.alternatives)
    if number >= len(results):
        raise Refused(422, f"no alternative {number}; there are {len(results)}, the best is 0.")
    return results[number]


def _result(
    service: Service, model: Served, asked: View, changes: Changes
) -> tuple[Translation | Caption, Any]:
    """The result as changed, and the picture if it is one."""
    search = asked.search()
    if changes.prefix:
        search = replace(search, prefix=changes.prefix)
    if asked.image is not None:
        captioner = cast("Captioner", service.pipelines[model])
        picture = opened(picture_in(asked.image))
        attending = changes.attending(captioner.source_positions)
        return captioner.caption([picture], search=search, attention=attending)[0], picture
    translator, text = service.whole[model], cast("str", asked.text)
    attending = changes.attending(translator.source_positions(text))
    return translator.translate([text], search=search, attention=attending)[0], None


def _tile(service: Service, model: Served, asked: Tile) -> dict[str, Any]:
    search = asked.search()
    if asked.target_text is not None:  # no room for anything else
        search = Search(beam=1, prefix=asked.target_text, max_length=1)
    seen = _translated(service.whole[model], asked.text, search).attention
    layer, head = layer_and_head(seen.heads, asked.kind, asked.layer, asked.head)
    weights = getattr(seen, asked.kind)[layer]
    queries, keys = weights.shape[-2:]
    rows = _within(asked.rows, queries, "rows")
    columns = _within(asked.columns, keys, "columns")
    _check_size(rows, columns, keys, asked.zoom)
    part = weights[0, slice(None) if head is None else slice(head, head + 1), rows, columns]
    block = part.detach().float().mean(0, keepdim=True)
    side = 2**asked.zoom
    cells = max_pool2d(block, side, ceil_mode=True)[0] if min(block.shape) else block[0]
    return {"shape": [queries, keys], "zoom": asked.zoom, "weights": cells.tolist()}


@lru_cache(4)
def _translated(translator: Translator, text: str, search: Search) -> Translation:
    """Kept, for there are many tiles."""
    with torch.no_grad():
        return translator.translate([text], search=search)[0]


def _within(given: list[int] | None, count: int, name: str) -> slice:
    first, end = given or (0, count)
    if not first <= end <= count:
        raise Refused(422, f"{name} must lie within 0 and {count}; got {first} to {end}.")
    return slice(first, end)


def _check_size(rows: slice, columns: slice, keys: int, zoom: int) -> None:
    height, width = rows.stop - rows.start, columns.stop - columns.start
    if height * keys > MOST_CELLS or height * width >> 2 * zoom > MOST_ANSWERED:
        raise Refused(413, "too many cells at a time; ask for fewer rows, or zoom out.")

"""qkv's own API: all that a translation or a caption brings along."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from dataclasses import Field as Declared
from dataclasses import fields
from math import inf
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model
from starlette.responses import Response

from qkv.data.markup import Markup
from qkv.pipeline import Glossary
from qkv.search import Search
from qkv.server.answers import Answer
from qkv.server.limits import MOST_OF_SEARCH
from qkv.server.refusal import Refused
from qkv.server.service import TheService

__all__ = ["SHORT", "Asked", "Record", "Short", "picture_in", "router"]

router = APIRouter(tags=["qkv"])

SETTINGS = fields(Search)
SHORT = 2000  # characters
Short = Annotated[str, StringConstraints(max_length=SHORT)]
Shorts = Annotated[list[Short], Field(max_length=100)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    def search(self) -> Search:
        return Search(**{each.name: getattr(self, each.name) for each in SETTINGS})


def _field(declared: Declared[Any]) -> Any:
    """Of a request: what a `Search` declares, within `MOST_OF_SEARCH`."""
    default, meta = declared.default, declared.metadata
    if isinstance(default, str) or default == ():
        kind: Any = Shorts if default == () else Short
        empty: Any = {"default_factory": list} if default == () else {"default": default}
        return kind, Field(**empty, description=meta["help"])
    kind = int | None if default is None else type(default)
    most = min(meta["most"], MOST_OF_SEARCH.get(declared.name, inf))
    return kind, Field(default, description=meta["help"], ge=meta["least"], le=most)


Searching: Any = create_model(
    "Searching", __base__=_Asked, **{each.name: _field(each) for each in SETTINGS}
)


class Asked(Searching):
    """A model, by name or by languages, and how it searches."""

    model: Short | None = None
    source: Short | None = Field(None, description="Code of the language; auto: told by the text.")
    target: Short | None = None


class Translate(Asked):
    text: str | list[str]
    prefix: Short | list[Short] = Field("", description="Of all results, or one a text.")
    documents: bool = Field(False, description="Texts are paragraphs, whose lines may be wrapped.")
    protect: bool | None = Field(None, description="Leave numbers, addresses and tags as they are.")
    markup: Literal["html", "xliff", "xml"] | None = Field(
        None, description="Texts have tags, which are carried through."
    )
    alignment: bool = Field(
        False, description="Add links between words, [i, j] from 0, and their confidence."
    )
    glossary: dict[Short, Short | Shorts] = Field(
        {}, max_length=1000, description="Terms to keep to, and what each is to be, in any form."
    )
    glossary_bonus: float | None = Field(
        None, ge=0, le=100, description="Terms stand if they are worth it; null: they must."
    )


class Complete(Asked):
    text: str
    typed: Short = Field("", description="Of the translation; its last word may be unfinished.")
    words: int = Field(5, ge=0, le=100, description="Most next words, with their probabilities.")
    protect: bool | None = Field(None, description="Leave numbers, addresses and tags as they are.")


class Record(BaseModel):
    """What a translation has besides its text; for the page about the API alone."""

    model_config = ConfigDict(extra="allow")

    unknown_share: float = Field(
        0, description="Share of the source tokens that spell characters unknown to the model."
    )
    repetition: float = Field(
        0, description="Share of the runs of three tokens in a sentence that were there before."
    )
    warnings: list[str] = Field(
        [], description="If any: how the source is unlike the training text, or the text loops."
    )


class Translations(BaseModel):
    """An answer; for the page about the API alone."""

    model: str
    translations: list[Record]


class CaptionAsked(Searching):
    model: Short | None = None
    image: str = Field(description="A picture's file in base64.")


@router.head("/health", include_in_schema=False)
@router.get("/health", summary="Does the server live?")
async def health() -> dict[str, str]:
    """The server lives."""
    return {"status": "ok"}


@router.get("/metrics", summary="Read the counts", response_class=Response)
async def metrics(service: TheService) -> Response:
    """Counts for Prometheus."""
    text = generate_latest(service.metrics.registry)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


@router.get("/v1/models", summary="List the models")
async def models(service: TheService) -> Answer:
    """The models that are served."""
    return Answer({"models": [each.description for each in service.models.served]})


@router.post("/v1/translate", summary="Translate texts", responses={200: {"model": Translations}})
async def translate(asked: Translate, service: TheService) -> Answer:
    """Translate texts, with tokens, scores and alternatives."""
    texts = [asked.text] if isinstance(asked.text, str) else asked.text
    model = service.translator(asked.model, asked.source, asked.target, texts)
    records = await service.translate(
        model,
        texts,
        asked.search(),
        documents=asked.documents,
        protect=asked.protect,
        alignment=asked.alignment,
        markup=Markup(asked.markup) if asked.markup else None,
        glossary=Glossary(asked.glossary, asked.glossary_bonus) if asked.glossary else None,
    )
    return Answer({"model": model.name, "translations": records})


@router.post("/v1/complete", summary="Complete a translation that is being typed")
async def complete(asked: Complete, service: TheService) -> Answer:
    """Translations that begin with what is typed, `nbest` of them, and the likeliest next words."""
    model = service.translator(asked.model, asked.source, asked.target, [asked.text])
    given = asked.text, asked.typed, asked.search(), asked.words, asked.protect
    return Answer({"model": model.name, **await service.complete(model, *given)})


@router.post("/v1/caption", summary="Caption a picture")
async def caption(asked: CaptionAsked, service: TheService) -> Answer:
    """Say what is in a picture."""
    model = service.models.captioner(asked.model)
    records = await service.caption(model, picture_in(asked.image), asked.search())
    return Answer({"model": model.name, "captions": records})


def picture_in(image: str) -> bytes:
    """Of base64, or of a data: address.

    Raises:
        Refused: it is neither.
    """
    if image.startswith("data:"):
        image = image.partition(",")[2]
    try:
        return b64decode(image, validate=True)
    except (Error, ValueError):
        raise Refused(422, "image must be a picture's file in base64.") from None

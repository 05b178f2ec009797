"""The API of DeepL, version 2: /v2/translate, /v2/languages, /v2/usage."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from qkv.data.markup import Markup
from qkv.server.answers import Answer
from qkv.server.bodies import described, fields_of, text_in, texts_in
from qkv.server.languages import name_of
from qkv.server.refusal import Refused
from qkv.server.service import TheService

__all__ = ["router"]

router = APIRouter(tags=["DeepL"], prefix="/v2")

CHARACTERS = 10**12  # which nobody reaches; clients want a number
TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
TAGS = ("ignore_tags", "splitting_tags", "non_splitting_tags")


@router.post(
    "/translate",
    summary="Translate texts",
    openapi_extra=described(
        "text", "target_lang", text=TEXTS, source_lang=TEXT, target_lang=TEXT,
        tag_handling={"enum": ["html", "xml"]}, ignore_tags=TEXTS, splitting_tags=TEXTS,
        non_splitting_tags=TEXTS,
    ),
)  # fmt: skip
async def translate(request: Request, service: TheService) -> Answer:
    """Translate texts; what else DeepL's clients may ask for is left unheeded."""
    fields = await fields_of(request)
    texts, target = texts_in(fields, "text"), text_in(fields, "target_lang")
    if not target:
        raise Refused(400, "target_lang is missing.")
    if fields.get("glossary_id"):
        raise Refused(400, "there are no glossaries here; leave out glossary_id.")
    model = service.translator(None, text_in(fields, "source_lang"), target, texts)
    records = await service.translate(model, texts, markup=_markup(fields))
    source = model.languages[0].upper() if model.languages else ""
    return Answer(
        {
            "translations": [
                {
                    "detected_source_language": source,
                    "text": record["text"],
                    "billed_characters": len(text),
                }
                for text, record in zip(texts, records, strict=True)
            ]
        }
    )


@router.post("/languages", include_in_schema=False)
@router.get(
    "/languages",
    summary="List the languages",
    openapi_extra={"parameters": [{"name": "type", "in": "query", "schema": TEXT}]},
)
async def languages(request: Request, service: TheService) -> Answer:
    """The source languages, or the target languages."""
    kind = text_in(await fields_of(request), "type", "source")
    if kind not in ("source", "target"):
        raise Refused(400, "type must be source or target.")
    codes = dict.fromkeys(pair[kind == "target"] for pair in service.models.pairs)
    return Answer(
        [
            {"language": code.upper(), "name": name_of(code), "supports_formality": False}
            for code in codes
        ]
    )


@router.post("/usage", include_in_schema=False)
@router.get("/usage", summary="Count the characters")
async def usage(service: TheService) -> Answer:
    """Characters translated since the server began."""
    translated = service.metrics.characters_so_far
    return Answer({"character_count": translated, "character_limit": CHARACTERS})


def _markup(fields: dict[str, Any]) -> Markup | None:
    """How tags are read; None: they are text."""
    handling = text_in(fields, "tag_handling")
    if not handling:
        return None
    if handling not in ("html", "xml"):
        raise Refused(400, "tag_handling must be html or xml.")
    return Markup(handling, *(_names(fields, each, handling == "html") for each in TAGS))


def _names(fields: dict[str, Any], key: str, html: bool) -> frozenset[str]:
    """Of tags, in a list or with commas between them; in HTML, capitals do not count."""
    listed = texts_in(fields, key) if key in fields else []
    names = (name.strip() for each in listed for name in each.split(","))
    return frozenset(name.lower() if html else name for name in names if name)

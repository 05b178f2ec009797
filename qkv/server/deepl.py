"""The API of DeepL, version 2: /v2/translate, /v2/languages, /v2/usage."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

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
STAND_IN = re.compile(r"<qkv\d+-\d+/>")


@router.post(
    "/translate",
    summary="Translate texts",
    openapi_extra=described(
        "text", "target_lang", text=TEXTS, source_lang=TEXT, target_lang=TEXT,
        tag_handling={"enum": ["html", "xml"]}, ignore_tags=TEXTS,
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
    kept = [_without(text, _ignored(fields)) for text in texts]
    records = await service.translate(model, [text for text, _ in kept])
    source = model.languages[0].upper() if model.languages else ""
    return Answer(
        {
            "translations": [
                {
                    "detected_source_language": source,
                    "text": _with(record["text"], elements),
                    "billed_characters": len(text),
                }
                for text, record, (_, elements) in zip(texts, records, kept, strict=True)
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


def _ignored(fields: dict[str, Any]) -> set[str]:
    """The names of tags whose elements are left as they are."""
    if "ignore_tags" not in fields or not fields.get("tag_handling"):
        return set()
    return {name.strip() for each in texts_in(fields, "ignore_tags") for name in each.split(",")}


def _without(text: str, tags: set[str]) -> tuple[str, dict[str, str]]:
    """The text with a tag of its own instead of each element of these names, and what they are."""
    taken = {int(number) for number in re.findall(r"<qkv(\d{1,9})-", text)}
    free = next(number for number in count() if number not in taken)
    elements: dict[str, str] = {}
    shown, at = "", 0
    for begin, end in _elements(text, tags):
        if begin < at:  # it is within another
            continue
        stand_in = f"<qkv{free}-{len(elements)}/>"
        elements[stand_in] = text[begin:end]
        shown, at = f"{shown}{text[at:begin]}{stand_in}", end
    return shown + text[at:], elements


def _elements(text: str, tags: set[str]) -> list[tuple[int, int]]:
    """Where elements of these names begin and end, in order; what is never closed is none."""
    names = "|".join(re.escape(tag) for tag in tags if tag)
    tag = re.compile(rf"<(?P<opens>{names})(?=[\s>])[^<>]*(?<!/)>|</(?P<closes>{names})\s*>")
    opened: dict[str, list[int]] = {}
    closed: list[tuple[int, int]] = []
    for match in tag.finditer(text) if names else ():
        if match["opens"]:
            opened.setdefault(match["opens"], []).append(match.start())
        elif begins := opened.get(match["closes"]):
            closed.append((begins.pop(), match.end()))
    return sorted(closed)


def _with(text: str, elements: dict[str, str]) -> str:
    return STAND_IN.sub(lambda match: elements.get(match[0], match[0]), text)

"""The API of LibreTranslate: /translate, /languages, /detect, /frontend/settings."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from qkv.data.language import language
from qkv.data.markup import HTML
from qkv.search import Search
from qkv.server import apertium
from qkv.server.answers import Answer
from qkv.server.bodies import described, fields_of, text_in, texts_in
from qkv.server.guard import check_key
from qkv.server.languages import AUTO, name_of
from qkv.server.limits import MOST_OF_SEARCH
from qkv.server.models import Served
from qkv.server.refusal import Refused
from qkv.server.service import TheService

__all__ = ["router"]

router = APIRouter(tags=["LibreTranslate"])

TEXT = {"type": "string"}
TEXTS = {"oneOf": [TEXT, {"type": "array", "items": TEXT}]}


@router.post(
    "/translate",
    summary="Translate texts",
    openapi_extra=described(
        "q", q=TEXTS, source=TEXT, target=TEXT, format={"enum": ["text", "html"]},
        alternatives={"type": "integer"}, api_key=TEXT, langpair=TEXT,
    ),
)  # fmt: skip
async def translate(request: Request, service: TheService) -> Answer:
    """Translate a text or a list of texts; with `langpair` as Apertium's clients ask."""
    fields = await fields_of(request)
    check_key(request, service, fields)
    if "langpair" in fields:
        return await apertium.translated(service, fields)
    texts, source = texts_in(fields, "q"), text_in(fields, "source", "auto")
    form = text_in(fields, "format", "text")
    if form not in ("text", "html"):
        raise Refused(400, "format must be text or html.")
    others = _alternatives(fields)
    model = service.translator(None, source, text_in(fields, "target"), texts)
    search = Search(beam=max(Search.beam, others + 1), nbest=others + 1)
    markup = HTML if form == "html" else None
    records = await service.translate(model, texts, search, markup=markup)
    answer: dict[str, Any] = {"translatedText": [record["text"] for record in records]}
    if others:
        answer["alternatives"] = [
            [other["text"] for other in record["alternatives"]] for record in records
        ]
    if source.lower() in AUTO:
        answer["detectedLanguage"] = [_detection(text, model) for text in texts]
    if isinstance(fields["q"], str):
        answer = {name: value[0] for name, value in answer.items()}
    return Answer(answer)


@router.get("/languages", summary="List the languages")
async def languages(service: TheService) -> Answer:
    """Every language, with those that it can be translated to."""
    pairs = service.models.pairs
    codes = dict.fromkeys(code for pair in pairs for code in pair)
    return Answer(
        [
            {"code": code, "name": name_of(code), "targets": [b for a, b in pairs if a == code]}
            for code in codes
        ]
    )


@router.post(
    "/detect", summary="Tell a text's language", openapi_extra=described("q", q=TEXT, api_key=TEXT)
)
async def detect(request: Request, service: TheService) -> Answer:
    """The language of a text."""
    fields = await fields_of(request)
    check_key(request, service, fields)
    [text] = texts_in(fields, "q")[:1] or [""]
    service.check_size([text])
    return Answer([_detection(text, None)])


@router.get("/frontend/settings", summary="Read the settings of a page")
async def settings(service: TheService) -> Answer:
    """What a page for translating needs to know."""
    source, target = (service.models.pairs or [("en", "en")])[0]
    return Answer(
        {
            "apiKeys": service.token is not None,
            "keyRequired": service.token is not None,
            "charLimit": service.limits.characters,
            "frontendTimeout": 500,
            "filesTranslation": False,
            "supportedFilesFormat": [],
            "suggestions": False,
            "language": {
                "source": {"code": source, "name": name_of(source)},
                "target": {"code": target, "name": name_of(target)},
            },
        }
    )


def _alternatives(fields: dict[str, Any]) -> int:
    """How many are asked for."""
    most = int(MOST_OF_SEARCH["nbest"]) - 1
    value = fields.get("alternatives", 0)
    if isinstance(value, str) and value.isdecimal():
        value = int(value[:9])
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Refused(400, f"alternatives must be a whole number from 0 to {most}.")
    return value


def _detection(text: str, model: Served | None) -> dict[str, Any]:
    """What a text is in; of one that was translated, what its model takes it for."""
    code, share = language([text])
    if model is not None and model.languages and code != model.languages[0]:
        code, share = model.languages[0], 0.0
    return {"confidence": round(100 * share, 1) if code else 0.0, "language": code or "en"}

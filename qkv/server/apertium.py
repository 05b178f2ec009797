"""The API of Apertium's server, as OmegaT and Weblate use it: /translate, /listPairs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from qkv.data.markup import HTML
from qkv.server.answers import Answer
from qkv.server.bodies import fields_of, text_in
from qkv.server.guard import check_key
from qkv.server.refusal import Refused
from qkv.server.service import Service, TheService

__all__ = ["router", "translated"]

router = APIRouter(tags=["Apertium"])

PARAMETERS = [
    {
        "name": name,
        "in": "query",
        "required": name in ("q", "langpair"),
        "schema": {"type": "string"},
    }
    for name in ("q", "langpair", "key", "markUnknown", "format", "deformat")
]


@router.get("/translate", summary="Translate a text", openapi_extra={"parameters": PARAMETERS})
async def translate(request: Request, service: TheService) -> Answer:
    """Translate a text; langpair is en|de or eng|deu. Words are never marked as unknown."""
    fields = await fields_of(request)
    check_key(request, service, fields)
    return await translated(service, fields)


@router.get("/listPairs", summary="List the pairs of languages")
async def pairs(service: TheService) -> Answer:
    """The pairs of languages."""
    return _response([{"sourceLanguage": a, "targetLanguage": b} for a, b in service.models.pairs])


async def translated(service: Service, fields: dict[str, Any]) -> Answer:
    """The answer to a request with these fields; a format that is not html is text.

    Raises:
        Refused: there is no such pair, or see `Service.translate`.
    """
    text = text_in(fields, "q")
    source, bar, target = text_in(fields, "langpair").partition("|")
    if not bar:
        raise Refused(400, "langpair must be two codes with | between them, as in en|de.")
    model = service.translator(None, source, target, [text])
    form = text_in(fields, "format") or text_in(fields, "deformat")
    markup = HTML if form == "html" else None
    [record] = await service.translate(model, [text], markup=markup)
    return _response({"translatedText": record["text"]})


def _response(data: Any) -> Answer:
    return Answer({"responseData": data, "responseDetails": None, "responseStatus": 200})

"""What Immersive Translate sends to a translator of one's own: /imme."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request

from qkv.server.answers import Answer
from qkv.server.bodies import described, fields_of, text_in, texts_in
from qkv.server.guard import check_key
from qkv.server.service import TheService

__all__ = ["router"]

router = APIRouter(tags=["Immersive Translate"])

TEXT = {"type": "string"}


@router.post(
    "/imme",
    summary="Translate a page's paragraphs",
    openapi_extra=described(
        "text_list", source_lang=TEXT, target_lang=TEXT, text_list={"type": "array", "items": TEXT}
    ),
)
async def translate(request: Request, service: TheService) -> Answer:
    """Translate the paragraphs of a page; a token stands in the address, as ?key=…"""
    fields = await fields_of(request)
    check_key(request, service, fields)
    texts = texts_in(fields, "text_list")
    languages = text_in(fields, "source_lang"), text_in(fields, "target_lang")
    model = service.translator(None, *languages, texts)
    source = model.languages[0] if model.languages else ""
    records = await service.translate(model, texts)
    return Answer(
        {
            "translations": [
                {"detected_source_lang": source, "text": record["text"]} for record in records
            ]
        }
    )

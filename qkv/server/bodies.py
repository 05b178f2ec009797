"""What a request gives by name: in JSON, in a form or in its address, as clients do it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from qkv.server.refusal import Refused

__all__ = ["NOT_JSON", "described", "fields_of", "text_in", "texts_in"]

MOST_FIELDS = 1000
NOT_JSON = "the body is not JSON in UTF-8."


async def fields_of(request: Request) -> dict[str, Any]:
    """By name; a name that is given several times has a list.

    What is in the body goes before what is in the address.

    Raises:
        Refused: the body cannot be read as what its type says.
    """
    fields = _named(_pairs(request.scope["query_string"]))
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    kind = header.get_content_type()
    if kind == "multipart/form-data":
        form = await request.form(max_files=0, max_fields=MOST_FIELDS)
        return fields | _named((name, str(value)) for name, value in form.multi_items())
    body = await request.body()
    if kind == "application/x-www-form-urlencoded":
        return fields | _named(_pairs(body))
    return fields | _object(body) if body else fields


def text_in(fields: dict[str, Any], name: str, default: str = "") -> str:
    """Raises Refused where it is given and is no text."""
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(400, f"{name} must be a text.")
    return default if value is None else value


def texts_in(fields: dict[str, Any], name: str) -> list[str]:
    """One text or several.

    Raises:
        Refused: there is none, or something else.
    """
    value = fields.get(name)
    texts = [value] if isinstance(value, str) else value
    if texts is None:
        raise Refused(400, f"{name} is missing.")
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise Refused(400, f"{name} must be a text or a list of texts.")
    return texts


def described(*required: str, **properties: dict[str, Any]) -> dict[str, Any]:
    """A body's fields for the OpenAPI page."""
    schema = {"type": "object", "required": list(required), "properties": properties}
    kinds = ("application/json", "application/x-www-form-urlencoded")
    return {"requestBody": {"content": {kind: {"schema": schema} for kind in kinds}}}


def _object(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, NOT_JSON) from None
    if not isinstance(fields, dict):
        raise Refused(400, "the body must be a JSON object.")
    return fields


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    """Unlike Starlette's own: the bytes may be UTF-8 without percent signs, as curl sends them."""
    try:
        return parse_qsl(
            encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise Refused(400, "the form is not UTF-8, or has too many fields.") from None


def _named(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: several[0] if len(several) == 1 else several for name, several in values.items()}

"""How answers and refusals are written."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import JSONResponse

from qkv.server.refusal import Refused

__all__ = ["Answer", "refusal"]


class Answer(JSONResponse):
    """JSON whose text stays text; half of a surrogate pair is written as its escape."""

    media_type = "application/json; charset=utf-8"  # some clients take Latin-1 otherwise

    def render(self, content: Any) -> bytes:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode(errors="backslashreplace")


def refusal(refused: Refused, path: str) -> Answer:
    """In the shape that the clients of this path read."""
    status, sentence = refused.status, refused.sentence
    content: dict[str, Any] = {"error": sentence}
    if path.startswith("/v2/"):
        content = {"message": sentence}
    elif path.startswith("/list"):
        content = {"responseStatus": status, "responseData": None, "responseDetails": sentence}
    return Answer(content, status, refused.headers)

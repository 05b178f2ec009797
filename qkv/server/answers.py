"""How answers and refusals are written."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from starlette.responses import JSONResponse

from qkv.server.refusal import Refused

__all__ = ["Answer", "refusal"]


class Answer(JSONResponse):
    """JSON whose text stays text; half of a surrogate pair is written as its escape.

    Numbers that JSON has not, such as the logarithm of 0, become null.
    """

    media_type = "application/json; charset=utf-8"  # some clients take Latin-1 otherwise

    def render(self, content: Any) -> bytes:
        settings: Any = {"ensure_ascii": False, "allow_nan": False, "separators": (",", ":")}
        try:
            text = json.dumps(content, **settings)
        except ValueError:
            text = json.dumps(_finite(content), **settings)
        return text.encode(errors="backslashreplace")


def _finite(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _finite(value) for name, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_finite(value) for value in content]
    return None if isinstance(content, float) and not isfinite(content) else content


def refusal(refused: Refused, path: str) -> Answer:
    """In the shape that the clients of this path read."""
    status, sentence = refused.status, refused.sentence
    content: dict[str, Any] = {"error": sentence}
    if path.startswith("/v2/"):
        content = {"message": sentence}
    elif path.startswith("/list"):
        content = {"responseStatus": status, "responseData": None, "responseDetails": sentence}
    return Answer(content, status, refused.headers)

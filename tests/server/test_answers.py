"""Whatever is to be said can be written."""

from __future__ import annotations

import json
from math import inf, nan

import pytest

from qkv.server.answers import Answer, refusal
from qkv.server.refusal import Refused


def test_numbers_that_json_lacks_are_null() -> None:
    content = {"a": [1.5, inf, (nan, {"b": -inf})], "c": True, "d": "Infinity"}
    told = json.loads(Answer(content).body)
    assert told == {"a": [1.5, None, [None, {"b": None}]], "c": True, "d": "Infinity"}


def test_text_stays_text() -> None:
    assert Answer({"x": "我<b>\u2028"}).body == '{"x":"我<b>\u2028"}'.encode()
    assert json.loads(Answer({"x": "half \ud83d"}).body) == {"x": "half \ud83d"}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/v1/translate", {"error": "no."}),
        ("/v2/translate", {"message": "no."}),
        ("/listPairs", {"responseStatus": 429, "responseData": None, "responseDetails": "no."}),
    ],
)
def test_a_refusal_has_the_shape_that_its_clients_read(path: str, content: object) -> None:
    answer = refusal(Refused(429, "no.", 7), path)
    assert (answer.status_code, json.loads(answer.body)) == (429, content)
    assert answer.headers["retry-after"] == "7"

"""Many clients at once get what one gets; above the limits they are told so."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections import Counter
from pathlib import Path
from threading import Event
from typing import Any

import httpx2 as httpx
import pytest

import qkv
from qkv.pipeline import Translator
from qkv.server import Limits, Models
from tests.serving import CLIENT, counts, running
from tests.tiny import PAIRS

TEXTS = [zh for zh, _ in PAIRS]
CLIENTS = 300


async def together(address: str, bodies: list[Any], path: str) -> list[httpx.Response]:
    """The answers to all of these, each on a connection of its own."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=120) as client:
        return await asyncio.gather(*(client.post(path, json=body) for body in bodies))


def test_hundreds_of_clients_get_the_texts_of_translate(address: str, transformer: Path) -> None:
    translator = qkv.load(transformer)
    assert isinstance(translator, Translator)
    texts = [TEXTS[i % len(TEXTS)] for i in range(CLIENTS)]
    texts[7] = "我" * 5001  # too long
    bodies = [
        {"text": text, "model": "transformer", "beam": 1 + 4 * (i % 2)}
        for i, text in enumerate(texts)
    ]
    answers = asyncio.run(together(address, bodies, "/v1/translate"))
    assert Counter(each.status_code for each in answers) == {200: CLIENTS - 1, 422: 1}
    for beam in (1, 5):
        here = [t.text for t in translator.translate(TEXTS, beam=beam)]
        expected = dict(zip(TEXTS, here, strict=True))
        for text, body, each in zip(texts, bodies, answers, strict=True):
            if body["beam"] == beam and each.is_success:
                assert each.json()["translations"][0]["text"] == expected[text]
    told = counts(address)
    batches, items = (told[f"qkv_batch_items_{name}"] for name in ("count", "sum"))
    assert items > 2 * batches  # many of them were computed together


@pytest.fixture
def held(models: Models, monkeypatch: pytest.MonkeyPatch) -> Event:
    """The first translator works only once this is set."""
    go = Event()
    translator = models.served[0].pipeline
    assert isinstance(translator, Translator)
    translate = translator.translate

    def wait(*arguments: Any, **settings: Any) -> Any:
        assert go.wait(60)
        return translate(*arguments, **settings)

    monkeypatch.setattr(translator, "translate", wait)
    return go


def test_above_the_queue_clients_are_told_to_come_back(models: Models, held: Event) -> None:
    body = {"text": TEXTS[0], "source": "zh"}
    refused = 'qkv_requests_total{method="POST",route="/v1/translate",status="429"}'

    async def test(address: str) -> list[httpx.Response]:
        first = asyncio.ensure_future(together(address, [body], "/v1/translate"))
        await until(address, "qkv_batch_items_count", 1)
        others = asyncio.ensure_future(together(address, [body] * 59, "/v1/translate"))
        await until(address, refused, 59 - 8)
        held.set()
        return [*await first, *await others]

    with running(models, Limits(queue=8)) as address:
        answers = asyncio.run(asyncio.wait_for(test(address), 60))
    # One was being computed, eight waited.
    assert Counter(each.status_code for each in answers) == {200: 9, 429: 51}
    for each in answers:
        if each.status_code == 429:
            assert each.headers["retry-after"] == "2"
            assert each.json() == {"error": "too many texts are waiting; try again later."}


async def until(address: str, name: str, least: float) -> None:
    """Wait until so much has been counted."""
    while (await asyncio.to_thread(counts, address)).get(name, 0) < least:
        await asyncio.sleep(0.02)


def test_above_the_requests_and_the_time(models: Models, held: Event) -> None:
    body = {"text": TEXTS[0], "source": "zh"}
    with running(models, Limits(requests=20, seconds=1.5)) as address:
        answers = asyncio.run(together(address, [body] * 40, "/v1/translate"))
        assert Counter((each.status_code, each.json()["error"]) for each in answers) == {
            (503, "too many requests at a time; try again later."): 20,
            (504, "not done within 1.5 seconds; send less at a time."): 20,
        }
        assert {each.headers.get("retry-after") for each in answers} == {"2", None}
        held.set()
        assert CLIENT.post(f"{address}/v1/translate", json=body).is_success


def test_searches_of_all_kinds_end_when_their_time_is_over(
    models: Models, album: dict[str, str]
) -> None:
    picture = Path(album["images"]).parent / "red-blue.png"
    image = b64encode(picture.read_bytes()).decode()
    with running(models, Limits(batch_seconds=0.0)) as address:
        for path, body in [
            ("/v1/translate", {"text": TEXTS[0], "source": "zh"}),
            ("/v1/view", {"text": TEXTS[0], "source": "zh"}),
            ("/v1/attention", {"text": "我买", "source": "zh", "beam": 3}),
            ("/v1/caption", {"image": image}),
            ("/v1/view", {"image": image}),
        ]:
            response = CLIENT.post(f"{address}{path}", json=body)
            assert response.status_code == 504
            assert response.json()["error"].startswith("not computed within 0 seconds;")

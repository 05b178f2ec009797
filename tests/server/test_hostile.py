"""What nobody should send: a proper status each, nothing leaks, and the server lives."""

from __future__ import annotations

import json
import socket
import struct
import time
import zlib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import httpx2 as httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

import qkv.server
from qkv.server import Limits, Models, application
from tests.serving import CLIENT, running
from tests.tiny import PAIRS

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
PATHS = ("/v1/translate", "/translate", "/v2/translate", "/imme", "/detect")
LEAKS = ("Traceback", "site-packages", ".py", str(Path(qkv.server.__file__).parent), "/tmp")


@pytest.fixture(autouse=True)
def _it_lives(address: str) -> Iterator[None]:
    yield
    text, translation = PAIRS[0]
    told = CLIENT.post(f"{address}/translate", json={"q": text, "source": "zh", "target": "en"})
    assert told.json() == {"translatedText": translation}


def sound(response: httpx.Response, *statuses: int) -> str:
    """What is said by an answer that has one of these statuses, and gives nothing away."""
    assert response.status_code in statuses, response.text
    assert not any(leak in response.text for leak in LEAKS)
    [said] = [v for name, v in response.json().items() if name in ("error", "message")]
    assert isinstance(said, str)
    assert said.endswith(".")
    return said


def raw(address: str, *parts: bytes, pause: float = 0.0) -> bytes:
    """The answer to these bytes; b"" where the server only closes the connection."""
    url = urlsplit(address)
    with socket.create_connection((url.hostname, url.port), timeout=20) as connection:
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionError:
            return b""


# Bodies


@pytest.mark.parametrize("path", PATHS)
def test_ten_megabytes(address: str, path: str) -> None:
    body = json.dumps({"text": "x" * 10_000_000}).encode()
    sound(CLIENT.post(f"{address}{path}", content=body, headers=JSON), 413)
    chunks = (body[i : i + 100_000] for i in range(0, len(body), 100_000))
    sound(CLIENT.post(f"{address}{path}", content=chunks, headers=JSON), 413)
    # A client that reads nothing before all is sent, and has the connection closed.
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(f"{address}{path}", body, JSON))
    assert refused.value.code == 413


def test_a_client_that_asks_before_it_sends_too_much_is_not_told_to(address: str) -> None:
    head = b"POST /detect HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n"
    answer = raw(address, head + b"Connection: close\r\nExpect: 100-continue\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_picture_may_have_more_but_not_all(address: str) -> None:
    image = b64encode(bytes(5_000_000)).decode()
    response = CLIENT.post(f"{address}/v1/caption", json={"image": image})
    assert sound(response, 422).startswith("the picture: not a picture")
    response = CLIENT.post(f"{address}/v1/caption", json={"image": image * 4})
    sound(response, 413)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"text":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"text": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"text": "\xff\xfe"}',
        b"\xff\xfe\x00",
        b"{",
        b'{"text": "x", "q": ' + b"9" * 10_000 + b"}",
        b"null",
        b'"text"',
        b"",
    ],
    ids=lambda body: repr(body[:12]) + str(len(body)),
)
def test_what_is_no_such_json(address: str, path: str, body: bytes) -> None:
    sound(CLIENT.post(f"{address}{path}", content=body, headers=JSON), 400, 422)


@pytest.mark.parametrize("path", PATHS[1:])
@pytest.mark.parametrize(
    "body",
    [b"q=\xff&text=\xfe", b"q=%ff%fe&text=%ff&text_list=%ff", b"&".join([b"q=x"] * 2000)],
    ids=["bytes", "escaped", "many"],
)
def test_what_is_no_such_form(address: str, path: str, body: bytes) -> None:
    sound(CLIENT.post(f"{address}{path}", content=body, headers=FORM), 400)


@pytest.mark.parametrize(
    "kind",
    ["multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; b=\xff"],
)
def test_what_are_no_such_parts(address: str, kind: str) -> None:
    headers = {"content-type": kind.encode("latin-1")}
    for body in (
        b"--x\r\n\r\n",
        b"--x\r\nContent-Disposition: form-data\r\n\r\n\xff\r\n--x--",
        b"",
    ):
        response = CLIENT.post(f"{address}/translate", content=body, headers=headers)  # pyright: ignore[reportArgumentType]
        assert not sound(response, 400).endswith("..")


def test_half_of_a_surrogate_pair(address: str) -> None:
    half = b'"\\ud83d"'
    for path, body in [
        ("/v1/translate", b'{"text": %s, "source": "zh"}'),
        ("/v1/translate", b'{"text": "x", "source": %s}'),
        ("/v1/translate", b'{"text": "x", "model": %s}'),
        ("/v1/translate", b'{"text": "x", "source": "zh", "prefix": %s}'),
        ("/v1/view", b'{"text": %s, "model": "rnn"}'),
        ("/translate", b'{"q": %s, "source": "zh", "target": "en"}'),
        ("/translate", b'{"q": "x", "source": %s, "target": "en"}'),
        ("/translate", b'{"q": "x", "source": "zh", "target": "en", "api_key": %s}'),
        ("/v2/translate", b'{"text": [%s], "source_lang": "zh", "target_lang": "EN"}'),
        ("/imme", b'{"text_list": [%s], "source_lang": "zh", "target_lang": "en"}'),
        ("/detect", b'{"q": %s}'),
    ]:
        response = CLIENT.post(f"{address}{path}", content=body % half, headers=JSON)
        assert response.status_code in (200, 400, 404, 422)
        assert not any(leak in response.text for leak in LEAKS)


# Numbers and searches


@pytest.mark.parametrize(
    "setting",
    [
        '"beam": 1000', '"nbest": 1e400', '"max_length": 100000', '"max_ratio": 1e9',
        '"temperature": NaN', '"length_penalty": -Infinity', '"seed": 1e30', '"beam": true',
        '"top_p": -1', '"beam": 0', '"min_length": 1000000', '"beam": ' + "9" * 4000,
        '"banned": ["' + '","'.join("x" * 101) + '"]', '"prefix": "' + "x" * 2001 + '"',
    ],
    ids=lambda setting: setting[:20],
)  # fmt: skip
def test_searches_that_would_take_all_the_machine(address: str, setting: str) -> None:
    body = f'{{"text": "x", "model": "rnn", {setting}}}'
    response = CLIENT.post(f"{address}/v1/translate", content=body, headers=JSON)
    sound(response, 422, 400)


# Names and addresses


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "/etc/passwd", "transformer/../rnn", "rnn\0", "", "C:\\x", "<b>"],
)
def test_names_of_models_are_no_paths(address: str, name: str) -> None:
    for path, body in (("translate", {"text": "x"}), ("view", {"text": "x"})):
        response = CLIENT.post(f"{address}/v1/{path}", json=body | {"model": name})
        assert sound(response, 404).startswith("no model ")


@pytest.mark.parametrize(
    "path",
    ["/page/../../server/app.py", "/page/..%2f..%2fapp.py", "/page/%2e%2e/app.py", "/page/%00",
     "/docs/files/..%2f__init__.py", "/docs/files/%00", "/docs/files//etc/passwd", "//etc/passwd",
     "/docs/files/%2e%2e/core.py", "/docs/files/", "/%ff", "/v1/../etc",
     "/docs/files/" + "x" * 5000],
)  # fmt: skip
def test_addresses_lead_to_no_other_files(address: str, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = raw(address, request.encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] in (b"404", b"405", b"400"), answer
    assert not any(leak.encode() in answer for leak in LEAKS)
    assert len(body) < 200


# Pictures


def png(width: int, height: int, data: bytes) -> bytes:
    """A picture of one bit a pixel."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


@pytest.mark.parametrize(
    "picture",
    [
        png(100_000, 100_000, zlib.compress(bytes(1000))),
        png(2**31 - 1, 2**31 - 1, b""),
        png(6000, 6000, zlib.compress(bytes(100))),  # cut off
        png(0, 0, b""),
        b"P6 1000000 1000000 255 ",
        b"GIF89a\xff\xff\xff\xff\x00\x00\x00",
        b"BM" + b"\xff" * 60,
        b"II*\x00\x08\x00\x00\x00" + b"\xff" * 40,
        b"RIFF\xff\xff\xff\xffWEBPVP8L" + b"\xff" * 40,
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    ],
    ids=lambda picture: repr(picture[:12]),
)
def test_bombs_and_broken_pictures(address: str, picture: bytes) -> None:
    body = {"image": b64encode(picture).decode()}
    for path, more in (("caption", {}), ("view", {}), ("explain", {"step": 1})):
        response = CLIENT.post(f"{address}/v1/{path}", json=body | more)
        assert sound(response, 422).startswith("the picture: ")


# Connections


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /health HTTP/1.1\r\nHost: localhost\r\n"
        + b"".join(b"X-%d: %s\r\n" % (i, b"x" * 50) for i in range(5000)) + b"\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /health HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200 + b"\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nq=x",
        b"POST /detect HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /translate?q=我&langpair=zh|en HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
    ],
    ids=["flood", "long", "target", "no host", "tls", "negative", "two lengths", "chunks", "bytes"],
)  # fmt: skip
def test_heads_that_no_client_sends(address: str, request_: bytes) -> None:
    answer = raw(address, request_)
    assert not answer or answer.split()[1] in (b"400", b"403", b"408"), answer[:200]
    assert not any(leak.encode() in answer for leak in LEAKS)


def test_other_methods_and_a_web_socket(address: str) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECTED"):
        response = CLIENT.request(method, f"{address}/v1/translate")
        assert response.status_code == 405
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "eHh4eHh4eHh4eHh4eHh4eA=="}  # fmt: skip
    assert CLIENT.get(f"{address}/v1/models", headers=upgrade).status_code == 200


def test_slow_clients_are_cut_off_and_hold_up_nobody(models: Models) -> None:
    head = b"POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n"
    url: Any
    with running(models, Limits(send_seconds=0.4)) as address:
        url = urlsplit(address)
        slow = [socket.create_connection((url.hostname, url.port), timeout=20) for _ in range(50)]
        for number, connection in enumerate(slow):
            connection.sendall([b"", b"GET /heal", head, head + b"\r\nq="][number % 4])
        assert CLIENT.get(f"{address}/health").status_code == 200
        for connection in slow:
            answer = connection.recv(1000)
            assert answer.startswith(b"HTTP/1.1 408 ")
            connection.close()
        # A byte now and then does not help.
        answer = raw(address, *[b"G", b"E", b"T", b" ", b"/", b"x", b"y", b"z"], pause=0.12)
        assert not answer or answer.startswith(b"HTTP/1.1 408 ")
        quick = CLIENT.post(
            f"{address}/translate", data={"q": "我", "target": "en", "source": "zh"}
        )
        assert quick.status_code == 200


def test_a_fault_of_the_server_is_a_sentence_and_gives_nothing_away(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"secret in {__file__}")

    monkeypatch.setattr(models.served[1].pipeline, "translate", fail)
    with running(models) as address:
        for path, body in [
            ("/v1/translate", {"text": "x", "model": "rnn"}),
            ("/translate", {"q": "x", "source": "de", "target": "en"}),
            ("/v2/translate", {"text": ["x"], "source_lang": "DE", "target_lang": "EN"}),
        ]:
            response = CLIENT.post(f"{address}{path}", json=body)
            assert sound(response, 500) == "the server failed at this; its log says why."
        assert CLIENT.post(f"{address}/v1/translate", json={"text": "x", "source": "zh"}).is_success


def test_schemathesis_finds_no_fault(models: Models, address: str) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations()]  # pyright: ignore[reportAttributeAccessIssue]
    assert len(operations) == len([*paths_of(models)])
    for operation in operations:

        @given(operation.as_strategy())
        @settings(
            max_examples=6, deadline=None, database=None,
            suppress_health_check=[*HealthCheck],  # pyright: ignore[reportArgumentType]
        )  # fmt: skip
        def test(case: schemathesis.Case) -> None:
            response = case.call()
            assert response.status_code < 500, response.text

        test()


def paths_of(models: Models) -> Iterator[tuple[str, str]]:
    app = application(models)
    for path, methods in app.openapi()["paths"].items():
        yield from ((path, method) for method in methods)
    app.state.service.engine.close()

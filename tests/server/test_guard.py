"""Other web sites cannot use a local server, and nobody can without its token."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from qkv.server import Models
from tests.serving import CLIENT, running

TOKEN = "long, random: 密 é"
BODY = {"text": "我", "model": "transformer"}


@pytest.fixture(scope="module")
def closed(models: Models) -> Iterator[str]:
    """The address of a server that asks for TOKEN."""
    with running(models, token=TOKEN) as address:
        yield address


def status(address: str, headers: dict[str, str], method: str = "POST") -> int:
    return CLIENT.request(method, f"{address}/v1/translate", json=BODY, headers=headers).status_code


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "[::1]"])
def test_its_own_names_are_answered(address: str, host: str) -> None:
    port = urlsplit(address).port
    assert status(address, {"Host": f"{host}:{port}"}) == 200
    assert status(address, {"Host": f"{host}:{port}", "Origin": f"http://{host}:{port}"}) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example",
     "192.168.0.1", "[::2]", "[", "localhost@evil.example", "",
     "evil.example@127.0.0.1", "@localhost", "localhost/evil.example", "localhost?", "localhost.."],
)  # fmt: skip
def test_other_names_that_lead_here_are_not(address: str, host: str) -> None:
    """DNS rebinding: a site's own name, which leads to this machine."""
    for path in ("/", "/health", "/v1/models", "/translate", "/docs"):
        response = CLIENT.get(f"{address}{path}", headers={"Host": host})
        assert response.status_code == 403
        assert response.json() == {"error": "this server answers to its own addresses alone."}


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://localhost", "http://localhost:1", "null", "file://", "",
     "http://127.0.0.1", "https://chrome-extension", "chrome-extension", "ftp://localhost:8000"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_other_sites_are_not_answered(address: str, origin: str, method: str) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    response = CLIENT.request(method, f"{address}/v1/translate", json=BODY, headers=headers)
    assert response.status_code == 403
    assert response.json() == {"error": "this server does not answer to other web sites."}
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),  # a picture, a script
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}, 403),  # another port
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),  # a link
        ({"Origin": "moz-extension://0f5e", "Sec-Fetch-Site": "cross-site"}, 200),
    ],
)
def test_what_other_sites_embed_is_not_answered(
    address: str, headers: dict[str, str], expected: int
) -> None:
    assert CLIENT.get(f"{address}/v1/models", headers=headers).status_code == expected


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        (None, 401),
        ("", 401),
        ("Bearer", 401),
        ("Basic bG9uZw==", 401),
        ("Bearer wrong", 403),
        (f"Bearer {TOKEN[:-2]}", 403),
        (f"Bearer {TOKEN}", 200),
        (f"bearer  {TOKEN}", 200),
        (f"DeepL-Auth-Key {TOKEN}", 200),
    ],
)
def test_a_token_is_asked_for(closed: str, authorization: str | None, expected: int) -> None:
    headers = {} if authorization is None else {"Authorization": authorization.encode()}
    response = CLIENT.post(f"{closed}/v1/translate", json=BODY, headers=headers)  # pyright: ignore[reportArgumentType]
    assert response.status_code == expected
    assert ("www-authenticate" in response.headers) == (expected == 401)


def test_without_a_token_only_what_says_nothing_is_open(closed: str) -> None:
    paths = CLIENT.get(f"{closed}/openapi.json").json()["paths"]
    codes = {
        (method, path): CLIENT.request(method, f"{closed}{path}").status_code
        for path, methods in paths.items()
        for method in methods
    }
    answered = {path for (_, path), code in codes.items() if code != 401}
    assert answered == {"/health", "/languages", "/frontend/settings", "/listPairs"}
    assert CLIENT.get(f"{closed}/nothing").status_code == 401


def test_every_answer_forbids_what_it_does_not_need(address: str) -> None:
    answers = [
        CLIENT.get(f"{address}/docs"),
        CLIENT.get(f"{address}/docs/files/swagger-ui.css"),
        CLIENT.get(f"{address}/nothing"),
        CLIENT.get(f"{address}/metrics"),
        CLIENT.post(f"{address}/v1/translate", json={}),
        CLIENT.post(f"{address}/v1/translate", json=BODY),
        CLIENT.get(f"{address}/health", headers={"Host": "evil.example"}),
    ]
    assert [each.status_code for each in answers] == [200, 200, 404, 200, 422, 200, 403]
    for each in answers:
        policy = dict(
            part.strip().split(" ", 1)
            for part in each.headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in str(policy)
        assert each.headers["x-content-type-options"] == "nosniff"
        assert each.headers["cross-origin-resource-policy"] == "same-origin"


def test_the_page_about_the_api_loads_only_files_of_this_server(address: str) -> None:
    page = CLIENT.get(f"{address}/docs").text
    assert "http" not in page
    assert "<script>" not in page
    for path in (
        "/docs/files/swagger-ui-bundle.js",
        "/docs/files/swagger-ui.css",
        "/docs/start.js",
    ):
        assert path in page
        assert CLIENT.get(f"{address}{path}").status_code == 200

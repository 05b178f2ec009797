"""Who may ask: no other web site through a person's browser, and nobody without the token."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qkv.server.answers import refusal
from qkv.server.bodies import text_in
from qkv.server.refusal import RETRY_AFTER, Refused
from qkv.server.service import Service

__all__ = ["LOOPBACK", "Guard", "check_key"]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
EXTENSIONS = ("chrome-extension", "moz-extension", "safari-web-extension")

# Without a token: the pages, which ask for one, whether the server lives, and what the clients of
# LibreTranslate and Apertium read before they have been told a key.
OPEN = (
    "/", "/docs", "/openapi.json", "/health", "/languages", "/frontend/settings", "/listPairs",
)  # fmt: skip
FILES = ("/page/", "/docs/")
KEYED = ("/translate", "/detect", "/imme")  # they look for a key in what is sent

WITH_PICTURES = ("/v1/caption", "/v1/view", "/v1/explain")
MOST_READ_AWAY = 64 << 20  # bytes, of a body that is too large
TOO_LARGE = "the body is too large; at most {:,} bytes."

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets a request through to the app, or refuses it.

    hosts: names by which browsers may call the server; None: any. Without this, a site could have
    its own name lead here (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, service: Service, hosts: Collection[str] | None) -> None:
        self.app, self.service, self.hosts = app, service, hosts
        self.at_a_time = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        headers, path = Headers(scope=scope), scope["path"]
        most = self._most(path)
        self.at_a_time += 1
        try:
            self._check(headers, path)
            if int(headers.get("content-length", 0)) > most:
                if "expect" not in headers:  # else the client waits for leave to send it
                    await _read_away(receive)
                raise Refused(413, TOO_LARGE.format(most))
            await self.app(scope, _limited(receive, most), secured)
        except Refused as refused:
            await refusal(refused, path)(scope, receive, secured)
        finally:
            self.at_a_time -= 1

    def _most(self, path: str) -> int:
        """Bytes that a body may have."""
        limits = self.service.limits
        return limits.picture_bytes if path in WITH_PICTURES else limits.body_bytes

    def _check(self, headers: Headers, path: str) -> None:
        host = headers.get("host", "")
        if self.hosts is not None and _name(host) not in self.hosts:
            raise Refused(403, "this server answers to its own addresses alone.")
        if _is_cross_site(headers, host):
            raise Refused(403, "this server does not answer to other web sites.")
        if self.at_a_time > self.service.limits.requests and path not in OPEN:
            raise Refused(503, "too many requests at a time; try again later.", RETRY_AFTER)
        given = _token(headers)
        if given is not None or not (path in (*OPEN, *KEYED) or path.startswith(FILES)):
            self.service.check_token(given)


def _limited(receive: Receive, most: int) -> Receive:
    """The same for a body whose length nobody has told."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            if message["more_body"]:
                await _read_away(receive)
            raise HTTPException(413, TOO_LARGE.format(most).rstrip("."))
        return message

    return counted


async def _read_away(receive: Receive) -> None:
    """The rest of a body: a client that is cut off while it sends may never see the answer."""
    rest = MOST_READ_AWAY
    while rest > 0:
        message = await receive()
        rest -= len(message.get("body", b""))
        if not message.get("more_body"):  # it ended, or the client has gone
            return


def check_key(request: Request, service: Service, fields: dict[str, Any]) -> None:
    """Raises Refused where the token is missing or wrong; it may be among what is sent."""
    if _token(request.headers) is None:  # else it has been checked
        service.check_token(text_in(fields, "api_key") or text_in(fields, "key"))


def _name(host: str) -> str:
    """Of the Host header, without the port and the final dot; "" if it holds anything else."""
    try:
        parts = urlsplit(f"//{host}")
    except ValueError:
        return ""
    is_host = parts.netloc == host and "@" not in host
    return (parts.hostname or "").removesuffix(".") if is_host else ""


def _is_cross_site(headers: Headers, host: str) -> bool:
    """Is it a page of another site that sends this?

    Extensions of the browser, which a person has installed, are no sites. Pictures and scripts of
    other sites send no Origin; browsers say so in Sec-Fetch-Site.
    """
    origin = headers.get("origin")
    if origin is None:
        site, mode = headers.get("sec-fetch-site"), headers.get("sec-fetch-mode")
        return site in ("cross-site", "same-site") and mode != "navigate"
    scheme, _, site = origin.partition("://")
    is_own = scheme in ("http", "https") and site.lower() == host.lower()
    return not (is_own or (site and scheme in EXTENSIONS))


def _token(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() not in ("bearer", "deepl-auth-key"):
        return None
    return token.strip().encode("latin-1").decode(errors="replace")  # headers are bytes

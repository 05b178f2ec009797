"""The application: own API, the shapes that other programs send, and the page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from qkv import __version__
from qkv.errors import QkvError
from qkv.server import apertium, deepl, immersive, libretranslate, looking, own, reference
from qkv.server.answers import refusal
from qkv.server.bodies import NOT_JSON
from qkv.server.engine import Engine
from qkv.server.guard import Guard
from qkv.server.limits import Limits
from qkv.server.metrics import Measured, Metrics
from qkv.server.models import Models
from qkv.server.refusal import Refused
from qkv.server.service import Service

__all__ = ["application"]

# For the page about the API alone; `Guard` is what looks at it.
BEARER = HTTPBearer(auto_error=False, description="The token, where the server asks for one.")
PAGE = Path(__file__).parent / "page"


def application(
    models: Models,
    limits: Limits = Limits(),  # noqa: B008 - it is frozen
    *,
    token: str | None = None,
    hosts: Collection[str] | None = None,
) -> FastAPI:
    """What answers requests, for an ASGI server to run.

    token: that clients must give; None: none. hosts: see `Guard`.
    """
    metrics = Metrics()
    engine = Engine(limits, metrics.batches.observe)
    metrics.watch_queue(lambda: engine.waiting)
    service = Service(models, engine, limits, metrics, token)
    app = FastAPI(
        title="qkv",
        version=__version__,
        lifespan=_lifespan,
        middleware=[
            Middleware(Measured, metrics=metrics),
            Middleware(Guard, service=service, hosts=hosts),
        ],
        dependencies=[Depends(BEARER)],
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    for error in (Refused, HTTPException, RequestValidationError, QkvError, Exception):
        app.add_exception_handler(error, _refuse)
    for api in (own, looking, libretranslate, apertium, deepl, immersive):
        app.include_router(api.router)
    reference.routes(app)
    if (PAGE / "index.html").is_file():
        app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)(_page)
        app.mount("/page", StaticFiles(directory=PAGE))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.service.engine.close()


async def _page() -> FileResponse:
    return FileResponse(PAGE / "index.html")


async def _refuse(request: Request, error: Exception) -> Response:
    return refusal(_refused(error), request.url.path)


def _refused(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, QkvError):
        return Refused(422, str(error))
    if _is_of_json(error):
        return Refused(400, NOT_JSON)
    if isinstance(error, RequestValidationError):
        return Refused(422, _first(error))
    if isinstance(error, HTTPException):
        return Refused(error.status_code, f"{error.detail.rstrip('.')}.")
    return Refused(500, "the server failed at this; its log says why.")


def _is_of_json(error: Exception) -> bool:
    """Did FastAPI fail to read a body as JSON?"""
    if isinstance(error, RequestValidationError):
        return error.errors()[0]["type"] == "json_invalid"
    is_bad = isinstance(error, HTTPException) and error.status_code == 400
    return is_bad and isinstance(error.__cause__, (ValueError, RecursionError))


def _first(error: RequestValidationError) -> str:
    """What is wrong with the first field that is wrong, and where.

    A field that may be of several kinds has an error for each; those of the kind that was meant
    lie deepest, or say more than that it is another kind.
    """
    field = error.errors()[0]["loc"][:2]
    wrong = [each for each in error.errors() if each["loc"][:2] == field]
    place = max((_place(each) for each in wrong), key=len)
    wrong = [each for each in wrong if _place(each) == place]
    wrong = [each for each in wrong if not each["type"].endswith("_type")] or wrong
    first, *others = dict.fromkeys(each["msg"] for each in wrong)
    reasons = [first, *(other.removeprefix("Input should be ") for other in others)]
    name = ".".join(ascii(part).strip("'") for part in place) or "the body"
    return f"{name[:100]}: {' or '.join(reasons)}."


def _place(wrong: dict[str, Any]) -> tuple[Any, ...]:
    """A field and the numbers of items in it, without pydantic's names of the kinds it may have."""
    _, *place = wrong["loc"]
    return (*place[:1], *(part for part in place[1:] if isinstance(part, int)))

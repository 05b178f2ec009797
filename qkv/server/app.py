"""The application: own API, the shapes that other programs send, and the page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

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
        app.get("/", include_in_schema=False)(_page)
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
    if isinstance(error, RequestValidationError):
        return Refused(422, _first(error))
    if isinstance(error, HTTPException):
        return Refused(error.status_code, f"{error.detail}.")
    return Refused(500, "the server failed at this; its log says why.")


def _first(error: RequestValidationError) -> str:
    """What is wrong first, and where."""
    wrong = error.errors()[0]
    place = ".".join(ascii(part).strip("'") for part in wrong["loc"][1:]) or "the body"
    return f"{place[:100]}: {wrong['msg']}."

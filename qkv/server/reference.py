"""The page about the API at /docs, from files that are here: no network, no inline script."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

__all__ = ["routes"]

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>qkv: the API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/files/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/files/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = """\
SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null,
});
"""


def routes(app: FastAPI) -> None:
    """Put them into the app."""
    app.get("/docs", include_in_schema=False)(_page)
    app.get("/docs/start.js", include_in_schema=False)(_start)
    # A package that brings Swagger UI along.
    app.mount("/docs/files", StaticFiles(directory=str(files("fastapi_offline") / "static")))


async def _page() -> Response:
    return HTMLResponse(PAGE)


async def _start() -> Response:
    return Response(START, media_type="text/javascript")

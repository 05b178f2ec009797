"""A browser for tests of pages, and a report opened in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from qkv.inspection import report

playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]

Opened = Callable[..., Any]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    found = next(filter(None, map(which, NAMES)), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Opened]:
    """Writes views into a report and opens it from disk; a complaint or a request fails."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def open_views(*views: dict[str, Any], fragment: str = "", **settings: Any) -> Any:
        path = tmp_path / "report.html"
        report(views, path, title="A report")
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | settings)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked_for(request.url, path))
        page.goto(f"{path.as_uri()}{fragment}")
        return page

    def asked_for(address: str, path: Path) -> None:
        if not address.startswith((path.as_uri(), "data:", "blob:")):
            complaints.append(address)

    yield open_views
    for context in contexts:
        context.close()
    assert complaints == []

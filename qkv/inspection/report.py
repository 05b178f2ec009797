"""A report: one HTML file with everything in it, to be looked at without a network."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from qkv.errors import ConfigError, DataError, FolderError
from qkv.files import write_atomically

__all__ = ["report"]

MOST = 500_000_000  # characters; browsers open no longer text

SCRIPT = Path(__file__).parent / "page" / "report.js"

# Nothing may be loaded from anywhere, and no script run but the one in the file.
_POLICY = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'none'; img-src data:; "
    "worker-src blob:; base-uri 'none'; form-action 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
</head>
<body>
<noscript>This report is drawn by a script: open it in a browser that may run it.
这份报告由脚本绘制，请用允许运行脚本的浏览器打开。</noscript>
<script type="application/json" id="views">{views}</script>
<script>{script}</script>
</body>
</html>
"""


def report(
    views: Sequence[Mapping[str, Any]], path: str | Path, *, title: str = "attention"
) -> None:
    """Write views, as `qkv.inspection.view` makes them, into one HTML file, whole or not at all.

    Views with the same title that follow each other are shown side by side.

    Raises:
        ConfigError: there is no view.
        DataError: the file cannot be written, or no browser would open it.
        FolderError: the page's script is missing from this installation.
    """
    if not views:
        raise ConfigError("report(): needs a view at least, as translation_view() makes them.")
    if not isinstance(title, str):
        raise ConfigError(f"report(): title must be a text; got {type(title).__name__}.")
    script = _script()
    data = {"format": "qkv views 1", "title": title, "views": list(views)}
    # As \\u003c no token can close the element, nor begin a comment in it.
    shown = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    if len(shown) > MOST:
        raise DataError(
            f"{path}: would have {len(shown) // 10**6:,} MB, and browsers open no more than "
            f"{MOST // 10**6}; show fewer texts, layers or heads."
        )
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = _POLICY.format(script=digest)
    page = _PAGE.format(policy=policy, title=escape(_line(title)), views=shown, script=script)
    write_atomically(Path(path), lambda part: part.write_text(page, "utf-8", newline="\n"))


def _script() -> str:
    try:
        return SCRIPT.read_text("utf-8")
    except OSError:
        raise FolderError(
            f"{SCRIPT}: not there; this installation of qkv lacks its page. Install it again, or "
            "build it in a checkout (see web/README.md)."
        ) from None


def _line(text: str) -> str:
    """A title that UTF-8 can hold, in one line."""
    return " ".join(text.encode("utf-8", "replace").decode().split())

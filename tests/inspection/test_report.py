"""The page of a report: whole, and with nothing in it that a token could have written."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

import qkv
from qkv.errors import ConfigError, DataError, FolderError
from qkv.inspection import records_view, report
from tests.pages import Page

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "&lt;b&gt;",
    "\u202eevil\u2066",
    "\u0301",
    "\x00\x1b[31m\u2028",
    "\ud800",
    '"\\',
    "猫",
]


@pytest.fixture(autouse=True)
def script(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> str:
    """A short one in place of the page's own, which tests in a browser look at."""
    path = tmp_path_factory.mktemp("page") / "report.js"
    path.write_text("document.title += '…';\n", "utf-8")
    monkeypatch.setattr(import_module("qkv.inspection.report"), "SCRIPT", path)
    return path.read_text("utf-8")


def seen_in(tokens: int) -> qkv.inspection.Seen:  # pyright: ignore[reportAttributeAccessIssue]
    layer = nn.MultiheadAttention(8, 2, batch_first=True).eval()
    x = torch.randn(1, tokens, 8)
    with qkv.watch(layer) as seen, torch.no_grad():
        layer(x, x, x)
    return seen


def test_a_page_of_one_file(tmp_path: Path, script: str) -> None:
    seen = seen_in(len(HOSTILE))
    path = tmp_path / "a.html"
    seen.report(path, tokens=HOSTILE, title="<b>title</b>\n&")
    html = path.read_text("utf-8")
    page = Page(html)
    assert page.scripts == [page.scripts[0], script]
    view = records_view(seen, tokens=HOSTILE, title="<b>title</b>\n&")
    wanted = {"format": "qkv views 1", "title": "<b>title</b>\n&", "views": [view]}
    assert page.views == json.loads(json.dumps(wanted))
    assert page.views["views"][0]["sides"][0]["tokens"] == HOSTILE
    assert "<title>&lt;b&gt;title&lt;/b&gt; &amp;</title>" in html
    assert not re.search(r"https?://", html)
    tags = [tag for tag, _ in page.tags]
    assert set(tags) == {"html", "head", "meta", "title", "body", "noscript", "script"}


def test_the_policy_allows_the_one_script_and_nothing_else(tmp_path: Path, script: str) -> None:
    seen_in(3)[0].report(tmp_path / "a.html")
    page = Page((tmp_path / "a.html").read_text("utf-8"))
    [policy] = [
        attributes["content"]
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.split(" ", 1) for rule in (policy or "").split("; "))
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert rules == {
        "default-src": "'none'",
        "script-src": f"'sha256-{digest}'",
        "style-src": "'none'",
        "img-src": "data:",
        "worker-src": "blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


@given(st.lists(st.text(), min_size=1, max_size=6))
def test_no_token_leaves_its_element(tokens: list[str]) -> None:
    text = json.dumps(tokens)
    view = {"title": text, "tokens": tokens}
    written: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        module = import_module("qkv.inspection.report")
        patched.setattr(module, "write_atomically", lambda _, write: write(_Recording(written)))
        report([view], "a.html", title=tokens[0])
    page = Page(written[0])
    assert len(page.scripts) == 2
    assert page.views["views"] == [view]


class _Recording:
    """Takes the text that is written to a path."""

    def __init__(self, written: list[str]) -> None:
        self.written = written

    def write_text(self, text: str, encoding: str, newline: str) -> None:
        assert newline == "\n"
        self.written.append(text.encode(encoding).decode(encoding))


def test_the_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.html"
    path.write_text("before")

    def break_off(self: Path, *_: object, **__: object) -> None:
        self.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", break_off)
    with pytest.raises(DataError, match="cannot be written"):
        report([{"title": "a"}], path)
    assert path.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir()] == ["a.html"]


def test_what_is_wrong_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="needs a view at least"):
        report([], tmp_path / "a.html")
    module = import_module("qkv.inspection.report")
    monkeypatch.setattr(module, "MOST", 99)
    with pytest.raises(DataError, match="browsers open no more than"):
        report([{"title": "a" * 99}], tmp_path / "a.html")
    monkeypatch.setattr(module, "SCRIPT", tmp_path / "none.js")
    with pytest.raises(FolderError, match=r"none\.js: not there.*Install it again"):
        report([{"title": "a"}], tmp_path / "a.html")
    assert list(tmp_path.iterdir()) == []

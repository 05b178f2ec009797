"""The tools write files of the package; who asks what they do gets that alone."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("tool", ["tools.phrasebook", "tools.settings_page"])
@pytest.mark.parametrize(("given", "code"), [("--help", 0), ("typo", 2)])
def test_only_a_call_without_arguments_writes(
    tool: str,
    given: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a file was written")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    monkeypatch.setattr(Path, "write_text", refuse)
    monkeypatch.setattr(sys, "argv", [tool, given])
    monkeypatch.delitem(
        sys.modules, tool if tool != "tools.phrasebook" else f"{tool}.__main__", False
    )
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(tool, run_name="__main__")
    assert ended.value.code == code
    said = capsys.readouterr()
    assert f"usage: python -m {tool}" in (said.err if code else said.out)

"""The command line, called in this process."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from qkv.cli import main


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    def refusal(self) -> str:
        """The one line on stderr of a command that was refused, after training's of progress."""
        assert (self.code, self.out) == (2, "")
        assert self.err.endswith("\n")
        *progress, refused = self.err.splitlines()
        assert all(line.startswith(PREPARING) for line in progress)
        assert refused.startswith("qkv: ")
        return refused.removeprefix("qkv: ")

    def printed(self) -> str:
        """What a command printed that went well, and said nothing besides."""
        assert (self.code, self.err) == (0, "")
        return self.out


PREPARING = (
    "reading ",
    "resuming the run in ",
    "for text of this size",
    "measuring how fast this machine is",
    "learning the tokenizers",
    "tokenising",
)

Qkv = Callable[..., Result]


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def qkv(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Qkv:
    """`qkv("translate", folder, stdin="…")`; `typed`: standard input is a terminal."""

    def run(*arguments: str | Path, stdin: str | bytes = b"", typed: bool = False) -> Result:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "argv", ["qkv", *map(str, arguments)])
        stream = io.BufferedReader(io.BytesIO(data))
        monkeypatch.setattr(sys, "stdin", (_Terminal if typed else io.TextIOWrapper)(stream))
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code or 0
        assert isinstance(code, int)
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run

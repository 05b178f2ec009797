"""The commands in one app, and the one place where errors become a line and an exit code."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from difflib import get_close_matches
from typing import Annotated

import typer

from qkv import __version__
from qkv.cli.commands import Commands
from qkv.errors import QkvError

__all__ = ["app", "main"]

HELP = """Train, run and show attention.

    qkv train --source train.zh --target train.en --out model

    echo 我喜欢咖啡 | qkv translate model

    qkv show model 我喜欢咖啡 --png attention.png
"""

app = typer.Typer(
    cls=Commands,
    help=HELP,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"qkv {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """What `qkv` takes before a command."""


def main() -> None:
    """Run one command; what a user can mend is one line on stderr and exit code 2.

    An interrupt ends with 130; a reader that has gone, as with `| head`, with 1 and no word.
    """
    _occupy_closed()
    _write_utf8()
    try:
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
        sys.stdout.flush()
    except QkvError as error:
        code = _refuse(str(error))
    except typer.TyperException as error:
        hint = _hint(error)
        code = _refuse(f"{error.format_message()}{hint}")
    except OSError as error:
        closed = error.errno == errno.EBADF  # as `_occupy_closed` left it
        said = "standard output is closed." if closed else str(error)
        code = 1 if isinstance(error, BrokenPipeError) else _refuse(said)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else Python fails again when it flushes
    sys.exit(code)


def _occupy_closed() -> None:
    """Let no file that is opened later get the number of a standard stream that was closed.

    What goes to standard error is lost; writing to standard output, or reading, is an error.
    """
    if sys.stdin is None:
        os.open(os.devnull, os.O_WRONLY)
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def _write_utf8() -> None:
    """Translations are UTF-8 everywhere, whatever the terminal's language is set to."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A file's name that is no UTF-8 holds half surrogates; so written they are JSON too.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _hint(error: typer.TyperException) -> str:
    """Where an option that a command lacks is to be given, or its setting."""
    option, context = getattr(error, "option_name", None), getattr(error, "ctx", None)
    if option is None or context is None:
        return ""
    if context.info_name == "train":
        from qkv.training.config import SETTINGS

        name = option.lstrip("-").replace("-", "_")
        [close] = get_close_matches(name, SETTINGS, 1) or ["NAME"]
        if close != "NAME":
            vars(error)["possibilities"] = None  # options that are less like it
        return f". Settings are given as --set, such as --set {close}=VALUE; see docs/settings.md."
    commands = getattr(context.command, "commands", {})
    having = [n for n, each in commands.items() if any(option in p.opts for p in each.params)]
    return f". It belongs after a command: {', '.join(having)}." if having else ""


def _refuse(message: str) -> int:
    with suppress(OSError):  # the exit code still tells
        print(f"qkv: {' '.join(message.split())}", file=sys.stderr, flush=True)
    return 2

"""Whether a model's own score may run: asked once, remembered by the hash of its source."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

if TYPE_CHECKING:
    from qkv.models.own_score import Source

__all__ = ["Trust", "ask_to_trust"]

Trust = Annotated[bool, Option("--trust", help="Let the code of the model's own score run.")]

_CONFIG_BYTES = 1024**2


def ask_to_trust(config: Path, trust: bool) -> None:
    """If the model whose settings are in this JSON file has a score of its own, may its code run?

    Somebody at a terminal is asked. What is refused, or does not fit, is for the loading to say.
    """
    from qkv.files import read_json

    try:
        settings = read_json(config, _CONFIG_BYTES)
        settings = settings.get("model", settings)
        attention, digest = settings["attention"], settings["score_sha256"]
    except (OSError, ValueError, KeyError, AttributeError):
        return
    if not (isinstance(attention, str) and ":" in attention):
        return
    from qkv.models import own_score

    source = own_score.locate(attention)
    if source.sha256 != digest or own_score.is_trusted(digest):
        return
    if trust or _agreed(source):
        own_score.trust(digest)


def _agreed(source: Source) -> bool:
    """The answer of a person, if there is one."""
    if not _can_be_asked():
        return False
    print(
        f"This model attends by {source.name}, which is code in\n  {source.file}\n"
        f"  SHA-256 {source.sha256}\nIt can do whatever you can. Run it, now and later? [y/N] ",
        end="",
        file=sys.stderr,
        flush=True,
    )
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _can_be_asked() -> bool:
    return all(each is not None and each.isatty() for each in (sys.stdin, sys.stderr))

"""The commands in the order of `qkv --help`; each is imported and built when it is called.

A command is a module of this folder with a function of its name; `import_` is `import`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from keyword import iskeyword
from typing import Any

from typer import Typer
from typer.core import TyperGroup
from typer.main import get_command

__all__ = ["Commands"]

LINES = {
    "demo": "Train three small models, compare them, show their attention.",
    "explain": "Work one attention step by hand, or one of a trained model.",
    "check": "Look at parallel text before training: what is wrong, and where.",
    "features": "Compute what a vision encoder sees in pictures, for training.",
    "train": "Train a model from parallel text, or from captioned pictures.",
    "translate": "Translate line for line; an empty line stays an empty line.",
    "caption": "Say what is in pictures.",
    "align": "Link the words of sentence pairs that exist already.",
    "evaluate": "Translate or caption, and score: BLEU and chrF, or CIDEr-D.",
    "compare": "Score systems on the same sentences, and test their differences.",
    "report": "Write a page, one file, that shows what a model attended to.",
    "show": "Show what each word of a translation or caption attended to.",
    "export": "Write a model for CTranslate2, ONNX or transformers.",
    "import": "Make a model folder of a Marian model, such as OPUS-MT's.",
    "serve": "Serve models over HTTP, to a browser and to other programs.",
}


class _Built(Mapping[str, Any]):
    """The commands by name. Building all of them, option by option, is slow for `qkv --help`."""

    def __getitem__(self, name: str) -> Any:
        if name not in LINES:
            raise KeyError(name)
        app = Typer(add_completion=False, rich_markup_mode=None)
        own = f"{name}_" if iskeyword(name) else name
        app.command()(getattr(import_module(f"qkv.cli.{own}"), own))
        return get_command(app)

    def __iter__(self) -> Iterator[str]:
        return iter(LINES)

    def __len__(self) -> int:
        return len(LINES)


class Commands(TyperGroup):
    """The group of all commands, which lists them without building one."""

    def __init__(self, **settings: Any) -> None:
        settings["commands"] = _Built()
        super().__init__(**settings)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(LINES.items()))

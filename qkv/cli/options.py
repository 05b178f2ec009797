"""Options that several commands share: a search's, read off its fields, and the device."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import Field, fields
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from qkv.cli.trust import Trust, ask_to_trust
from qkv.errors import ConfigError
from qkv.files import named_folders
from qkv.search import Search

if TYPE_CHECKING:
    from qkv.pipeline import Glossary

__all__ = ["Bonus", "Device", "Engine", "Terms", "glossary_of", "say_engine", "searching"]

_TRUST = Parameter("trust", Parameter.KEYWORD_ONLY, default=False, annotation=Trust)
Engine = Annotated[
    str,
    Option(
        help="What searches: torch; ctranslate2, for the same texts; ctranslate2-int8, for nearly "
        "the same; auto."
    ),
]
Device = Annotated[str, Option(help="auto, cpu, cuda, cuda:1 or mps.")]
Terms = Annotated[
    Path | None,
    Option(help="Terms to keep to: a term, a tab and its translation in each line."),
]
Bonus = Annotated[
    float | None,
    Option(
        min=0, max=100, help="Terms stand if they are worth it, in nats a token; else they must."
    ),
]


def searching(*left_out: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each field of `Search`, in place of its keyword `search`.

    And --trust, for the folders of its arguments `model`, `systems` and `against`.

    left_out: fields that the command has no use for.
    """
    options = {each.name: _option(each) for each in fields(Search) if each.name not in left_out}

    def wrap(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**given: Any) -> None:
            search = Search(**{name: given.pop(name) for name in options})
            trust = given.pop("trust")
            others = *(given.get("systems") or ()), *(given.get("against") or ())
            for named in filter(None, (given.get("model"), *others)):
                for folder in named_folders(named):
                    ask_to_trust(folder / "config.json", trust)
            command(search=search, **given)

        own = signature(command, eval_str=True)
        parameters: list[Parameter] = []
        for parameter in own.parameters.values():
            if parameter.name == "search":
                parameters += options.values()
            else:
                parameters.append(parameter)
        parameters.append(_TRUST)
        run.__signature__ = own.replace(parameters=parameters)  # pyright: ignore[reportAttributeAccessIssue]
        return run

    return wrap


def glossary_of(path: Path | None, bonus: float | None) -> Glossary | None:
    """What --glossary and --glossary-bonus say.

    Raises:
        ConfigError: a bonus alone. DataError: the file is no glossary.
    """
    if path is None and bonus is not None:
        raise ConfigError("--glossary-bonus goes with --glossary.")
    if path is None:
        return None
    from qkv.pipeline import Glossary

    return Glossary.read(path, bonus)


def say_engine(named: str, used: str) -> None:
    """What `auto` took, and why, on standard error."""
    if named == "auto":
        print(f"qkv: engine: {used}.", file=sys.stderr)


def _option(setting: Field[Any]) -> Parameter:
    """Its type is its default's; several texts are an option given several times."""
    default, kind = setting.default, type(setting.default)
    if default is None:
        kind = int | None
    elif default == ():
        default, kind = [], list[str]
    return Parameter(
        setting.name,
        Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, Option(help=setting.metadata["help"])],
    )

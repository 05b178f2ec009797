"""A setting: one named value that a user can give, declared once, as a field of a config."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from math import inf, isfinite
from types import NoneType
from typing import Any, get_args, get_type_hints

from qkv.errors import ConfigError

__all__ = ["Range", "Setting", "check", "declared", "setting"]

KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


@dataclass(frozen=True)
class Range:
    """The numbers from `least` to `most`, both included unless said otherwise."""

    least: float
    most: float = inf
    above_least: bool = False
    below_most: bool = False

    def __contains__(self, value: float) -> bool:
        above = self.least < value if self.above_least else self.least <= value
        below = value < self.most if self.below_most else value <= self.most
        return above and below

    def __str__(self) -> str:
        """What a value must do, to go on after "must"."""
        if self.most == inf:
            return f"be {'above' if self.above_least else 'at least'} {self.least:g}"
        if isinstance(self.most, int):
            return f"lie between {self.least} and {self.most:,}"
        return f"lie in [{self.least:g}, {self.most:g}{')' if self.below_most else ']'}"


@dataclass(frozen=True)
class Setting:
    """What a config's field says of itself.

    kind: its type; optional: None is a value too, which a user writes as auto.
    help: what it is, in Markdown; its row in docs/settings.md.
    allowed: the numbers or the words that it may be; None: all of its type.
    only: what alone it is for, as `architecture`, `select` or `source` and the value of that.
    filled_in: found out from the data and not given by a user.
    added: folders of an earlier version lack it; its default is what those models are.
    """

    name: str
    kind: type
    optional: bool
    help: str
    allowed: Range | tuple[str, ...] | None
    only: dict[str, str]
    filled_in: bool
    added: bool

    def parse(self, value: Any) -> Any:
        """The value, given as text or typed, as this setting's type.

        Raises:
            ConfigError: it is of another type.
        """
        if self.optional and (value is None or value == "auto"):
            return None
        try:
            return _parse(self.kind, value)
        except ValueError:
            raise self._wrong(KINDS[self.kind], value) from None

    def check(self, value: Any) -> None:
        """Raises ConfigError for a value of another type or that is not allowed."""
        if self.optional and value is None:
            return
        whole = self.kind is float and type(value) is int
        if type(value) is not self.kind and not whole:
            raise self._wrong(KINDS[self.kind], value)
        if isinstance(self.allowed, tuple) and value not in self.allowed:
            raise self._wrong(f"one of {', '.join(self.allowed)}", value)
        if isinstance(self.allowed, Range) and value not in self.allowed:
            raise ConfigError(f"{self.name} must {self.allowed}; got {value}.")

    def _wrong(self, wanted: str, value: Any) -> ConfigError:
        return ConfigError(f"{self.name} must be {wanted}; got {value!r}.")


def setting(
    default: Any,
    help: str,  # noqa: A002 - as argparse and Typer call it
    allowed: Range | tuple[str, ...] | None = None,
    *,
    filled_in: bool = False,
    added: bool = False,
    **only: str,
) -> Any:
    """A field of a frozen dataclass that declares a setting; arguments as in `Setting`."""
    return field(
        default=default,
        metadata={
            "help": help,
            "allowed": allowed,
            "only": only,
            "filled_in": filled_in,
            "added": added,
        },
    )


@cache
def declared(config: type) -> dict[str, Setting]:
    """The settings of a config, by name, in their order."""
    hints = get_type_hints(config)
    settings = {}
    for one in fields(config):
        kinds = get_args(hints[one.name]) or (hints[one.name],)
        [kind] = [kind for kind in kinds if kind is not NoneType]
        settings[one.name] = Setting(one.name, kind, NoneType in kinds, **one.metadata)
    return settings


def check(config: Any) -> None:
    """Raises ConfigError for the first value that its setting does not allow."""
    for name, one in declared(type(config)).items():
        one.check(getattr(config, name))


def _parse(kind: type, value: Any) -> Any:
    text = str(value)
    if kind is bool and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind is str and isinstance(value, str):
        return value
    if kind is int and isinstance(value, (int, str)) and not isinstance(value, bool):
        return int(value)
    if kind is float and not isinstance(value, bool) and isfinite(float(text)):
        return float(text)
    raise ValueError

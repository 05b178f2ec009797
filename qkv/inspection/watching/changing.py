"""What a watch block changes of the calls it sees, said as an `Attending` a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

import torch

from qkv.attention import Lookup
from qkv.attention.lookup import broadcasts
from qkv.errors import ConfigError, QkvError, ShapeError
from qkv.inspection.watching.record import Record
from qkv.models import PLAIN, Attending
from qkv.models.attending import FREE, Kind, Look
from qkv.models.attending import Call as Place

__all__ = ["Change", "Changes"]

# Or what a record of the call, as it would be, asks for.
Change: TypeAlias = Attending | Callable[[Record], Attending]

# By what a record calls it: which rules mean it, and which attention of our own it is like.
_MEANT: dict[str, tuple[set[Kind], Kind]] = {
    "causal": ({"any", "self"}, "self"),
    "self": ({"any", "self", "encoder", "source"}, "encoder"),
    "cross": ({"any", "cross", "source"}, "cross"),
    "unknown": ({"any"}, "cross"),
}


class Changes:
    """The changes of a block, by the modules that they are for, and which have reached a call.

    Raises:
        ConfigError: a module that is neither a name nor a number, or a change that is none.
    """

    def __init__(self, changes: Mapping[Any, Change] | None) -> None:
        self._changes = dict(changes or {})
        self._kinds: dict[str | int, set[str]] = {}  # of the calls that its modules made
        self._reached: set[str | int] = set()
        for which, change in self._changes.items():
            if isinstance(which, bool) or not isinstance(which, str | int):
                raise ConfigError(f"watch(): change= names modules; got {which!r}.")
            if not (isinstance(change, Attending) or callable(change)):
                raise ConfigError(
                    f"watch(): the change of {which!r} must be an Attending, such as "
                    f"qkv.PLAIN.without_heads('any', [0]); got {change!r}."
                )

    def __bool__(self) -> bool:
        return bool(self._changes)

    def concern(self, module: str, number: int) -> bool:
        """Is there one for this module, the `number`-th of those that attend?"""
        return any(True for _ in self._of(module, number))

    def look(self, record: Record, number: int) -> Look:
        """What is asked of this call; the record is of it as it would be.

        Raises:
            ConfigError: heads or positions that it does not have, or a function that gives no
                Attending.
        """
        look, (kinds, _) = FREE, _MEANT[record.kind]
        for which, change in self._of(record.name, number):
            self._kinds.setdefault(which, set()).add(record.kind)
            asked = change if isinstance(change, Attending) else change(record)
            if not isinstance(asked, Attending):
                raise ConfigError(
                    f"watch(): the change of {which!r} must give an Attending; got {asked!r}."
                )
            rules = [rule for rule in asked.rules if rule.kind in kinds and rule.layer is None]
            own = _look(record, replace(PLAIN, rules=tuple(replace(r, kind="any") for r in rules)))
            if own != FREE:
                self._reached.add(which)
                look = look.also(own)
        return look

    def check(self) -> None:
        """Raises ConfigError where a change has reached no call."""
        for which in self._changes:
            if which in self._reached:
                continue
            if kinds := self._kinds.get(which):
                raise ConfigError(
                    f"watch(): the change of {which!r} has reached no call: what it asks is for "
                    f"other attention than that of its modules ({', '.join(sorted(kinds))}), or "
                    "for rows that are not there. Say 'any', and leave out layer=."
                )
            raise ConfigError(
                f"watch(): the change of {which!r} has reached no call: no module of that name "
                "was seen to attend. seen.unseen says what could not be seen."
            )

    def _of(self, module: str, number: int) -> Iterator[tuple[str | int, Change]]:
        for which, change in self._changes.items():
            own = which == number if isinstance(which, int) else fnmatchcase(module, which)
            if own:
                yield which, change


def _look(record: Record, asked: Attending) -> Look:
    lookup = record.lookup()
    heads = lookup.shape[-3] if len(lookup.shape) > 2 else 1
    queries, keys = lookup.shape[-2:]
    place = Place(heads, queries, keys, lookup.query.device, _first(record, lookup))
    try:
        asked.check("any", 1, heads)
        look = asked.at(_MEANT[record.kind][1], 0, place)
        pinned = look.pinned and look.pinned.weights
        for part in (look.mask, look.bias, pinned):
            if part is not None and not broadcasts(part.shape, lookup.shape):
                raise ShapeError(f"{tuple(part.shape)} does not broadcast to them.")
    except QkvError as error:
        shape = "×".join(map(str, record.shape))
        raise ConfigError(
            f"watch(): a change does not fit {record.name}, whose weights are {shape}: {error}"
        ) from None
    return look


def _first(record: Record, lookup: Lookup) -> int:
    """The number of the first query: the last one stands at the last key that it sees."""
    queries, keys = lookup.shape[-2:]
    if record.kind != "causal":
        return 0
    if lookup.mask is not None and not lookup.mask.is_triangle:
        seen = lookup.mask.part(slice(queries - 1, queries)).flatten(0, -2).any(0)
        if len(seen) == keys and seen.any():  # of a cache of a fixed length
            keys = keys - int(seen.flip(0).to(torch.uint8).argmax())
    return keys - queries

"""What if: changes that a person asks for, as JSON holds them, and the `Attending` they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from functools import cached_property
from itertools import combinations
from numbers import Integral, Real
from reprlib import repr as short
from typing import Any, Literal, Self, get_args

import torch

from qkv.errors import ConfigError
from qkv.models import PLAIN, Attending
from qkv.pipeline.captioner import Captioner
from qkv.pipeline.translator import Translator
from qkv.shapes import Mask

__all__ = ["Changes", "Forbidden", "HeadsOff", "Pin", "possible"]

Kind = Literal["cross", "encoder", "decoder"]

MOST_CELLS = 1 << 28  # of masks, a byte each
TOLERANCE = 1e-3  # of a sum of weights, which people write with a few digits


@dataclass(frozen=True)
class HeadsOff:
    """Heads that see nothing, and so say nothing; layer None: in every layer."""

    kind: Kind
    heads: Sequence[int]
    layer: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            kinds = ", ".join(get_args(Kind))
            raise ConfigError(f"heads_off: kind must be one of {kinds}; got {short(self.kind)}.")
        _settle(self, "heads_off", "layer", "heads")


@dataclass(frozen=True)
class Forbidden:
    """A look that target token `row` may not take, at source token `column`.

    layer, heads: None: in every one.
    """

    row: int
    column: int
    layer: int | None = None
    heads: Sequence[int] | None = None

    def __post_init__(self) -> None:
        _settle(self, "forbid", "row", "column", "layer", "heads")


@dataclass(frozen=True)
class Pin:
    """The weights that target token `row` has, by source token; 0 where none is given."""

    row: int
    weights: Mapping[int, float]
    layer: int | None = None
    heads: Sequence[int] | None = None

    def __post_init__(self) -> None:
        _settle(self, "pin", "row", "layer", "heads")
        object.__setattr__(self, "weights", _weights(self.weights))

    @cached_property
    def looks(self) -> dict[int, float]:
        """The weights that are not 0."""
        return {column: weight for column, weight in self.weights.items() if weight}


@dataclass(frozen=True)
class Changes:
    """What a translation or caption is changed by; nothing at all by default.

        changes = Changes(prefix="I like", hide=[2])
        attention = changes.attending(translator.source_positions(text))
        translator.translate([text], attention=attention, prefix=changes.prefix)

    Tokens are counted from 0, layers and heads too; the end of the source has a number, the last.
    A word is forced by a prefix that ends with it. Forbidden and pinned looks are those of
    cross-attention. A pinned row says what the heads attend to that are not switched off.

    Attributes:
        prefix: what the result begins with.
        hide: source tokens, or regions of a picture, that nothing attends to.
    """

    prefix: str = ""
    hide: Sequence[int] = ()
    heads_off: Sequence[HeadsOff] = ()
    forbid: Sequence[Forbidden] = ()
    pin: Sequence[Pin] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.prefix, str):
            raise ConfigError(f"prefix must be a text; got {short(self.prefix)}.")
        object.__setattr__(self, "hide", _numbers("hide", self.hide))
        for name in ("heads_off", "forbid", "pin"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @classmethod
    def from_dict(cls, record: Any) -> Self:
        """The changes that a record says, as JSON holds it and `as_dict` makes it.

        Raises:
            ConfigError: an unknown name, a missing one, or what makes no sense.
        """
        given = _given(cls, record, "changes")
        for name, kind in PARTS.items():
            parts = _list(name, given.get(name, ()))
            given[name] = [kind(**_given(kind, part, name)) for part in parts]
        return cls(**given)

    def as_dict(self) -> dict[str, Any]:
        """What JSON can hold, without what is not asked for."""
        return {name: _plain(value) for name, value in asdict(self).items() if value}

    def attending(self, source_tokens: int) -> Attending:
        """What attention is asked to do, as `translate(attention=…)` takes it.

        Args:
            source_tokens: of the text, its end counted, or regions of the picture; 0: of a model
                that has nothing to attend to. See `source_positions` of the models.
        Raises:
            ConfigError: no such source token, looks that contradict each other, or a model that
                has nothing to attend to. Layers and heads that are not there are refused later,
                when a model sees them.
        """
        self._check(source_tokens)
        attention = PLAIN
        if self.hide:
            positions = torch.arange(source_tokens)
            attention = attention.hiding(torch.isin(positions, torch.tensor(self.hide)))
        attention = self._forbidding(attention, source_tokens)
        for one in self.pin:
            weights = torch.zeros(1, source_tokens)
            weights[0, list(one.weights)] = torch.tensor(list(one.weights.values()))
            place = {"layer": one.layer, "heads": one.heads}
            attention = attention.pinned("cross", weights, rows=[one.row], **place)
        for one in self.heads_off:
            attention = self._without(attention, one, source_tokens)
        return attention

    def _forbidding(self, attention: Attending, source_tokens: int) -> Attending:
        """One mask for all looks that are forbidden in the same heads."""
        places: dict[tuple[Any, Any], list[Forbidden]] = {}
        for one in self.forbid:
            places.setdefault((one.layer, one.heads), []).append(one)
        rows = {place: 1 + max(one.row for one in ones) for place, ones in places.items()}
        if sum(rows.values()) * source_tokens > MOST_CELLS:
            raise ConfigError("forbid: too many looks so late in a text; forbid fewer.")
        for (layer, heads), ones in places.items():
            allowed = torch.ones(rows[layer, heads], source_tokens, dtype=torch.bool)
            for one in ones:
                allowed[one.row, one.column] = False
            attention = attention.masked("cross", Mask(allowed), layer=layer, heads=heads)
        return attention

    def _without(self, attention: Attending, off: HeadsOff, source_tokens: int) -> Attending:
        """A head that is off says nothing in rows that are pinned, either."""
        kind = "self" if off.kind == "decoder" else off.kind
        attention = attention.without_heads(kind, off.heads, layer=off.layer)
        rows = sorted({one.row for one in self.pin})
        if kind != "cross" or not rows:
            return attention
        nothing = torch.zeros(len(rows), source_tokens)
        return attention.pinned("cross", nothing, rows=rows, layer=off.layer, heads=off.heads)

    def _check(self, source_tokens: int) -> None:
        if not source_tokens and self != Changes(self.prefix):
            raise ConfigError(
                "this model reads its source as one vector and attends to nothing; only prefix "
                "can be changed."
            )
        named = [("hide", column) for column in self.hide]
        named += [("forbid", one.column) for one in self.forbid]
        named += [("pin", column) for one in self.pin for column in one.weights]
        for name, column in named:
            if column >= source_tokens:
                raise ConfigError(
                    f"{name}: no source token {column}; there are {source_tokens}, numbered from "
                    "0, the end counted."
                )
        for pin in self.pin:
            self._check_pin(pin)
        self._check_pairs()

    def _check_pin(self, pin: Pin) -> None:
        """Refuse weights on what nothing may attend to."""
        for column in pin.looks.keys() & self.hide:
            raise ConfigError(f"source token {column} is hidden and pinned; take one back.")
        for other in self.forbid:
            if other.row == pin.row and other.column in pin.looks and _meet(other, pin):
                raise ConfigError(
                    f"target token {pin.row} is forbidden to look at source token {other.column} "
                    "and pinned to it; take one back."
                )

    def _check_pairs(self) -> None:
        """Refuse weights of one row and head that differ."""
        for one, other in combinations(self.pin, 2):
            if one.row == other.row and one.looks != other.looks and _meet(one, other):
                raise ConfigError(
                    f"target token {one.row} is pinned twice, to weights that differ; take one "
                    "back."
                )


FIELDS = tuple(each.name for each in fields(Changes))
PARTS = {"heads_off": HeadsOff, "forbid": Forbidden, "pin": Pin}


def possible(model: Translator | Captioner) -> tuple[str, ...]:
    """The fields of `Changes` that this model can take."""
    return ("prefix",) if model.one_vector else FIELDS


def _meet(one: Forbidden | Pin, other: Forbidden | Pin) -> bool:
    """Do they concern a head that is the same?"""
    layers = one.layer is None or other.layer is None or one.layer == other.layer
    heads = one.heads is None or other.heads is None or {*one.heads} & {*other.heads}
    return layers and bool(heads)


def _given(kind: type, record: Any, name: str) -> dict[str, Any]:
    """What a record, called `name` in errors, says of the fields of a dataclass."""
    if not isinstance(record, Mapping):
        raise ConfigError(f"{name} must be an object; got {short(record)}.")
    known = {each.name: each for each in fields(kind)}
    for key in record:
        if key not in known:
            raise ConfigError(f"{name} has no {short(key)}; choose {', '.join(known)}.")
    for key, each in known.items():
        if each.default is MISSING and key not in record:
            raise ConfigError(f"{name} lacks {key!r}.")
    return dict(record)


def _settle(change: HeadsOff | Forbidden | Pin, name: str, *attributes: str) -> None:
    """Whole numbers, where they are given, and tuples of them."""
    for attribute in attributes:
        value, called = getattr(change, attribute), f"{name}: {attribute}"
        if value is None and attribute in vars(type(change)):  # that it has a default
            continue
        read = _numbers if attribute == "heads" else _number
        object.__setattr__(change, attribute, read(called, value))


def _number(name: str, value: Any) -> int:
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 0:
        raise ConfigError(f"{name} must be a whole number from 0; got {short(value)}.")
    return int(value)


def _numbers(name: str, values: Any) -> tuple[int, ...]:
    return tuple(_number(f"each of {name}", value) for value in _list(name, values))


def _list(name: str, values: Any) -> Iterable[Any]:
    if isinstance(values, (str, bytes)) or not isinstance(values, Sequence):
        raise ConfigError(f"{name} must be a list; got {short(values)}.")
    return values


def _is_share(value: Any) -> bool:
    real: type = Real
    return isinstance(value, real) and not isinstance(value, bool) and 0 <= value <= 1


def _weights(weights: Any) -> dict[int, float]:
    """Keys are texts in JSON."""
    if not isinstance(weights, Mapping) or not weights:
        raise ConfigError(
            f'pin: weights must be an object such as {{"2": 1.0}}; got {short(weights)}.'
        )
    read: dict[int, float] = {}
    for column, weight in weights.items():
        if not _is_share(weight):
            raise ConfigError(
                f"pin: the weight of source token {short(column)} must be a number from 0 to 1; "
                f"got {short(weight)}."
            )
        digits = isinstance(column, str) and re.fullmatch("[0-9]{1,9}", column)
        place = _number("pin: a source token", int(column) if digits else column)
        if place in read:
            raise ConfigError(f"pin: source token {place} has two weights; give it one.")
        read[place] = float(weight)
    total = sum(read.values())
    if abs(total - 1) > TOLERANCE:
        raise ConfigError(f"pin: weights must sum to 1; they sum to {total:g}.")
    return read


def _plain(value: Any) -> Any:
    """Lists for tuples, texts for the numbers of weights; None left out."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items() if v is not None}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value

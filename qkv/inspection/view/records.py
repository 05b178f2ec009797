"""The view of what `watch` saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from qkv.errors import ConfigError, ShapeError
from qkv.inspection.view.maps import Layer, Map
from qkv.inspection.view.results import View, view_of
from qkv.inspection.view.sides import Side, named_side

if TYPE_CHECKING:
    from qkv.inspection.watching.record import Record
    from qkv.inspection.watching.seen import Seen

__all__ = ["records_view", "seen_view"]

_Size = tuple[str, int, int]  # kind, queries, keys: what the layers of a map share


def records_view(
    records: Iterable[Record],
    *,
    tokens: Sequence[str] | None = None,
    target_tokens: Sequence[str] | None = None,
    row: int = 0,
    title: str = "",
) -> View:
    """What is to be shown of the calls of a model; calls of one kind and size are layers of a map.

    Args:
        records: of a `Seen`, or some of them.
        tokens: of the sequence that is read, as the model's tokenizer names them; where a model has
            two, of that which the other attends to. Numbers stand for them by default.
        target_tokens: of the other one. Both may have one token more than there are queries, where
            each query chose the next one, as in `Seen.align`.
        row: of the batch.
    Raises:
        ConfigError: there are no records, only readouts were kept, there is no such row, or tokens
            are no list of texts.
        ShapeError: no record attends from or to so many tokens.
    """
    _check_tokens("tokens", tokens)
    _check_tokens("target_tokens", target_tokens)
    by_size: dict[_Size, list[Record]] = {}
    for record in records:
        _check_row(record, row)
        queries, keys = record.shape[-2:]
        by_size.setdefault((record.kind, queries, keys), []).append(record)
    if not by_size:
        raise ConfigError("report: no attention was seen, so there is nothing to show.")
    sides = _Sides(tokens, target_tokens, two=any(kind == "cross" for kind, _, _ in by_size))
    maps = [
        Map(size[0], _shared([r.name for r in each]), *sides.of(*size), _layers(each), row)
        for size, each in by_size.items()
    ]
    sides.check()
    return view_of(maps, sides.made, {"title": title or maps[0].name or "watch"})


def seen_view(seen: Seen, *, row: int = 0, **shown: Any) -> View:
    """The same of all that was seen; of a generation its steps joined, see `Seen.generated`.

    Args:
        row: of the batch; of a generation the number of the returned sequence.
        shown: the other arguments of `records_view`.
    """
    if not seen.returned:
        return records_view(seen, row=row, **shown)
    if not 0 <= row < len(seen.returned):
        count = len(seen.returned)
        raise ConfigError(f"report: no row {row}; the model returned {count} sequences.")
    whole, returned = seen.generated()[row], seen.returned[row]
    steps = {number for each in seen.returned for number in each.records}
    encoder = [record for number, record in enumerate(seen) if number not in steps]
    first = seen[returned.records[0]]  # its batch has a row for each beam of each source
    sources = encoder[0].shape[0] if encoder else 1
    source = returned.rows[0] * sources // first.shape[0]
    return records_view([*encoder, *whole], row=source, **shown)


class _Sides:
    """The sides of all maps, each of them once."""

    def __init__(
        self, tokens: Sequence[str] | None, target: Sequence[str] | None, *, two: bool
    ) -> None:
        self._given = {("source" if two else "tokens"): tokens, "target": target}
        self._two, self._fit, self._sizes = two, set[str](), list[str]()
        self._numbers: dict[tuple[str, range], int] = {}
        self.made: list[Side] = []

    def of(self, kind: str, queries: int, keys: int) -> tuple[int, int]:
        """The numbers of the rows' and the columns' side."""
        self._sizes.append(f"{queries} × {keys}")
        of_target = kind in ("cross", "causal")
        rows = "tokens" if not self._two else "target" if of_target else "source"
        if kind == "cross":
            return self._side(rows, queries, chosen=True), self._side("source", keys)
        goes_on = len(self._given.get(rows) or ()) == keys + 1
        columns = self._side(rows, keys)
        if queries == keys and not goes_on:
            return columns, columns
        return self._side(rows, queries, chosen=True, first=keys - queries), columns

    def _side(self, name: str, count: int, *, chosen: bool = False, first: int = 0) -> int:
        """The sequence of this name, if it has so many tokens or one more; else numbers."""
        tokens = self._given.get(name)
        more = -1 if tokens is None else len(tokens) - count
        if tokens is not None and (more == 0 or (more == 1 and name != "source")):
            self._fit.add(name)
            start = more if chosen else 0
            read = more == 1 and not chosen
            return self._add("read" if read else name, range(start, start + count), tokens)
        return self._add(name, range(max(0, first), max(0, first) + count), None)

    def _add(self, name: str, numbers: range, tokens: Sequence[str] | None) -> int:
        if (name, numbers) not in self._numbers:
            shown = [str(i) if tokens is None else tokens[i] for i in numbers]
            self._numbers[name, numbers] = len(self.made)
            self.made.append(named_side(name, shown))
        return self._numbers[name, numbers]

    def check(self) -> None:
        """Raises ShapeError where tokens were given that fit nothing."""
        for name, tokens in self._given.items():
            if tokens is not None and name not in self._fit:
                argument = "target_tokens" if name == "target" else "tokens"
                seen = ", ".join(dict.fromkeys(self._sizes))
                raise ShapeError(
                    f"report: {argument}= has {len(tokens)} tokens, and nothing that was seen has "
                    f"so many: attention was {seen}. Give all of them, special ones too."
                )


def _check_tokens(argument: str, tokens: Sequence[str] | None) -> None:
    if tokens is None:
        return
    if isinstance(tokens, str) or not all(isinstance(token, str) for token in tokens):
        raise ConfigError(
            f"report: {argument}= must be a list of texts, such as "
            "tokenizer.convert_ids_to_tokens(ids) gives."
        )


def _check_row(record: Record, row: int) -> None:
    if len(record.shape) > 3 and not 0 <= row < record.shape[0]:
        raise ConfigError(
            f"report: no row {row}; the batch of {record.name} has {record.shape[0]}."
        )


def _layers(records: Sequence[Record]) -> list[Layer]:
    """Of several calls of a module, the second and later ones with their number."""
    layers, calls = [], Counter[str]()
    for record in records:
        calls[record.name] += 1
        call = calls[record.name]
        name = record.name if call == 1 else f"{record.name} ({call})"
        layers.append(Layer(name, record.kernel, [record.weights]))
    return layers


def _shared(names: Sequence[str]) -> str:
    """What the names of modules begin with, in whole parts."""
    parts = zip(*(name.split(".") for name in names), strict=False)
    alike = takewhile(lambda each: len(set(each)) == 1, parts)
    return ".".join(first for first, *_ in alike)

"""Layers and heads that go from the same rows to the same columns, as one map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import prod
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from qkv.attention import Lookup, Weights
from qkv.inspection.view.heads import SHORT, EncodedHead, long_head, short_head
from qkv.inspection.view.sides import Side
from qkv.inspection.view.sinks import places, sinks
from qkv.inspection.view.visible import Visible, visible

__all__ = ["Layer", "Map", "as_dict"]


class Layer(NamedTuple):
    """name: of the module; kernel: what ran. Both are empty of qkv's own models.

    parts: its weights (…, H, Tq, Tk); several where a text was translated sentence by sentence.
    """

    name: str
    kernel: str
    parts: Sequence[Weights]


class Map(NamedTuple):
    """rows, columns: numbers of sides. row: of the batch, of which one is shown."""

    kind: str
    name: str
    rows: int
    columns: int
    layers: Sequence[Layer]
    row: int = 0


def as_dict(
    shown: Map, number: int, sides: Sequence[Side]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The map as the page reads it, and notes on its heads; number: of the map."""
    blocks = _blocks(shown.layers[0].parts)
    tokens = sides[shown.columns]["tokens"]
    where = [places(tokens[column : column + width]) for _, column, _, width in blocks]
    counts = [height for _, _, height, _ in blocks]
    layers, notes = [], []
    for place, layer in enumerate(shown.layers):
        heads = []
        for head, (made, received) in enumerate(_heads(layer.parts, shown.row)):
            heads.append(made)
            parts = list(zip(received, counts, where, strict=True))
            resting = sinks(parts, causal=shown.kind in ("causal", "decoder"))
            notes += [{**note, "map": number, "layer": place, "head": head} for note in resting]
        layers.append({"name": layer.name, "kernel": layer.kernel, "heads": heads})
    record = {"kind": shown.kind, "name": shown.name, "rows": shown.rows, "columns": shown.columns,
              "blocks": blocks if len(blocks) > 1 else None, "layers": layers}  # fmt: skip
    return record, notes if sides[shown.columns]["name"] != "regions" else []


def _blocks(parts: Sequence[Weights]) -> list[list[int]]:
    """Row, column, rows and columns of each, along the diagonal."""
    shapes = [weights.shape[-2:] for weights in parts]
    tops, lefts = ([0, *accumulate(shape[axis] for shape in shapes)] for axis in (0, 1))
    return [[top, left, *shape] for top, left, shape in zip(tops, lefts, shapes, strict=False)]


def _heads(parts: Sequence[Weights], row: int) -> Iterator[EncodedHead]:
    with torch.no_grad():
        if len(parts) > 1 or prod(parts[0].shape[-2:]) <= SHORT:
            yield from map(short_head, zip(*(_whole(part, row) for part in parts), strict=True))
        else:
            yield from (long_head(*each) for each in _one_by_one(parts[0], row))


def _whole(weights: Weights, row: int) -> NDArray[np.float32]:
    """(H, Tq, Tk) of a row of the batch."""
    leading = _leading(weights, row)
    dense = weights[(*leading, ...)] if leading else weights[...]
    return dense.float().cpu().numpy().reshape(-1, *weights.shape[-2:])


def _one_by_one(weights: Weights, row: int) -> Iterator[tuple[Weights, Visible | None]]:
    """The weights (Tq, Tk) of each head, and what its queries see."""
    lookup, seen = weights.lookup, None
    for head in range(weights.shape[-3] if len(weights.shape) > 2 else 1):
        one = lookup.under((*_leading(weights, row), *(head,) * (len(weights.shape) > 2)))
        if head == 0 or _differ_by_head(lookup):
            seen = visible(one)
        yield Weights(one), seen


def _leading(weights: Weights, row: int) -> tuple[int, ...]:
    """Indices of the axes before the heads, of which there may be none."""
    axes = max(0, len(weights.shape) - 3)
    return (row, *(0,) * (axes - 1))[:axes]


def _differ_by_head(lookup: Lookup) -> bool:
    pairs = [x for x in (lookup.mask, lookup.bias) if x is not None]
    return any(len(x.shape) > 2 and x.shape[-3] > 1 for x in pairs)

"""Layers and heads that go from the same rows to the same columns, as one map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
import torch

from qkv.attention import Lookup, Weights
from qkv.inspection.view.heads import as_cells, encoded
from qkv.inspection.view.packing import packed
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
    layers, notes = [], []
    for place, layer in enumerate(shown.layers):
        heads = []
        for head, (encoded_head, received) in enumerate(_heads(layer.parts, shown.row)):
            heads.append(encoded_head)
            counts = [height for _, _, height, _ in blocks]
            parts = list(zip(received, counts, where, strict=True))
            resting = sinks(parts, causal=shown.kind in ("causal", "decoder"))
            notes += [{**note, "map": number, "layer": place, "head": head} for note in resting]
        layers.append({"name": layer.name, "kernel": layer.kernel, "heads": heads})
    made = {"kind": shown.kind, "name": shown.name, "rows": shown.rows, "columns": shown.columns,
            "blocks": blocks if len(blocks) > 1 else None, "layers": layers}  # fmt: skip
    return made, notes if sides[shown.columns]["name"] != "regions" else []


def _blocks(parts: Sequence[Weights]) -> list[list[int]]:
    """Row, column, rows and columns of each, along the diagonal."""
    shapes = [weights.shape[-2:] for weights in parts]
    tops, lefts = ([0, *accumulate(shape[axis] for shape in shapes)] for axis in (0, 1))
    return [[top, left, *shape] for top, left, shape in zip(tops, lefts, shapes, strict=False)]


def _heads(parts: Sequence[Weights], row: int) -> Iterator[tuple[dict[str, Any], list[np.ndarray]]]:
    """Each head as the page reads it, and what the keys of each part received."""
    with torch.no_grad():
        if len(parts) == 1:
            for weights, seen in _each(parts[0], row):
                head = encoded(weights, seen)
                yield head.head, [head.received]
            return
        for several in zip(*(_each(part, row) for part in parts), strict=True):
            yield _joined([weights for weights, _ in several])


def _joined(parts: Sequence[Weights]) -> tuple[dict[str, Any], list[np.ndarray]]:
    dense = [part.dense().float().cpu().numpy() for part in parts]
    rows, columns = (sum(part.shape[axis] for part in dense) for axis in (0, 1))
    data = packed(np.concatenate([as_cells(part).ravel() for part in dense]))
    head = {"encoding": "blocks", "shape": [rows, columns], "data": data}
    return head, [part.sum(0, dtype=float) for part in dense]


def _each(weights: Weights, row: int) -> Iterator[tuple[Weights, Visible | None]]:
    """One head's weights after the other, and what its queries see."""
    lookup, shape = weights.lookup, weights.shape
    seen = None
    for head in range(shape[-3] if len(shape) > 2 else 1):
        index = (*(row,) * (len(shape) > 3), *(0,) * (len(shape) - 4), *(head,) * (len(shape) > 2))
        one = lookup.under(index)
        if head == 0 or _differ_by_head(lookup):
            seen = visible(one)
        yield Weights(one), seen


def _differ_by_head(lookup: Lookup) -> bool:
    pairs = [x for x in (lookup.mask, lookup.bias) if x is not None]
    return any(len(x.shape) > 2 and x.shape[-3] > 1 for x in pairs)

"""The plan of a watch block: which calls are kept, and what of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from qkv.attention import Lookup, Weights, is_by_row
from qkv.attention.readouts import Readout, TopK, require_readouts
from qkv.errors import ConfigError
from qkv.inspection.watching.call import Call, Inputs
from qkv.shapes import ALL, Bias, Mask

__all__ = ["Plan"]

_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}

Pairs = TypeVar("Pairs", Mask, Bias)


@dataclass(frozen=True)
class Plan:
    """The arguments of `watch`.

    Raises:
        ConfigError: one of them is not what it may be.
    """

    layers: Sequence[str | int] | None
    heads: Sequence[int] | None
    queries: slice | None
    readouts: Sequence[Readout] | None
    offload: str | Path | None
    budget: int | str | None

    def __post_init__(self) -> None:
        if isinstance(self.readouts, str | Readout) or isinstance(self.layers, str):
            raise ConfigError(
                "watch(): readouts and layers are lists, such as [qkv.readouts.TopK(8)] and "
                "['decoder.*']."
            )
        require_readouts(self.readouts or (), "watch()")
        if not isinstance(self.queries, slice | None):
            raise ConfigError(f"watch(): queries must be a slice; got {self.queries!r}.")
        if not isinstance(self.offload, str | Path | None):
            raise ConfigError(f"watch(): offload is 'cpu' or a folder; got {self.offload!r}.")
        _ = self.bytes

    @property
    def gradients(self) -> bool:
        """Do records keep what a gradient of the weights is made of?"""
        return self.heads is self.queries is self.readouts is self.offload is None

    @property
    def bytes(self) -> int | None:
        """The budget: 2000000000, "2GB" or "1.5 GiB"."""
        if self.budget is None:
            return None
        size = re.fullmatch(r"(\d+\.?\d*)\s*([a-zA-Z]*)", str(self.budget).strip())
        if size is None or size[2].upper() not in _UNITS:
            raise ConfigError(f"watch(): budget is a size such as '2GB'; got {self.budget!r}.")
        return int(float(size[1]) * _UNITS[size[2].upper()])

    def includes(self, name: str, number: int) -> bool:
        """Is this module kept, the `number`-th of those that attend, by its first call?"""
        return self.layers is None or any(
            number == one if isinstance(one, int) else fnmatchcase(name, one) for one in self.layers
        )

    def part(self, call: Call) -> Call:
        """The heads and queries to keep, in memory of their own."""
        if self.heads is None and self.queries is None:
            return call
        rows, heads = self.queries or ALL, self.heads
        whole = call.lookup()
        part = whole.part(rows)  # of a selection that differs by row, too
        inputs = {
            name: _own(_of_heads(x, heads))
            for name, x in (("query", part.query), ("key", part.key))
        }
        nothing = part.query.new_empty(0)
        mask, bias = _pairs(whole.mask, heads, rows), _pairs(whole.bias, heads, rows)
        others = part.replaced(query=nothing, key=nothing, mask=mask, bias=bias)
        if is_by_row(part.select):
            select = part.select.part(lambda x, *_: _of_heads(x, heads), ALL)
            others = others.replaced(select=select)

        def build(inputs: Inputs) -> Lookup:
            return others.replaced(**inputs)

        logsumexp = call.logsumexp
        if logsumexp is not None:
            logsumexp = _own(_of_heads(logsumexp[..., None], heads)[..., rows, 0])
        shape = (*inputs["query"].shape[:-1], inputs["key"].shape[-2])
        return replace(call, inputs=inputs, build=build, logsumexp=logsumexp, shape=shape)

    def read(self, weights: Weights) -> dict[Readout, Any]:
        """What each readout says; of fewer than k keys the largest k are all of them."""
        readouts, keys = self.readouts or (), weights.shape[-1]
        fitting = [TopK(min(r.k, keys)) if isinstance(r, TopK) and keys else r for r in readouts]
        return dict(zip(readouts, weights.read(*fitting), strict=True))


def _of_heads(x: Tensor, heads: Sequence[int] | None) -> Tensor:
    """x (..., H, m, n) or, where all heads share it, (..., 1, m, n) or (m, n)."""
    if heads is None or x.dim() < 3 or x.shape[-3] == 1:
        return x
    return torch.stack([x.select(-3, head) for head in heads], -3)


def _own(x: Tensor) -> Tensor:
    """A part of a tensor would keep all of its memory alive."""
    return x.clone() if x.untyped_storage().nbytes() > x.numel() * x.element_size() else x


def _pairs(pairs: Pairs | None, heads: Sequence[int] | None, rows: slice) -> Pairs | None:
    if pairs is None or (rows == ALL and getattr(pairs, "is_triangle", False)):
        return pairs
    return type(pairs)(_of_heads(pairs.part(rows), heads).clone())

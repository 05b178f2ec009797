"""Which calls are kept, and what of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from qkv.attention import Lookup, Weights
from qkv.attention.readouts import named
from qkv.errors import ConfigError
from qkv.inspection.watching.call import Call, Held
from qkv.inspection.watching.keeping import Elsewhere
from qkv.shapes import ALL, Bias, Mask

__all__ = ["Wanted"]

_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}

Pairs = TypeVar("Pairs", Mask, Bias)


@dataclass(frozen=True)
class Wanted:
    """As the arguments of `watch` say.

    Raises:
        ConfigError: one of them is none of what it may be.
    """

    layers: Sequence[str | int] | None
    heads: Sequence[int] | None
    queries: slice | None
    readouts: Sequence[str] | None
    offload: str | Path | None
    budget: int | str | None

    def __post_init__(self) -> None:
        if isinstance(self.readouts, str) or isinstance(self.layers, str):
            raise ConfigError("watch(): readouts and layers are lists, such as ['topk:8'].")
        for name in self.readouts or ():
            named(name, torch.Size((1, 1 << 62)))
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
    def elsewhere(self) -> Elsewhere | None:
        """Where copies are to be kept instead."""
        return None if self.offload is None else Elsewhere(self.offload)

    @property
    def bytes(self) -> int | None:
        """The budget: 2000000000, "2GB" or "1.5 GiB"."""
        if self.budget is None:
            return None
        found = re.fullmatch(r"(\d+\.?\d*)\s*([a-zA-Z]*)", str(self.budget).strip())
        if found is None or found[2].upper() not in _UNITS:
            raise ConfigError(f"watch(): budget is a size such as '2GB'; got {self.budget!r}.")
        return int(float(found[1]) * _UNITS[found[2].upper()])

    def layer(self, name: str, number: int) -> bool:
        """Is it wanted, the `number`-th of the modules that attend by its first call?"""
        return self.layers is None or any(
            number == one if isinstance(one, int) else fnmatchcase(name, one) for one in self.layers
        )

    def part(self, call: Call) -> Call:
        """Of the wanted heads and queries alone, in memory of its own."""
        if self.heads is None and self.queries is None:
            return call
        rows, heads = self.queries or ALL, self.heads
        whole = call.lookup()
        part = whole.part(rows)  # of a selection that differs by row, too
        query, key = (_own(_of_heads(x, heads)) for x in (part.query, part.key))
        held = {"query": query, "key": key}
        mask, bias = _pairs(whole.mask, heads, rows), _pairs(whole.bias, heads, rows)
        kept = part.replaced(query=query, key=key, mask=mask, bias=bias)

        def match(held: Held) -> Lookup:
            return kept.replaced(**held)

        logsumexp = call.logsumexp
        if logsumexp is not None:
            logsumexp = _own(_of_heads(logsumexp[..., None], heads)[..., rows, 0])
        shape = (*held["query"].shape[:-1], held["key"].shape[-2])
        return replace(call, held=held, match=match, logsumexp=logsumexp, shape=shape)

    def read(self, weights: Weights) -> dict[str, Any]:
        """The readouts, by name; of fewer than k keys the largest k are all of them."""
        if not self.readouts:
            return {}
        keys = weights.shape[-1]
        asked = [
            f"topk:{min(int(name[5:]), keys)}" if name.startswith("topk:") else name
            for name in self.readouts
        ]
        return dict(zip(self.readouts, weights.read(*asked), strict=True))


def _of_heads(x: Tensor, heads: Sequence[int] | None) -> Tensor:
    """x (..., H, m, n) or, where all heads share it, (..., 1, m, n) or (m, n)."""
    if heads is None or x.dim() < 3 or x.shape[-3] == 1:
        return x
    return x[..., list(heads), :, :]


def _own(x: Tensor) -> Tensor:
    """A part of a tensor would keep all of its memory alive."""
    return x.clone() if x.untyped_storage().nbytes() > x.numel() * x.element_size() else x


def _pairs(pairs: Pairs | None, heads: Sequence[int] | None, rows: slice) -> Pairs | None:
    if pairs is None or (rows == ALL and getattr(pairs, "is_triangle", False)):
        return pairs
    return type(pairs)(_of_heads(pairs.part(rows), heads).clone())

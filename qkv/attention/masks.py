"""The masks that sequences need; they compose with `&`, `|`, `~`."""

from __future__ import annotations

import torch
from torch import Tensor

from qkv.shapes import Mask

__all__ = ["causal", "padding"]


def causal(queries: int, keys: int | None = None, *, device: torch.device | None = None) -> Mask:
    """Each query sees itself and what came before: (Tq, Tk).

    The last query stands at the last key (aligned bottom right), so the newest `queries` positions
    of a cached sequence of `keys` see all of the cache.
    """
    keys = queries if keys is None else keys
    allowed = torch.ones(queries, keys, dtype=torch.bool, device=device)
    return Mask(allowed.tril(keys - queries))


def padding(lengths: Tensor, keys: int) -> Mask:
    """Hide what lies beyond each sequence's end: lengths (B,) int → (B, 1, 1, Tk)."""
    positions = torch.arange(keys, device=lengths.device)
    return Mask((positions < lengths[:, None])[:, None, None, :])

"""The masks that sequences need; they compose with `&`, `|`, `~` and are never stored."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from qkv.errors import ShapeError
from qkv.shapes import Mask

__all__ = ["Align", "causal", "documents", "padding", "prefix", "window"]

# Where the queries stand among the keys when there are fewer of them: "end": the last query at the
# last key, as with a cache; "start": the first at the first, as torch's `is_causal` has it.
Align = Literal["end", "start"]


def causal(
    queries: int,
    keys: int | None = None,
    *,
    align: Align = "end",
    device: torch.device | None = None,
) -> Mask:
    """Each query sees itself and what came before: (Tq, Tk).

    With align="end" the newest `queries` positions of a cached sequence of `keys` see all of the
    cache.
    """
    return window(queries, keys, right=0, align=align, device=device)


def window(
    queries: int,
    keys: int | None = None,
    *,
    left: int | None = None,
    right: int | None = None,
    align: Align = "end",
    device: torch.device | None = None,
) -> Mask:
    """Each query sees itself and `left` neighbours before, `right` after it: (Tq, Tk).

    None: all of them on that side. So left=3 sees itself and three more.

    Raises:
        ShapeError: a negative number of neighbours, or an alignment that is none.
    """
    keys = queries if keys is None else keys
    for name, count in (("left", left), ("right", right)):
        if count is not None and count < 0:
            raise ShapeError(f"window(): {name} counts neighbours, 0 or more; got {count}.")
    if align not in ("end", "start"):
        raise ShapeError(f"align must be 'end' or 'start'; got {align!r}.")
    shift = keys - queries if align == "end" else 0  # query i stands at key i + shift
    before = keys + queries if left is None else left
    after = keys + queries if right is None else right
    first = None if left is None else shift - left
    last = None if right is None else shift + right

    def rule(i: Tensor, j: Tensor) -> Tensor:
        if first is None:
            return j <= i + (shift + after)
        return (j >= i + first) & (j <= i + (shift + after))

    mask = Mask.by_rule(
        (queries, keys),
        rule,
        reach=lambda rows: _around(rows, shift - before, shift + after),
        device=device,
    )
    mask.band = first, last
    return mask


def _around(rows: range, first: int, last: int) -> range:
    if not rows:
        return range(0)
    ends = rows[0], rows[-1]
    return range(min(ends) + first, max(ends) + last + 1)


def padding(lengths: Tensor, keys: int) -> Mask:
    """Hide what lies beyond each sequence's end: lengths (B,) int → (B, 1, 1, Tk)."""
    ends = lengths[:, None, None, None]
    shape = (len(lengths), 1, 1, keys)
    mask = Mask.by_rule(shape, lambda i, j: j < ends.to(j.device), device=lengths.device)
    mask.made_of = (lengths,)
    return mask


def prefix(lengths: Tensor, queries: int, keys: int | None = None, *, align: Align = "end") -> Mask:
    """Causal, but the first `lengths` (B,) int keys are seen by all: (B, 1, Tq, Tk).

    The prefix language model of Raffel et al. 2020, section 3.2.1.
    """
    keys = queries if keys is None else keys
    seen = padding(lengths, keys)
    return seen | causal(queries, keys, align=align, device=lengths.device)


def documents(query_ids: Tensor, key_ids: Tensor | None = None) -> Mask:
    """Tokens see those of their own document, several packed into one row: (..., Tq, Tk).

    Args:
        query_ids: (Tq,) or (B, Tq) int, the document of each query; two axes give (B, 1, Tq, Tk).
        key_ids: (Tk,) or (B, Tk); default the queries'.
    """
    key_ids = query_ids if key_ids is None else key_ids
    if query_ids.dim() not in (1, 2) or key_ids.shape[:-1] != query_ids.shape[:-1]:
        raise ShapeError(
            "documents(): needs ids (T,) or (B, T) for both; got "
            f"{tuple(query_ids.shape)} and {tuple(key_ids.shape)}."
        )
    if query_ids.dim() == 2:
        query_ids, key_ids = query_ids[:, None], key_ids[:, None]
    if query_ids.device != key_ids.device:
        raise ShapeError(
            "documents(): needs ids on one device; got "
            f"{query_ids.device} and {key_ids.device}. Use tensor.to(device)."
        )
    shape = (*query_ids.shape, key_ids.shape[-1])

    def reach(rows: range) -> range:
        if query_ids.device.type != "cpu":
            return range(shape[-1])  # looking would wait for the device
        ids = query_ids[..., rows.start : rows.stop : rows.step].unique()
        seen = torch.isin(key_ids, ids).reshape(-1, shape[-1]).any(0).nonzero()
        return range(int(seen[0]), int(seen[-1]) + 1) if len(seen) else range(0)

    def rule(i: Tensor, j: Tensor) -> Tensor:
        queries, keys = query_ids.to(i.device), key_ids.to(j.device)
        return queries[..., i[:, 0], None] == keys[..., None, j[0]]

    mask = Mask.by_rule(shape, rule, reach=reach, device=query_ids.device)
    mask.made_of = (query_ids, key_ids)
    return mask

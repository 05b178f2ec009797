"""The calls of torch's flex_attention, whose scores and masks are functions of positions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from inspect import getclosurevars, isfunction, ismethod
from math import log
from typing import Any

import torch
from torch import Tensor, nn

from qkv.attention import Select, softmax
from qkv.attention.lookup import Lookup
from qkv.inspection.watching.call import Call, Inputs, product
from qkv.shapes import Mask

__all__ = ["flex_call"]

NAMES = "query", "key", "value", "score_mod", "block_mask", "scale"


def flex_call(arguments: tuple[Any, ...], context: Tensor, logsumexp: Tensor) -> Call:
    """Of the arguments of torch's operator flex_attention, and its first results.

    Modified scores and masks are made anew, in pieces, when the weights are looked at: by then the
    functions must still say what they said.
    """
    query, key, value, score_mod, block_mask, scale = arguments[: len(NAMES)]
    shape = (*query.shape[:-1], key.shape[-2])
    mask = _mask(block_mask, shape, query.device)
    modified = getattr(score_mod, "__name__", "") != "_identity"

    def build(inputs: Inputs) -> Lookup:
        query, key = inputs["query"], inputs["key"]
        if not modified:
            return product(query, key, mask, None, scale)
        wide = torch.promote_types(query.dtype, torch.float32)  # as the operator has it
        lookup = product(query.to(wide), key.to(wide), mask, None, scale)
        return lookup.replaced(select=_Modified(score_mod, *_places(query)))

    call = Call(
        {"query": query, "key": key},
        build,
        shape,
        "flex_attention",
        value=value,
        context=context,
        logsumexp=None if modified else logsumexp * log(2),  # which it counts in powers of 2
    )
    for name, function in (("score_mod", score_mod), ("mask_mod", block_mask[-1])):
        for part in _captured(function):
            call.guard(name, part)
    return call


def _mask(block_mask: tuple[Any, ...], shape: tuple[int, ...], device: torch.device) -> Mask | None:
    """(B, H, Tq, Tk), with 1 for B or H where the mask does not depend on it."""
    from torch.nn.attention.flex_attention import noop_mask

    mask_mod, leading = block_mask[-1], block_mask[2].shape[:2]  # of the numbers of its blocks
    if mask_mod is noop_mask:
        return None
    every = [torch.arange(size, device=device) for size in (*leading, *shape[-2:])]

    def part(rows: slice, columns: slice) -> Tensor:
        batch, head, queries, keys = every[0], every[1], every[2][rows], every[3][columns]
        places = batch[:, None, None], head[:, None], queries
        expanded = [x.expand(*leading, len(queries)) for x in places]
        return _of_pairs(mask_mod, expanded, keys)

    return Mask.by_part((*leading, *shape[-2:]), part, device)


@dataclass(frozen=True)
class _Modified:
    """Softmax of modified scores; batch, head and query say where each row stands: (..., Tq, 1)."""

    score_mod: Callable[..., Tensor]
    batch: Tensor
    head: Tensor
    query: Tensor

    def __call__(self, scores: Tensor, mask: Mask | None) -> Tensor:
        leading = scores.shape[:-1]
        places = [x[..., 0].expand(leading) for x in (self.batch, self.head, self.query)]
        keys = torch.arange(scores.shape[-1], device=scores.device)
        scores = _of_pairs(self.score_mod, places, keys, scores)
        hidden = scores == -torch.inf  # hides a key as a mask does
        mask = Mask(~hidden) if mask is None else Mask(~hidden) & mask
        return softmax(scores.masked_fill(hidden, torch.finfo(scores.dtype).min), mask)

    def part(self, cut: Callable[..., Tensor], rows: slice) -> Select:
        places = (cut(x, rows, slice(None)) for x in (self.batch, self.head, self.query))
        return _Modified(self.score_mod, *places)


def _places(query: Tensor) -> list[Tensor]:
    """The batch, the head and the place of each row of (B, H, Tq, D): (B, H, Tq, 1) each."""
    sizes = query.shape[:-1]
    indices = [torch.arange(size, device=query.device) for size in sizes]
    return [
        x.view([-1 if axis == own else 1 for axis in range(4)]).expand(*sizes, 1)
        for own, x in enumerate(indices)
    ]


def _of_pairs(
    function: Callable[..., Tensor], places: list[Tensor], keys: Tensor, *scores: Tensor
) -> Tensor:
    """What a function of one score, if any, and its four places says of rows at these places, (...)
    each, and keys (Tk,): (..., Tk). Like torch's own it sees numbers, not tensors of them.
    """
    from torch._dynamo._trace_wrapped_higher_order_op import TransformGetItemToIndex

    first = (0,) * len(scores)
    of_row = torch.vmap(function, in_dims=(*first, None, None, None, 0))
    of_all = torch.vmap(of_row, in_dims=(*first, 0, 0, 0, None))
    rows = [x.flatten(0, -2) for x in scores]
    with TransformGetItemToIndex():
        values = of_all(*rows, *(x.flatten() for x in places), keys)
    return values.view(*places[0].shape, len(keys))


def _captured(function: Any) -> Iterator[Tensor | nn.Module]:
    """The tensors and modules that a function sees, and functions that it calls."""
    ahead, visited = [function], set()
    while ahead:
        x = ahead.pop()
        if id(x) in visited:
            continue
        visited.add(id(x))
        if isinstance(x, Tensor | nn.Module):
            yield x
        elif isinstance(x, tuple | list):
            ahead += x
        elif isinstance(x, partial):
            ahead += [x.func, x.args, *x.keywords.values()]
        elif ismethod(x):
            ahead += [x.__func__, x.__self__]
        elif isfunction(x):
            around = getclosurevars(x)
            ahead += [*around.nonlocals.values(), *around.globals.values()]

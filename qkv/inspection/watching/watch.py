"""`watch`: the attention of any PyTorch model, seen while its own kernels run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from torch import nn

from qkv.attention.readouts import Readout
from qkv.inspection.watching.block import Block
from qkv.inspection.watching.changing import Change, Changes
from qkv.inspection.watching.plan import Plan
from qkv.inspection.watching.seen import Seen

__all__ = ["estimate", "watch"]


def watch(
    model: nn.Module,
    *,
    layers: Sequence[str | int] | None = None,
    heads: Sequence[int] | None = None,
    queries: slice | None = None,
    readouts: Sequence[Readout] | None = None,
    offload: str | Path | None = None,
    budget: int | str | None = None,
    change: Mapping[Any, Change] | None = None,
) -> AbstractContextManager[Seen]:
    """Record every attention call of `model` inside the block; nothing that it computes changes,
    unless asked to.

        with qkv.watch(model) as seen:
            model(**inputs)
        seen["encoder.layer.3.attention.self"].weights[0, 5]

    Args:
        layers: names of modules, in which * stands for anything, or numbers of modules that attend,
            in the order of their first call; None: all.
        heads, queries: only these are kept, in memory of their own.
        readouts: such as [qkv.readouts.TopK(8), qkv.readouts.Entropy()]: read as the call passes
            by; nothing else is kept.
        offload: "cpu", or a folder for files that go when the records do: what is kept is copied
            there, and has no gradient.
        budget: how much may be kept, in bytes or as "2GB", without what is offloaded to files.
        change: by name or number of modules, as in `layers`, what their attention is asked to do
            other than it would: an `Attending`, or a function that makes one of the call's record.
            `qkv.attend` then makes the call, on a fused kernel where it can; the record says so.
    Raises:
        ConfigError: an argument is not what it may be, the budget is spent, a change has reached
            no call by the end of the block, or has reached one that cannot take it.
    Seen are calls of `scaled_dot_product_attention`, `nn.MultiheadAttention`, torch's fast paths of
    `nn.TransformerEncoder`, flex_attention, flash_attn and `qkv.attend`: all in the thread that
    opened the block, and those of the model in other threads, but for threads with a block of their
    own for it. What could not be seen is listed in `seen.unseen`. While a block is open, modules
    compiled by `torch.compile` run as they are written.
    """
    plan = Plan(layers, heads, queries, readouts, offload, budget)
    return Block(model, plan, Changes(change)).opened()


def estimate(
    model: nn.Module,
    run: Callable[[], Any],
    *,
    layers: Sequence[str | int] | None = None,
    heads: Sequence[int] | None = None,
    queries: slice | None = None,
    readouts: Sequence[Readout] | None = None,
    offload: str | Path | None = None,
) -> int:
    """How many bytes `watch` with these arguments would keep of `run()`, which runs the model.

    It is run once, watched, and nothing is kept.
    """
    plan = Plan(layers, heads, queries, readouts, offload, None)
    with Block(model, plan, dry=True).opened() as seen:
        run()
    return seen.bytes

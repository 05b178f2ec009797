"""Attention that could not be seen, why, and what to change."""

from __future__ import annotations

import re
from typing import NamedTuple

from torch import nn

__all__ = ["Unseen", "unseen"]

_ATTENDS = re.compile(r"att(entio)?n", re.IGNORECASE)


class Unseen(NamedTuple):
    """A module whose attention could not be seen, why, and what to change."""

    module: str
    reason: str
    remedy: str


def unseen(
    model: nn.Module,
    modules: dict[str, nn.Module],
    ran: set[str],
    seen: set[str],
    eager: set[str],
    failed: dict[str, str],
    running: dict[str, str],
) -> list[Unseen]:
    """The modules that ran and seem to attend, but made no call that was seen.

    Args:
        modules: the model's, by name.
        ran, seen, eager: the names of modules that ran, of which a call was seen, and that made
            weights by a plain softmax.
        failed: where a call was seen that could not be recorded, and why.
        running: those that had not returned when the block ended, and their threads.
    """
    eager = eager - failed.keys()
    accounted = seen | eager | failed.keys()
    suspects = {name for name in ran if _ATTENDS.search(type(modules[name]).__name__)}
    silent = {name for name in suspects if not any(_within(other, name) for other in accounted)}
    # Parts of an attention that was seen, such as its output's projection, need not attend.
    attending = {name for name in suspects if name not in silent} | accounted
    silent = {name for name in silent if not any(_within(name, other) for other in attending)}
    outermost = {n for n in silent if not any(n != other and _within(n, other) for other in silent)}
    entries = [
        Unseen(name, "makes its weights with a plain softmax.", _remedy(model)) for name in eager
    ]
    entries += [Unseen(name, _SILENT, _remedy(model)) for name in outermost]
    entries += [
        Unseen(name, f"made a call that cannot be shown ({why}).", _remedy(model))
        for name, why in failed.items()
    ]
    entries += [
        Unseen(name, f"was still running in the thread {thread} when the block ended.", _WAIT)
        for name, thread in running.items()
    ]
    order = list(modules)
    return sorted(entries, key=lambda entry: order.index(entry.module))


_WAIT = "Wait for it inside the block: thread.join(), future.result() or await."
_SILENT = "ran, but no attention was seen in it: a kernel of its own, or no softmax at all."


def _within(name: str, other: str) -> bool:
    return not other or name == other or name.startswith(f"{other}.")


def _remedy(model: nn.Module) -> str:
    """What to change; models of transformers say what they support."""
    switch = getattr(model, "set_attn_implementation", None)
    now = getattr(getattr(model, "config", None), "_attn_implementation", None)
    if switch is not None and now != "sdpa" and getattr(model, "_supports_sdpa", False):
        return 'Call model.set_attn_implementation("sdpa") first.'
    if switch is not None:
        return "Read the model's own: model(..., output_attentions=True)."
    return "Let it call torch.nn.functional.scaled_dot_product_attention."

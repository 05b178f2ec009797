"""What one call of `attend` is asked, besides the model's own mask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor

from qkv.attention import Attended, Pinned, Softmax, softmax
from qkv.errors import ConfigError
from qkv.shapes import Bias, Mask

__all__ = ["FREE", "Call", "Change", "Look", "later"]

Change: TypeAlias = Callable[[Tensor], Tensor]


class Look(NamedTuple):
    """What one call of `attend` is asked besides the model's own mask."""

    mask: Mask | None = None
    bias: Bias | None = None
    pinned: Pinned | None = None
    temperature: float | None = None
    contexts: tuple[Change, ...] = ()  # what contexts (..., H, Tq, Dv) become, one after the other

    def within(self, mask: Mask | None) -> Mask | None:
        """This mask and the model's own."""
        if mask is None or self.mask is None:
            return self.mask if mask is None else mask
        return mask & self.mask

    def with_bias(self, bias: Bias | None) -> Bias | None:
        """This bias and the model's own."""
        if bias is None or self.bias is None:
            return self.bias if bias is None else bias
        return bias + self.bias

    def added(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """To arguments of `attend`: those that are others now."""
        return {
            "mask": self.within(arguments.get("mask")),
            "bias": self.with_bias(arguments.get("bias")),
            "pinned": later(arguments.get("pinned"), self.pinned),
            "select": self._tempered(arguments.get("select", softmax)),
        }

    def also(self, other: Look) -> Look:
        """Both; of rows that both pin, the other's."""
        return Look(
            other.within(self.mask),
            other.with_bias(self.bias),
            later(self.pinned, other.pinned),
            _times(self.temperature, other.temperature),
            (*self.contexts, *other.contexts),
        )

    def of(self, attended: Attended) -> Attended:
        """What was attended to, its context changed."""
        context = attended.context
        for change in self.contexts:
            context = change(context)
        return attended if context is attended.context else replace(attended, context=context)

    def _tempered(self, select: Any) -> Any:
        if self.temperature is None:
            return select
        if not isinstance(select, Softmax):
            raise ConfigError(f"tempered(): is for softmax; this attention selects by {select!r}.")
        return Softmax(select.temperature * self.temperature)


FREE = Look()


class Call(NamedTuple):
    """The size and the place of one call of `attend`: queries `first` to `first + queries`."""

    heads: int
    queries: int
    keys: int
    device: torch.device
    first: int = 0


def later(one: Pinned | None, other: Pinned | None) -> Pinned | None:
    """Both, where they pin the same row the later."""
    if one is None or other is None:
        return one if other is None else other
    return Pinned(torch.where(other.rows, other.weights, one.weights), one.rows | other.rows)


def _times(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return one if other is None else other
    return one * other

"""What was seen: a record a call, and what could not be seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import torch
from torch import Tensor

from qkv.attention import Check, Lookup, Weights, rollout
from qkv.errors import ConfigError
from qkv.inspection.watching.call import Call
from qkv.inspection.watching.unseen import Unseen

__all__ = ["Record", "Seen"]


@dataclass
class Record:
    """One attention call.

    name: of the module that made it, as in `model.named_modules()`.
    kernel: what ran.
    shape: of the weights, (B, H, Tq, Tk).
    check: the differences found, while it ran, on sampled rows; None where torch projects queries
        and keys itself and leaves nothing to hold the weights to.
    readouts: those that were asked for, by name.
    """

    name: str
    kernel: str
    shape: tuple[int, ...]
    check: Check | None
    readouts: dict[str, Any] = field(default_factory=dict)
    _kind: str = "unknown"
    _call: Call | None = None

    @property
    def kind(self) -> str:
        """self: queries and keys were made of the same tensor; causal: and no query sees what comes
        after it; cross: keys were made of another one; unknown: the model did not tell.
        """
        if self._kind == "self" and self._call is not None and _is_causal(self._lookup()):
            self._kind = "causal"
        return self._kind

    @property
    def weights(self) -> Weights:
        """(..., Tq, Tk), made when looked at.

        Raises:
            ConfigError: only readouts were kept, or something has since been written into what
                the weights are made of.
        """
        if self._call is None:
            raise ConfigError(
                f"{self.name}: only its readouts were kept ({', '.join(self.readouts)}); watch "
                "without readouts= to read weights."
            )
        return Weights(self._lookup, logsumexp=self._call.logsumexp)

    def _lookup(self) -> Lookup:
        assert self._call is not None  # nosec
        if changed := self._call.overwritten():
            raise ConfigError(
                f"{self.name}: its {changed} was written into after the watch block, and the "
                "weights are gone; read them before, or watch with readouts=."
            )
        return self._call.lookup()

    def __repr__(self) -> str:
        return f"{self.name}: {self.kind} {'×'.join(map(str, self.shape))}, {self.kernel}"


class Seen(Sequence[Record]):
    """The records of a watch block in the order of their calls."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.unseen: list[Unseen] = []

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __getitem__(self, which: Any) -> Any:
        """By number, or by the name of a module that made one call.

        Raises:
            ConfigError: it made none, or several.
        """
        if not isinstance(which, str):
            return self.records[which]
        found = self.calls(which)
        if len(found) == 1:
            return found[0]
        if found:
            raise ConfigError(
                f"{which} made {len(found)} calls; seen.calls({which!r}) has them in order."
            )
        names = sorted({record.name for record in self})
        close = get_close_matches(which, names, 1)
        hint = (
            f"did you mean {close[0]!r}?" if close else f"seen were: {', '.join(names) or 'none'}."
        )
        raise ConfigError(f"no attention was seen in {which!r}; {hint}")

    def calls(self, name: str) -> list[Record]:
        """All calls that this module made."""
        return [record for record in self if record.name == name]

    @property
    def self(self) -> list[Record]:
        """Self-attention, causal or not."""
        return [record for record in self if record.kind in ("self", "causal")]

    @property
    def cross(self) -> list[Record]:
        return [record for record in self if record.kind == "cross"]

    def rollout(self, *, residual: float = 0.5) -> Tensor:
        """`qkv.attention.rollout` of the layers of self-attention, in their order."""
        return rollout([record.weights for record in self.self], residual=residual)

    def attentions(self) -> Iterator[Tensor]:
        """Weights (B, H, Tq, Tk) of one call after the other, whole, as other viewers take them."""
        return (record.weights.dense() for record in self)

    def __repr__(self) -> str:
        lines = [f"{len(self)} attention calls", *map(repr, self)]
        lines += [f"unseen: {u.module}: {u.reason} {u.remedy}" for u in self.unseen]
        return "\n".join(lines)


def _is_causal(lookup: Lookup) -> bool:
    """Does no query see a key after its own place, the last queries standing at the last keys?"""
    queries, keys = lookup.shape[-2:]
    if queries == 1:
        return keys > 1  # the other keys are from before, out of a cache
    if lookup.mask is None and lookup.bias is None:
        return False
    if lookup.mask is not None and lookup.mask.is_triangle:
        return True
    allowed = torch.ones(1, 1, dtype=torch.bool) if lookup.mask is None else lookup.mask.allowed
    if lookup.bias is not None:  # some models hide by a number so low that nothing is left
        added = lookup.bias.part()
        allowed = allowed.to(added.device) & (added > torch.finfo(added.dtype).min / 2)
    if allowed.shape[-2:] != (queries, keys):
        return False
    last = keys - 1 - allowed.flip(-1).byte().argmax(-1)  # the last key that each query sees
    places = last - torch.arange(queries, device=last.device)
    return bool((places <= keys - queries)[allowed.any(-1)].all())

"""What was seen of one attention call."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from qkv.attention import Check, Lookup, Weights, for_query_heads
from qkv.attention.readouts import Readout
from qkv.attention.stream import has_values
from qkv.errors import ConfigError
from qkv.inspection.watching.call import Call

__all__ = ["Record"]


@dataclass
class Record:
    """One attention call.

    name: of the module that made it, as in `model.named_modules()`.
    kernel: what ran.
    shape: of the weights, (B, H, Tq, Tk).
    check: the differences found, while it ran, on sampled rows; None where torch projects queries
        and keys itself and leaves nothing to hold the weights to.
    readouts: what was read of `watch(readouts=…)`, by readout.
    thread: the name of the thread that made it.
    """

    name: str
    kernel: str
    shape: tuple[int, ...]
    check: Check | None
    readouts: dict[Readout, Any] = field(default_factory=dict)
    _kind: str = "unknown"
    _call: Call | None = None
    thread: str = "MainThread"

    @property
    def kind(self) -> str:
        """self: queries and keys were made of the same tensor; causal: and no query sees what comes
        after it; cross: keys were made of another one; unknown: the model does not show it.
        """
        if self._kind in ("self", "grown"):
            grown, self._kind = self._kind == "grown", "self"
            if self._call is not None and _is_causal(self.lookup(), grown):
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
                f"{self.name}: only its readouts were kept ({', '.join(map(repr, self.readouts))}"
                "); watch without readouts= to read weights."
            )
        call, value, logsumexp = self._call, None, self._call.logsumexp
        if call.upstream is not None:
            value = for_query_heads(call.inputs["value"], call.inputs["query"])
        if logsumexp is not None:  # back from where it was offloaded
            logsumexp = logsumexp.to(self.lookup().query.device)
        return Weights(self.lookup, value, logsumexp=logsumexp, upstream=call.upstream)

    def lookup(self) -> Lookup:
        """What was looked up."""
        assert self._call is not None  # nosec
        if changed := self._call.overwritten():
            raise ConfigError(
                f"{self.name}: its {changed} was written into after it had been seen, and no copy "
                "was made: the weights are gone. Read them before, or watch with readouts=."
            )
        return self._call.lookup()

    def report(self, path: str | Path, **shown: Any) -> None:
        """Write a page about this call; shown: `tokens` and what else `Seen.report` takes."""
        from qkv.inspection.report import report
        from qkv.inspection.view import records_view

        view = records_view([self], **shown)
        report([view], path, title=view["title"])

    def _repr_html_(self) -> str:
        """For notebooks: its strongest cells, without a script."""
        from qkv.inspection.notebook import record_html

        return record_html(self)

    @property
    def new_queries(self) -> int:
        """How many queries the call had, of which some may have been left out."""
        return self.shape[-2] if self._call is None else self._call.new_queries

    def __repr__(self) -> str:
        return f"{self.name}: {self.kind} {'×'.join(map(str, self.shape))}, {self.kernel}"


def _is_causal(lookup: Lookup, grown: bool) -> bool:
    """Does no query see a key after its own place, the last queries standing at the last keys?

    grown: keys were made of what the queries were made of and of something else, such as a cache.
    """
    queries, keys = lookup.shape[-2:]
    if queries == 1:
        return grown and keys > 1
    if lookup.mask is None and lookup.bias is None:
        return False
    if lookup.mask is not None and lookup.mask.is_triangle:
        return True
    pairs = [x for x in (lookup.mask, lookup.bias) if x is not None]
    if not has_values(lookup.query) or not any(x.shape[-2:] == (queries, keys) for x in pairs):
        return False
    return all(_sees_nothing_later(lookup, rows) for rows in lookup.pieces(len(lookup.shape) - 2))


def _sees_nothing_later(lookup: Lookup, rows: slice) -> bool:
    """Of some rows, so that no more than a piece of a long mask is made at once."""
    queries, keys = lookup.shape[-2:]
    allowed = torch.ones(1, 1, dtype=torch.bool, device=lookup.query.device)
    if lookup.mask is not None:
        allowed = lookup.mask.part(rows)
    if lookup.bias is not None:  # some models hide by a number so low that nothing is left
        added = lookup.bias.part(rows)
        allowed = allowed & (added > torch.finfo(added.dtype).min / 2)
    last = keys - 1 - allowed.flip(-1).byte().argmax(-1)  # the last key that each query sees
    places = last - torch.arange(queries, device=last.device)[rows]
    return bool((places <= keys - queries)[allowed.any(-1)].all())

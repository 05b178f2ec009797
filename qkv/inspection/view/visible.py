"""Which keys queries see, as a band of the diagonal and keys that nobody sees, if it is no more."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

import torch
from torch import Tensor

from qkv.attention import Lookup
from qkv.shapes import ALL, Bias

__all__ = ["Visible", "visible"]


class Visible(NamedTuple):
    """Query i sees the keys i + first … i + last (None: no bound) that are not hidden.

    hidden: ranges [first, end) of keys that no query sees.
    Queries that see nothing are left out: their logsumexp says so.
    """

    first: int | None
    last: int | None
    hidden: list[tuple[int, int]]

    def hide(self, x: Tensor, rows: slice, columns: slice) -> Tensor:
        """x (r, c), of these queries and keys, with 0 in place of what is not seen; in place."""
        shift = (rows.start or 0) - (columns.start or 0)
        if self.last is not None:
            x.tril_(self.last + shift)
        if self.first is not None:
            x.triu_(self.first + shift)
        for start, end in self.hidden:
            x[:, max(0, start - (columns.start or 0)) : max(0, end - (columns.start or 0))] = 0
        return x


def visible(lookup: Lookup) -> Visible | None:
    """Of one head's (Tq, Tk) lookup; None if it sees otherwise, or has a bias that does more."""
    mask = lookup.mask
    if mask is None and lookup.bias is None:
        return Visible(None, None, [])
    if lookup.bias is None and mask is not None and mask.band is not None:
        return Visible(*mask.band, [])
    if lookup.bias is not None and not all(_only_hides(lookup.bias, r) for r in lookup.pieces()):
        return None
    guess = _guess(lookup)
    fits = all(_fits(guess, lookup, rows) for rows in lookup.pieces())
    return guess if fits else None


def _guess(lookup: Lookup) -> Visible:
    """The narrowest band around what is seen, and the keys that nobody sees."""
    queries, keys = lookup.shape
    seen = torch.zeros(keys, dtype=torch.bool)
    firsts, lasts, places = [], [], []
    for rows in lookup.pieces():
        allowed = _allowed(lookup, rows)
        seen |= allowed.any(0)
        some = allowed.any(1)
        firsts.append(allowed.byte().argmax(1)[some])
        lasts.append(keys - 1 - allowed.flip(1).byte().argmax(1)[some])
        places.append(torch.arange(queries)[rows][some])
    first, last, place = torch.cat(firsts), torch.cat(lasts), torch.cat(places)
    hidden = [(run[0], run[-1] + 1) for is_seen, run in _runs(seen.tolist()) if not is_seen]
    if not len(place):
        return Visible(None, None, hidden)
    return Visible(
        None if bool((first == first[0]).all()) else int((first - place).min()),
        None if bool((last == last[0]).all()) else int((last - place).max()),
        hidden,
    )


def _fits(guess: Visible, lookup: Lookup, rows: slice) -> bool:
    allowed = _allowed(lookup, rows)
    same = guess.hide(torch.ones_like(allowed), rows, ALL) == allowed
    return bool((same.all(1) | ~allowed.any(1)).all())


def _allowed(lookup: Lookup, rows: slice) -> Tensor:
    """(r, Tk) bool, on the CPU."""
    count = len(range(*rows.indices(lookup.shape[0])))
    allowed = torch.ones(count, lookup.shape[1], dtype=torch.bool)
    if lookup.mask is not None:
        allowed = allowed & lookup.mask.part(rows).cpu()
    if lookup.bias is not None:
        allowed = allowed & ~_hides(lookup.bias.part(rows)).cpu()
    return allowed


def _only_hides(bias: Bias, rows: slice) -> bool:
    added = bias.part(rows)
    return bool(((added == 0) | _hides(added)).all())


def _hides(added: Tensor) -> Tensor:
    """Some programs hide by a number so low that nothing is left, not by -∞."""
    return added <= torch.finfo(added.dtype).min / 2


def _runs(values: list[bool]) -> list[tuple[bool, list[int]]]:
    """Runs of equal values, and their places."""
    return [(key, list(run)) for key, run in groupby(range(len(values)), values.__getitem__)]

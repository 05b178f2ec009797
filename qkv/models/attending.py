"""What a pass may look at, said from outside: masks, biases and weights, by layer and head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any, Literal, NamedTuple, get_args

import torch
from torch import Tensor
from torch.nn.functional import pad

from qkv.attention import Pinned
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Bias, Mask

__all__ = ["FREE", "PLAIN", "Attending", "Call", "Kind", "Look"]

# Which attention: the decoder's over the memory, the decoder's over its own words, the encoder's
# over the source; "source": that of both encoder and decoder over the source; "any": all of these.
Kind = Literal["cross", "self", "encoder", "source", "any"]

KINDS = get_args(Kind)


class Look(NamedTuple):
    """What one call of `attend` is asked besides the model's own mask."""

    mask: Mask | None = None
    bias: Bias | None = None
    pinned: Pinned | None = None

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
            "pinned": _later(arguments.get("pinned"), self.pinned),
        }


FREE = Look()


class Call(NamedTuple):
    """The size and the place of one call of `attend`: queries `first` to `first + queries`."""

    heads: int
    queries: int
    keys: int
    device: torch.device
    first: int = 0


@dataclass(frozen=True)
class _Pin:
    """weights (..., rows, Tk) for the queries of these numbers."""

    weights: Tensor
    rows: tuple[int, ...]


@dataclass(frozen=True)
class _Rule:
    """layer, heads: None is all of them."""

    kind: Kind
    what: Mask | Bias | _Pin
    layer: int | None
    heads: tuple[int, ...] | None

    def concerns(self, kind: Kind, layer: int) -> bool:
        of_kind = self.kind in (kind, "any") or (self.kind == "source" and kind != "self")
        return of_kind and self.layer in (None, layer)


@dataclass(frozen=True)
class Attending:
    """What attention is asked to do other than it would; `PLAIN` asks nothing and costs nothing.

        PLAIN.masked("cross", mask, layer=2)         what may be seen, besides the model's own mask
        PLAIN.biased("self", bias, heads=[0])        numbers added to the scores
        PLAIN.without_heads("cross", [1, 3])         heads that see nothing, and so say nothing
        PLAIN.pinned("cross", weights, rows=[4])     the weights that queries are given
        PLAIN.hiding(hidden)                         source positions that nothing attends to

    Each gives a new value; they add up. Layers and heads count from 0. A mask or bias has the axes
    (Tq, Tk), (H, Tq, Tk) or (B, H, Tq, Tk), any of length 1; queries and decoder words beyond its
    end are free, so that it can be given before the length of a text is known.

    Attributes:
        soft_share: of the sources, the share that hard attention attends to softly in training.
        rows: (N,) int64, which of the B rows of masks and biases each row of the batch is;
            None: they are the same.
    """

    rules: tuple[_Rule, ...] = ()
    soft_share: float = 0.0
    rows: Tensor | None = None

    def masked(
        self,
        kind: Kind,
        mask: Mask,
        *,
        layer: int | None = None,
        heads: Sequence[int] | None = None,
    ) -> Attending:
        """Let queries see only what `mask` allows too."""
        _check_type("masked", mask, Mask, "bool")
        return self._with(kind, mask, layer, heads)

    def biased(
        self,
        kind: Kind,
        bias: Bias,
        *,
        layer: int | None = None,
        heads: Sequence[int] | None = None,
    ) -> Attending:
        """Add `bias` to the scores."""
        _check_type("biased", bias, Bias, "float")
        return self._with(kind, bias, layer, heads)

    def pinned(
        self,
        kind: Kind,
        weights: Tensor,
        *,
        rows: Sequence[int],
        layer: int | None = None,
        heads: Sequence[int] | None = None,
    ) -> Attending:
        """Give the queries `rows` these weights, (R, Tk), (H, R, Tk) or (B, H, R, Tk).

        Over a decoder's own words Tk may be any number; no word is given weight on later ones.
        """
        if not all(isinstance(row, Integral) and row >= 0 for row in rows):
            raise ShapeError(f"pinned(): rows are whole numbers from 0; got {list(rows)}.")
        if len(set(rows)) < len(rows):
            raise ShapeError(f"pinned(): a row is given twice in {list(rows)}.")
        if weights.dim() < 2 or weights.shape[-2] != len(rows):
            raise ShapeError(
                f"pinned(): {len(rows)} rows need weights (..., {len(rows)}, Tk); got "
                f"{tuple(weights.shape)}."
            )
        return self._with(kind, _Pin(weights, tuple(rows)), layer, heads)

    def without_heads(
        self, kind: Kind, heads: Sequence[int], *, layer: int | None = None
    ) -> Attending:
        """Switch heads off: a head that may see nothing has context 0."""
        return self.masked(
            kind, Mask(torch.zeros(1, 1, dtype=torch.bool)), layer=layer, heads=heads
        )

    def hiding(self, positions: Tensor, kind: Kind = "source") -> Attending:
        """Hide source positions from all attention: (S,) or (B, S) bool, True = hidden.

        The states of a recurrent encoder have read them all the same. kind: of other attention,
        the positions that are its keys.
        """
        if positions.dtype is not torch.bool or positions.dim() not in (1, 2):
            raise ShapeError(
                "hiding(): needs a bool tensor (S,) or (B, S), True = hidden; got "
                f"{positions.dtype} {tuple(positions.shape)}."
            )
        shown = ~positions if positions.dim() == 2 else ~positions[None]
        return self.masked(kind, Mask(shown[:, None, None, :]))

    def select(self, rows: Tensor) -> Attending:
        """For these rows of the batch, in this order; rows: (N,) int64."""
        if not self.rules:
            return self
        return replace(self, rows=rows if self.rows is None else self.rows[rows])

    def at(self, kind: Kind, layer: int, call: Call) -> Look:
        """What is asked of one call of `attend`, made where its tensors live.

        Raises:
            ShapeError: a mask, a bias or weights for another number of source positions.
        """
        look = FREE
        for rule in self.rules:
            if rule.concerns(kind, layer):
                look = self._added(look, rule, call, grows=kind == "self")
        return look

    def check(self, kind: Kind, layers: int, heads: int) -> None:
        """Refuse what would be asked of layers and heads that are not there.

        Of "source" encoder and decoder must each have them, if they attend to the source.

        Raises:
            ConfigError: no such layer, head, or attention.
        """
        for rule in self.rules:
            shared = rule.kind == "any" or (rule.kind == "source" and kind != "self")
            if rule.kind != kind and not (shared and layers > 0):
                continue
            if not layers:
                raise ConfigError(f"this model has no {kind} attention to change.")
            for name, number, count in (
                ("layer", rule.layer, layers),
                *(("head", head, heads) for head in rule.heads or ()),
            ):
                if number is not None and not 0 <= number < count:
                    raise ConfigError(
                        f"no {name} {number} of {kind} attention; this model has {count}, "
                        "numbered from 0."
                    )

    def _with(
        self,
        kind: Kind,
        what: Mask | Bias | _Pin,
        layer: int | None,
        heads: Sequence[int] | None,
    ) -> Attending:
        if kind not in KINDS:
            raise ConfigError(f"no attention {kind!r}; choose {', '.join(KINDS)}.")
        rule = _Rule(kind, what, layer, None if heads is None else tuple(heads))
        return replace(self, rules=(*self.rules, rule))

    def _added(self, look: Look, rule: _Rule, call: Call, *, grows: bool) -> Look:
        own = _of_heads(rule.heads, call)
        if isinstance(rule.what, _Pin):
            pinned = self._pinned(rule.what, call, own, grows=grows)
            return look if pinned is None else look._replace(pinned=_later(look.pinned, pinned))
        neutral = True if isinstance(rule.what, Mask) else 0.0
        part = self._of_batch(_fitted(rule.what, call, neutral, grows=grows), call)
        part = part if own is None else torch.where(own, part, neutral)
        if isinstance(rule.what, Mask):
            return look._replace(mask=look.within(Mask(part)))
        return look._replace(bias=look.with_bias(Bias(part)))

    def _pinned(self, pin: _Pin, call: Call, own: Tensor | None, *, grows: bool) -> Pinned | None:
        """The pinned rows that are among these queries."""
        number = {row: n for n, row in enumerate(pin.rows)}
        queries = range(call.first, call.first + call.queries)
        if number.keys().isdisjoint(queries):
            return None
        given = self._of_batch(pin.weights.to(call.device), call)
        index = torch.tensor([number.get(row, 0) for row in queries]).to(call.device)
        given = given.index_select(-2, index)
        if grows:
            given = _over_own_words(given, call)
        elif given.shape[-1] != call.keys:
            raise ShapeError(
                f"pinned weights {tuple(pin.weights.shape)} are for {given.shape[-1]} source "
                f"positions, end of sentence counted; there are {call.keys}."
            )
        rows = torch.tensor([[row in number] for row in queries]).to(call.device)
        return Pinned(given, rows if own is None else rows & own)

    def _of_batch(self, x: Tensor, call: Call) -> Tensor:
        """The batch's rows of (B, H, Tq, Tk), where they differ."""
        if self.rows is None or x.dim() < 4 or len(x) == 1:
            return x
        return x[self.rows.to(call.device)]


PLAIN = Attending()


def _of_heads(some: tuple[int, ...] | None, call: Call) -> Tensor | None:
    """(H, 1, 1) bool, which heads a rule is for; None: all."""
    if some is None:
        return None
    own = [head in some for head in range(call.heads)]
    return torch.tensor(own).to(call.device)[:, None, None]


def _check_type(method: str, pairs: object, kind: type[Mask | Bias], values: str) -> None:
    if not isinstance(pairs, kind):
        name = kind.__name__
        raise ShapeError(
            f"{method}(): needs a qkv.{name}; got {type(pairs).__name__}. "
            f"Use qkv.{name}({values}_tensor)."
        )


def _over_own_words(weights: Tensor, call: Call) -> Tensor:
    """(..., Tq, any) → (..., Tq, Tk): 0 on later words, and on those beyond its end."""
    some = weights[..., : call.keys]
    return pad(some, (0, call.keys - some.shape[-1])).tril(call.first)


def _later(one: Pinned | None, other: Pinned | None) -> Pinned | None:
    """Both, where they pin the same row the later."""
    if one is None or other is None:
        return one if other is None else other
    return Pinned(torch.where(other.rows, other.weights, one.weights), one.rows | other.rows)


def _fitted(pairs: Mask | Bias, call: Call, neutral: float, *, grows: bool) -> Tensor:
    """The part for these queries and keys; beyond the end of `pairs` there is `neutral`.

    grows: keys may be fewer or more than in `pairs`, as a decoder's own words are.
    """
    queries, columns = pairs.shape[-2:]
    if columns not in (1, call.keys) and not grows:
        raise ShapeError(
            f"{pairs!r} is for {columns} source positions, end of sentence counted; there are "
            f"{call.keys}."
        )
    end = call.first + call.queries
    part = pairs.part(slice(call.first, end), slice(0, call.keys)).to(call.device)
    below = 0 if queries == 1 else call.queries - part.shape[-2]
    beside = 0 if columns == 1 else call.keys - part.shape[-1]
    return pad(part, (0, beside, 0, below), value=neutral)

"""What a pass may look at, said from outside: masks, biases and weights, by layer and head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Literal, TypeAlias, get_args

import torch
from torch import Tensor
from torch.nn.functional import pad

from qkv.attention import Pinned
from qkv.errors import ConfigError, ShapeError
from qkv.models.look import FREE, Call, Change, Look, later
from qkv.shapes import Bias, Mask

__all__ = ["FREE", "PLAIN", "Attending", "Call", "Kind", "Look"]

# Which attention: the decoder's over the memory, the decoder's over its own words, the encoder's
# over the source; "source": that of both encoder and decoder over the source; "any": all of these.
Kind = Literal["cross", "self", "encoder", "source", "any"]

KINDS = get_args(Kind)


@dataclass(frozen=True)
class _Pin:
    """weights (..., rows, Tk) for the queries of these numbers."""

    weights: Tensor
    rows: tuple[int, ...]


@dataclass(frozen=True)
class _Contexts:
    """What contexts (..., H, Tq, Dv) are changed to."""

    change: Change


@dataclass(frozen=True)
class _Temperature:
    """Scores are divided by it."""

    value: float


What: TypeAlias = Mask | Bias | _Pin | _Contexts | _Temperature


@dataclass(frozen=True)
class _Rule:
    """layer, heads: None is all of them."""

    kind: Kind
    what: What
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
        PLAIN.scaled("any", gains)                   contexts, times a number a head
        PLAIN.replaced("any", contexts, rows=[4])    contexts of another run, or their mean
        PLAIN.tempered("any", 2.0)                   softmax of scores over a temperature

    The last three are for `watch(change=…)` alone. Each gives a new value; they add up. Layers and
    heads count from 0. A mask or bias has the axes (Tq, Tk), (H, Tq, Tk) or (B, H, Tq, Tk), any of
    length 1; queries and decoder words beyond its end are free, so that it can be given before the
    length of a text is known.

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

    def scaled(
        self,
        kind: Kind,
        gains: Tensor,
        *,
        layer: int | None = None,
        heads: Sequence[int] | None = None,
    ) -> Attending:
        """Multiply contexts by gains, which broadcast to (B, H, Tq, Dv): (H, 1, 1) for one a head.

        Gains may have a gradient: where they are 1, it says how much a head matters (Michel et al.
        2019, section 4.1).
        """
        _check_tensor("scaled", gains)
        return self._with(
            kind, _Contexts(lambda context: context * gains.to(context)), layer, heads
        )

    def replaced(
        self,
        kind: Kind,
        contexts: Tensor,
        *,
        rows: Sequence[int] | None = None,
        layer: int | None = None,
        heads: Sequence[int] | None = None,
    ) -> Attending:
        """Give queries these contexts, which broadcast to (B, H, Tq, Dv), or with rows to
        (B, H, R, Dv): those of another run, or of a head its mean over a data set.
        """
        _check_tensor("replaced", contexts)

        def change(own: Tensor) -> Tensor:
            given = contexts.to(own)
            if rows is None:
                return given.expand_as(own)
            index = torch.tensor(list(rows), device=own.device)
            shape = (*own.shape[:-2], len(index), own.shape[-1])
            return own.index_copy(-2, index, given.expand(shape))

        return self._with(kind, _Contexts(change), layer, heads)

    def tempered(self, kind: Kind, temperature: float, *, layer: int | None = None) -> Attending:
        """Divide scores, biases included, by a temperature: above 1 weights are more even."""
        if not temperature > 0:
            raise ConfigError(f"tempered(): a temperature is above 0; got {temperature}.")
        return self._with(kind, _Temperature(float(temperature)), layer, None)

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
            if kind != "any" and isinstance(rule.what, _Contexts | _Temperature):
                raise ConfigError(
                    "scaled(), replaced() and tempered() are for qkv.watch(model, change=…)."
                )
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
        what: What,
        layer: int | None,
        heads: Sequence[int] | None,
    ) -> Attending:
        if kind not in KINDS:
            raise ConfigError(f"no attention {kind!r}; choose {', '.join(KINDS)}.")
        rule = _Rule(kind, what, layer, None if heads is None else tuple(heads))
        return replace(self, rules=(*self.rules, rule))

    def _added(self, look: Look, rule: _Rule, call: Call, *, grows: bool) -> Look:
        own = _of_heads(rule.heads, call)
        if isinstance(rule.what, _Temperature):
            return look.also(FREE._replace(temperature=rule.what.value))
        if isinstance(rule.what, _Contexts):
            change = _some(rule.what.change, own)
            return look._replace(contexts=(*look.contexts, change))
        if isinstance(rule.what, _Pin):
            pinned = self._pinned(rule.what, call, own, grows=grows)
            return look if pinned is None else look._replace(pinned=later(look.pinned, pinned))
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


def _some(change: Change, own: Tensor | None) -> Change:
    """Of these heads, (H, 1, 1) bool; None: of all."""
    if own is None:
        return change
    return lambda context: torch.where(own, change(context), context)


def _check_tensor(method: str, given: object) -> None:
    if not isinstance(given, Tensor):
        raise ShapeError(f"{method}(): needs a tensor; got {type(given).__name__}.")


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

"""The Transformer decoder's steps in a search: what its modules say, in as few operators as can be.

Nothing is learned here and nothing is watched: no dropout, no gradient, no rules of attention. The
weights are laid out once, and kept until somebody changes them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from qkv.attention import Heads, Lookup, Weights, fitting, scaled_dot, softmax
from qkv.models.decoders.layer import DecoderLayer
from qkv.models.memory import Memory
from qkv.models.product import Product

__all__ = ["Quick", "laid_out", "lay_out"]


class Quick:
    """A decoder laid out for steps."""

    def __init__(self, decoder: Any) -> None:
        self.layers = [QuickLayer(cast("DecoderLayer", layer)) for layer in decoder.layers]
        self.norm = _normalise(decoder.norm)
        self.output = Product.of(decoder.output)

    def step(
        self,
        x: Tensor,
        past: list[Tensor],
        added: Tensor | None,
        fixed: tuple[Tensor, ...],
        memory: Memory,
    ) -> tuple[Tensor, tuple[Weights, ...]]:
        """x (N, M) → logits (N, V), and what was attended to.

        past: of each layer (S, H, words, 2 D), whose last k columns are written.
        added: (S, 1, k, words) to the scores of own words; None: all are seen.
        fixed: keys and values of each layer's memory, (S, H, Tk, D).
        """
        hidden, cross = memory.hidden, []
        for number, layer in enumerate(self.layers):
            key, value = fixed[2 * number : 2 * number + 2]
            x = layer.read(x, past[number], added)
            x, query = layer.look(x, key, value, hidden)
            x = layer.think(x)
            cross.append(Weights(partial(Lookup, query, key, scaled_dot, softmax, memory.padding)))
        return self.output(self.norm(x)), tuple(cross)


class QuickLayer:
    """A `DecoderLayer` in three parts, each x (N, M) → (N, M)."""

    def __init__(self, layer: DecoderLayer) -> None:
        own, cross, feedforward = layer.own, layer.cross, layer.feedforward
        self.after, self.activation = layer.after, feedforward.activation
        self.norms = [_normalise(n) for n in (layer.own_norm, layer.cross_norm, feedforward.norm)]
        self.own, self.own_out = Product(*_together(own)), Product.of(own.out)
        self.query, self.cross_out = Product.of(cross.query), Product.of(cross.out)
        self.inner, self.outer = Product.of(feedforward.inner), Product.of(feedforward.outer)

    def read(self, x: Tensor, past: Tensor, added: Tensor | None) -> Tensor:
        """Attend to the words so far, of which x are the last: see `Quick.step`."""
        sentences, heads, _, both = past.shape
        normed = x if self.after else self.norms[0](x)
        query, own = self.own(normed).split((x.shape[1], 2 * x.shape[1]), 1)
        own = own.view(sentences, -1, heads, both).transpose(1, 2)  # (S, H, k, 2 D)
        past[:, :, -own.shape[2] :] = own
        query = query.view(sentences, -1, heads, both // 2).transpose(1, 2)
        key, value = past.split(both // 2, 3)
        context = fitting(query, key, value, added).transpose(1, 2).reshape(x.shape)
        return self._joined(x, self.own_out(context), 0)

    def look(
        self, x: Tensor, key: Tensor, value: Tensor, hidden: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Attend to the memory, (S, H, Tk, D); also the query (S, H, k, D)."""
        sentences, heads, _, width = key.shape
        query = self.query(x if self.after else self.norms[1](x))
        query = query.view(sentences, -1, heads, width).transpose(1, 2)
        context = fitting(query, key, value, hidden).transpose(1, 2).reshape(x.shape)
        return self._joined(x, self.cross_out(context), 1), query

    def think(self, x: Tensor) -> Tensor:
        """The feed-forward network."""
        inner = self.inner(x if self.after else self.norms[2](x))
        return self._joined(x, self.outer(self.activation(inner)), 2)

    def _joined(self, x: Tensor, out: Tensor, number: int) -> Tensor:
        out += x
        return self.norms[number](out) if self.after else out


def lay_out(decoder: nn.Module) -> None:
    """Before a search: the decoder's weights as they are now."""
    state = _state(decoder)
    if state is None:
        _KEPT.pop(decoder, None)
    elif decoder not in _KEPT or _KEPT[decoder][0] != state:
        _KEPT[decoder] = state, Quick(decoder)


def laid_out(decoder: nn.Module) -> Quick | None:
    """As it was before the search; None where it has to go through its modules."""
    if decoder.training or torch.is_grad_enabled() or torch.is_autocast_enabled("cpu"):
        return None
    kept = _KEPT.get(decoder)
    return None if kept is None else kept[1]


_KEPT: WeakKeyDictionary[nn.Module, tuple[list[Any], Quick]] = WeakKeyDictionary()

_PLAIN = (nn.Linear, nn.LayerNorm, nn.Identity, nn.Embedding)


def _state(decoder: nn.Module) -> list[Any] | None:
    """What tells whether weights have changed; None where modules do more than theirs say."""
    for module in decoder.modules():
        own = (
            type(module) in _PLAIN
            or module.__module__.startswith("qkv.")
            or isinstance(module, nn.ModuleList)
        )
        if not own or module._forward_hooks or module._forward_pre_hooks:
            return None
    parameters = list(decoder.parameters())
    if not all(type(p) is nn.Parameter for p in parameters):
        return None
    return [(p.data_ptr(), 0 if p.is_inference() else p._version) for p in parameters]


def _together(own: Heads) -> tuple[Tensor, Tensor]:
    """Weight (3 M, M) and bias that give all queries, and then key and value of each head."""
    together = []
    for of in ("weight", "bias"):
        key, value = (
            getattr(each, of).unflatten(0, (own.number, -1)) for each in (own.key, own.value)
        )
        both = torch.stack((key, value), 1).flatten(0, 2)
        together.append(torch.cat((getattr(own.query, of), both)))
    return together[0], together[1]


def _normalise(norm: nn.Module) -> Callable[[Tensor], Tensor]:
    if not isinstance(norm, nn.LayerNorm):
        return nn.Identity()
    shape, weight, bias, eps = norm.normalized_shape, norm.weight, norm.bias, norm.eps
    return lambda x: torch.layer_norm(x, shape, weight, bias, eps)

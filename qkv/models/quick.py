"""Transformer layers in a search: what their modules say, in as few operators as can be.

At a few sentences a time most of a step is calling operators, not computing. In a search nothing
learns and nobody watches: there is no dropout, no gradient and no rule of attention, and inputs are
known to fit. The modules' own code is the meaning, and serves wherever any of that is not so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from qkv.attention import (
    Heads,
    Lookup,
    Weights,
    fitting,
    is_observed,
    prepared,
    scaled_dot,
    softmax,
)
from qkv.models.parts import FeedForward
from qkv.shapes import Mask, are_transforms_active

__all__ = [
    "Across",
    "Kept",
    "Own",
    "Think",
    "joined",
    "lazy",
    "normaliser",
    "product",
]

Laid = TypeVar("Laid")
Map = Callable[[Tensor], Tensor]


class Own:
    """Attention of sequences to themselves, with norm and residual."""

    def __init__(self, heads: Heads, norm: nn.Module, after: bool) -> None:
        self.heads, self.out = heads.number, product(heads.out)
        self.all = joined((heads.query, heads.key, heads.value))
        self.norm, self.after = normaliser(norm), after

    def project(self, x: Tensor, sequences: int) -> Tensor:
        """x (N, M) of so many sequences → queries, keys and values, (B, H, 3, T, D)."""
        n, width = x.shape
        every = self.all(x if self.after else self.norm(x))
        each = n // sequences if sequences else 0
        every = every.view(sequences, each, 3, self.heads, width // self.heads)
        return every.permute(0, 3, 2, 1, 4)

    def attend(self, x: Tensor, query: Tensor, own: Tensor, added: Tensor | None) -> Tensor:
        """x after it; own: keys and values, (B, H, 2, Tk, D)."""
        key, value = own.unbind(2)
        context = fitting(query, key, value, added)
        return _after(self, x, context.transpose(1, 2).reshape(x.shape))


class Across:
    """Attention to a memory, with norm and residual."""

    def __init__(self, heads: Heads, norm: nn.Module, after: bool) -> None:
        self.query, self.out = product(heads.query), product(heads.out)
        self.norm, self.after = normaliser(norm), after

    def attend(
        self, x: Tensor, key: Tensor, value: Tensor, hidden: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """x (N, M) after it, and its queries (S, H, k, D); key, value: (S, H, Tk, D)."""
        sentences, heads, _, width = key.shape
        query = self.query(x if self.after else self.norm(x))
        each = x.shape[0] // sentences if sentences else 0
        query = query.view(sentences, each, heads, width).transpose(1, 2)
        context = fitting(query, key, value, hidden)
        return _after(self, x, context.transpose(1, 2).reshape(x.shape)), query


class Think:
    """The feed-forward network, with norm and residual."""

    def __init__(self, layer: FeedForward) -> None:
        self.inner, self.out = product(layer.inner), product(layer.outer)
        self.norm, self.after = normaliser(layer.norm), layer.after
        self.activation = layer.activation

    def __call__(self, x: Tensor) -> Tensor:
        """x (N, M) after it."""
        inner = self.inner(x if self.after else self.norm(x))
        return _after(self, x, self.activation(inner))


def _after(part: Own | Across | Think, x: Tensor, inner: Tensor) -> Tensor:
    out = part.out(inner).add_(x)
    return part.norm(out) if part.after else out


def lazy(query: Tensor, key: Tensor, value: Tensor, mask: Mask | None) -> Weights:
    """What `fitting` attended to, when somebody looks."""
    return Weights(partial(Lookup, query, key, scaled_dot, softmax, mask), value)


def product(layer: nn.Linear) -> Map:
    """(N, M) → (N, n)."""
    return prepared(layer.weight, layer.bias)


def joined(layers: Iterable[nn.Linear]) -> Map:
    """One product for several of the same input, their outputs side by side."""
    weights = ((each.weight.detach(), each.bias.detach()) for each in layers)
    matrices, biases = zip(*weights, strict=True)
    return prepared(torch.cat(matrices), torch.cat(biases))


def normaliser(norm: nn.Module) -> Map:
    """(N, M) → (N, M); nothing is done where there is no norm."""
    if not isinstance(norm, nn.LayerNorm):
        return nn.Identity()
    shape, scale, shift, eps = norm.normalized_shape, norm.weight, norm.bias, norm.eps
    return lambda x: torch.layer_norm(x, shape, scale, shift, eps)


class Kept(Generic[Laid]):
    """What is laid out of modules' weights, kept while these are what they were.

    Their values are looked at, once a search: torch's count of writes misses what fused optimizers
    and `tensor.data` write.
    """

    def __init__(self, lay_out: Callable[[Any], Laid]) -> None:
        self._lay_out = lay_out
        self._kept: WeakKeyDictionary[nn.Module, tuple[list[float], Laid]] = WeakKeyDictionary()

    def now(self, module: nn.Module) -> Laid | None:
        """By the weights as they are; None where the modules must be gone through."""
        if is_busy(module):
            return None
        weights, kept = weights_of(module), self._kept.get(module)
        if weights is None:
            self._kept.pop(module, None)
            return None
        mark = _fingerprint(weights)
        if kept is None or kept[0] != mark:
            kept = self._kept[module] = mark, self._lay_out(module)
        return kept[1]

    def last(self, module: nn.Module) -> Laid | None:
        """As it was when `now` was asked: within a search nothing changes."""
        kept = None if is_busy(module) else self._kept.get(module)
        return None if kept is None else kept[1]


def is_busy(module: nn.Module) -> bool:
    """Does somebody learn, watch, trace, or compute in another dtype?"""
    return (
        module.training
        or torch.is_grad_enabled()
        or torch.is_autocast_enabled("cpu")
        or torch.is_autocast_enabled("cuda")
        or torch.compiler.is_compiling()
        or torch.jit.is_tracing()  # pyright: ignore[reportPrivateImportUsage]
        or are_transforms_active()
        or is_observed()
    )


def weights_of(root: nn.Module) -> list[Tensor] | None:
    """None where a module has hooks, is not ours or torch's, or has weights elsewhere."""
    weights, modules = [], [root]
    for module in modules:  # which grow on the way: `nn.Module.modules` takes five times as long
        own = vars(module)
        if own["_forward_hooks"] or own["_forward_pre_hooks"] or not _is_known(type(module)):
            return None
        modules += [each for each in own["_modules"].values() if each is not None]
        for each in own["_parameters"].values():
            if each is None:
                continue
            if type(each) is not nn.Parameter or not each.is_cpu:
                return None
            weights.append(each.detach())
    return weights


def _fingerprint(weights: Iterable[Tensor]) -> list[float]:
    """A random projection of each: the same while values are, and places."""
    marks = [torch.dot(flat, _direction(len(flat), flat.dtype)) for flat in map(_flat, weights)]
    return torch.stack(marks).tolist() if marks else []


def _flat(x: Tensor) -> Tensor:
    flat = x.reshape(-1)
    return flat.float() if flat.element_size() < 4 else flat


@cache
def _direction(size: int, dtype: torch.dtype) -> Tensor:
    with torch.inference_mode():
        return torch.randn(size, generator=torch.Generator().manual_seed(0), dtype=dtype)


def _is_known(kind: type) -> bool:
    return kind.__module__.startswith(("qkv.", "torch.nn.modules."))

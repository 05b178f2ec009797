"""The operators of torch that run while a model is watched; nothing that they compute changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from threading import Lock
from typing import Any, Protocol

import torch
from torch import Tensor
from torch._C import DispatchKey
from torch._C._dynamo import guards
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode, _get_current_dispatch_mode

from qkv.inspection.watching.provenance import storage

__all__ = ["Listener", "watching_operators"]

_aten = torch.ops.aten

# Operators whose results begin (context, logsumexp, ...), by torch's names.
FUSED = {
    getattr(_aten, name).default: name.removeprefix("_scaled_dot_product_")
    for name in (
        "_scaled_dot_product_flash_attention_for_cpu",
        "_scaled_dot_product_flash_attention",
        "_scaled_dot_product_efficient_attention",
        "_scaled_dot_product_cudnn_attention",
    )
    if hasattr(_aten, name)
}
FAST_PATHS = {
    getattr(_aten, name).default: name
    for name in ("_native_multi_head_attention", "_transformer_encoder_layer_fwd")
    if hasattr(_aten, name)
}
# The package of that name makes its kernels torch operators, from version 2.7 on.
FLASH = ("flash_attn::_flash_attn_forward", "flash_attn::_flash_attn_varlen_forward")
_SOFTMAX = {
    _aten._softmax.default, _aten._safe_softmax.default, _aten._log_softmax.default,
}  # fmt: skip
_PRODUCTS = {_aten.bmm.default, _aten.baddbmm.default, _aten.mm.default}
# What weights go through on their way from softmax to values without becoming something else.
_TIMES, _SUMS = {_aten.mul, _aten.mul_}, {_aten.sum.dim_IntList, _aten.sum.default}
_KEEPING = {
    _aten._unsafe_view, _aten.clone, _aten._to_copy, _aten.native_dropout, _aten.mul, _aten.div,
    _aten.copy, _aten.masked_fill, _aten.where, _aten.nan_to_num, _aten.add, _aten.exp,
    _aten.mul_, _aten.div_, _aten.add_, _aten.exp_, _aten.masked_fill_, _aten.clamp,
    _aten.clamp_min,
}  # fmt: skip


_LOCK = Lock()
_ACTIVE: list[Operators] = []  # in all threads, in the order in which they began
# Compiled code of this thread asks for this one.
_set_thread_flag: Callable[[bool], None] = getattr(
    guards, "set_is_in_mode_without_ignore_compile_internals", lambda _: None
)


class Listener(Protocol):
    """Is told what runs."""

    def before_write(self, tensor: Tensor) -> None: ...

    def fused(self, kernel: str, arguments: dict[str, Any], results: Any) -> None: ...

    def flash(self, kernel: str, arguments: dict[str, Any], results: Any) -> None: ...

    def flex(self, arguments: tuple[Any, ...], run: Callable[[], Any]) -> Any: ...

    def fast_path(self, kernel: str, arguments: dict[str, Any]) -> None: ...

    def eager(self, values: Iterable[int]) -> None: ...

    def ran_operator(self, read: list[Tensor], written: list[Tensor]) -> None: ...


class Operators(TorchDispatchMode):
    """Tells a listener what runs in this thread, below autograd."""

    supports_higher_order_operators = True

    def __init__(self, listener: Listener) -> None:
        super().__init__()
        self.listener = listener
        self._normalised: dict[int, int] = {}  # the storages of weights, and how many they are
        self._weighted: dict[int, list[int]] = {}  # of values times weights, and of what these were

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """If it did, each operator would take 80 µs more."""
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if not isinstance(func, OpOverload):  # that runs others
            return self._higher(func, args, kwargs)
        if torch.is_inference_mode_enabled() and _is_composite(func):
            with self:  # in inference operators come whole that elsewhere come as their parts
                return func.decompose(*args, **kwargs)
        if func.is_view:  # the same memory: nothing has come to be, and half of all operators
            return func(*args, **kwargs)
        if func._schema.is_mutable:
            for tensor in _mutated(func, args, kwargs):
                self.listener.before_write(tensor)
        results = func(*args, **kwargs)
        if func in FUSED:
            self.listener.fused(FUSED[func], _named(func, args, kwargs), results)
        elif func in FAST_PATHS:
            self.listener.fast_path(FAST_PATHS[func], _named(func, args, kwargs))
        elif func._schema.name in FLASH:
            self.listener.flash(func._schema.name, _named(func, args, kwargs), results)
        read, written = [*_tensors(args), *_tensors(kwargs.values())], _tensors((results,))
        self._follow(func, read, written)
        self.listener.ran_operator(read, written)
        return results

    def _higher(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if func.name() == "flex_attention":
            results = self.listener.flex(args, partial(func, *args, **kwargs))
        else:
            results = func(*args, **kwargs)
        self.listener.ran_operator(_tensors((args, kwargs.values())), _tensors((results,)))
        return results

    def _follow(self, func: Any, read: list[Tensor], written: list[Tensor]) -> None:
        """Weights made by a plain softmax, on their way to a product with the values: of matrices,
        or number by number and then summed.
        """
        if func in _SOFTMAX and written[0].dim() >= 2:
            self._normalised[storage(written[0])] = written[0].numel()
            return
        if not self._normalised:
            return
        places, kind = [storage(x) for x in read], func.overloadpacket
        most = max((self._normalised.get(place, 0) for place in places), default=0)
        if most and func in _PRODUCTS:
            self.listener.eager(places if func is _aten.mm.default else [])
        weighted = next((self._weighted[p] for p in places if p in self._weighted), None)
        if weighted is not None and func in _SUMS:
            self.listener.eager(weighted)
        for x in written:
            place, keeps = storage(x), kind in _KEEPING
            self._normalised.pop(place, None)
            self._weighted.pop(place, None)
            if keeps and most >= x.numel():
                self._normalised[place] = most
            elif keeps and (weighted is not None or (most and kind in _TIMES)):
                self._weighted[place] = places if weighted is None else weighted


@contextmanager
def watching_operators(listener: Listener) -> Iterator[None]:
    """Inside the block, `listener` is told of the operators that this thread runs.

    Whether a mode is active torch also keeps in variables of the process, which a mode that ends
    puts back to what it met. In threads they end in any order: one that does leaves what it met to
    the one that began next.
    """
    mode = Operators(listener)
    with _LOCK:
        _ACTIVE.append(mode)
        mode.__enter__()
    try:
        yield
    finally:
        with _LOCK:
            position = _ACTIVE.index(mode)
            for later in _ACTIVE[position + 1 : position + 2]:
                for flags in (name for name in vars(mode) if name.startswith("old_")):
                    own, others = getattr(mode, flags), getattr(later, flags)
                    own[0], others[0] = others[0], own[0]
            _ACTIVE.remove(mode)
            mode.__exit__(None, None, None)
            if _get_current_dispatch_mode() is None:
                _set_thread_flag(False)


@cache
def _is_composite(func: Any) -> bool:
    return func.has_kernel_for_dispatch_key(DispatchKey.CompositeImplicitAutograd)


def _tensors(values: Iterable[Any]) -> list[Tensor]:
    tensors = []
    for value in values:
        if isinstance(value, Tensor):
            tensors.append(value)
        elif isinstance(value, tuple | list):
            tensors += _tensors(value)
    return tensors


def _named(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments by name, defaults included."""
    declared = func._schema.arguments
    defaults = {a.name: a.default_value for a in declared if a.has_default_value()}
    return defaults | dict(zip((a.name for a in declared), args, strict=False)) | kwargs


def _mutated(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Tensor]:
    arguments = _named(func, args, kwargs)
    for argument in func._schema.arguments:
        if argument.alias_info is not None and argument.alias_info.is_write:
            yield from _tensors((arguments[argument.name],))

"""What torch's operators do while a model is watched; it changes nothing that they compute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Protocol

import torch
from torch import Tensor
from torch._C import DispatchKey
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode

from qkv.inspection.watching.origins import place

__all__ = ["FAST_PATHS", "FLASH", "FUSED", "Listener", "Operators"]

_aten = torch.ops.aten

# Operators that leave (context, logsumexp, ...), by torch's names; some devices lack some.
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
_KEEPING = {
    _aten._unsafe_view, _aten.clone, _aten._to_copy, _aten.native_dropout, _aten.mul, _aten.div,
    _aten.copy, _aten.masked_fill, _aten.where, _aten.nan_to_num, _aten.add, _aten.exp,
    _aten.mul_, _aten.div_, _aten.add_, _aten.exp_, _aten.masked_fill_, _aten.clamp,
    _aten.clamp_min,
}  # fmt: skip


class Listener(Protocol):
    """Who wants to know."""

    def before_write(self, tensor: Tensor) -> None: ...

    def fused(self, kernel: str, asked: dict[str, Any], given: Any) -> None: ...

    def flash(self, kernel: str, asked: dict[str, Any], given: Any) -> None: ...

    def fast_path(self, kernel: str, asked: dict[str, Any]) -> None: ...

    def eager(self, read: list[Tensor]) -> None: ...

    def ran_operator(self, read: list[Tensor], written: list[Tensor]) -> None: ...


class Operators(TorchDispatchMode):
    """Tells a listener what runs, in this thread, below autograd."""

    supports_higher_order_operators = True

    def __init__(self, listener: Listener) -> None:
        super().__init__()
        self.listener = listener
        self._normalised: dict[int, int] = {}  # where weights lie, and how many

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Told otherwise, torch takes 80 µs more for each operator."""
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if not isinstance(func, OpOverload):  # that runs others, such as flex_attention
            return func(*args, **kwargs)
        if torch.is_inference_mode_enabled() and _is_composite(func):
            with self:  # in inference operators come whole that elsewhere come as their parts
                return func.decompose(*args, **kwargs)
        if func.is_view:  # the same memory: nothing has come to be, and half of all operators
            return func(*args, **kwargs)
        if func._schema.is_mutable:
            for tensor in _mutated(func, args, kwargs):
                self.listener.before_write(tensor)
        given = func(*args, **kwargs)
        if func in FUSED:
            self.listener.fused(FUSED[func], _named(func, args, kwargs), given)
        elif func in FAST_PATHS:
            self.listener.fast_path(FAST_PATHS[func], _named(func, args, kwargs))
        elif func._schema.name in FLASH:
            self.listener.flash(func._schema.name, _named(func, args, kwargs), given)
        read, written = [*_tensors(args), *_tensors(kwargs.values())], _tensors((given,))
        self._follow(func, read, written)
        self.listener.ran_operator(read, written)
        return given

    def _follow(self, func: Any, read: list[Tensor], written: list[Tensor]) -> None:
        """Weights made by a plain softmax, on their way to a product with the values."""
        if func in _SOFTMAX and written[0].dim() >= 2:
            self._normalised[place(written[0])] = written[0].numel()
            return
        if not self._normalised:
            return
        most = max((self._normalised.get(place(x), 0) for x in read), default=0)
        if most and func in _PRODUCTS:
            self.listener.eager(read if func is _aten.mm.default else [])
        for x in written:
            if most >= x.numel() and func.overloadpacket in _KEEPING:
                self._normalised[place(x)] = most
            else:
                self._normalised.pop(place(x), None)


@cache
def _is_composite(func: Any) -> bool:
    return func.has_kernel_for_dispatch_key(DispatchKey.CompositeImplicitAutograd)


def _tensors(values: Iterable[Any]) -> list[Tensor]:
    found = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, tuple | list):
            found += _tensors(value)
    return found


def _named(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments by name, defaults included."""
    declared = func._schema.arguments
    found = {a.name: a.default_value for a in declared if a.has_default_value()}
    return found | dict(zip((a.name for a in declared), args, strict=False)) | kwargs


def _mutated(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Tensor]:
    found = _named(func, args, kwargs)
    for argument in func._schema.arguments:
        if argument.alias_info is not None and argument.alias_info.is_write:
            yield from _tensors((found[argument.name],))

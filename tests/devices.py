"""A second device on a machine that has none: tensors without values, and mixing devices raises.

torch's FakeTensorMode makes such tensors on any device, but in a build for CPUs autograd refuses
`cuda`; a device that is registered from Python has all that autograd and autocast ask for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils import backend_registration

__all__ = ["elsewhere", "register"]

NAME = "elsewhere"


class _Module(backend_registration._DummyBackendModule):
    """With what autocast asks for."""

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16, torch.float16]


@cache
def register() -> str:
    """Before the first backward pass of a process, which counts the devices once and for all.

    Where there is a CUDA device, that one serves; another would confuse its backward passes.
    """
    if torch.cuda.is_available():
        return "cuda:0"
    backend_registration._setup_privateuseone_for_python_backend(NAME, _Module())
    return f"{NAME}:0"


class _Mode(FakeTensorMode):
    @property
    def avoid_device_init(self) -> bool:
        """What has values, as a constant does, is not moved there for real."""
        return True


@contextmanager
def elsewhere() -> Iterator[str]:
    """The name of a device, while tensors there, and on the CPU, have no values."""
    device = register()
    with _Mode(allow_non_fake_inputs=False):
        yield device

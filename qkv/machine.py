"""Where tensors live and how they are computed: one value, and the one place where they move."""

from __future__ import annotations

import ctypes
import os
import platform
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import torch
from torch import Tensor

from qkv.errors import ConfigError

__all__ = ["CPU", "DTYPES", "Machine", "keep_memory", "settle_to_search"]

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


@dataclass(frozen=True)
class Machine:
    """A device by torch's name, a dtype by name (see `DTYPES`), and threads of torch's pool.

    threads: None leaves them as they are.
    """

    device: str = "cpu"
    dtype: str = "float32"
    threads: int | None = None

    @classmethod
    def named(
        cls, device: str = "auto", dtype: str = "float32", threads: int | None = None
    ) -> Machine:
        """Of what a person names: device auto, cpu, cuda, cuda:1 or mps.

        auto: the first CUDA device if there is one, else Apple's, else the CPU.

        Raises:
            ConfigError: no such device here, or no such dtype.
        """
        if dtype not in DTYPES:
            raise ConfigError(f"dtype must be one of {', '.join(DTYPES)}; got {dtype!r}.")
        if device == "auto":
            return cls(_best_device(), dtype, threads)
        _check_device(device)
        return cls(device, dtype, threads)

    @property
    def on_cpu(self) -> bool:
        return torch.device(self.device).type == "cpu"

    def place(self, value: Any) -> Any:
        """Tensors on this machine's device, alone or as fields of a dataclass; others as they are.

        From pinned memory the copy goes on while the CPU does.
        """
        if isinstance(value, Tensor):
            return value.to(self.device, non_blocking=True)
        if is_dataclass(value) and not isinstance(value, type):
            moved: dict[str, Any] = {
                field.name: self.place(getattr(value, field.name)) for field in fields(value)
            }
            return replace(value, **moved)
        return value

    def autocast(self) -> torch.autocast:
        """Products in this machine's dtype, weights as they are."""
        kind = torch.device(self.device).type
        return torch.autocast(kind, DTYPES[self.dtype], enabled=self.dtype != "float32")

    def settle(self) -> None:
        """Make this process compute so from now on."""
        if self.threads is not None:
            torch.set_num_threads(self.threads)
        keep_memory()
        # oneDNN keeps its last 1,024 programs, one a shape of a product in bfloat16. Batches hardly
        # ever repeat a shape, and programs between its tensors keep the heap from being reused.
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")


CPU = Machine()


def settle_to_search(threads: int | None = None) -> None:
    """Make this process search from now on as suits CPUs, which is not as suits training.

    A step of a search is short, so that threads wait for each other all the time; where others
    compute too, they stand still (two threads beside other work: a 25th of the speed of one).

    threads: None: one, unless OMP_NUM_THREADS says how many.
    """
    if threads or "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(threads or 1)
    keep_memory()


def keep_memory() -> None:
    """Tell glibc to keep freed memory: giving it back and faulting it in again costs up to half.

    The three numbers are M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_TOP_PAD of malloc.h. Other C
    libraries are left as they are.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    mallopt = ctypes.CDLL(None).mallopt
    for option, value in ((-3, 1 << 30), (-1, (1 << 31) - 1), (-2, 1 << 26)):
        mallopt(option, value)


def _best_device() -> str:
    if torch.cuda.is_available():
        return "cuda:0"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _check_device(name: str) -> None:
    try:
        device = torch.device(name)
    except RuntimeError:
        raise ConfigError(
            f"no device {name!r}; choose auto, cpu, cuda, cuda:1 (by number) or mps."
        ) from None
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        have = torch.cuda.device_count()
        raise ConfigError(
            f"device {name}: torch sees {have} CUDA devices here; choose auto or cpu."
        )
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise ConfigError(f"device {name}: there is none here; choose auto or cpu.")
    if device.type not in ("cpu", "cuda", "mps"):
        raise ConfigError(f"device {name}: qkv runs on cpu, cuda and mps.")

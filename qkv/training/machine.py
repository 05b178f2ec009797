"""What is picked by measuring this machine: once a run, kept in its folder, reused on resume."""

from __future__ import annotations

import ctypes
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from qkv.errors import ConfigError
from qkv.models import ModelConfig, build

__all__ = ["Machine", "check_memory", "keep_memory", "pick"]

ROUNDING_SHARE = 0.1  # of the noise of sampling, that the noise of rounding must stay below


@dataclass(frozen=True)
class Machine:
    """threads of torch's pool; precision "float32" or "bfloat16"; target tokens/s as measured."""

    threads: int
    precision: str
    tokens_per_s: float

    def settle(self) -> None:
        torch.set_num_threads(self.threads)
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


def pick(
    trial: Callable[[str], int],
    gradient: Callable[[int, str], Tensor],
    *,
    threads: int | None,
    precision: str | None,
) -> Machine:
    """The fastest of the thread counts and precisions that are open, by running `trial`.

    bfloat16 is open where it runs, its products are fast and its gradients as good as float32's.

    Args:
        trial: one training step without the update in the precision named; returns target tokens.
        gradient: of batch 0 or 1 in the precision named, flat; always with the same dropout.
        threads, precision: given by the user, or None to measure.
    Raises:
        ConfigError: the precision given does not run here.
    """
    keep_memory()
    cores = _cores()
    counts = [threads] if threads else sorted({cores, *(2**k for k in range(cores.bit_length()))})
    precisions = [precision] if precision else ["float32"]
    if precision is None and _fast_bfloat16() and _rounds_finely(gradient):
        precisions.append("bfloat16")
    machines = [_measure(trial, t, p) for t in counts for p in precisions]
    return max(machines, key=lambda machine: machine.tokens_per_s)


def check_memory(config: ModelConfig) -> None:
    """Weights, their gradients and Adam's two moments, 16 bytes a parameter, must fit.

    Raises:
        ConfigError: they need more than the machine has.
    """
    with torch.device("meta"):  # counted, not made
        numbers = sum(p.numel() for p in build(config).parameters())
    if 16 * numbers > (has := _memory()):
        raise ConfigError(
            f"a model of {numbers:,} parameters needs {16 * numbers / 2**30:,.0f} GiB to train, "
            f"this machine has {has / 2**30:,.0f}; choose a smaller width, vocabulary or number "
            "of layers."
        )


def _memory() -> int:
    """Bytes; where the system does not say, more than any model needs."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 1 << 62


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # what this process may use, not what the machine has
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _fast_bfloat16() -> bool:
    """Are its matrix products at least half as fast again as float32's?"""
    wide, narrow = (_product_seconds(dtype) for dtype in (torch.float32, torch.bfloat16))
    return narrow * 1.5 < wide


def _rounds_finely(gradient: Callable[[int, str], Tensor]) -> bool:
    """Does bfloat16 add less than a tenth of the noise that the choice of a batch adds anyway?

    ‖g₁₆(A) − g₃₂(A)‖ < ‖g₃₂(A) − g₃₂(B)‖ / 10, for two batches A and B
    """
    exact = gradient(0, "float32")
    try:
        rounding = (gradient(0, "bfloat16") - exact).norm()
    except RuntimeError:  # on some processors torch has no LSTM in bfloat16
        return False
    sampling = (gradient(1, "float32") - exact).norm()
    return bool(rounding < ROUNDING_SHARE * sampling)


def _product_seconds(dtype: torch.dtype) -> float:
    left, right = torch.ones(1024, 256, dtype=dtype), torch.ones(256, 1024, dtype=dtype)
    return min(_seconds(lambda: left @ right) for _ in range(5))


def _measure(trial: Callable[[str], int], threads: int, precision: str) -> Machine:
    torch.set_num_threads(threads)
    try:
        trial(precision)  # warm up
    except RuntimeError as error:
        if precision == "float32":
            raise
        said = str(error).strip().partition("\n")[0].rstrip(".")
        raise ConfigError(
            f"precision={precision}: this machine cannot train this model in it ({said}); take "
            "float32, or auto."
        ) from None
    started = time.perf_counter()
    tokens = sum(trial(precision) for _ in range(3))
    return Machine(threads, precision, tokens / (time.perf_counter() - started))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started

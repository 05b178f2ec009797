"""What is picked by measuring: once a run, kept in its folder, reused on resume."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from qkv.errors import ConfigError
from qkv.machine import Machine
from qkv.models import ModelConfig, build

__all__ = ["Measured", "check_memory", "cores", "pick", "seconds_of", "wait"]

ROUNDING_SHARE = 0.1  # of the noise of sampling, that the noise of rounding must stay below


@dataclass(frozen=True)
class Measured:
    """A machine, and how many target tokens a second it trains on."""

    machine: Machine
    tokens_per_s: float


def pick(
    trial: Callable[[Machine], int],
    gradient: Callable[[int, Machine], Tensor],
    *,
    device: str,
    threads: int | None,
    precision: str | None,
) -> Measured:
    """The fastest of the thread counts and precisions that are open, by running `trial`.

    bfloat16 is open where it runs, its products are fast and its gradients as good as float32's.
    Threads count on the CPU alone.

    Args:
        trial: one training step without the update on the machine given; returns target tokens.
        gradient: of batch 0 or 1 on the machine given, flat; always with the same dropout.
        device: by torch's name.
        threads, precision: given by the user, or None to measure.
    Raises:
        ConfigError: the precision given does not run here.
    """
    plain = Machine(device)
    plain.settle()
    counts: list[int | None] = [threads]
    if threads is None and plain.on_cpu:
        most = cores()
        counts = sorted({most, *(2**k for k in range(most.bit_length()))})
    precisions = [precision] if precision else ["float32"]
    if precision is None and _fast_bfloat16(plain) and _rounds_finely(gradient, plain):
        precisions.append("bfloat16")
    machines = [Machine(device, p, t) for t in counts for p in precisions]
    return max(
        (_measure(trial, machine) for machine in machines),
        key=lambda measured: measured.tokens_per_s,
    )


def check_memory(config: ModelConfig, device: str) -> None:
    """Weights, their gradients and Adam's two moments, 16 bytes a parameter, must fit.

    Raises:
        ConfigError: they need more than the device has.
    """
    with torch.device("meta"):  # counted, not made
        numbers = sum(p.numel() for p in build(config).parameters())
    if 16 * numbers > (has := _memory(device)):
        raise ConfigError(
            f"a model of {numbers:,} parameters needs {16 * numbers / 2**30:,.0f} GiB to train, "
            f"{device} has {has / 2**30:,.0f}; choose a smaller width, vocabulary or number "
            "of layers."
        )


def _memory(device: str) -> int:
    """Bytes; where the system does not say, more than any model needs."""
    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_properties(device).total_memory
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 1 << 62


def cores() -> int:
    """Of the CPU."""
    if hasattr(os, "sched_getaffinity"):  # what this process may use, not what the machine has
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _fast_bfloat16(machine: Machine) -> bool:
    """Has the card it? On the CPU: are products at least half as fast again as float32's?"""
    if not machine.on_cpu:
        return machine.device.startswith("cuda") and torch.cuda.is_bf16_supported(False)
    wide, narrow = (_product_seconds(dtype) for dtype in (torch.float32, torch.bfloat16))
    return narrow * 1.5 < wide


def _rounds_finely(gradient: Callable[[int, Machine], Tensor], machine: Machine) -> bool:
    """Does bfloat16 add less than a tenth of the noise that the choice of a batch adds anyway?

    ‖g₁₆(A) − g₃₂(A)‖ < ‖g₃₂(A) − g₃₂(B)‖ / 10, for two batches A and B
    """
    exact = gradient(0, machine)
    try:
        rounding = (gradient(0, replace(machine, dtype="bfloat16")) - exact).norm()
    # On some processors torch has no LSTM in bfloat16; a score of one's own may not have it.
    except (RuntimeError, ConfigError):
        return False
    sampling = (gradient(1, machine) - exact).norm()
    return bool(rounding < ROUNDING_SHARE * sampling)


def _product_seconds(dtype: torch.dtype) -> float:
    left, right = torch.ones(1024, 256, dtype=dtype), torch.ones(256, 1024, dtype=dtype)
    return min(seconds_of(lambda: left @ right) for _ in range(5))


def _measure(trial: Callable[[Machine], int], machine: Machine) -> Measured:
    machine.settle()
    try:
        trial(machine)  # warm up
    except RuntimeError as error:
        if machine.dtype == "float32":
            raise
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise ConfigError(
            f"precision={machine.dtype}: this machine cannot train this model in it ({reason}); "
            "choose float32, or auto."
        ) from None
    wait(machine)
    started = time.perf_counter()
    tokens = sum(trial(machine) for _ in range(3))
    wait(machine)
    return Measured(machine, tokens / (time.perf_counter() - started))


def wait(machine: Machine) -> None:
    """Until the device has done what it was given."""
    if not machine.on_cpu:
        torch.accelerator.synchronize(machine.device)


def seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started

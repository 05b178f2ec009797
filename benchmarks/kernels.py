"""At which size does the fused kernel overtake plain matrix products? `choose.py` holds the answer.

    python benchmarks/kernels.py [threads]

Both kernels run in turns on the same tensors: 4 heads, about 4,096 queries, the last keys of each
sentence masked as padding. A row gives each one's median time, how much longer the fused one took
(above 1: products win) and the quartiles of that ratio over the rounds. At the end stands, for each
dtype and direction, the largest Tq · Tk at which products win. One thread is timed by its processor
time, which other programs on the machine disturb little; several by the clock, so leave the machine
alone. Left out: GPUs, float16, keys and values of different width.
"""

from __future__ import annotations

import platform
import sys
from collections import defaultdict
from collections.abc import Callable
from itertools import product
from pathlib import Path
from statistics import mean, median, quantiles
from time import perf_counter, thread_time

import torch
from torch import Tensor

from qkv.attention import attend, padding
from qkv.shapes import Mask

LENGTHS = [(1, 8), (1, 32), (1, 128), (8, 8), (16, 16), (32, 32), (64, 64), (128, 128), (256, 256)]
WIDTHS = [32, 64]
DTYPES = [torch.float32, torch.bfloat16]
DIRECTIONS = ["forward", "forward + backward"]
HEADS, QUERIES = 4, 4096
WARM_UP, ROUNDS, ROUND_S = 10, 9, 0.02


def main(threads: int) -> None:
    torch.set_num_threads(threads)
    print(f"{processor()}, {threads} threads, torch {torch.__version__}")
    print(f"{WARM_UP} runs to warm up, then {ROUNDS} rounds of at least {ROUND_S} s\n")
    print("dtype     direction           D    Tq × Tk    products    fused  ratio  quartiles")
    ratios: dict[tuple[str, str], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for dtype, direction, width, (queries, keys) in product(DTYPES, DIRECTIONS, WIDTHS, LENGTHS):
        name = str(dtype).removeprefix("torch.")
        ratio = compare(dtype, direction, width, queries, keys, label=f"{name:9} {direction:18}")
        ratios[name, direction][queries * keys].append(ratio)
    print("\nproducts win up to Tq · Tk =")
    for (name, direction), by_size in ratios.items():
        print(f"  {name:9} {direction:18} {crossover(by_size):>7,}")


def compare(
    dtype: torch.dtype, direction: str, width: int, queries: int, keys: int, *, label: str
) -> float:
    """Time both kernels in turns, print a row, return the median ratio fused / products."""
    tensors, mask = make(dtype, width, queries, keys, direction != "forward")
    runs = {kernel: run(kernel, tensors, mask) for kernel in ("products", "fused")}
    for call in runs.values():
        seconds(call, WARM_UP)
    repeats = max(1, int(ROUND_S / min(seconds(call, 3) for call in runs.values())))
    rounds = [{name: seconds(call, repeats) for name, call in runs.items()} for _ in range(ROUNDS)]
    ratios = [each["fused"] / each["products"] for each in rounds]
    low, middle, high = quantiles(ratios)
    products, fused = (1e3 * median(each[name] for each in rounds) for name in runs)
    print(
        f"{label} {width:3} {queries:5} × {keys:<5} {products:6.2f} ms {fused:5.2f} ms "
        f"{middle:6.2f}  {low:.2f}–{high:.2f}",
        flush=True,
    )
    return middle


def make(
    dtype: torch.dtype, width: int, queries: int, keys: int, recorded: bool
) -> tuple[list[Tensor], Mask]:
    batch = max(1, QUERIES // max(queries, 16))
    tensors = [
        torch.randn(batch, HEADS, length, width, dtype=dtype, requires_grad=recorded)
        for length in (queries, keys, keys)
    ]
    mask = padding(torch.randint(max(1, keys // 2), keys + 1, (batch,)), keys)
    return tensors, mask


def run(kernel: str, tensors: list[Tensor], mask: Mask) -> Callable[[], object]:
    def forward() -> Tensor:
        return attend(*tensors, mask=mask, backend=kernel).context

    upstream = torch.ones_like(forward())
    if not tensors[0].requires_grad:
        return forward
    return lambda: torch.autograd.grad(forward(), tensors, upstream)


def seconds(call: Callable[[], object], repeats: int) -> float:
    """A call, on average over `repeats`."""
    clock = thread_time if torch.get_num_threads() == 1 else perf_counter
    start = clock()
    for _ in range(repeats):
        call()
    return (clock() - start) / repeats


def crossover(by_size: dict[int, list[float]]) -> int:
    """The largest size at which products win, on average over its widths and shapes."""
    return max((size for size, ratios in by_size.items() if mean(ratios) > 1), default=0)


def processor() -> str:
    """As the kernel names it; flags tell whether bfloat16 is done in hardware."""
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor() or platform.machine()
    lines = dict(line.split(":", 1) for line in cpuinfo.read_text().splitlines() if ":" in line)
    entries = {name.strip(): value.strip() for name, value in lines.items()}
    wanted = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")
    flags = [flag for flag in wanted if flag in entries.get("flags", "").split()]
    return " ".join((entries.get("model name", platform.machine()), *flags))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)

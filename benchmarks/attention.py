"""`attend` beside PyTorch's own attentions, with and without weights that can be read.

    python benchmarks/attention.py [--threads 2] [speed] [weights] [masks] [memory] [retrieval]

All systems of a table run in turns on the same tensors, round after round; a figure is the median
over the rounds of a system's time over that of the one named. Leave the machine alone meanwhile.
`retrieval` needs faiss-cpu. FlexAttention is compiled; where that fails, its column says so.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention as sdpa

from qkv.attention import Additive, TopK, attend, causal, dot, readouts, window

Call = Callable[[], object]

HEADS, WIDTH, TOKENS = 8, 64, 4096  # tokens in all: short sequences come in batches
LENGTHS = (16, 64, 256, 1024, 2048, 8192)
ROUNDS, ROUND_S = 7, 0.05
READOUTS = readouts.TopK(8), readouts.Entropy(), readouts.Received()


def main() -> None:
    tables = {"speed": speed, "weights": weights, "masks": masks, "memory": memory}
    tables["retrieval"] = retrieval
    parser = argparse.ArgumentParser()
    parser.add_argument("tables", nargs="*", metavar="table", help=", ".join(tables))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(0)
    if given.peak:
        print(peak(given.peak))
        return
    print(f"torch {torch.__version__}, {given.threads} threads, {HEADS} heads of width {WIDTH}")
    for name in given.tables or tables:
        print(f"\n{name}")
        tables[name]()


def speed() -> None:
    """Context alone: each time over that of qkv, so above 1 = qkv is faster."""
    for dtype in (torch.float32, torch.bfloat16):
        for recorded in (False, True):
            for length in LENGTHS:
                calls = peers(length, dtype, recorded)
                direction = "forward+backward" if recorded else "forward"
                row(f"{str(dtype)[6:]:9} {direction:17} {length:6}", calls, "qkv")


def peers(length: int, dtype: torch.dtype, recorded: bool) -> dict[str, Call]:
    query, key, value = inputs(length, dtype, recorded)
    module = nn.MultiheadAttention(HEADS * WIDTH, HEADS, batch_first=True, dtype=dtype)
    joined = query.detach().transpose(1, 2).flatten(2).requires_grad_(recorded)
    calls: dict[str, Callable[[], Tensor]] = {
        "qkv": lambda: attend(query, key, value).context,
        "sdpa": lambda: sdpa(query, key, value),
        "eager": lambda: torch.softmax(query @ key.mT * WIDTH**-0.5, -1) @ value,
    }
    if length <= 2048:  # its weights are dense; its projections come on top
        calls["mha"] = lambda: module(joined, joined, joined, need_weights=True)[0]
    flex = None if recorded else compiled_flex(query, key, value)
    if flex is not None:
        calls["flex"] = flex
    if length > 2048:
        del calls["eager"]
    if not recorded:
        return {name: without_gradient(call) for name, call in calls.items()}
    inputs_of = {"mha": (joined,)}
    return {
        name: backward(call, inputs_of.get(name, (query, key, value)))
        for name, call in calls.items()
    }


def compiled_flex(query: Tensor, key: Tensor, value: Tensor) -> Callable[[], Tensor] | None:
    """FlexAttention, or None where it does not compile; it has no backward on CPU."""
    from torch._inductor.exc import InductorError
    from torch.nn.attention.flex_attention import flex_attention

    try:
        compiled = torch.compile(flex_attention)
        with torch.no_grad():
            compiled(query, key, value)
    except (RuntimeError, NotImplementedError, InductorError) as error:
        print(f"flex not run: {type(error).__name__}")
        return None
    return lambda: compiled(query, key, value)


def weights() -> None:
    """Forward with weights that are then read, over torch's forward without."""

    def read(x: list[Tensor]) -> object:
        return attend(*x).weights.read(*READOUTS)

    def eager(x: list[Tensor]) -> object:
        alpha = torch.softmax(x[0] @ x[1].mT * WIDTH**-0.5, -1)
        entropy = -torch.xlogy(alpha, alpha).sum(-1)
        return alpha @ x[2], alpha.topk(8, -1), entropy, alpha.sum(-2)

    for length in (1024, 2048, 8192):
        x = inputs(length, torch.float32, False)
        calls: dict[str, Call] = {
            "sdpa": lambda x=x: sdpa(x[0], x[1], x[2]),
            "readable": lambda x=x: attend(*x),
            "read": lambda x=x: read(x),
            "eager read": lambda x=x: eager(x),
        }
        row(f"{length:6}", {n: without_gradient(c) for n, c in calls.items()}, "sdpa")


def masks() -> None:
    """A mask should cost what it leaves: all pairs, half of them, 512 a row."""
    for length in (2048, 8192):
        x = inputs(length, torch.float32, False)
        near = window(length, left=511, right=0)
        calls: dict[str, Call] = {
            "full": lambda x=x: attend(*x),
            "causal": lambda x=x, n=length: attend(*x, mask=causal(n)),
            "window": lambda x=x, near=near: attend(*x, mask=near),
            "sdpa causal": lambda x=x: sdpa(x[0], x[1], x[2], is_causal=True),
        }
        row(f"{length:6}", {n: without_gradient(c) for n, c in calls.items()}, "full")


PEAKS: dict[str, Callable[[], object]] = {
    "32,768 tokens, context": lambda: attend(*inputs(32768, torch.float32, False)),
    "32,768 tokens, window": lambda: attend(
        *inputs(32768, torch.float32, False), mask=window(32768, left=512, right=0)
    ),
    "32,768 tokens, top-8, entropy, received": lambda: attend(
        *inputs(32768, torch.float32, False)
    ).weights.read(*READOUTS),
    "2,048 × 2,048 additive, hidden 64": lambda: attend(
        *(x[:, :1] for x in inputs(2048, torch.float32, False)), score=Additive(64, 64, 64)
    ),
}


def memory() -> None:
    """Peak memory over that of an interpreter that has made the inputs, in MB."""
    for name in PEAKS:
        command = [sys.executable, __file__, "--peak", name]
        print(f"{name:45} {int(subprocess.check_output(command)):6} MB", flush=True)


def peak(name: str) -> int:
    with torch.no_grad():
        length = 32768 if name.startswith("32") else 2048
        attend(*inputs(64, torch.float32, False))
        kept = inputs(length, torch.float32, False)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        del kept
        PEAKS[name]()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024


def retrieval() -> None:
    """Exact top 8 of a million keys for 256 queries, beside FAISS's exact index."""
    import faiss  # pyright: ignore[reportMissingImports]

    faiss.omp_set_num_threads(torch.get_num_threads())
    key, query = torch.randn(1_000_000, WIDTH), torch.randn(256, WIDTH)
    index = faiss.IndexFlatIP(WIDTH)
    index.add(key.numpy())
    attended = attend(query, key, key, score=dot, select=TopK(8))
    same = attended.weights.topk(8)[1].sort().values.numpy()
    _, theirs = index.search(query.numpy(), 8)
    theirs.sort()
    print(f"kernel {attended.kernel}; the same keys in {(same == theirs).mean():.2%} of the places")
    calls: dict[str, Call] = {
        "qkv": lambda: attend(query, key, key, score=dot, select=TopK(8)),
        "faiss": lambda: index.search(query.numpy(), 8),
    }
    row("256 queries", {n: without_gradient(c) for n, c in calls.items()}, "faiss")


def inputs(length: int, dtype: torch.dtype, recorded: bool) -> list[Tensor]:
    shape = max(1, TOKENS // length), HEADS, length, WIDTH
    return [torch.randn(shape, dtype=dtype, requires_grad=recorded) for _ in range(3)]


def without_gradient(call: Call) -> Call:
    def run() -> None:
        with torch.no_grad():
            call()

    return run


def backward(call: Callable[[], Tensor], tensors: tuple[Tensor, ...]) -> Call:
    upstream = torch.ones_like(call())
    return lambda: torch.autograd.grad(call(), tensors, upstream)


def row(label: str, calls: dict[str, Call], base: str) -> None:
    """Print the base's median time and every system's ratio to it."""
    for call in calls.values():
        call()
    repeats = max(1, int(ROUND_S / max(seconds(calls[base], 1), 1e-6)))
    rounds = [{name: seconds(call, repeats) for name, call in calls.items()} for _ in range(ROUNDS)]
    ratios = {n: median(each[n] / each[base] for each in rounds) for n in calls if n != base}
    shown = "  ".join(f"{name} {ratio:6.2f}" for name, ratio in ratios.items())
    print(f"{label}  {base} {1e3 * median(r[base] for r in rounds):9.3f} ms  {shown}", flush=True)


def seconds(call: Call, repeats: int) -> float:
    start = perf_counter()
    for _ in range(repeats):
        call()
    return (perf_counter() - start) / repeats


if __name__ == "__main__":
    main()

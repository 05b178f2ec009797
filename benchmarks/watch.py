"""What watching costs: a model's forward pass, plain, watched, and with its weights by eager.

    python benchmarks/watch.py [--threads 2] [--lengths 512 2048] [time] [memory]

The same weights on the same words, in turns; a figure is the median over the rounds of a system's
time over that of the plain pass. Memory is the peak of a process of its own, over that of the plain
pass. Leave the machine alone meanwhile.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

os.environ["TRANSFORMERS_VERBOSITY"] = "critical"
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel, LlamaConfig, LlamaModel

import qkv

ROUNDS = 5
READOUTS = ["topk:8", "entropy", "received"]
SYSTEMS = ("plain", "watched", "read", "eager")

MODELS: dict[str, Callable[[str], nn.Module]] = {
    "BERT base": lambda way: BertModel._from_config(
        BertConfig(max_position_embeddings=8192), attn_implementation=way
    ),
    "Llama-like": lambda way: LlamaModel._from_config(
        LlamaConfig(
            hidden_size=1024, intermediate_size=2816, num_hidden_layers=12, num_attention_heads=16,
            num_key_value_heads=4, vocab_size=8000, max_position_embeddings=8192,
        ),
        attn_implementation=way,
    ),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("tables", nargs="*", default=["time", "memory"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--lengths", type=int, nargs="+", default=[512, 2048, 8192])
    parser.add_argument("--peak", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    if given.peak:
        name, system, length = given.peak
        print(peak(name, system, int(length)))
        return
    print(f"torch {torch.__version__}, {given.threads} threads, float32")
    for name in MODELS:
        for length in given.lengths:
            if "time" in given.tables:
                print(f"{name:10} {length:5} tokens  time    {times(name, length)}", flush=True)
            if "memory" in given.tables:
                found = memory(name, length, given.threads)
                print(f"{name:10} {length:5} tokens  memory  {found}", flush=True)


def times(name: str, length: int) -> str:
    """Each system's time over that of the plain pass."""
    calls = {system: prepared(name, system, length) for system in SYSTEMS}
    taken: dict[str, list[float]] = {system: [] for system in SYSTEMS}
    for _ in range(ROUNDS + 1):  # the first to warm up
        for system, call in calls.items():
            start = perf_counter()
            call()
            taken[system].append(perf_counter() - start)
    plain = taken["plain"][1:]
    shown = [f"plain {1000 * median(plain):.0f} ms"]
    for system in SYSTEMS[1:]:
        ratio = median(t / p for t, p in zip(taken[system][1:], plain, strict=True))
        shown.append(f"{system} {ratio:.2f}")
    return "  ".join(shown)


def memory(name: str, length: int, threads: int) -> str:
    """Each system's peak over that of the plain pass, both with the model."""
    peaks = {}
    for system in SYSTEMS:
        command = [sys.executable, __file__, "--threads", str(threads), "--peak", name, system]
        done = subprocess.run([*command, str(length)], capture_output=True, text=True, check=True)
        peaks[system] = int(done.stdout)
    shown = [f"plain {peaks['plain'] / 2**20:.0f} MB"]
    shown += [f"{system} {peaks[system] / peaks['plain']:.2f}" for system in SYSTEMS[1:]]
    return "  ".join(shown)


def peak(name: str, system: str, length: int) -> int:
    """Bytes of this process after one pass."""
    prepared(name, system, length)()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def prepared(name: str, system: str, length: int) -> Callable[[], object]:
    torch.manual_seed(0)
    model = MODELS[name]("eager" if system == "eager" else "sdpa").eval()
    words = torch.randint(5, 1000, (1, length))
    run: dict[str, Callable[[nn.Module, Tensor], object]] = {
        "plain": plain, "watched": watched, "read": read, "eager": eager,
    }  # fmt: skip

    def call() -> object:
        with torch.no_grad():
            return run[system](model, words)

    return call


def plain(model: nn.Module, words: Tensor) -> object:
    return model(words)


def watched(model: nn.Module, words: Tensor) -> object:
    with qkv.watch(model) as seen:
        model(words)
    return seen


def read(model: nn.Module, words: Tensor) -> object:
    with qkv.watch(model, readouts=READOUTS) as seen:
        model(words)
    return seen


def eager(model: nn.Module, words: Tensor) -> object:
    return model(words, output_attentions=True).attentions


if __name__ == "__main__":
    main()

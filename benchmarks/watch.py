"""What watching costs: a model's forward pass, plain, watched, and with its weights by eager.

    python benchmarks/watch.py [--threads 2] [--lengths 512 2048] [--rounds 5] [time] [memory]

The same weights on the same words, in turns; a figure is the median over the rounds of a system's
time over that of the plain pass. Memory is the peak of a process of its own, over that of the plain
pass. Eager weights of all layers are left out where they would not fit. With the package attnread
in place, which runs the model many times a layer, it is timed once up to 512 tokens, where it finds
its way in the model. Leave the machine alone meanwhile.
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
from typing import Any

os.environ["TRANSFORMERS_VERBOSITY"] = "critical"
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel, LlamaConfig, LlamaModel

import qkv
from qkv import readouts

try:
    from attnread import extract_attention  # pyright: ignore[reportMissingImports]
except ImportError:
    extract_attention = None

READOUTS = [readouts.TopK(8), readouts.Entropy(), readouts.Received()]
SYSTEMS = ("plain", "watched", "read", "eager")
ATTNREAD_UP_TO = 512

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
    parser.add_argument("--rounds", type=int, default=5)
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
                figures = times(name, length, given.rounds)
                print(f"{name:10} {length:5} tokens  time    {figures}", flush=True)
            if "memory" in given.tables:
                figures = memory(name, length, given.threads)
                print(f"{name:10} {length:5} tokens  memory  {figures}", flush=True)


def times(name: str, length: int, rounds: int) -> str:
    """Each system's time over that of the plain pass."""
    systems = fitting(name, length)
    calls = {system: prepared(name, system, length) for system in systems}
    taken: dict[str, list[float]] = {system: [] for system in systems}
    for _ in range(rounds + 1):  # the first to warm up
        for system, call in calls.items():
            start = perf_counter()
            call()
            taken[system].append(perf_counter() - start)
    plain = taken["plain"][1:]
    shown = [f"plain {1000 * median(plain):.0f} ms"]
    for system in systems[1:]:
        ratio = median(t / p for t, p in zip(taken[system][1:], plain, strict=True))
        shown.append(f"{system} {ratio:.2f}")
    if extract_attention is not None and length <= ATTNREAD_UP_TO:
        shown.append(f"attnread {attnread(name, length, median(plain))}")
    return "  ".join(shown)


def attnread(name: str, length: int, plain: float) -> str:
    call = prepared(name, "attnread", length)
    start = perf_counter()
    try:
        call()
    except (ValueError, RuntimeError) as error:
        return f"refuses: {error}"[:60]
    return f"{(perf_counter() - start) / plain:.0f}"


def memory(name: str, length: int, threads: int) -> str:
    """Each system's peak over that of the plain pass, both with the model."""
    peaks = {}
    systems = fitting(name, length)
    for system in systems:
        command = [sys.executable, __file__, "--threads", str(threads), "--peak", name, system]
        done = subprocess.run([*command, str(length)], capture_output=True, text=True, check=True)
        peaks[system] = int(done.stdout)
    shown = [f"plain {peaks['plain'] / 2**20:.0f} MB"]
    shown += [f"{system} {peaks[system] / peaks['plain']:.2f}" for system in systems[1:]]
    return "  ".join(shown)


def fitting(name: str, length: int) -> list[str]:
    """The systems whose weights fit into half of the machine's memory."""
    with torch.device("meta"):
        config: Any = MODELS[name]("eager").config
    weights = 4 * config.num_hidden_layers * config.num_attention_heads * length**2
    fits = weights < os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2
    if not fits:
        print(f"{name:10} {length:5} tokens  eager would hold {weights / 1e9:.0f} GB: left out")
    return [system for system in SYSTEMS if fits or system != "eager"]


def peak(name: str, system: str, length: int) -> int:
    """Bytes of this process after one pass."""
    prepared(name, system, length)()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def prepared(name: str, system: str, length: int) -> Callable[[], object]:
    torch.manual_seed(0)
    model = MODELS[name]("eager" if system == "eager" else "sdpa").eval()
    words = torch.randint(5, 1000, (1, length))
    run: dict[str, Callable[[nn.Module, Tensor], object]] = {
        "plain": plain, "watched": watched, "read": read, "eager": eager, "attnread": identities,
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


def identities(model: nn.Module, words: Tensor) -> object:
    assert extract_attention is not None
    return extract_attention(model, {"input_ids": words})


def eager(model: nn.Module, words: Tensor) -> object:
    return model(words, output_attentions=True).attentions


if __name__ == "__main__":
    main()

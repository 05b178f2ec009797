"""How many requests a second `qkv serve` answers, how long they take, and what memory it holds.

    PYTHONPATH=. python benchmarks/serving.py MODEL SOURCES [--clients 1 8 64] [--requests 300]
    PYTHONPATH=. python benchmarks/serving.py MODEL SOURCES --minutes 10
    PYTHONPATH=. python benchmarks/serving.py MODEL SOURCES --ctranslate2

MODEL is a folder, SOURCES a file with a sentence a line. Each server is a process of its own on
loopback. Each client sends a sentence, waits for the translation and sends the next: greedy or beam
search is the server's own default, beam 5. All are asked for the same requests.

- batched: `qkv serve` as it is. alone: the same, a text at a time.
- ctranslate2: the least that serves: FastAPI, and CTranslate2 called for each request, on the same
  weights in float32. It splits no sentences and protects nothing.

With --minutes the batched server is kept busy by the last number of clients, and its resident
memory is printed now and then. Left out: a network, several models, pictures.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, cycle, islice
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import httpx2 as httpx

SERVERS = ("batched", "alone", "ctranslate2")
EVERY_S = 15.0


class Load(NamedTuple):
    """What clients saw: seconds of each request, all of them, and the statuses."""

    latencies: list[float]
    seconds: float
    statuses: Counter[int]


def main() -> None:
    options = _options()
    if options.serve:
        _serve(options)
        return
    sources = options.sources.read_text(encoding="utf-8").splitlines()
    for name in SERVERS if options.ctranslate2 else SERVERS[:2]:
        if options.minutes and name != "batched":
            continue
        with _server(name, options) as (process, address):
            asyncio.run(_load(address, sources, 4, 20))  # warm
            if options.minutes:
                _watch(process, address, sources, options.clients[-1], 60 * options.minutes)
                continue
            for clients in options.clients:
                load = asyncio.run(_load(address, sources, clients, options.requests))
                _print(name, clients, load, _resident_mib(process))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--ctranslate2", action="store_true")
    parser.add_argument("--serve", choices=SERVERS, help=argparse.SUPPRESS)
    return parser.parse_args()


async def _load(address: str, sources: list[str], clients: int, requests: int) -> Load:
    texts = islice(cycle(sources), requests)
    latencies: list[float] = []
    statuses: Counter[int] = Counter()

    async def ask(client: httpx.AsyncClient) -> None:
        for text in texts:
            began = time.perf_counter()
            response = await client.post("/translate", json={"q": text})
            latencies.append(time.perf_counter() - began)
            statuses[response.status_code] += 1

    limits = httpx.Limits(max_connections=None)
    began = time.perf_counter()
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=120) as client:
        await asyncio.gather(*(ask(client) for _ in range(clients)))
    return Load(latencies, time.perf_counter() - began, statuses)


def _watch(
    process: subprocess.Popen[str], address: str, sources: list[str], clients: int, seconds: float
) -> None:
    """Memory over time under load."""
    began = time.monotonic()
    for part in count():
        load = asyncio.run(_load(address, sources[part % len(sources) :], clients, 10 * clients))
        passed = time.monotonic() - began
        if part % max(1, round(EVERY_S / load.seconds)) == 0 or passed > seconds:
            print(
                f"{passed:6.0f} s  {_resident_mib(process):7.1f} MiB  {dict(load.statuses)}",
                flush=True,
            )
        if passed > seconds:
            return


def _print(name: str, clients: int, load: Load, resident: float) -> None:
    cuts = quantiles(load.latencies, n=100)
    print(
        f"{name:12} {clients:4} clients  {len(load.latencies) / load.seconds:7.1f} requests/s  "
        f"p50 {1000 * cuts[49]:7.0f} ms  p99 {1000 * cuts[98]:7.0f} ms  {resident:7.1f} MiB  "
        f"{dict(load.statuses)}",
        flush=True,
    )


def _resident_mib(process: subprocess.Popen[str]) -> float:
    """Of the process, as Linux tells it."""
    lines = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines()
    [kib] = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(kib) / 1024


@contextmanager
def _server(name: str, options: argparse.Namespace) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-P", __file__, options.model, options.sources, "--serve", name]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process, process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(60)


def _serve(options: argparse.Namespace) -> None:
    """This process is a server; its address is the first line that it prints."""
    from qkv.server import Limits, application, bound, load_models, run

    opened = bound("127.0.0.1", 0)
    if options.serve == "ctranslate2":
        app, limits = _plain(options.model), Limits()
    else:
        limits = Limits() if options.serve == "batched" else Limits(batch_tokens=1)
        app = application(load_models([(options.model, None)]), limits)
    print(f"http://127.0.0.1:{opened.getsockname()[1]}", flush=True)
    run(app, opened, limits)


def _plain(folder: Path) -> Any:
    """FastAPI around CTranslate2, with the model's own tokenizers."""
    import ctranslate2
    from fastapi import FastAPI

    from qkv.export.ctranslate2 import write
    from qkv.pipeline import load_translator

    model = load_translator(folder)
    source, target = model.source_tokenizer, model.target_tokenizer
    with TemporaryDirectory() as converted:
        write(model.model, (source, target), Path(converted))
        engine = ctranslate2.Translator(converted)
    read, ids = source.pieces, {piece: number for number, piece in enumerate(target.pieces)}
    app = FastAPI()

    @app.post("/translate")
    def translate(body: dict[str, str]) -> dict[str, str]:
        tokens = [read[i] for i in source.ids_batch([body["q"]])[0]]
        best = engine.translate_batch([tokens], beam_size=5)[0].hypotheses[0]
        return {"translatedText": target.decode([ids[piece] for piece in best]).text}

    return app


if __name__ == "__main__":
    main()

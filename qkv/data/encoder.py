"""Text from a file into ids, in several processes of their own.

A process gets its settings on the first line, then a stretch of the file on each. It answers with a
line of sizes and the bytes of three arrays, and ends with the one that began it, however that ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from typing import IO

import numpy as np

from qkv.data.examples import Examples, encoded
from qkv.data.pair_file import PairFile, parsed
from qkv.data.tokenizer import Tokenizer
from qkv.errors import DataError

__all__ = ["encoded_file", "main"]

Stretch = tuple[int, int]
START = "from qkv.data.encoder import main; main()"


def encoded_file(
    pairs: PairFile, tokenizers: tuple[Path, Path], longest: int, processes: int
) -> Generator[tuple[Examples, int]]:
    """As `encoded`, for a few thousand pairs after the other, in order.

    Raises:
        DataError: a process has ended, as for lack of memory.
    """
    settings = json.dumps([str(pairs.path), *map(str, tokenizers), longest])
    free: SimpleQueue[_Process] = SimpleQueue()

    def encode(stretch: Stretch) -> tuple[Examples, int]:
        process = free.get()
        try:
            return process.encode(stretch)
        finally:
            free.put(process)

    with ExitStack() as stack:
        for _ in range(processes):
            free.put(stack.enter_context(_Process(settings)))
        pool = stack.enter_context(ThreadPoolExecutor(processes))
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        yield from pool.map(encode, pairs.stretches())


class _Process:
    """One that encodes."""

    def __init__(self, settings: str) -> None:
        # Its own group: an interrupt from the keyboard comes to it through us. -P: what lies in
        # this folder is none of its modules.
        paths = os.pathsep.join(filter(None, sys.path))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": paths, "TOKENIZERS_PARALLELISM": "false"},
            process_group=0,
        )
        self._settings = f"{settings}\n"

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def encode(self, stretch: Stretch) -> tuple[Examples, int]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(f"{self._settings}{json.dumps(stretch)}\n".encode())
            stdin.flush()
            self._settings = ""
            return _received(stdout)
        except (OSError, ValueError):
            raise DataError(
                f"a process that tokenises has ended (exit code {self._process.wait()}); free some "
                "memory and start again."
            ) from None


def main() -> None:
    """A process's whole life."""
    path, source, target, longest = json.loads(sys.stdin.readline())
    first = Tokenizer.load(source)
    tokenizers = first, first if source == target else Tokenizer.load(target)
    with Path(path).open("rb") as file:
        for line in sys.stdin:
            begin, end = json.loads(line)
            file.seek(begin)
            try:
                _send(*encoded(parsed(file.read(end - begin)), tokenizers, longest))
            except BrokenPipeError:
                os._exit(1)  # who began it was killed, and nobody wants to read why this ends


def _send(examples: Examples, longer: int) -> None:
    arrays = [*examples.ids, examples.ends]
    out = sys.stdout.buffer
    out.write(json.dumps([*map(len, arrays), longer]).encode() + b"\n")
    for array in arrays:
        out.write(array.tobytes())
    out.flush()


def _received(stream: IO[bytes]) -> tuple[Examples, int]:
    source, target, ends, longer = json.loads(stream.readline())
    ids = (_array(stream, source, np.uint32), _array(stream, target, np.uint32))
    return Examples(ids, _array(stream, 2 * ends, np.int64).reshape(-1, 2)), longer


def _array(stream: IO[bytes], count: int, dtype: type) -> np.ndarray:
    data = stream.read(count * np.dtype(dtype).itemsize)
    return np.frombuffer(data, dtype, count)

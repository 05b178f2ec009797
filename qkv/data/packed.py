"""Packed files, told by their first bytes."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from typing import IO, Any

from qkv.errors import MissingExtra

__all__ = ["BROKEN", "MARK_BYTES", "is_broken", "packed_as", "unpacked"]

MARK_BYTES = 6
MARKS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
BROKEN = (gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError)


def packed_as(start: bytes) -> str:
    """As what a file is packed that begins so, "" if it's not."""
    return next((name for mark, name in MARKS.items() if start.startswith(mark)), "")


def unpacked(file: IO[bytes], packed: str) -> Any:
    """A file that gives the unpacked bytes.

    Raises:
        MissingExtra: zstd without pyarrow.
    """
    return UNPACKERS[packed](file) if packed else file


def is_broken(error: Exception, packed: str) -> bool:
    """Whether it says that a packed file is damaged; bzip2 and zstd have no class for that."""
    return isinstance(error, BROKEN) or bool(
        packed and isinstance(error, OSError) and error.errno is None
    )


def _zstandard(file: IO[bytes]) -> Any:
    try:
        import pyarrow
    except ImportError:
        raise MissingExtra("zstd files need pyarrow: pip install 'qkv[data]'.") from None
    return pyarrow.CompressedInputStream(file, "zstd")


UNPACKERS: dict[str, Callable[[IO[bytes]], Any]] = {
    "gzip": lambda file: gzip.GzipFile(fileobj=file),
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
    "zstd": _zstandard,
}

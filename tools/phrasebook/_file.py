"""A corpus as the one compressed file that the package carries."""

from __future__ import annotations

import gzip
from io import BytesIO

from qkv.data.phrasebook import Phrasebook, PhrasebookPair

__all__ = ["pack"]


def pack(book: Phrasebook) -> bytes:
    """Lines as `qkv.data.phrasebook` reads them, in gzip without a name or a time."""
    lines = [_line(name, pair) for name, pairs in book._asdict().items() for pair in pairs]
    packed = BytesIO()
    # gzip.compress would leave a byte of the header to the operating system.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=9, mtime=0) as file:
        file.write("".join(lines).encode("utf-8"))
    return packed.getvalue()


def _line(split: str, pair: PhrasebookPair) -> str:
    links = " ".join(f"{i}-{j}" for i, j in pair.links)
    return f"{split}\t{pair.source}\t{pair.target}\t{links}\n"

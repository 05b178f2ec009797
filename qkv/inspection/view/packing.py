"""Bytes as text that is short, and safe inside JSON and a script element of HTML."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["packed"]

# Printable ASCII without what ends a JSON string, begins an escape or could begin a tag. A pair of
# these 91 has room for 13 bits: 8 % less text than base64.
_ALPHABET = np.array([c for c in range(0x21, 0x7F) if chr(c) not in '"<\\'], np.uint8)
_BITS = 13


def packed(numbers: NDArray[np.generic], strategy: int = zlib.Z_DEFAULT_STRATEGY) -> str:
    """The bytes of an array as they are, deflated (raw), then 13 bits in two characters.

    The bits of a byte follow each other from the least significant on. Of v, 13 of them, the first
    the least significant, come the characters number v % 91 and v // 91; of what is left over at
    the end, if it is five bits or less, one character.
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy)
    deflated = deflate.compress(numbers.tobytes()) + deflate.flush()
    bits = np.unpackbits(np.frombuffer(deflated, np.uint8), bitorder="little")
    rest = len(bits) % _BITS
    bits = np.pad(bits, (0, -len(bits) % _BITS)).reshape(-1, _BITS)
    values = bits @ (1 << np.arange(_BITS, dtype=np.uint16))
    pairs = np.stack([values % len(_ALPHABET), values // len(_ALPHABET)], 1).reshape(-1)
    return _ALPHABET[pairs[: len(pairs) - (0 < rest <= 5)]].tobytes().decode("ascii")

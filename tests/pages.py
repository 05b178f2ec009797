"""An independent reader of views, written from docs/report.md alone; numpy in float64."""

from __future__ import annotations

import json
import zlib
from html.parser import HTMLParser
from typing import Any

import numpy as np

ALPHABET = {
    character: number
    for number, character in enumerate(c for c in map(chr, range(0x21, 0x7F)) if c not in '"<\\')
}


def unpacked(text: str) -> bytes:
    """What was deflated, and written with 13 bits in two characters."""
    bits = held = 0
    data = bytearray()
    numbers = [ALPHABET[character] for character in text]
    for place in range(0, len(numbers), 2):
        pair = numbers[place : place + 2]
        bits |= (pair[0] + 91 * (pair[1] if len(pair) == 2 else 0)) << held
        held += 13 if len(pair) == 2 else 5
        while held >= 8:
            data.append(bits & 255)
            bits >>= 8
            held -= 8
    inflate = zlib.decompressobj(-15)
    whole = inflate.decompress(bytes(data))
    assert inflate.eof
    assert inflate.unused_data == b""
    return whole


def numbers(text: str, kind: str = "<f4") -> np.ndarray:
    return np.frombuffer(unpacked(text), kind)


def weights(head: dict[str, Any], blocks: list[list[int]] | None = None) -> np.ndarray:
    """(Tq, Tk) float64 of a head that holds its cells or what they are made of."""
    rows, columns = head["shape"]
    if head["encoding"] == "dense":
        return numbers(head["data"], "<u2").reshape(rows, columns) / 65535
    if head["encoding"] == "blocks":
        assert blocks is not None
        return _from_blocks(head, blocks)
    assert head["encoding"] == "scores"
    width = head["width"]
    query, key = (
        numbers(head[name], "i1").reshape(-1, width).astype(float)
        * numbers(head[f"{name}_scale"])[:, None].astype(float)
        for name in ("query", "key")
    )
    scores = query @ key.T - numbers(head["logsumexp"])[:, None].astype(float)
    return np.where(_seen(head), np.minimum(1, np.exp(np.minimum(scores, 1))), 0)


def _from_blocks(head: dict[str, Any], blocks: list[list[int]]) -> np.ndarray:
    whole, at = np.zeros(head["shape"]), 0
    cells = numbers(head["data"], "<u2") / 65535
    for row, column, height, width in blocks:
        part = cells[at : at + height * width].reshape(height, width)
        whole[row : row + height, column : column + width] = part
        at += height * width
    assert at == len(cells)
    return whole


def _seen(head: dict[str, Any]) -> np.ndarray:
    rows, columns = head["shape"]
    i, j = np.arange(rows)[:, None], np.arange(columns)[None]
    first, last = head["band"]
    seen = np.ones((rows, columns), bool)
    if first is not None:
        seen &= j >= i + first
    if last is not None:
        seen &= j <= i + last
    for start, end in head["hidden"]:
        seen[:, start:end] = False
    return seen


def overview(head: dict[str, Any]) -> np.ndarray:
    """The largest weight of each tile."""
    steps = numbers(head["overview"]["data"], "u1").reshape(head["overview"]["shape"])
    return np.where(steps == 0, 0, 2 ** ((steps.astype(float) - 255) / 12))


class Page(HTMLParser):
    """The elements of a page, what stands in its scripts, and the views."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._inside = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data

    @property
    def views(self) -> dict[str, Any]:
        return json.loads(self.scripts[0])

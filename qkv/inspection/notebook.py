"""What notebooks show of a result or of what was seen: HTML without a script or a network.

Notebooks in editors and in the cloud allow no scripts and no foreign styles: colours stand in each
element, half transparent, so that they suit light pages and dark ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from qkv.attention import Weights
from qkv.errors import QkvError
from qkv.inspection._merging import in_words, merged
from qkv.pipeline import Caption, Translation

if TYPE_CHECKING:
    from qkv.inspection.watching.record import Record
    from qkv.inspection.watching.seen import Seen
    from qkv.pipeline.result import Result

__all__ = ["record_html", "result_html", "seen_html"]

Floats = NDArray[np.float64]

MOST_WORDS = 40  # a side; a larger map does not fit beside its labels
MOST_TOKENS = 400  # beyond, a glance at the text would cost seconds
MOST_CALLS = 40  # rows of a table
MOST_TILES = 32  # a side
_BLUE = "49,130,189"


def result_html(result: Result) -> str:
    """The text, and what its words attended to, if it is short and has come with its model."""
    shown = [_paragraph(f"<b>{_text(result.text)}</b> &ensp;<small>{result.score:.3f}</small>")]
    if len(result.tokens) <= MOST_TOKENS:
        try:
            shown += _attended(result)
        except QkvError as error:
            shown.append(_paragraph(f"<small>{_text(str(error))}</small>"))
    shown += [
        _paragraph(f"{_text(other.text)} &ensp;<small>{other.score:.3f}</small>")
        for other in result.alternatives
    ]
    return "".join(shown)


def record_html(record: Record) -> str:
    """What it was, and the first head of the first row of the batch, in tiles."""
    shown = [_paragraph(f"<code>{_text(repr(record))}</code>")]
    if record.readouts or not prod(record.shape):
        return shown[0]
    weights = record.weights
    first = (0,) * (len(record.shape) - 2)
    with torch.no_grad():
        tiles = Weights(weights.lookup.under(first)).pool(MOST_TILES, MOST_TILES)
    return "".join([*shown, _tiles(tiles.float().cpu().numpy(), 8)])


def seen_html(seen: Seen) -> str:
    """A line for each call, and for each module that could not be seen."""
    lines = [
        [
            record.name or "the model",
            record.kind,
            " × ".join(map(str, record.shape)),
            record.kernel,
        ]
        for record in seen.records[:MOST_CALLS]
    ]
    rest = len(seen) - len(lines)
    more = [_paragraph(f"… and {rest:,} more")] if rest else []
    missed = [_paragraph(_text(f"unseen: {u.module}: {u.reason} {u.remedy}")) for u in seen.unseen]
    return "".join(
        [
            _paragraph(f"{len(seen):,} attention call{'s' * (len(seen) != 1)}"),
            _table(["module", "kind", "shape", "kernel"], lines),
            *more,
            *missed,
        ]
    )


def _attended(result: Result) -> list[str]:
    if isinstance(result, Caption):
        words, looked = result.words()
        maps = zip(words[:MOST_WORDS], looked, strict=False)
        return ["".join(_region_map(word, row, result.grid) for word, row in maps)]
    assert isinstance(result, Translation)  # nosec: narrows the type
    if len(result.source_tokens) > MOST_TOKENS:
        return []
    rows, columns = (
        in_words(tokens, text)
        for tokens, text in (
            (result.tokens, result.text),
            (result.source_tokens, result.source),
        )
    )
    weights = merged(result.attention.matrix().astype(float), rows, columns)
    labels = [[label for label, _ in side] for side in (rows, columns)]
    shares = weights.sum(0) / max(float(weights.sum(0).max()), 1e-30)
    shown = [_shaded(labels[1], shares)]
    if max(map(len, labels)) <= MOST_WORDS:
        shown.append(_heat_map(weights, *labels))
    return shown


def _shaded(words: Sequence[str], shares: Floats) -> str:
    """Words in a row, the darker the more of all weight they received."""
    spans = (
        f'<span style="{_shade(share)};padding:1px 3px;border-radius:3px">{_text(word)}</span>'
        for word, share in zip(words, shares.tolist(), strict=True)
    )
    return _paragraph(" ".join(spans))


def _heat_map(weights: Floats, rows: Sequence[str], columns: Sequence[str]) -> str:
    upright = "writing-mode:vertical-rl;padding:2px;font-weight:normal"
    head = "".join(f'<th scope="col" style="{upright}">{_text(label)}</th>' for label in columns)
    body = []
    for label, row in zip(rows, weights.clip(0, 1).tolist(), strict=True):
        cells = "".join(
            f'<td title="{weight:.3f}" style="{_shade(weight)};width:18px;height:18px"></td>'
            for weight in row
        )
        name = '<th scope="row" style="text-align:right;font-weight:normal">'
        body.append(f"<tr>{name}{_text(label)}</th>{cells}</tr>")
    return (
        f'<table style="border-collapse:collapse"><tr><td></td>{head}</tr>{"".join(body)}</table>'
    )


def _region_map(word: str, looked: Floats, grid: int) -> str:
    """A small picture of where a word looked."""
    style = "display:inline-block;margin:4px;text-align:center"
    return f'<div style="{style}">{_text(word)}{_tiles(looked.reshape(grid, grid), 8)}</div>'


def _tiles(weights: NDArray[np.floating], side: int) -> str:
    """Squares of so many pixels, the darkest where the weight is largest."""
    shares = (weights / max(float(weights.max()), 1e-30)).tolist()
    size = f"width:{side}px;height:{side}px;padding:0"
    rows = "".join(
        "<tr>" + "".join(f'<td style="{_shade(s)};{size}"></td>' for s in row) + "</tr>"
        for row in shares
    )
    return f'<table style="border-collapse:collapse;margin:auto">{rows}</table>'


def _table(headings: Iterable[str], lines: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th style="text-align:left">{_text(each)}</th>' for each in headings)
    body = "".join(
        "<tr>"
        + "".join(f'<td style="text-align:left">{_text(cell)}</td>' for cell in line)
        + "</tr>"
        for line in lines
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _paragraph(html: str) -> str:
    return f'<p style="margin:4px 0">{html}</p>'


def _shade(share: float) -> str:
    return f"background:rgba({_BLUE},{share:.3f})"


def _text(text: str) -> str:
    """Escaped, and kept apart from what stands around it if it runs from right to left."""
    return f"<bdi>{escape(text.encode('utf-8', 'replace').decode())}</bdi>"

"""Views made by hand, as docs/report.md describes them, with all that a text may hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from qkv.inspection.view.packing import packed

__all__ = ["caption", "head", "hostile", "side", "translation"]

# Words: I | like | coffee. | <eos>
WEIGHTS = np.array(
    [
        [0.75, 0.125, 0.125, 0.0],
        [0.5, 0.25, 0.125, 0.125],
        [0.0, 0.9375, 0.0625, 0.0],
        [0.0, 0.25, 0.75, 0.0],
        [0.0, 0.0, 0.125, 0.875],
    ]
)


def head(weights: ArrayLike) -> dict[str, Any]:
    cells = np.asarray(weights)
    data = packed(np.rint(cells * 65535).astype("<u2"))
    return {"encoding": "dense", "shape": list(cells.shape), "data": data}


def side(name: str, tokens: list[str], **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "text": " ".join(tokens),
        "tokens": tokens,
        "words": [[n, n + 1] for n in range(len(tokens))],
        "shown": tokens,
        "spaces": ["", *[" "] * (len(tokens) - 1)],
        "probabilities": None,
    } | more


def cross(*heads: ArrayLike, **more: Any) -> dict[str, Any]:
    """A map of one layer with these heads."""
    layer = {"name": "", "kernel": "", "heads": [head(each) for each in heads]}
    shown = {"kind": "cross", "name": "", "rows": 1, "columns": 0, "blocks": None}
    return shown | {"layers": [layer]} | more


def view(title: str, sides: list[dict[str, Any]], *maps: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": title,
        "model": None,
        "sides": sides,
        "picture": None,
        "maps": list(maps),
        "alternatives": [],
        "gold": None,
        "notes": [],
    }


def translation() -> dict[str, Any]:
    """我喜欢咖啡。 → I like coffee. by two heads, of which the second looks evenly."""
    source = side("source", ["我喜欢", "咖啡", "。", "<eos>"], spaces=["", "", "", ""])
    target = side(
        "target",
        ["I", "like", "coffee", ".", "<eos>"],
        words=[[0, 1], [1, 2], [2, 4], [4, 5]],
        shown=["I", "like", "coffee.", "<eos>"],
        spaces=["", " ", " ", "", ""],
        probabilities=[0.9, 0.5, 0.8, 0.95, 1.0],
    )
    shown = view("我喜欢咖啡。", [source, target], cross(WEIGHTS, np.full((5, 4), 0.25)))
    return shown | {
        "model": {"name": "tiny", "description": "RNN"},
        "alternatives": [
            {"text": "I like coffee.", "score": -0.5},
            {"text": "I like tea.", "score": -1.5},
        ],
        "gold": {"sure": [[1, 2]], "possible": [[0, 1]], "links": [[0, 0]], "aer": 0.25},
        "notes": [
            {"kind": "sink", "map": 0, "layer": 0, "head": 1, "place": "eos", "share": 0.625}
        ],
    }


HOSTILE = [
    "<img src=x onerror=fail()>",
    "</script><script>fail()</script>",
    "\u0000\u001b[31m",
    "\u202eعربي",
    "\u0301",
    "",
    "   ",
    "👩‍👩‍👧",
    "ไทย",
    "x" * 3000,
    "&lt;b&gt;",
    "${fail()}",
]


def hostile() -> dict[str, Any]:
    """Text that a careless page would run, break on or hide."""
    both = [side(HOSTILE[0], HOSTILE), side(HOSTILE[1], HOSTILE)]
    shown = view(HOSTILE[0], both, cross(np.eye(len(HOSTILE)), name=HOSTILE[1]))
    return shown | {
        "model": {"name": HOSTILE[0], "description": HOSTILE[1]},
        "alternatives": [{"text": text, "score": -1.0} for text in HOSTILE[:3]],
    }


# Two pixels of a GIF: red and green.
_PICTURE = "data:image/gif;base64,R0lGODlhAgABAPAAAP8AAACAACwAAAAAAgABAAACAgQKADs="


def caption() -> dict[str, Any]:
    regions = side("regions", ["1,1", "1,2"])
    words = side("target", ["red", "green"])
    shown = view("a picture", [regions, words], cross([[1.0, 0.0], [0.25, 0.75]]))
    boxes = [[0, 0, 100, 100], [100, 0, 200, 100]]
    return shown | {"picture": {"src": _PICTURE, "width": 200, "height": 100, "boxes": boxes}}

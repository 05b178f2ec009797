"""What a captioner says of a picture when it may not look where it looked most.

    qkv demo captions --out demo
    python examples/hide_region.py demo/captioner picture.png

Line by line: the regions hidden so far, counted from the upper left, and the caption without them.
"""

from __future__ import annotations

import argparse
from typing import Any

import torch

import qkv
from qkv.models import PLAIN


def main() -> None:
    parser = argparse.ArgumentParser(description="Hide a picture's strongest regions in turn.")
    parser.add_argument("model")
    parser.add_argument("picture")
    parser.add_argument("--regions", type=int, default=4, help="how many to hide")
    given = parser.parse_args()

    captioner: Any = qkv.load(given.model)
    hidden = torch.zeros(captioner.source_positions, dtype=torch.bool)
    for _ in range(given.regions + 1):
        asked = PLAIN.hiding(hidden) if hidden.any() else PLAIN
        [caption] = captioner.caption([given.picture], attention=asked)
        places = ", ".join(str(i) for i in hidden.nonzero()[:, 0].tolist()) or "nothing"
        print(f"{places} hidden: {caption.text}")
        received = caption.attention.matrix().sum(0)  # over the words: (regions,)
        hidden[int(received.argmax())] = True


if __name__ == "__main__":
    main()

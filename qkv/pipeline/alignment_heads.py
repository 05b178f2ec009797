"""Which of a model's cross-attention is read as an alignment, and reading it in batches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from qkv.data.batching import Example, batches, pad
from qkv.data.tokenizer import BOS, EOS
from qkv.errors import ConfigError, FolderError
from qkv.files import read_json, write_atomically

if TYPE_CHECKING:
    from torch import Tensor

    from qkv.attention import Weights
    from qkv.pipeline.translator import Translator

__all__ = [
    "LAST_LAYER",
    "AlignmentHeads",
    "attended",
    "candidates",
    "load_heads",
    "picked",
    "save_heads",
]

FILE, FILE_BYTES = "alignment.json", 64 * 1024
BATCH_TOKENS = 4096


@dataclass(frozen=True)
class AlignmentHeads:
    """What of the cross-attention is read as an alignment: the mean over some heads.

    heads: (layer, head), from 0; none: all of the last layer.
    shift: the row that belongs to a token: 0 where the token is predicted; 1 where it has been read
        and the next one is predicted.
    """

    heads: tuple[tuple[int, int], ...] = ()
    shift: int = 0

    def __str__(self) -> str:
        if not self.heads:
            named = "the last layer"
        else:
            layers = sorted({layer for layer, _ in self.heads})
            parts = (
                f"layer {layer} heads {','.join(str(h) for one, h in self.heads if one == layer)}"
                for layer in layers
            )
            named = ", ".join(parts)
        return f"{named}{' after the word is read' if self.shift else ''}"

    def of(self, layers: Sequence[Weights]) -> Tensor:
        """The mean (B, T, S) of the weights (B, H, T, S) of each layer.

        Raises:
            ConfigError: the model has no such head.
        """
        if not self.heads:
            return layers[-1].mean()
        every = [(layer, head) for layer, w in enumerate(layers) for head in range(w.shape[1])]
        if not {*self.heads} <= {*every}:
            raise ConfigError(f"{FILE} names {self}, which this model does not have; pick again.")
        by_layer = {layer: [h for one, h in self.heads if one == layer] for layer, _ in self.heads}
        sums = [layers[layer].mean(heads) * len(heads) for layer, heads in by_layer.items()]
        return torch.stack(sums).sum(0) / len(self.heads)


LAST_LAYER = AlignmentHeads()


class Picked(NamedTuple):
    """Heads of both directions, and how far their links agree: 2 |F ∩ B| / (|F| + |B|)."""

    forward: AlignmentHeads
    backward: AlignmentHeads
    agreement: float


def attended(
    translator: Translator,
    examples: Sequence[Example],
    choices: Sequence[AlignmentHeads],
    batch_tokens: int = BATCH_TOKENS,
) -> Iterator[tuple[int, list[np.ndarray]]]:
    """The number of each example and its weights by each choice, (target tokens, source tokens).

    Each is read as if the model had written the target. The last column is EOS, which has no row.
    Short ones come first.
    """
    model, machine = translator.model, translator.machine
    model.eval()
    for rows in batches(examples, batch_tokens, None):
        source, present = pad([[*examples[row][0], EOS] for row in rows])
        target, _ = pad([[BOS, *examples[row][1], EOS] for row in rows])
        with torch.inference_mode(), machine.autocast():
            decoded, _ = model(*(machine.place(each) for each in (source, present, target)))
            read = [choice.of(decoded.cross_weights).float().cpu() for choice in choices]
        for place, row in enumerate(rows):
            columns, words = len(examples[row][0]) + 1, len(examples[row][1])
            yield (
                row,
                [
                    weights[place, choice.shift : choice.shift + words, :columns].numpy()
                    for weights, choice in zip(read, choices, strict=True)
                ],
            )


def candidates(heads: Sequence[int]) -> list[AlignmentHeads]:
    """Each head, each layer and all of them, as a word is predicted and after it is read.

    heads: how many each layer has.
    """
    layers = [[(layer, head) for head in range(count)] for layer, count in enumerate(heads)]
    every = [[head] for layer in layers for head in layer if len(layer) > 1]
    every += layers if len(layers) == 1 else [*layers, [*chain(*layers)]]
    return [AlignmentHeads(tuple(each), shift) for each, shift in product(every, (0, 1))]


def picked(
    choices: tuple[Sequence[AlignmentHeads], Sequence[AlignmentHeads]],
    links: tuple[Sequence[Iterable[np.ndarray]], Sequence[Iterable[np.ndarray]]],
) -> Picked:
    """The two choices whose links agree most.

    Args:
        choices: of both directions. links: of each choice a boolean (S, T) a sentence pair.
    """
    flat = [[np.concatenate([x.ravel() for x in each]) for each in side] for side in links]
    forward, backward = (zip(*side, strict=True) for side in zip(choices, flat, strict=True))
    best = Picked(choices[0][0], choices[1][0], -1.0)
    for (one, a), (other, b) in product(forward, backward):
        agreement = 2 * float(np.sum(a & b)) / max(1, int(a.sum()) + int(b.sum()))
        if agreement > best.agreement:
            best = Picked(one, other, agreement)
    return best


def save_heads(folder: Path, heads: AlignmentHeads) -> None:
    """Beside the model in its folder."""
    text = json.dumps({"heads": [list(each) for each in heads.heads], "shift": heads.shift}) + "\n"
    write_atomically(folder / FILE, lambda path: path.write_text(text, encoding="utf-8"))


def load_heads(folder: Path) -> AlignmentHeads | None:
    """What was saved; None if nothing was.

    Raises:
        FolderError: it is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        saved = read_json(path, FILE_BYTES)
        heads = tuple((int(layer), int(head)) for layer, head in saved["heads"])
        if saved["shift"] not in (0, 1) or any(min(each) < 0 for each in heads):
            raise ValueError("numbers out of range")
        return AlignmentHeads(heads, saved["shift"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FolderError(
            f"{path}: broken ({error}); copy it again, or pick again by qkv align --pick."
        ) from None

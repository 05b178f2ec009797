"""Which of a model's cross-attention is read as an alignment, and reading it in batches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from qkv.data.batching import Example, batches, pad
from qkv.data.tokenizer import BOS, EOS
from qkv.errors import ConfigError, FolderError, ShapeError
from qkv.files import read_json, write_atomically
from qkv.models import PLAIN, Attending
from qkv.pipeline.attention import ONE_VECTOR, too_large
from qkv.pipeline.searching import settle

if TYPE_CHECKING:
    from torch import Tensor

    from qkv.attention import Weights
    from qkv.pipeline.translator import Translator

__all__ = [
    "LAST_LAYER",
    "AlignmentHeads",
    "Forced",
    "attended",
    "attended_batch",
    "candidates",
    "load_heads",
    "picked",
    "save_heads",
]

FILE, FILE_BYTES = "alignment.json", 64 * 1024
BATCH_TOKENS = 4096
SMALL = 1 << 18


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
            return _mean(layers[-1])
        every = [(layer, head) for layer, w in enumerate(layers) for head in range(w.shape[1])]
        if not {*self.heads} <= {*every}:
            raise ConfigError(f"{FILE} names {self}, which this model does not have; pick again.")
        by_layer = {layer: [h for one, h in self.heads if one == layer] for layer, _ in self.heads}
        sums = [_mean(layers[layer], heads) * len(heads) for layer, heads in by_layer.items()]
        return torch.stack(sums).sum(0) / len(self.heads)


LAST_LAYER = AlignmentHeads()


def _mean(weights: Weights, heads: Sequence[int] | None = None) -> Tensor:
    """`weights.mean(heads)`; of few weights, as a step of a search has, in a third of the time."""
    if weights.shape.numel() > SMALL:
        return weights.mean(heads)
    dense = weights[...].float()
    return (dense if heads is None else dense[:, heads]).mean(1)


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
    """Of each example the number and the weights, see `attended_batch`; short ones first."""
    for rows in batches(examples, batch_tokens, None):
        batch = [examples[row] for row in rows]
        yield from zip(rows, attended_batch(translator, batch, choices), strict=True)


def attended_batch(
    translator: Translator,
    batch: Sequence[Example],
    choices: Sequence[AlignmentHeads],
    attention: Attending = PLAIN,
) -> Iterator[list[np.ndarray]]:
    """Of each example the weights by each choice, (target tokens, source tokens), EOS counted.

    Each is read as if the model had written the target, all in one pass.

    Raises:
        ConfigError: the model attends to no words. DataError: the weights would take over 1 GiB.
    """
    model, machine = translator.model, translator.machine
    if model.one_vector:
        raise ConfigError(ONE_VECTOR)
    settle(model)
    source, present = pad([[*source, EOS] for source, _ in batch])
    target, _ = pad([[BOS, *target, EOS] for _, target in batch])
    with torch.inference_mode(), machine.autocast():
        given = (machine.place(each) for each in (source, present, target))
        decoded, _ = model(*given, attention=attention)
        try:
            read = [choice.of(decoded.cross_weights).float().cpu() for choice in choices]
        except ShapeError:
            raise too_large(target.shape[1], source.shape[1]) from None
    for row, (own, words) in enumerate(batch):
        yield [
            weights[row, choice.shift :][: len(words) + 1, : len(own) + 1].numpy()
            for weights, choice in zip(read, choices, strict=True)
        ]


class Forced:
    """What results of one call attended to by the heads that links are read from.

    It is read by the batch, of results of like length, when one of them is first asked for.
    """

    def __init__(self, translator: Translator, attention: Attending = PLAIN) -> None:
        self._translator, self._attention = translator, attention
        self._examples: list[Example] = []
        self._weights: dict[int, np.ndarray] = {}

    def add(
        self, source: Sequence[int], target: Sequence[int], kept: Tensor | None = None
    ) -> Callable[[], list[np.ndarray]]:
        """What reads (target tokens, source tokens) of this result, EOS counted.

        kept: (target tokens, Tk), of the steps of the search that found it.
        """
        if kept is not None:
            return partial(self._of_steps, kept[:, : len(source) + 1])
        self._examples.append((source, target))
        return partial(self._read, len(self._examples) - 1)

    def _read(self, number: int) -> list[np.ndarray]:
        if number not in self._weights:
            rows = self._beside(number)
            batch = [self._examples[row] for row in rows]
            heads = [self._translator.alignment_heads or LAST_LAYER]
            read = attended_batch(self._translator, batch, heads, self._attention)
            self._weights |= {row: weights for row, [weights] in zip(rows, read, strict=True)}
        return [self._weights[number]]

    def _of_steps(self, kept: Tensor) -> list[np.ndarray]:
        """Nobody has read EOS: where the row after a token is its own, the last is empty."""
        shift = (self._translator.alignment_heads or LAST_LAYER).shift
        return [np.concatenate([kept[shift:].numpy(), np.zeros_like(kept[:shift].numpy())])]

    def _beside(self, number: int) -> list[int]:
        """What it is read with; nothing where the positions of one are ruled on."""
        if self._attention.rules:
            return [number]
        every = batches(self._examples, BATCH_TOKENS, None)
        beside = next(rows for rows in every if number in rows)
        return [row for row in beside if row not in self._weights]


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

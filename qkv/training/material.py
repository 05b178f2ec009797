"""What a model is trained on: text and pictures are two kinds of one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from random import Random
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qkv.data.batching import Batch, cut
from qkv.data.formats import matching
from qkv.data.order import parts
from qkv.data.tokenizer import Tokenizer
from qkv.evaluation import Score
from qkv.models import EncoderDecoder, ModelConfig
from qkv.training.config import TrainConfig

__all__ = [
    "Corpus",
    "Data",
    "Lengths",
    "Material",
    "Sample",
    "Tokenizers",
    "Validation",
    "epoch_batches",
    "evenly",
    "paths_of",
    "target_tokens",
    "typical",
    "updates_an_epoch",
]

PATTERNS = ("data", "tsv")  # names of what may be a pattern

Data = dict[str, Any]  # paths, or lists of them, by what they are; and `columns`
Tokenizers = tuple[Tokenizer, Tokenizer]  # of the source and of the target, maybe one and the same


@dataclass(frozen=True)
class Sample:
    """A source of the validation set, what the model makes of it, and what it should have made.

    source: a text, or a picture's path. reference: one of them, where there are several.
    """

    source: str
    output: str
    reference: str


@dataclass(frozen=True)
class Validation:
    """What a model scores.

    score: what chooses the weights, see `telling_score`. samples: the same sources each time.
    parts: the scores that it is made of, by name, where there are several.
    """

    score: Score
    samples: list[Sample]
    parts: dict[str, Score] = field(default_factory=dict)

    def values(self) -> dict[str, float]:
        """Of the parts, or of the one that there is."""
        return {n: s.value for n, s in (self.parts or {"new": self.score}).items()}


def paths_of(data: Data) -> dict[str, list[str]]:
    """The files alone; of patterns those that match."""
    paths = {name: value for name, value in data.items() if not name.endswith("columns")}
    lists = {name: [path] if isinstance(path, str) else list(path) for name, path in paths.items()}
    return {
        name: list(map(str, matching(paths))) if name.endswith(PATTERNS) else paths
        for name, paths in lists.items()
    }


class Corpus(Protocol):
    """What was read from files, and is not tokenised yet."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that a run reads, so that a resume on other data is refused."""
        ...

    def tokenizers(self, config: TrainConfig) -> Tokenizers:
        """New ones, learnt from the training texts."""
        ...

    def tokenised(self, tokenizers: Tokenizers, longest: int) -> Material:
        """Without the examples that have more than `longest` tokens on a side.

        Raises:
            DataError: nothing is left to train on.
        """
        ...

    def write_held_out(self, folder: Path, report: Callable[[str], None]) -> None:
        """Write what was held out for validation, if it was."""
        ...


class Lengths(Protocol):
    """Examples by their numbers; there may be more than memory holds."""

    def __len__(self) -> int: ...

    def lengths(self, numbers: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """(n, 2) tokens of the source and of the target of each."""
        ...


class Material(Protocol):
    """What the loop trains and validates on.

    unit, valid_unit: what `examples` and `valid` are counted in.
    skipped: how many examples were not used, by reason.
    """

    @property
    def unit(self) -> str: ...

    @property
    def valid_unit(self) -> str: ...

    @property
    def tokenizers(self) -> Tokenizers: ...

    @property
    def examples(self) -> Lengths: ...

    @property
    def valid(self) -> Sized: ...

    @property
    def skipped(self) -> dict[str, int]: ...

    def decides(self) -> dict[str, Any]:
        """The model's settings that follow from the data."""
        ...

    def drawn(self, seed: int, epoch: int) -> Sequence[int]:
        """The numbers of the examples that an epoch has."""
        ...

    def batch(self, indices: Sequence[int]) -> Batch:
        """These examples, on the CPU."""
        ...

    def validate(
        self, model: EncoderDecoder, config: ModelConfig, device: str, most: int | None = None
    ) -> Validation:
        """Of what the model says, greedily and in float32, of the sources.

        config, device: the model's, and where it is. most: see `evenly`.
        """
        ...


def epoch_batches(material: Material, config: TrainConfig, epoch: int) -> Iterator[list[int]]:
    """The numbers of the examples of each batch, see `cut`; of large data part by part."""
    drawn = material.drawn(config.seed, epoch)
    for part, numbers in enumerate(parts(drawn, config.seed, epoch)):
        sizes = material.examples.lengths(numbers).max(1) + 1
        random = Random(f"{config.seed} {epoch} {part}" if part else f"{config.seed} {epoch}")
        yield from (numbers[batch].tolist() for batch in cut(sizes, config.batch_tokens, random))


def updates_an_epoch(material: Material, config: TrainConfig) -> int:
    """Of the first epoch, by its first part."""
    drawn = material.drawn(config.seed, 0)
    numbers = next(parts(drawn, config.seed, 0))
    sizes = material.examples.lengths(numbers).max(1) + 1
    batches = len(cut(sizes, config.batch_tokens, Random(f"{config.seed} 0")))
    return round(batches * len(drawn) / len(numbers))


def target_tokens(material: Material, config: TrainConfig) -> int:
    """Of the first epoch, EOS included."""
    drawn = material.drawn(config.seed, 0)
    lengths = (material.examples.lengths(some) for some in parts(drawn, config.seed, 0))
    return sum(int(each[:, 1].sum()) for each in lengths) + len(drawn)


def evenly(count: int, most: int | None) -> range:
    """Which of `count` things to take: all, or at most `most` that are evenly spread."""
    return range(0, count, max(1, ceil(count / most)) if most else 1)


def typical(texts: Sequence[str]) -> list[int]:
    """Numbers of two of them, if there are two: one shorter than most, and one longer."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    return [order[len(order) // 4], order[3 * len(order) // 4]][: len(order)]

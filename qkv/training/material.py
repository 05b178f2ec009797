"""What a model is trained on: text and pictures are two kinds of one thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from math import ceil
from pathlib import Path
from typing import Any, Protocol

from qkv.data.batching import Batch, Example
from qkv.data.tokenizer import Tokenizer
from qkv.evaluation import Score
from qkv.models import EncoderDecoder, ModelConfig
from qkv.training.config import TrainConfig

__all__ = ["Corpus", "Data", "Material", "Tokenizers", "evenly", "paths_of"]

Data = dict[str, Any]  # paths, or lists of them, by what they are; and `columns`
Tokenizers = tuple[Tokenizer, Tokenizer]  # of the source and of the target, maybe one and the same


def paths_of(data: Data) -> dict[str, list[str]]:
    """The files alone."""
    paths = {name: value for name, value in data.items() if not name.endswith("columns")}
    return {name: [path] if isinstance(path, str) else list(path) for name, path in paths.items()}


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


class Material(Protocol):
    """What the loop trains and validates on.

    unit, valid_unit: what `examples` and `valid` are counted in.
    skipped: how many examples were not used, by reason.
    """

    unit: str
    valid_unit: str

    @property
    def tokenizers(self) -> Tokenizers: ...

    @property
    def examples(self) -> list[Example]: ...

    @property
    def valid(self) -> Sized: ...

    @property
    def skipped(self) -> dict[str, int]: ...

    def decides(self) -> dict[str, Any]:
        """The model's settings that follow from the data."""
        ...

    def batch(self, indices: Sequence[int]) -> Batch:
        """These examples, on the CPU."""
        ...

    def score(
        self, model: EncoderDecoder, config: ModelConfig, device: str, most: int | None = None
    ) -> Score:
        """See `telling_score`; of what the model says, greedily and in float32, of the sources.

        config, device: the model's, and where it is. most: see `evenly`.
        """
        ...


def evenly(count: int, most: int | None) -> range:
    """Which of `count` things to take: all, or at most `most` that are evenly spread."""
    return range(0, count, max(1, ceil(count / most)) if most else 1)

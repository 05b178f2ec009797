"""New data and old: a model goes on from what it was trained on without forgetting it."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from math import sqrt
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from qkv.data.batching import Batch
from qkv.data.order import parts
from qkv.evaluation import Score
from qkv.models import EncoderDecoder, ModelConfig
from qkv.training.config import TrainConfig
from qkv.training.material import Corpus, Data, Lengths, Material, Tokenizers, Validation

__all__ = ["MixedCorpus", "MixedMaterial", "mixed"]

OLD = "old_"  # begins the names of old data
Report = Callable[[str], None]
Read = Callable[[Data, Report, bool], Corpus]


def mixed(data: Data, share: float, read: Read, report: Report) -> Corpus:
    """What `read` reads of the data, the old with the new if there is any.

    Of old data that is only validated on nothing is read twice or reported.
    """
    new = read({n: path for n, path in data.items() if not n.startswith(OLD)}, report, False)
    old = {n.removeprefix(OLD): path for n, path in data.items() if n.startswith(OLD)}
    if not old:
        return new
    if share:
        named = any(name.startswith("valid_") for name in old)
        return MixedCorpus(new, read(old, report, named), share)
    valid = {name.removeprefix("valid_"): path for name, path in old.items()}
    return MixedCorpus(new, read(old | valid, lambda line: None, False), 0.0)


@dataclass(frozen=True)
class MixedCorpus:
    """A `Corpus` of two; share: see `MixedMaterial`."""

    new: Corpus
    old: Corpus
    share: float

    @property
    def fingerprint(self) -> str:
        return sha256(f"{self.new.fingerprint} {self.old.fingerprint}".encode()).hexdigest()

    def tokenizers(self, config: TrainConfig) -> Tokenizers:
        return self.new.tokenizers(config)

    def tokenised(self, tokenizers: Tokenizers, longest: int) -> Material:
        new, old = (part.tokenised(tokenizers, longest) for part in (self.new, self.old))
        return MixedMaterial(new, old, self.share)

    def write_held_out(self, folder: Path, report: Report) -> None:
        self.new.write_held_out(folder, report)


@dataclass(frozen=True)
class MixedMaterial:
    """A `Material` of two.

    share: of each epoch's target tokens that are old, on average; the old examples are drawn anew
    for each, and there are no more than all of them. 0: the model is only validated on the old.
    What chooses the weights is the geometric mean of both scores where old data is mixed in, for
    what is lost in per cent of the one must be won of the other; else the new alone.
    """

    new: Material
    old: Material
    share: float

    @property
    def examples(self) -> _Both:
        return _Both(self.new.examples, self.old.examples)

    @property
    def unit(self) -> str:
        return self.new.unit

    @property
    def valid_unit(self) -> str:
        return self.new.valid_unit

    @property
    def tokenizers(self) -> Tokenizers:
        return self.new.tokenizers

    @property
    def valid(self) -> Sized:
        return self.new.valid

    @property
    def skipped(self) -> dict[str, int]:
        old = {f"{reason}, in the old data": n for reason, n in self.old.skipped.items()}
        return self.new.skipped | (old if self.share else {})

    def decides(self) -> dict[str, Any]:
        return self.new.decides()

    def drawn(self, seed: int, epoch: int) -> Sequence[int]:
        new, all_ = len(self.new.examples), len(self.examples)  # the old follow the new
        old = Random(f"old {seed} {epoch}").sample(range(new, all_), self._old_drawn)
        return [*range(new), *old]

    @cached_property
    def _old_drawn(self) -> int:
        """How many old examples an epoch has."""
        examples = len(self.old.examples)
        an_example = _target_tokens(self.old.examples) / examples
        tokens = _target_tokens(self.new.examples) * self.share / (1 - self.share)
        return min(examples, round(tokens / an_example))

    def batch(self, indices: Sequence[int]) -> Batch:
        new = len(self.new.examples)
        of_new = [i for i in indices if i < new]
        of_old = [i - new for i in indices if i >= new]
        if not of_new or not of_old:
            return self.new.batch(of_new) if of_new else self.old.batch(of_old)
        return _joined(self.new.batch(of_new), self.old.batch(of_old))

    def validate(
        self, model: EncoderDecoder, config: ModelConfig, device: str, most: int | None = None
    ) -> Validation:
        new, old = (part.validate(model, config, device, most) for part in (self.new, self.old))
        value = sqrt(new.score.value * old.score.value) if self.share else new.score.value
        score = Score(new.score.name, value, new.score.signature)
        samples = [*new.samples[:1], *old.samples[:1]]
        return Validation(score, samples, {"new": new.score, "old": old.score})


@dataclass(frozen=True)
class _Both:
    """Examples, the old behind the new."""

    new: Lengths
    old: Lengths

    def __len__(self) -> int:
        return len(self.new) + len(self.old)

    def lengths(self, numbers: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        numbers = np.asarray(numbers, np.int64)
        lengths = np.empty((len(numbers), 2), np.int64)
        is_new = numbers < len(self.new)
        lengths[is_new] = self.new.lengths(numbers[is_new])
        lengths[~is_new] = self.old.lengths(numbers[~is_new] - len(self.new))
        return lengths


def _target_tokens(examples: Lengths) -> int:
    every = parts(range(len(examples)), 0, 0)
    return sum(int(examples.lengths(some)[:, 1].sum()) + len(some) for some in every)


def _joined(one: Batch, other: Batch) -> Batch:
    return Batch(
        _stacked(one.source, other.source),
        _stacked(one.source_mask, other.source_mask),
        _stacked(one.target_input, other.target_input),
        _stacked(one.target_output, other.target_output),
        one.target_tokens + other.target_tokens,
    )


def _stacked(one: Tensor, other: Tensor) -> Tensor:
    """(B, N, …) and (C, M, …) → (B + C, max(N, M), …), filled up with 0: PAD, and False."""
    longest = max(one.shape[1], other.shape[1])
    filled = (
        pad(part, [0, 0] * (part.dim() - 2) + [0, longest - part.shape[1]]) for part in (one, other)
    )
    return torch.cat(list(filled))

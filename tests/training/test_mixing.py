"""New data and old in one material."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from qkv.data.batching import Batch, Example, collate
from qkv.data.examples import Examples
from qkv.data.tokenizer import Tokenizer
from qkv.evaluation import Score
from qkv.training.config import TrainConfig
from qkv.training.material import Sample, Validation, epoch_batches
from qkv.training.mixing import MixedMaterial
from qkv.training.text import TextMaterial

TOKENIZER = Tokenizer.train(["a b c"], 300)


def material(count: int, first: int = 300) -> TextMaterial:
    """Examples of different lengths, which say their numbers."""
    examples: list[Example] = [
        ([first + i] * (1 + i % 5), [first + i] * (1 + i % 3)) for i in range(count)
    ]
    return TextMaterial((TOKENIZER, TOKENIZER), Examples.of(examples), [], {})


def mix(new: int, old: int, share: float) -> MixedMaterial:
    one, other = material(new), material(old, 10_000)
    return MixedMaterial(one, other, share)


@given(
    new=st.integers(1, 40),
    old=st.integers(1, 60),
    share=st.floats(0, 0.95),
    epoch=st.integers(0, 9),
)
def test_an_epoch_has_all_that_is_new_and_a_share_that_is_old(
    new: int, old: int, share: float, epoch: int
) -> None:
    mixed = mix(new, old, share)
    drawn = mixed.drawn(3, epoch)
    assert list(drawn[:new]) == list(range(new))
    rest = drawn[new:]
    of_new, of_old = (
        [len(target) + 1 for _, target in cast("Any", part.examples)]
        for part in (mixed.new, mixed.old)
    )
    wanted = sum(of_new) * share / (1 - share) / (sum(of_old) / old)
    assert len(rest) == len(set(rest)) == min(old, round(wanted))
    assert set(rest) <= set(range(new, new + old))
    assert drawn == mix(new, old, share).drawn(3, epoch)


@pytest.mark.parametrize(("share", "drawn"), [(0.5, 75), (0.2, 19), (0.75, 225), (0.99, 1000)])
def test_the_share_is_one_of_tokens(share: float, drawn: int) -> None:
    """Thirty new targets of nine tokens and an end weigh as much as 75 old ones of three."""
    new = TextMaterial((TOKENIZER, TOKENIZER), Examples.of([([300], [300] * 9)] * 30), [], {})
    old = TextMaterial((TOKENIZER, TOKENIZER), Examples.of([([301] * 9, [301] * 3)] * 1000), [], {})
    mixed = MixedMaterial(new, old, share)
    assert len(mixed.drawn(1, 0)) == 30 + drawn


def test_the_old_is_drawn_anew_for_each_epoch_and_each_of_it_alike() -> None:
    mixed = mix(10, 40, 0.5)
    counts = Counter(i for epoch in range(400) for i in mixed.drawn(1, epoch)[10:])
    assert sorted(counts) == list(range(10, 50))
    assert all(60 < count < 145 for count in counts.values())  # 100 on average
    assert mixed.drawn(1, 0) != mixed.drawn(2, 0)


def test_batches_hold_what_was_drawn() -> None:
    mixed, config = mix(30, 50, 0.4), TrainConfig(batch_tokens=24)
    for epoch in range(3):
        batches = epoch_batches(mixed, config, epoch)
        assert sorted(i for batch in batches for i in batch) == sorted(mixed.drawn(1, epoch))


def rows(batch: Batch) -> list[tuple[list[int], ...]]:
    parts = (batch.source, batch.source_mask, batch.target_input, batch.target_output)
    return sorted(tuple(part[i].tolist() for part in parts) for i in range(len(batch.source)))


@pytest.mark.parametrize("numbers", [[0, 3, 7], [11, 12], [4, 13, 1, 10], [9, 10]])
def test_a_batch_of_both_is_padded_as_one(numbers: list[int]) -> None:
    mixed = mix(10, 20, 0.5)
    every: Any = mixed.new.examples, mixed.old.examples
    examples = [*every[0], *every[1]]
    batch, expected = mixed.batch(numbers), collate([examples[i] for i in numbers])
    assert rows(batch) == rows(expected)
    assert batch.target_tokens == expected.target_tokens
    assert batch.source.dtype == torch.int64
    assert batch.source_mask.dtype == torch.bool


@pytest.mark.parametrize(("share", "value"), [(0.0, 45.0), (0.25, 30.0), (0.5, 30.0)])
def test_where_old_data_is_mixed_in_the_geometric_mean_of_both_scores_counts(
    share: float, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed = mix(2, 3, share)
    scores = {id(mixed.new): Score("BLEU", 45.0, "new"), id(mixed.old): Score("BLEU", 20.0, "old")}
    samples = [Sample("a", "b", "c"), Sample("d", "e", "f")]
    monkeypatch.setattr(
        TextMaterial, "validate", lambda self, *_: Validation(scores[id(self)], samples)
    )
    validation = mixed.validate(*[None] * 3)  # pyright: ignore[reportArgumentType]
    assert validation.score == Score("BLEU", value, "new")
    assert validation.values() == {"new": 45.0, "old": 20.0}
    assert len(validation.samples) == 2

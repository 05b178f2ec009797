from itertools import chain

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from qkv.data.batching import Example, batches, collate, drop_long, pad
from qkv.data.tokenizer import BOS, EOS, PAD

IDS = st.lists(st.integers(4, 97), max_size=23)
EXAMPLES = st.lists(st.tuples(IDS, IDS), max_size=61)
SEEDS = st.none() | st.integers()


def examples_of(*lengths: tuple[int, int]) -> list[Example]:
    return [([5] * source, [7] * target) for source, target in lengths]


def captions(count: int) -> list[Example]:
    """Lengths like those of sentences: 5 to 29, the two sides up to 4 apart."""
    return examples_of(*((5 + i * i % 25, 5 + (i * i + 11 * i % 5) % 25) for i in range(count)))


@given(EXAMPLES, st.integers(1, 101), SEEDS, st.integers(0, 5))
def test_every_example_is_in_one_batch(
    examples: list[Example], budget: int, seed: int | None, epoch: int
) -> None:
    cut = batches(examples, budget, seed, epoch)
    assert sorted(chain(*cut)) == list(range(len(examples)))
    assert all(cut)


@given(EXAMPLES, st.integers(1, 101), SEEDS)
def test_budget_holds_unless_an_example_is_longer(
    examples: list[Example], budget: int, seed: int | None
) -> None:
    for batch in batches(examples, budget, seed):
        made = collate([examples[i] for i in batch])
        slots = max(made.source.numel(), made.target_output.numel())
        assert slots <= budget or len(batch) == 1


@given(EXAMPLES, st.integers(1, 101), st.integers(), st.integers(0, 5))
def test_seed_and_epoch_decide(examples: list[Example], budget: int, seed: int, epoch: int) -> None:
    assert batches(examples, budget, seed, epoch) == batches(examples, budget, seed, epoch)


def test_epochs_and_seeds_differ() -> None:
    examples = captions(2003)
    runs = [batches(examples, 200, seed, epoch) for seed, epoch in [(1, 0), (1, 1), (2, 0), (2, 1)]]
    grouped = [{tuple(sorted(batch)) for batch in run} for run in runs]
    assert len({len(one & other) for one in grouped for other in grouped if one != other}) == 1
    assert all(not one & other for one in grouped for other in grouped if one is not other)


def test_torchs_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    batches(captions(101), 200, 1)
    assert torch.equal(before, torch.get_rng_state())


def test_training_order_mixes_lengths() -> None:
    examples = captions(1009)  # one pool
    cut = batches(examples, 500, 1)
    means = [sum(len(examples[i][1]) for i in batch) / len(batch) for batch in cut]
    third = len(means) // 3
    parts = [sum(means[at : at + third]) / third for at in (0, third, 2 * third)]
    assert max(parts) - min(parts) < 5.0  # from short to long it would be 15


def test_padding_is_little() -> None:
    examples = captions(20011)
    made = [collate([examples[i] for i in batch]) for batch in batches(examples, 2000, 1)]
    slots = sum(batch.target_output.numel() for batch in made)
    assert 1 - sum(batch.target_tokens for batch in made) / slots < 0.12


def test_without_a_seed_from_short_to_long() -> None:
    examples = examples_of((3, 2), (1, 1), (2, 7), (1, 2), (1, 1))
    assert batches(examples, 8, None) == [[1, 4], [3, 0], [2]]  # slots: 2 · 2, 2 · 4, 1 · 8


def test_collate() -> None:
    made = collate([([11, 13], [17]), ([], [19, 23, 29])])
    assert made.source.tolist() == [[11, 13, EOS], [EOS, PAD, PAD]]
    assert made.source_mask.tolist() == [[True, True, True], [True, False, False]]
    assert made.target_input.tolist() == [[BOS, 17, PAD, PAD], [BOS, 19, 23, 29]]
    assert made.target_output.tolist() == [[17, EOS, PAD, PAD], [19, 23, 29, EOS]]
    assert made.target_tokens == 6
    assert made.source.dtype == made.target_input.dtype == made.target_output.dtype == torch.int64


@given(st.lists(IDS, min_size=1, max_size=7))
def test_padded_rows_are_the_rows(rows: list[list[int]]) -> None:
    ids, present = pad(rows)
    assert ids.shape == present.shape == (len(rows), max(map(len, rows)))
    assert [row[held].tolist() for row, held in zip(ids, present, strict=True)] == rows
    assert (ids[~present] == PAD).all()


def test_long_examples_are_dropped_and_counted() -> None:
    examples = examples_of((3, 3), (4, 1), (1, 4), (0, 0))
    kept = drop_long(examples, 3)
    assert kept.pairs == [examples[0], examples[3]]
    assert kept.skipped == {"longer than 3 tokens": 2}
    assert drop_long(examples, 4).skipped == {}


@pytest.mark.parametrize("seed", [None, 1])
def test_no_examples_no_batches(seed: int | None) -> None:
    assert batches([], 100, seed) == []

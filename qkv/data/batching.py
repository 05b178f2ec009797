"""Batches of sentence pairs of like length, under a budget of tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qkv.data.corpora import Kept
from qkv.data.examples import Example
from qkv.data.tokenizer import BOS, EOS, PAD

__all__ = ["Batch", "Example", "batches", "collate", "cut", "drop_long", "pad"]

POOL = 50  # batches' worth of pairs that are sorted together


@dataclass(frozen=True)
class Batch:
    """Padded with PAD; EOS ends each source.

    source: (B, S) int64. source_mask: (B, S) bool, True = a token.
    target_input, target_output: (B, T) int64, BOS + y and y + EOS.
    target_tokens: real tokens of target_output.
    guide: (B, T, S), where a head should look as it reads target_input, see `training.guiding`.
    """

    source: Tensor
    source_mask: Tensor
    target_input: Tensor
    target_output: Tensor
    target_tokens: int
    guide: Tensor | None = None


def collate(examples: Sequence[Example]) -> Batch:
    """Examples as tensors."""
    source, source_mask = pad([[*source, EOS] for source, _ in examples])
    target_input, _ = pad([[BOS, *target] for _, target in examples])
    target_output, present = pad([[*target, EOS] for _, target in examples])
    return Batch(source, source_mask, target_input, target_output, int(present.sum()))


def pad(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Rows of ids → (B, N) int64 filled up with PAD, and (B, N) bool, True = a token."""
    lengths = torch.tensor([len(row) for row in rows])
    present = torch.arange(int(lengths.max())) < lengths[:, None]
    ids = torch.full(present.shape, PAD)
    ids[present] = torch.tensor([token for row in rows for token in row], dtype=torch.int64)
    return ids, present


def drop_long(examples: Sequence[Example], longest: int) -> Kept[Example]:
    """Examples with at most `longest` tokens a side, BOS and EOS not counted."""
    kept = [example for example in examples if max(map(len, example)) <= longest]
    dropped = len(examples) - len(kept)
    return Kept(kept, {f"longer than {longest} tokens": dropped} if dropped else {})


def batches(
    examples: Sequence[Example], tokens_per_batch: int, seed: int | None, epoch: int = 0
) -> list[list[int]]:
    """Indices of the examples of each batch, see `cut`; without a seed from short to long."""
    sizes = np.array([max(map(len, example)) + 1 for example in examples], np.int64)
    random = None if seed is None else Random(f"{seed} {epoch}")
    return [batch.tolist() for batch in cut(sizes, tokens_per_batch, random)]


def cut(
    sizes: NDArray[np.int64], tokens_per_batch: int, random: Random | None
) -> list[NDArray[np.int64]]:
    """Indices of what has these `sizes`, by the batch; each is in exactly one.

    A batch has at most `tokens_per_batch` slots a side, padding, EOS and BOS counted; a longer
    example is a batch by itself. The order is random, or goes from short to long.

    Pairs are shuffled, sorted by their longer side within pools, cut into batches, and the batches
    shuffled: little padding, yet other neighbours each epoch.
    """
    order, pools = np.arange(len(sizes)), np.zeros(len(sizes), np.int64)
    if random is not None:
        shuffled = order.tolist()
        random.shuffle(shuffled)
        order = np.array(shuffled, np.int64)
        pools = np.cumsum(sizes[order]) // (POOL * tokens_per_batch)
    order = order[np.lexsort((sizes[order], pools))]
    made: list[NDArray[np.int64]] = []
    for pool in np.split(order, np.flatnonzero(np.diff(pools)) + 1):
        made += _cut(pool, sizes[pool], tokens_per_batch)
    if random is not None:
        random.shuffle(made)
    return made


def _cut(
    pool: NDArray[np.int64], sizes: NDArray[np.int64], budget: int
) -> Iterator[NDArray[np.int64]]:
    """`pool`, which goes from short to long, in batches as large as allowed."""
    first = 0
    while first < len(pool):
        most = sizes[first : first + max(1, budget // int(sizes[first]))]
        slots = np.arange(1, len(most) + 1) * most
        last = first + max(1, int(np.searchsorted(slots, budget, "right")))
        yield pool[first:last]
        first = last

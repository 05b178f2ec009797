"""Batches of sentence pairs of like length, under a budget of tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from random import Random

import torch
from torch import Tensor

from qkv.data.corpora import Kept
from qkv.data.tokenizer import BOS, EOS, PAD

__all__ = ["Batch", "Example", "batches", "collate", "drop_long", "pad"]

Example = tuple[Sequence[int], Sequence[int]]  # source and target ids, without BOS and EOS

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
    """Indices of the examples of each batch; every example is in exactly one.

    A batch has at most `tokens_per_batch` slots a side, padding, EOS and BOS counted; a longer
    example is a batch by itself. The order is random, the same for the same seed and epoch;
    without a seed it goes from short to long.

    Pairs are shuffled, sorted by their longer side within pools, cut into batches, and the batches
    shuffled: little padding, yet other neighbours each epoch.
    """
    sizes = [max(map(len, example)) + 1 for example in examples]
    order = list(range(len(sizes)))
    if seed is None:
        return _cut(sorted(order, key=sizes.__getitem__), sizes, tokens_per_batch)
    random = Random(f"{seed} {epoch}")
    random.shuffle(order)
    cut: list[list[int]] = []
    for pool in _pools(order, sizes, POOL * tokens_per_batch):
        cut += _cut(sorted(pool, key=sizes.__getitem__), sizes, tokens_per_batch)
    random.shuffle(cut)
    return cut


def _pools(order: list[int], sizes: list[int], tokens: int) -> Iterator[list[int]]:
    """Cut `order` where the sizes sum up to `tokens`."""
    ends = accumulate(sizes[i] for i in order)
    by_pool = groupby(zip(order, ends, strict=True), key=lambda pair: pair[1] // tokens)
    return ([i for i, _ in pool] for _, pool in by_pool)


def _cut(order: list[int], sizes: list[int], budget: int) -> list[list[int]]:
    """Cut `order`, which goes from short to long, into batches as large as allowed."""
    cut: list[list[int]] = []
    for i in order:
        if not cut or (len(cut[-1]) + 1) * sizes[i] > budget:
            cut.append([])
        cut[-1].append(i)
    return cut

"""Tokens that must be said a number of times, and tokens that may not be."""

from __future__ import annotations

from math import inf

import pytest
import torch

from qkv.data.tokenizer import EOS
from qkv.search import Search
from qkv.search.filters import Rules, Sentences
from qkv.search.quotas import Counted

# Two classes that must be said, the first by either of two tokens; one that may be.
COUNTED = Counted([5, 6, 7, 9], [0, 0, 1, 2], 2)
VOCABULARY = 11


def left(quotas: list[float], words: list[int], *, best: int = 10, limit: int = 20) -> set[int]:
    """What may be said next."""
    sentences = Sentences([limit], quotas=[quotas], counted=COUNTED)
    log_p = torch.full((1, VOCABULARY), -3.0)
    log_p[0, best] = -0.1
    found = Rules(Search(), sentences)(log_p, torch.tensor([words], dtype=torch.int64), [0])[0]
    return {token for token in range(VOCABULARY) if found[token] > -inf}


FREE = {4, 8, 10}


@pytest.mark.parametrize(
    ("quotas", "words", "expected"),
    [
        ([0, 0, 0], [], {EOS, *FREE}),
        ([0, 0, inf], [], {EOS, 9, *FREE}),
        ([0, 0, inf], [9, 9, 9], {EOS, 9, *FREE}),
        ([1, 0, 0], [], {5, 6, *FREE}),
        ([1, 0, 0], [4, 6], {EOS, *FREE}),
        ([2, 1, 0], [5, 7], {5, 6, *FREE}),
        ([2, 1, 0], [5, 7, 6], {EOS, *FREE}),
        ([1, 1, 0], [5, 5], {7, *FREE}),  # of a prefix, which may say anything
    ],
)
def test_nothing_above_its_quota_and_no_end_below(
    quotas: list[float], words: list[int], expected: set[int]
) -> None:
    assert left(quotas, words) == expected


def test_at_the_end_only_what_is_missing_is_left() -> None:
    assert left([1, 1, inf], [4], best=EOS) == {5, 6, 7}
    assert left([1, 1, inf], [4, 5], best=EOS) == {7}
    assert left([1, 1, inf], [4, 5, 7], best=EOS) == {EOS, 9, *FREE}


@pytest.mark.parametrize(("said", "expected"), [(1, {5, 6, 7, 9, *FREE}), (2, {5, 6, 7})])
def test_room_is_kept_for_what_is_missing(said: int, expected: set[int]) -> None:
    assert left([1, 1, inf], [4] * said, limit=5) == expected


def test_the_rows_of_a_batch_have_their_own_quotas() -> None:
    quotas = [[1, 0, 0], [0, 0, inf], [0, 2, 0]]
    sentences = Sentences([9, 9, 9], quotas=quotas, counted=COUNTED)
    rules = Rules(Search(), sentences.select([2, 0]))
    words = torch.tensor([[7, 4], [4, 4], [4, 4], [5, 4]])  # two beams each
    found = rules(torch.full((4, VOCABULARY), -1.0), words, [0, 1])
    allowed = [{token for token in (EOS, 5, 7) if row[token] > -inf} for row in found]
    assert allowed == [{7}, {7}, {5}, {EOS}]


def test_probabilities_are_those_of_the_model() -> None:
    sentences = Sentences([9], quotas=[[1, 0, 0]], counted=COUNTED)
    log_p = torch.linspace(-1, 1, VOCABULARY)[None].log_softmax(-1)  # the end is not the likeliest
    found = Rules(Search(), sentences)(log_p.clone(), torch.empty(1, 0, dtype=torch.int64), [0])
    for token in (5, 6, *FREE):
        assert found[0, token] == log_p[0, token]

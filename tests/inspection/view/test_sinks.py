"""Notes on heads whose weight rests where there is nothing to read."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from qkv.attention import Weights, given
from qkv.inspection.view.maps import Layer, Map, as_dict
from qkv.inspection.view.sides import named_side

TOKENS = ["[CLS]", "a", "big", "ox", ",", "it", "eats", ".", "</s>", "<pad>"]


def notes(weights: np.ndarray, kind: str = "self", tokens: list[str] = TOKENS) -> list[tuple]:
    """Of one head, (place, share)."""
    one = Weights(given(torch.tensor(weights, dtype=torch.float32)[None, None]))
    side = named_side("tokens", tokens)
    _, found = as_dict(Map(kind, "", 0, 0, [Layer("", "", [one])]), 5, [side])
    assert all((n["kind"], n["map"], n["layer"], n["head"]) == ("sink", 5, 0, 0) for n in found)
    return [(n["place"], round(n["share"], 6)) for n in found]


def resting_on(columns: list[int], share: float, rows: int = 10) -> np.ndarray:
    """Each row has this share of its weight there, and the rest evenly elsewhere."""
    weights = np.full((rows, rows), (1 - share) / (rows - len(columns)))
    weights[:, columns] = share / len(columns)
    return weights


@pytest.mark.parametrize(
    ("columns", "place"),
    [([8], "eos"), ([0], "first"), ([4, 7], "punctuation"), ([9], "padding")],
)
def test_a_head_that_rests_there_is_named(columns: list[int], place: str) -> None:
    assert notes(resting_on(columns, 0.61)) == [(place, 0.61)]


def test_a_head_that_looks_at_words_is_not() -> None:
    assert notes(resting_on([2], 0.9)) == []
    assert notes(resting_on([0], 0.49)) == []


def test_half_is_not_enough_where_even_weights_would_put_that_much() -> None:
    few = ["a", "."]
    assert notes(np.full((2, 2), 0.5), tokens=few) == []
    assert notes(np.array([[0.9, 0.1]] * 2), tokens=few) == []  # even weights: 0.5
    # A causal row sees few tokens: of three, even weights put (1 + 1/2 + 1/3) / 3 on the first.
    three = ["a", "b", "c"]
    even = np.array([[1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]])
    assert notes(even, "causal", three) == []


def test_long_causal_heads_are_named_for_the_first_token() -> None:
    size = 40
    tokens = [f"w{i}" for i in range(size)]
    even = np.tril(np.ones((size, size))) / np.arange(1, size + 1)[:, None]
    assert notes(even, "causal", tokens) == []
    resting = np.zeros((size, size))
    resting[:, 0] = 1
    assert notes(resting, "causal", tokens) == [("first", 1.0)]


def test_rows_that_see_nothing_have_no_share() -> None:
    weights = resting_on([8], 0.7)
    weights[3:] = 0
    assert notes(weights) == [("eos", 0.7)]
    assert notes(np.zeros((10, 10))) == []

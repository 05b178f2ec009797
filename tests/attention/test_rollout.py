"""Attention rollout against a product of matrices written out in numpy."""

import numpy as np
import pytest
import torch

from qkv.attention import Weights, attend, causal, rollout
from qkv.errors import ShapeError
from tests.strategies import TK, B, D, H


def layer(seed: int) -> Weights:
    torch.manual_seed(seed)
    x = torch.randn(B, H, TK, D, dtype=torch.float64)
    return attend(x, x, x, mask=causal(TK)).weights


@pytest.mark.parametrize("residual", [0.0, 0.5, 1.0])
def test_it_is_the_product_of_the_layers(residual: float) -> None:
    layers = [layer(seed) for seed in range(3)]
    for row in range(B):
        expected = np.eye(TK)
        for each in layers:
            mean = sum(each[row, h].numpy() for h in range(H)) / H
            expected = ((1 - residual) * mean + residual * np.eye(TK)) @ expected
        rolled = rollout(layers, residual=residual)[row].numpy()
        np.testing.assert_allclose(rolled, expected, atol=1e-12)


def test_rows_sum_to_one_and_look_back_only() -> None:
    rolled = rollout([layer(0), layer(1)])
    torch.testing.assert_close(rolled.sum(-1), torch.ones(B, TK, dtype=torch.float64))
    assert not rolled.triu(1).any()


@pytest.mark.parametrize("queries", [TK - 1, 1])
def test_other_shapes_are_refused(queries: int) -> None:
    x = torch.randn(H, TK, D)
    short = attend(x[:, :queries], x, x).weights
    for layers in ([], [short], [layer(0), short]):
        with pytest.raises(ShapeError, match="needs one or more layers of self-attention"):
            rollout(layers)

"""One step of an LSTM or a GRU, against its equations in numpy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from qkv.models.cells import cells, next_state
from tests.oracles.recurrent import gru_cell, lstm_cell

N, WIDTH, M = 7, 5, 11


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
def test_a_step_is_its_equations(kind: type[nn.LSTM] | type[nn.GRU], layers: int) -> None:
    torch.manual_seed(0)
    rnn = kind(WIDTH, M, layers, batch_first=True).double()
    states = 2 if kind is nn.LSTM else 1
    x = torch.randn(N, WIDTH, dtype=torch.float64)
    hidden = tuple(torch.randn(N, layers, M, dtype=torch.float64) for _ in range(states))
    with torch.no_grad():
        after = next_state(cells(rnn), x, hidden)
    below = x.numpy()
    for layer, weights in enumerate(rnn.all_weights):
        before = [each[:, layer].numpy() for each in hidden]
        numbers = [weight.detach().numpy() for weight in weights]
        if kind is nn.LSTM:
            expected = lstm_cell(below, *before, *numbers)
        else:
            expected = (gru_cell(below, *before, *numbers),)
        for mine, theirs in zip(after, expected, strict=True):
            np.testing.assert_allclose(mine[:, layer].numpy(), theirs, atol=1e-12)
        below = expected[0]

"""One step of PyTorch's LSTM and GRU, for search.

`nn.LSTM` packs its weights anew for each call, which in a search of one sentence takes longer than
the step. The numbers are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from qkv.attention import prepared

__all__ = ["Cell", "Hidden", "cells", "next_state"]

Hidden = tuple[Tensor, ...]  # (h, c) of an LSTM, (h,) of a GRU, each (N, layers, M)
Map = Callable[[Tensor], Tensor]
Cell = Callable[[Tensor, Hidden], Hidden]  # of one layer: x (N, width in), each (N, M) → the same


def cells(rnn: nn.LSTM | nn.GRU) -> list[Cell]:
    """Of each layer, by the weights as they are; without dropout and directions."""
    lay_out = _lstm if isinstance(rnn, nn.LSTM) else _gru
    return [lay_out(*weights) for weights in rnn.all_weights]


def next_state(layers: Sequence[Cell], x: Tensor, hidden: Hidden) -> Hidden:
    """The state after x (N, width in), one word of each row."""
    after: list[Hidden] = []
    for number, cell in enumerate(layers):
        after.append(cell(x, tuple(each[:, number] for each in hidden)))
        x = after[-1][0]
    if len(after) == 1:
        return tuple(each[:, None] for each in after[0])
    return tuple(torch.stack(each, 1) for each in zip(*after, strict=True))


def _lstm(of_x: Tensor, of_h: Tensor, bias: Tensor, other: Tensor) -> Cell:
    return partial(_step_lstm, prepared(torch.cat((of_x, of_h), 1), bias + other))


def _gru(of_x: Tensor, of_h: Tensor, bias: Tensor, other: Tensor) -> Cell:
    return partial(_step_gru, prepared(of_x, bias), prepared(of_h, other))


def _step_lstm(gates: Map, x: Tensor, before: Hidden) -> Hidden:
    h, c = before
    i, f, g, o = gates(torch.cat((x, h), 1)).chunk(4, 1)
    c = torch.addcmul(f.sigmoid() * c, i.sigmoid(), g.tanh())
    return o.sigmoid() * c.tanh(), c


def _step_gru(of_x: Map, of_h: Map, x: Tensor, before: Hidden) -> Hidden:
    (h,) = before
    x_r, x_z, x_n = of_x(x).chunk(3, 1)
    h_r, h_z, h_n = of_h(h).chunk(3, 1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    return (torch.lerp(torch.addcmul(x_n, r, h_n).tanh(), h, z),)

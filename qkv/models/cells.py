"""One step of PyTorch's LSTM and GRU, for search.

`nn.LSTM` packs its weights anew for each call: in a search of one sentence that takes longer than
the step, and beyond a few rows its products are not faster than ours. The numbers are the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from qkv.attention import linear

__all__ = ["Hidden", "next_state"]

Hidden = tuple[Tensor, ...]  # (h, c) of an LSTM, (h,) of a GRU, each (N, layers, M)


def next_state(rnn: nn.LSTM | nn.GRU, x: Tensor, hidden: Hidden) -> Hidden:
    """The state after x (N, width in), one word of each row; without dropout and directions."""
    read = _lstm if isinstance(rnn, nn.LSTM) else _gru
    layers: list[Hidden] = []
    by_layer = zip(*(each.unbind(1) for each in hidden), strict=True)
    for weights, before in zip(rnn.all_weights, by_layer, strict=True):
        after = read(x, before, weights)
        layers.append(after)
        x = after[0]
    if len(layers) == 1:
        return tuple(each[:, None] for each in layers[0])
    return tuple(torch.stack(each, 1) for each in zip(*layers, strict=True))


def _lstm(x: Tensor, before: Hidden, weights: Sequence[Tensor]) -> Hidden:
    h, c = before
    of_x, of_h, bias, other = weights
    i, f, g, o = linear(x, of_x, bias).add_(linear(h, of_h, other)).chunk(4, 1)
    c = torch.addcmul(f.sigmoid() * c, i.sigmoid(), g.tanh())
    return o.sigmoid() * c.tanh(), c


def _gru(x: Tensor, before: Hidden, weights: Sequence[Tensor]) -> Hidden:
    (h,) = before
    of_x, of_h, bias, other = weights
    x_r, x_z, x_n = linear(x, of_x, bias).chunk(3, 1)
    h_r, h_z, h_n = linear(h, of_h, other).chunk(3, 1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    return (torch.lerp(torch.addcmul(x_n, r, h_n).tanh(), h, z),)

"""An encoder of pictures: regions that a vision encoder saw become keys and values."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import pixel_shuffle

from qkv.attention import dropout
from qkv.models.attending import PLAIN, Attending
from qkv.models.encoders.transformer import EncoderLayer, encode
from qkv.models.memory import Memory
from qkv.models.vision import PATCH

__all__ = ["Convolutions", "Patches", "RegionEncoder"]

AROUND = 4  # numbers that a key has of its neighbours


class RegionEncoder(nn.Module):
    """Regions (B, R, C) → eye → (B, R, M), each told where it is → self-attention, if any.

    Keys are values, unless regions are patches of pixels: then a key is what `Patches` sees, so
    that a query finds the region that has what it asks for and not one beside it, and a value is
    what the eye sees from there.

    With the raw vectors of a convolutional network these are the a_i of Xu et al. 2015, section
    3.1.1. Differs: projected, and with a learned vector for each place.

    Args:
        eye: (B, R, C) → (B, R, M).
        own: (B, R, C) → (B, R, M), what keys are made of; None: keys are values.
        regions: R. width: M.
        layers: of self-attention among regions; none beside a recurrent decoder.
        states: how many tensors a recurrent decoder begins with; each is the mean region.
        fixed: hand over the mean region alone, as a Memory of length one.
        places: hand over with each value where it is.
    """

    def __init__(
        self,
        eye: nn.Module,
        own: nn.Module | None,
        *,
        regions: int,
        width: int,
        layers: list[EncoderLayer],
        dropout: float,
        states: int,
        fixed: bool,
        places: bool,
    ) -> None:
        super().__init__()
        self.eye, self.own, self.dropout, self.states = eye, own, dropout, states
        self.fixed, self.places = fixed, places
        # Where a cell reads them, places are told apart from the start, as words are.
        self.place = nn.Parameter(torch.randn(regions, width) * (1.0 if places else 0.02))
        self.layers = nn.ModuleList(layers)
        self.norm = nn.LayerNorm(width)
        self.key_norm = None if own is None else nn.LayerNorm(width)

    def forward(self, source: Tensor, present: Tensor, *, attention: Attending = PLAIN) -> Memory:
        """source (B, R, C) floating, present (B, R) bool → Memory with keys and values (B, R, M).

        With places, values are (B, R, 2M): a region and its place.
        """
        source = source.to(self.place.dtype)
        x = dropout(self.eye(source) + self.place, self.dropout, self.training)
        x, self_weights = encode(self.layers, x, present, attention)
        x = self.norm(x)
        keys = x
        if self.own is not None and self.key_norm is not None:
            keys = self.key_norm(self.own(source) + self.place)
        mean = x.mean(1, keepdim=True)  # (B, 1, M)
        start = (mean,) * self.states
        values = torch.cat((x, self.place.expand_as(x)), -1) if self.places else x
        if self.fixed:
            present = torch.ones_like(present[:, :1])
            return Memory(mean, values.mean(1, keepdim=True), present, start)
        return Memory(keys, values, present, start, self_weights)


class Patches(nn.Module):
    """A patch by itself, and AROUND numbers in [-1, 1] of it and its eight neighbours.

    A patch alone does not tell a large thing from a small one. Were there more numbers, a patch
    beside a thing could pass for one on it.

    (B, R, 3 · PATCH²) → (B, R, M).
    """

    def __init__(self, grid: int, width: int) -> None:
        super().__init__()
        self.grid = grid
        pixels = 3 * PATCH**2
        first, self.each = nn.Linear(pixels, width), nn.Linear(pixels, width)
        self.alone = nn.Sequential(first, nn.ReLU(), nn.Linear(width, width))
        self.together = nn.Conv2d(width, AROUND, 3, padding=1)
        self.widen = nn.Linear(AROUND, width)
        _begin(first, self.each, self.together)

    def forward(self, patches: Tensor) -> Tensor:
        each = self.each(patches).relu().transpose(1, 2).unflatten(2, (self.grid, self.grid))
        around = self.together(each).tanh().flatten(2).transpose(1, 2)
        return self.alone(patches) + self.widen(around)


class Convolutions(nn.Module):
    """A small network for pictures, from scratch: a region is a patch and what is around it.

    The patches (B, R, 3 · PATCH²) are put together to the picture; three convolutions halve it
    each, so that there is one vector for each patch again, (B, R, M).
    """

    def __init__(self, grid: int, width: int) -> None:
        super().__init__()
        self.grid = grid
        channels = (3, max(1, width // 4), max(1, width // 2), width)
        # Even kernels: the middle of what a region sees is the middle of its patch.
        halve = [nn.Conv2d(a, b, 4, stride=2, padding=1) for a, b in pairwise(channels)]
        self.halve = nn.ModuleList(halve)
        self.refine = nn.Conv2d(width, width, 3, padding=1)
        _begin(*halve, self.refine)

    def forward(self, patches: Tensor) -> Tensor:
        x = patches.transpose(1, 2).unflatten(2, (self.grid, self.grid))
        x = pixel_shuffle(x, PATCH)  # (B, 3, PATCH · grid, PATCH · grid)
        for convolution in self.halve:
            x = convolution(x).relu()
        x = x + self.refine(x).relu()
        return x.flatten(2).transpose(1, 2)


def _begin(*layers: nn.Linear | nn.Conv2d) -> None:
    """Of layers before a ReLU (He et al. 2015)."""
    for layer in layers:
        assert layer.bias is not None
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)

"""An encoder of pictures: regions that a vision encoder saw become keys and values."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import pixel_shuffle

from qkv.attention import dropout
from qkv.models.encoders.transformer import EncoderLayer
from qkv.models.memory import Memory
from qkv.models.vision import PATCH
from qkv.shapes import Mask

__all__ = ["Convolutions", "RegionEncoder", "Surroundings"]


class RegionEncoder(nn.Module):
    """Regions (B, R, C) → eye → (B, R, M), each told where it is → self-attention, if any.

    Keys are values, unless what is around a region is seen too: then a key is what its own pixels
    show, so that a query finds the region that has what it asks for and not one beside it, and a
    value is what can be seen from there.

    With the raw vectors of a convolutional network these are the a_i of Xu et al. 2015, section
    3.1.1. Differs: projected, and with a learned vector for each place.

    Args:
        eye: (B, R, C) → (B, R, M), each region by itself or nearly so.
        around: (B, R, M) → (B, R, M), from a region and its neighbours; None where the eye of a
            large network has seen them already.
        regions: R. width: M.
        layers: of self-attention among regions; none beside a recurrent decoder.
        states: how many tensors a recurrent decoder begins with; each is the mean region.
        fixed: hand over the mean region alone, as a Memory of length one.
        places: hand over with each value where it is.
    """

    def __init__(
        self,
        eye: nn.Module,
        around: nn.Module | None,
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
        self.eye, self.around, self.dropout, self.states = eye, around, dropout, states
        self.fixed, self.places = fixed, places
        self.place = nn.Parameter(torch.randn(regions, width) * 0.02)
        self.layers = nn.ModuleList(layers)
        self.norm = nn.LayerNorm(width)
        self.key_norm = None if around is None else nn.LayerNorm(width)

    def forward(self, source: Tensor, present: Tensor) -> Memory:
        """source (B, R, C) floating, present (B, R) bool → Memory with keys and values (B, R, M).

        With places, values are (B, R, 2M): a region and its place.
        """
        own = x = self.eye(source.to(self.place.dtype))
        if self.around is not None:
            x = self.around(x)
        x = dropout(x + self.place, self.dropout, self.training)
        mask = Mask(present[:, None, None, :])
        seen = []
        for layer in self.layers:
            x, weights = layer(x, mask)
            seen.append(weights)
        x = self.norm(x)
        keys = x if self.key_norm is None else self.key_norm(own + self.place)
        mean = x.mean(1, keepdim=True)  # (B, 1, M)
        start = (mean,) * self.states
        values = torch.cat((x, self.place.expand_as(x)), -1) if self.places else x
        if self.fixed:
            present = torch.ones_like(present[:, :1])
            return Memory(mean, values.mean(1, keepdim=True), present, start)
        return Memory(keys, values, present, start, tuple(seen))


class Convolutions(nn.Module):
    """A small network for pictures, from scratch: a region is its patch, and a pixel around it.

    The patches (B, R, 3 · PATCH²) are put together to the picture; three convolutions halve it
    each, so that there is one vector for each patch again, (B, R, M).
    """

    def __init__(self, grid: int, width: int) -> None:
        super().__init__()
        self.grid = grid
        channels, kernels = (3, width // 4, width // 2, width), (4, 2, 2)
        self.halve = nn.ModuleList(
            _convolution(*sizes, kernel, stride=2, padding=kernel // 2 - 1)
            for sizes, kernel in zip(pairwise(channels), kernels, strict=True)
        )

    def forward(self, patches: Tensor) -> Tensor:
        x = patches.transpose(1, 2).unflatten(2, (self.grid, self.grid))
        x = pixel_shuffle(x, PATCH)  # (B, 3, PATCH · grid, PATCH · grid)
        for convolution in self.halve:
            x = convolution(x).relu()
        return x.flatten(2).transpose(1, 2)


class Surroundings(nn.Module):
    """Regions (B, R, M) → the same with what is up to two regions away, by two convolutions."""

    def __init__(self, grid: int, width: int) -> None:
        super().__init__()
        self.grid = grid
        self.add = nn.ModuleList(_convolution(width, width, 3, padding=1) for _ in range(2))

    def forward(self, regions: Tensor) -> Tensor:
        x = regions.transpose(1, 2).unflatten(2, (self.grid, self.grid))
        for convolution in self.add:
            x = x + convolution(x).relu()
        return x.flatten(2).transpose(1, 2)


def _convolution(given: int, wanted: int, kernel: int, **where: int) -> nn.Conv2d:
    """As He et al. 2015 begin one before a ReLU."""
    convolution = nn.Conv2d(given, wanted, kernel, **where)
    assert convolution.bias is not None
    nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
    nn.init.zeros_(convolution.bias)
    return convolution

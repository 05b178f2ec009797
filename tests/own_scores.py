"""Scores as a researcher writes them: a class made for two widths, a function, and poor ones."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Distance(nn.Module):
    """e_ij = -τ ‖W q_i - k_j‖²."""

    def __init__(self, query_width: int, key_width: int) -> None:
        super().__init__()
        self.project = nn.Linear(query_width, key_width, bias=False)
        self.sharpness = nn.Parameter(torch.tensor(0.05))

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        return -self.sharpness * torch.cdist(self.project(query), key).square()


def cosine(query: Tensor, key: Tensor) -> Tensor:
    return 5 * nn.functional.cosine_similarity(query.unsqueeze(-2), key.unsqueeze(-3), dim=-1)


NUMBER = 3
MADE = Distance(4, 4)


class NoWidths:
    """A class that is not made with two widths."""

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        return query @ key.mT


class Silent:
    """A class whose objects cannot be called."""

    def __init__(self, query_width: int, key_width: int) -> None:
        self.widths = query_width, key_width


def turned(query: Tensor, key: Tensor) -> Tensor:
    return key @ query.mT


def no_batch(query: Tensor, key: Tensor) -> Tensor:
    return (query @ key.mT)[0, 0]


def a_number(query: Tensor, key: Tensor) -> float:
    return 0.0


def broken(query: Tensor, key: Tensor) -> Tensor:
    raise KeyError("nothing here")


def nan(query: Tensor, key: Tensor) -> Tensor:
    return query @ key.mT * float("nan")


def over_queries(query: Tensor, key: Tensor) -> Tensor:
    return (query @ key.mT).softmax(-2)


def over_sentences(query: Tensor, key: Tensor) -> Tensor:
    scores = query @ key.mT
    return scores - scores.mean(0, keepdim=True)


class Drawn(Distance):
    """What it draws is no parameter."""

    noise: Tensor

    def __init__(self, query_width: int, key_width: int) -> None:
        super().__init__(query_width, key_width)
        self.register_buffer("noise", torch.randn(key_width))

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        return super().forward(query, key + self.noise)


class Unused(Distance):
    """It has a parameter that it does not use."""

    def __init__(self, query_width: int, key_width: int) -> None:
        super().__init__(query_width, key_width)
        self.spare = nn.Parameter(torch.zeros(3))


class Double(Distance):
    """Its parameters are of float64."""

    def __init__(self, query_width: int, key_width: int) -> None:
        super().__init__(query_width, key_width)
        self.sharpness = nn.Parameter(torch.tensor(0.05, dtype=torch.float64))


class Reading(Distance):
    """It reads a number from a tensor while it is made."""

    def __init__(self, query_width: int, key_width: int) -> None:
        super().__init__(query_width, key_width)
        self.first = self.project.weight[0, 0].item()

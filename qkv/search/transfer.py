"""Between Python and the device: the two places where a search hands numbers over."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from math import isnan
from typing import Any

import torch
from torch import Tensor

from qkv.errors import DataError

__all__ = ["fetch", "no_numbers", "send"]


def fetch(tensor: Tensor) -> list:
    """The numbers of (N,) or (M, N) for Python. A search waits for its device here, once a step.

    Raises:
        DataError: some are no numbers; nothing could be ranked by them.
    """
    numbers = tensor.tolist()
    if tensor.is_floating_point():
        flat = list(chain(*numbers)) if tensor.dim() > 1 else numbers
        if isnan(sum(flat)) and any(map(isnan, flat)):  # inf and -inf have no sum either
            raise no_numbers()
    return numbers


def no_numbers() -> DataError:
    """What ends a search in which nothing can be ranked."""
    return DataError(
        "the model's probabilities are not numbers: its weights, or a bias or pinned weights "
        "given to it, are too large or damaged. Copy the model again, or train it with a lower "
        "learning_rate."
    )


def send(numbers: Sequence[Any], device: torch.device) -> Tensor:
    """Whole numbers as int64, where the search computes."""
    return torch.tensor(numbers, dtype=torch.int64).to(device)

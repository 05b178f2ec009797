"""Between Python and the device: the two places where a search hands numbers over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

__all__ = ["fetch", "send"]


def fetch(tensor: Tensor) -> list:
    """A tensor's numbers for Python. A search waits for its device here, once a step."""
    return tensor.tolist()


def send(numbers: Sequence[Any], device: torch.device) -> Tensor:
    """Whole numbers as int64, where the search computes."""
    return torch.tensor(numbers, dtype=torch.int64).to(device)

"""What the texts of a search attended to, kept for those that are found best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import torch
from torch import Tensor

from qkv.attention import Weights

__all__ = ["Keep", "Kept"]

# Of the weights of each layer, (S, H, k, Tk): what is kept of them, (S, k, Tk).
Keep: TypeAlias = Callable[[Sequence[Weights]], Tensor]


class Kept:
    """The rows of a search that go on are chosen anew after each step; each knows where it was."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._steps: list[Tensor] = []  # (N, Tk) each
        self._paths: Tensor | None = None  # (N, t), the row at each step
        self._ended: list[Tensor] = []  # (n, t) each

    def read(self, cross: Sequence[Weights]) -> None:
        """A step of N texts."""
        weights = self._keep(cross).flatten(0, 1)
        rows = torch.arange(len(weights), device=weights.device)[:, None]
        self._paths = rows if self._paths is None else torch.cat((self._paths, rows), 1)
        self._steps.append(weights)

    def go_on(self, rows: Tensor) -> None:
        if self._paths is not None:
            self._paths = self._paths.index_select(0, rows)

    def end(self, rows: Tensor) -> None:
        """These rows have ended; they are numbered in this order."""
        if self._paths is not None:
            self._ended.append(self._paths.index_select(0, rows))

    def of(self, numbers: Sequence[int]) -> list[Tensor]:
        """(t, Tk) of each of those that have ended, on the CPU."""
        firsts = torch.tensor([0, *(len(step) for step in self._steps[:-1])]).cumsum(0)
        every = [(paths, row) for paths in self._ended for row in range(len(paths))]
        best = [every[number] for number in numbers]
        paths = [paths[row].cpu() + firsts[: paths.shape[1]] for paths, row in best]
        rows = torch.cat(paths).to(self._steps[0].device)
        weights = torch.cat(self._steps).index_select(0, rows).float().cpu()
        return list(weights.split([len(path) for path in paths]))

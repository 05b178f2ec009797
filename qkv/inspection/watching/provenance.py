"""Where tensors come from: which were made of which, operator by operator."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor
from torch._subclasses import FakeTensor

__all__ = ["Provenance", "storage"]


class Provenance:
    """A graph of what operators read and wrote, by the storages in which tensors lie.

    Each operator makes a node, numbered in time, whose parents are what lay in its inputs. Weights
    of the model do not count as parents: they do not say whose words a tensor stands for.
    """

    def __init__(self, weights: set[int]) -> None:
        """weights: the storages of the model's weights."""
        self.weights = weights
        self.now = 0
        self._unseen = 0
        self._at: dict[int, int] = {}  # the newest node in each storage
        self._parents: dict[int, tuple[int, ...]] = {}
        self._weighed: set[int] = set()  # nodes made with a weight of the model

    def note(self, read: Iterable[Tensor], written: Iterable[Tensor]) -> None:
        """An operator has run."""
        storages = [storage(x) for x in read]
        others = tuple(self._node(s) for s in storages if s not in self.weights)
        self.now += 1
        self._parents[self.now] = others
        if len(others) < len(storages):
            self._weighed.add(self.now)
        for x in written:
            self._at[storage(x)] = self.now

    def roots(self, x: Tensor, since: int) -> tuple[frozenset[int], bool]:
        """The nodes up to `since` that x was made of after it; and was a weight of the model used?

        Nodes made of nothing, as positions are, count only if there are no others.
        """
        roots: set[int] = set()
        of_nothing: set[int] = set()
        visited: set[int] = set()
        weighed = False
        ahead = [self._node(storage(x))]
        while ahead:
            node = ahead.pop()
            if node in visited:
                continue
            visited.add(node)
            if node > since:
                weighed |= node in self._weighed
                ahead += self._parents[node]
            elif self._parents.get(node, (node,)):
                roots.add(node)
            else:
                of_nothing.add(node)
        return frozenset(roots or of_nothing), weighed

    def forget(self) -> None:
        """Operators before now will not be needed any more."""
        self._parents.clear()
        self._weighed.clear()

    def _node(self, where: int) -> int:
        """What lies in that storage; if it was never written, it has been there since before 0."""
        if where not in self._at:
            self._unseen += 1
            self._at[where] = -self._unseen
        return self._at[where]


def storage(x: Tensor) -> int:
    """Identifies the memory of a tensor: its address, if it has one."""
    try:
        memory = x.untyped_storage()
        return (0 if isinstance(x, FakeTensor) else memory.data_ptr()) or memory._cdata
    except (RuntimeError, NotImplementedError):  # a sparse or a nested tensor
        return id(x)

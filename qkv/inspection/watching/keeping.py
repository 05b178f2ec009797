"""What records hold: the model's own tensors until they are written into, or copies elsewhere."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from contextlib import suppress
from math import prod
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import torch
from torch import Tensor

from qkv.errors import ConfigError
from qkv.inspection.watching.call import Call
from qkv.inspection.watching.origins import place

__all__ = ["Elsewhere", "Keeping"]

CHUNK = 1 << 26  # bytes of a file, so that no step of a generation takes files of its own


class Keeping:
    """Holds calls, and sees that what they are made of stays as it was."""

    def __init__(
        self,
        weights: set[int],
        budget: int | None = None,
        elsewhere: Elsewhere | None = None,
        dry: bool = False,
    ) -> None:
        """weights: where those of the model lie, which are not counted. dry: only count."""
        self.bytes = 0
        self._weights, self._budget, self._dry = weights, budget, dry
        self._elsewhere = elsewhere
        self._held: dict[int, list[tuple[Call, str]]] = {}  # by place
        self._counted: dict[int, weakref.ref[Tensor]] = {}
        self._rewritten: set[int] = set()

    def keep(self, name: str, call: Call) -> Call | None:
        """The call, as a record may hold it.

        Raises:
            ConfigError: that would be over the budget; name: the module's.
        """
        if self._elsewhere is not None:
            call = self._moved(call, self._elsewhere)
        for tensor in call.tensors():
            self._count(tensor)
        self._check(name)
        if self._dry:
            return None
        for tensor, held in list(call.held.items()):
            self._held.setdefault(place(held), []).append((call, tensor))
            call.hold(tensor, held)
        return call

    def keep_readouts(self, name: str, found: dict[str, Any]) -> dict[str, Any]:
        """The same for what was read."""
        for tensor in _tensors(found.values()):
            self._count(tensor)
        self._check(name)
        return {} if self._dry else found

    def before_write(self, tensor: Tensor) -> None:
        """Something is about to be overwritten: records that are made of it get a copy."""
        where = place(tensor)
        self._rewritten.add(where)
        self._copy(where)

    def ran_operator(self, read: list[Tensor], written: list[Tensor]) -> None:
        """New memory at an old place has not been written into."""
        if self._rewritten:
            fresh = {place(x) for x in written} - {place(x) for x in read}
            self._rewritten -= fresh

    def finish(self) -> None:
        """The block ends; what has been written once may be again, unheard."""
        for where in self._rewritten & self._held.keys():
            self._copy(where)
        self._held.clear()
        if self._elsewhere is not None:
            self._elsewhere.forget()

    def _moved(self, call: Call, elsewhere: Elsewhere) -> Call:
        return call.moved(lambda x: x if place(x) in self._weights else elsewhere.copy(x))

    def _count(self, x: Tensor) -> None:
        """Once for all that lies in the same memory while it is alive."""
        where, known = place(x), self._counted.get(place(x))
        if where in self._weights or (known is not None and known() is not None):
            return
        self._counted[where] = weakref.ref(x)
        if self._elsewhere is None or not self._elsewhere.has(x):
            self.bytes += x.untyped_storage().nbytes()

    def _check(self, name: str) -> None:
        if self._budget is not None and self.bytes > self._budget:
            raise ConfigError(
                f"watch(): {name} would bring what is kept to {self.bytes:,} bytes, over the "
                f"budget of {self._budget:,}. Keep fewer layers, heads or queries, or readouts= "
                "alone."
            )

    def _copy(self, where: int) -> None:
        """Records that are made of what lies there go on with a copy."""
        copies: dict[int, Tensor] = {}
        for call, name in self._held.pop(where, ()):
            tensor = call.held[name]
            call.hold(name, copies.setdefault(id(tensor), tensor.clone()))


class Elsewhere:
    """Copies of tensors, without gradients: in main memory, or in files of a folder.

    Files have no name after they have been opened, so that none is left behind.

    Args:
        where: "cpu", or a folder, which is made if need be.
    """

    def __init__(self, where: str | Path) -> None:
        self._folder = None if where == "cpu" else Path(where)
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        self._copies: dict[int, tuple[weakref.ref[Tensor], int, Tensor]] = {}
        self._files: set[int] = set()
        self._free = torch.empty(0, dtype=torch.uint8)

    def has(self, x: Tensor) -> bool:
        """Does it lie in one of the files?"""
        return place(x) in self._files

    def copy(self, x: Tensor) -> Tensor:
        """The same copy again for the same tensor, as long as nothing was written into it."""
        x = x.detach() if x.requires_grad else x
        if self._folder is None and x.device.type == "cpu":
            return x
        if x.is_inference():
            return self._new(x)
        known = self._copies.get(id(x))
        if known is None or known[0]() is not x or known[1] != x._version:
            known = self._copies[id(x)] = weakref.ref(x), x._version, self._new(x)
        return known[2]

    def forget(self) -> None:
        """Whatever comes from now on is copied anew."""
        self._copies.clear()

    def _new(self, x: Tensor) -> Tensor:
        if self._folder is None:
            return x.cpu()
        size = prod(x.shape) * x.element_size()
        if size > self._free.numel():
            self._free = self._file(self._folder, max(size, CHUNK))
        # By .data, so that what is written behind it later does not count as written into it.
        room, self._free = self._free[:size].data, self._free[-(-size // 64) * 64 :]
        # Laid out as x is: a product of the copy is then the product of x to the last bit.
        strides = torch.empty_like(x, device="meta").stride()
        return room.view(x.dtype).as_strided(x.shape, strides).copy_(x)

    def _file(self, folder: Path, size: int) -> Tensor:
        """Bytes of a new file."""
        with NamedTemporaryFile(dir=folder, delete=False) as file:
            found = torch.from_file(file.name, shared=True, size=size, dtype=torch.uint8)
        with suppress(OSError):  # where a file in use keeps its name
            Path(file.name).unlink()
        self._files.add(place(found))
        return found


def _tensors(values: Iterable[Any]) -> Iterable[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        else:
            yield from _tensors(value)

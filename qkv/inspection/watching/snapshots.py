"""What records hold: the model's own tensors, copied before they are overwritten or offloaded."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from contextlib import suppress
from math import prod
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import RLock
from typing import Any

import torch
from torch import Tensor

from qkv.attention.readouts import Readout
from qkv.errors import ConfigError
from qkv.inspection.watching.call import Call
from qkv.inspection.watching.provenance import storage

__all__ = ["Offload", "Snapshots"]

CHUNK = 1 << 26  # bytes of a file, so that no step of a generation takes files of its own


class Snapshots:
    """Holds the calls of all threads, and sees that what they are made of stays as it was."""

    def __init__(
        self,
        weights: set[int],
        budget: int | None = None,
        offload: Offload | None = None,
        dry: bool = False,
    ) -> None:
        """weights: the storages of the model's, which are not counted. dry: only count."""
        self.bytes = 0
        self._weights, self._budget, self._dry = weights, budget, dry
        self._offload = offload
        self._calls: dict[int, list[tuple[Call, str]]] = {}  # by the storage of an input, its name
        self._counted: dict[int, weakref.ref[Tensor]] = {}
        self._overwritten: set[int] = set()
        self._lock = RLock()

    def keep(self, name: str, call: Call) -> Call | None:
        """The call as a record may hold it; None if it is only counted.

        Raises:
            ConfigError: that would be over the budget; name: the module's.
        """
        with self._lock:
            call = self._offloaded(call)
            self._count(name, call.tensors())
            if self._dry:
                return None
            for key, tensor in list(call.inputs.items()):
                self._calls.setdefault(storage(tensor), []).append((call, key))
                call.set_input(key, tensor)
            return call

    def keep_readouts(self, name: str, read: dict[Readout, Any]) -> dict[Readout, Any]:
        """The same for what was read."""
        with self._lock:
            self._count(name, _tensors(read.values()))
        return {} if self._dry else read

    def before_write(self, tensor: Tensor) -> None:
        """Something is about to be overwritten: records that are made of it get a copy."""
        with self._lock:
            self._overwritten.add(storage(tensor))
            self._copy(storage(tensor))

    def ran_operator(self, read: list[Tensor], written: list[Tensor]) -> None:
        """New memory in the place of old has not been overwritten."""
        if self._overwritten:
            with self._lock:
                self._overwritten -= {storage(x) for x in written} - {storage(x) for x in read}

    def finish(self) -> None:
        """The block ends; what has been overwritten once may be again, unnoticed."""
        with self._lock:
            for where in self._overwritten & self._calls.keys():
                self._copy(where)
            self._calls.clear()
            if self._offload is not None:
                self._offload.forget()

    def _offloaded(self, call: Call) -> Call:
        offload = self._offload
        if offload is None:
            return call
        return call.moved(lambda x: x if storage(x) in self._weights else offload.copy(x))

    def _count(self, name: str, tensors: Iterable[Tensor]) -> None:
        """Once for all that lies in the same memory while it is alive."""
        for x in tensors:
            where, known = storage(x), self._counted.get(storage(x))
            if where in self._weights or (known is not None and known() is not None):
                continue
            self._counted[where] = weakref.ref(x)
            if self._offload is None or not self._offload.has(x):
                self.bytes += x.untyped_storage().nbytes()
        if self._budget is not None and self.bytes > self._budget:
            raise ConfigError(
                f"watch(): {name} would bring what is kept to {self.bytes:,} bytes, over the "
                f"budget of {self._budget:,}. Keep fewer layers, heads or queries, or readouts= "
                "alone."
            )

    def _copy(self, where: int) -> None:
        """Records that are made of that memory get a copy of it."""
        copies: dict[int, Tensor] = {}
        for call, name in self._calls.pop(where, ()):
            tensor = call.inputs[name]
            call.set_input(name, copies.setdefault(id(tensor), tensor.clone()))


class Offload:
    """Copies of tensors, without gradients: in main memory, or in files of a folder.

    Files lose their names as soon as they are open, so that none are left behind.

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
        return storage(x) in self._files

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
        """Tensors that come from now on are copied anew."""
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
            data = torch.from_file(file.name, shared=True, size=size, dtype=torch.uint8)
        with suppress(OSError):  # where a file in use keeps its name
            Path(file.name).unlink()
        self._files.add(storage(data))
        return data


def _tensors(values: Iterable[Any]) -> Iterable[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        else:
            yield from _tensors(value)

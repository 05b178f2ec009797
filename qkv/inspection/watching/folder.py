"""What was seen, as a folder: the tensors that weights are made of, and notes about them."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from qkv.attention import (
    Check,
    Lookup,
    SoftCapped,
    Softmax,
    Weights,
    causal,
    dot,
    given,
    is_product,
    readouts,
)
from qkv.attention.readouts import Readout
from qkv.errors import ConfigError, FolderError
from qkv.files import check_folder
from qkv.inspection.watching.call import Call, Inputs
from qkv.inspection.watching.generation import Returned
from qkv.inspection.watching.record import Record
from qkv.inspection.watching.unseen import Unseen
from qkv.models.folder import load_tensors, save_tensors
from qkv.shapes import Bias, Mask

__all__ = ["read", "write"]

FILE, VERSION = "attention.safetensors", 2
READABLE = 1, 2  # 1: as 0.1.0 wrote, with readouts by name and without threads


def write(folder: Path, contents: dict[str, Any]) -> None:
    """Write the contents of a `Seen` into `folder`, which is made if need be, whole or not at all.

    It holds the queries and keys, not the weights, so nothing of size (Tq, Tk) except masks; for a
    selection other than softmax it holds the weights themselves.

    Raises:
        DataError: the folder cannot be written to.
        ShapeError: such weights would take more than 1 GiB.
    """
    check_folder(folder)
    store, tokens = _Store(), contents["tokens"]
    returned = [[store.put(r.tokens), r.rows, r.records] for r in contents["returned"]]
    notes = {
        "version": VERSION,
        "records": [_noted(record, store) for record in contents["records"]],
        "unseen": contents["unseen"],
        "returned": returned,
        "tokens": None if tokens is None else store.put(tokens),
        "bytes": contents["bytes"],
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_tensors(folder / FILE, store.tensors, notes)


def read(folder: Path) -> dict[str, Any]:
    """The contents that `write` wrote.

    Raises:
        FolderError: it is missing or incomplete, or another version wrote it.
    """
    path = folder / FILE
    if not path.is_file():
        raise FolderError(f"{path}: no such file; seen.save(folder) writes it.")
    tensors, notes = load_tensors(path)
    if notes.get("version") not in READABLE:
        raise FolderError(
            f"{path}: version {notes.get('version')} of its format; this qkv reads {READABLE}."
        )
    try:
        return {
            "records": [_record(tensors, noted) for noted in notes["records"]],
            "unseen": [Unseen(*noted) for noted in notes["unseen"]],
            "returned": [Returned(tensors[t], *where) for t, *where in notes["returned"]],
            "tokens": None if notes["tokens"] is None else tensors[notes["tokens"]],
            "bytes": notes["bytes"],
        }
    except (KeyError, TypeError, ValueError) as error:
        raise FolderError(f"{path}: incomplete ({error!r}); save it again.") from None


class _Store:
    """Tensors by number; equal ones are stored once."""

    def __init__(self) -> None:
        self.tensors: dict[str, Tensor] = {}
        self._known: dict[tuple[Any, ...], str] = {}

    def put(self, x: Tensor) -> str:
        x = x.detach().cpu().contiguous()
        numbers = x.flatten().view(torch.uint8).numpy().tobytes() if x.numel() else b""
        known = (x.dtype, x.shape, blake2b(numbers).digest())
        name = self._known.setdefault(known, str(len(self._known)))
        self.tensors.setdefault(name, x)
        return name


def _noted(record: Record, store: _Store) -> dict[str, Any]:
    return {
        "name": record.name,
        "kernel": record.kernel,
        "kind": record.kind,
        "shape": list(record.shape),
        "new": record.new_queries,
        "thread": record.thread,
        "check": None if record.check is None else list(record.check),
        "readouts": [_readout_noted(*each, store) for each in record.readouts.items()],
        "weights": None if record.readouts else _lookup_noted(record.weights, store),
    }


def _readout_noted(readout: Readout, read: Any, store: _Store) -> list[Any]:
    """The readout's class, its arguments, masks as tensors, and what it read."""
    kind = type(readout).__name__
    if getattr(readouts, kind, None) is not type(readout):
        raise ConfigError(
            f"seen.save(): {readout!r} is not one of qkv.readouts, which can be saved."
        )
    arguments = vars(readout).values()
    noted = [store.put(x.allowed) if isinstance(x, Mask) else x for x in arguments]
    return [
        kind,
        noted,
        [store.put(x) for x in read] if isinstance(read, tuple) else store.put(read),
    ]


def _read(tensors: dict[str, Tensor], noted: Any) -> dict[Readout, Any]:
    """What `_readout_noted` noted, or what 0.1.0 did, by name."""
    if isinstance(noted, dict):
        by_readout = {readouts.named(name): read for name, read in noted.items()}
    else:
        by_readout = {_readout(tensors, kind, given): read for kind, given, read in noted}
    return {
        readout: tuple(tensors[x] for x in read) if isinstance(read, list) else tensors[read]
        for readout, read in by_readout.items()
        if readout is not None
    }


def _readout(tensors: dict[str, Tensor], kind: str, arguments: list[Any]) -> Readout:
    if kind == "Mass":
        return readouts.Mass(Mask(tensors[arguments[0]]))
    return getattr(readouts, kind)(*arguments)


def _lookup_noted(weights: Weights, store: _Store) -> dict[str, Any]:
    lookup = weights.lookup
    score, mask, bias = lookup.score, lookup.mask, lookup.bias
    query, key, scale, cap = lookup.query, lookup.key, lookup.scale, None
    if not isinstance(lookup.select, Softmax):
        return {"given": store.put(weights.dense())}
    if isinstance(score, SoftCapped):
        scale, cap = score.scale, score.cap
    elif is_product(score):
        query, key, own = score.product(query, key)
        scale = own if scale is None else scale
    else:
        return {"given": store.put(weights.dense())}
    triangle = mask is not None and mask.is_triangle
    noted = {
        "query": store.put(query),
        "key": store.put(key),
        "mask": None if mask is None or triangle else store.put(mask.allowed),
        "bias": None if bias is None else store.put(bias.part()),
        "logsumexp": None if weights.logsumexp is None else store.put(weights.logsumexp),
    }
    temperature = lookup.select.temperature
    return noted | {"causal": triangle, "scale": scale, "cap": cap, "temperature": temperature}


def _record(tensors: dict[str, Tensor], noted: dict[str, Any]) -> Record:
    shape, call = tuple(noted["shape"]), None
    if noted["weights"] is not None:
        call = _call(tensors, noted["weights"], shape, noted["kernel"], noted["new"])
    check = None if noted["check"] is None else Check(*noted["check"])
    return Record(
        noted["name"],
        noted["kernel"],
        shape,
        check,
        _read(tensors, noted["readouts"]),
        noted["kind"],
        call,
        noted.get("thread", "MainThread"),
    )


def _call(
    tensors: dict[str, Tensor], noted: dict[str, Any], shape: tuple[int, ...], kernel: str, new: int
) -> Call:
    names = ("given", "query", "key", "mask", "bias", "logsumexp")
    inputs = {name: tensors[noted[name]] for name in names if noted.get(name) is not None}
    logsumexp = inputs.pop("logsumexp", None)

    def build(inputs: Inputs) -> Lookup:
        if "given" in inputs:
            return given(inputs["given"])
        scale = noted["scale"]
        score = dot if noted["cap"] is None else SoftCapped(noted["cap"], scale)
        mask = Mask(inputs["mask"]) if "mask" in inputs else None
        if noted["causal"]:
            mask = causal(shape[-2], shape[-1], align="start")
        return Lookup(
            inputs["query"],
            inputs["key"],
            score,
            Softmax(noted["temperature"]),
            mask,
            Bias(inputs["bias"]) if "bias" in inputs else None,
            scale if noted["cap"] is None else None,
        )

    return Call(inputs, build, shape, kernel, logsumexp=logsumexp, new_queries=new)

"""What was seen, as a folder: the tensors that weights are made of, and what is known of them."""

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
)
from qkv.errors import FolderError
from qkv.files import check_folder
from qkv.inspection.watching.call import Call, Held
from qkv.inspection.watching.generated import Returned
from qkv.inspection.watching.record import Record
from qkv.inspection.watching.unseen import Unseen
from qkv.models.folder import load_tensors, save_tensors
from qkv.shapes import Bias, Mask

__all__ = ["read", "write"]

FILE, VERSION = "attention.safetensors", 1


def write(folder: Path, contents: dict[str, Any]) -> None:
    """Write the contents of a `Seen` into `folder`, which is made if need be, whole or not at all.

    Kept are the queries and keys, not the weights, so nothing of size (Tq, Tk) but masks; of a
    selection that is no softmax the weights themselves.

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
        FolderError: there is nothing, it is not whole, or another version wrote it.
    """
    path = folder / FILE
    if not path.is_file():
        raise FolderError(f"{path}: no such file; seen.save(folder) writes it.")
    tensors, notes = load_tensors(path)
    if notes.get("version") != VERSION:
        raise FolderError(
            f"{path}: version {notes.get('version')} of its format; this qkv reads {VERSION}."
        )
    try:
        return {
            "records": [_record(tensors, each) for each in notes["records"]],
            "unseen": [Unseen(*each) for each in notes["unseen"]],
            "returned": [Returned(tensors[t], *where) for t, *where in notes["returned"]],
            "tokens": None if notes["tokens"] is None else tensors[notes["tokens"]],
            "bytes": notes["bytes"],
        }
    except (KeyError, TypeError, ValueError) as error:
        raise FolderError(f"{path}: not whole ({error!r}); save it again.") from None


class _Store:
    """Tensors by number, the same numbers but once."""

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
    readouts = {
        name: [store.put(x) for x in found] if isinstance(found, tuple) else store.put(found)
        for name, found in record.readouts.items()
    }
    return {
        "name": record.name,
        "kernel": record.kernel,
        "kind": record.kind,
        "shape": list(record.shape),
        "new": record.new,
        "check": None if record.check is None else list(record.check),
        "readouts": readouts,
        "weights": None if record.readouts else _lookup_noted(record.weights, store),
    }


def _lookup_noted(weights: Weights, store: _Store) -> dict[str, Any]:
    found = weights.lookup
    score, mask, bias = found.score, found.mask, found.bias
    query, key, scale, cap = found.query, found.key, found.scale, None
    if not isinstance(found.select, Softmax):
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
    temperature = found.select.temperature
    return noted | {"causal": triangle, "scale": scale, "cap": cap, "temperature": temperature}


def _record(tensors: dict[str, Tensor], noted: dict[str, Any]) -> Record:
    readouts = {
        name: tuple(tensors[x] for x in found) if isinstance(found, list) else tensors[found]
        for name, found in noted["readouts"].items()
    }
    shape, call = tuple(noted["shape"]), None
    if noted["weights"] is not None:
        call = _call(tensors, noted["weights"], shape, noted["kernel"], noted["new"])
    check = None if noted["check"] is None else Check(*noted["check"])
    return Record(noted["name"], noted["kernel"], shape, check, readouts, noted["kind"], call)


def _call(
    tensors: dict[str, Tensor], noted: dict[str, Any], shape: tuple[int, ...], kernel: str, new: int
) -> Call:
    names = ("given", "query", "key", "mask", "bias", "logsumexp")
    held = {name: tensors[noted[name]] for name in names if noted.get(name) is not None}
    logsumexp = held.pop("logsumexp", None)

    def match(held: Held) -> Lookup:
        if "given" in held:
            return given(held["given"])
        scale = noted["scale"]
        score = dot if noted["cap"] is None else SoftCapped(noted["cap"], scale)
        mask = Mask(held["mask"]) if "mask" in held else None
        if noted["causal"]:
            mask = causal(shape[-2], shape[-1], align="start")
        return Lookup(
            held["query"],
            held["key"],
            score,
            Softmax(noted["temperature"]),
            mask,
            Bias(held["bias"]) if "bias" in held else None,
            scale if noted["cap"] is None else None,
        )

    return Call(held, match, shape, kernel, logsumexp=logsumexp, new=new)

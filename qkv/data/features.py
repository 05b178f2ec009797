"""Features that a frozen encoder computes of pictures: once, kept on disk, read as memory maps.

A cache folder belongs to one encoder. It holds shards: `x.npy`, float16 (pictures, R, C), beside
`x.json`, which names its pictures by the SHA-256 of their files. A shard is complete or absent.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from qkv.data.pictures import decode, quiet, read_bytes, squared
from qkv.errors import DataError
from qkv.files import check_folder, locked, write_atomically

__all__ = ["Extract", "Features", "Report", "cache_folder", "compute_features", "halved"]

BATCH = 32  # pictures that the encoder gets at once
SHARD = 16 * BATCH
LOCK = ".lock"  # shared by those who write into a cache
REPORT_S = 10.0
_THREADS = min(8, os.cpu_count() or 1)  # for decoding
_REASONS = 10  # at most so many skipped pictures are reported one by one

Extract: TypeAlias = Callable[[NDArray[np.uint8]], NDArray[np.floating]]
Report: TypeAlias = Callable[[str], None]
Half: TypeAlias = NDArray[np.float16]
A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True)
class Features(Sequence[Half]):
    """`features[i]` is (R, C), float16, read from disk on access.

    refused: by index, why a picture cannot be used; accessing it raises DataError.
    keys: the SHA-256 of each picture's bytes, "" where they could not be read.
    """

    rows: Sequence[Half | None]
    refused: Mapping[int, str]
    keys: Sequence[str]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def refusal(self) -> str:
        """How many pictures cannot be used, in words."""
        pictures = len(self.refused)
        return f"{pictures:,} {'picture' if pictures == 1 else 'pictures'} cannot be used"

    def part(self, indices: Sequence[int]) -> Features:
        """The features at `indices`, in that order."""
        return Features(
            [self.rows[i] for i in indices],
            {new: self.refused[i] for new, i in enumerate(indices) if i in self.refused},
            [self.keys[i] for i in indices],
        )

    def __getitem__(self, index: int) -> Half:  # pyright: ignore[reportIncompatibleMethodOverride]
        row = self.rows[index]
        if row is None:
            raise DataError(self.refused[index % len(self)])
        return row


def compute_features(
    paths: Sequence[Path],
    side: int,
    extract: Extract,
    folder: Path,
    *,
    on_bad: str,
    report: Report,
) -> Features:
    """The features of each picture: from the cache, if the same bytes were seen before.

    Args:
        side: pictures are resized to (3, side, side).
        extract: (B, 3, side, side) uint8 → (B, R, C) floating, B at most BATCH.
        folder: the cache of this encoder and side; made if missing. If it cannot be, a line says
            so, and the features are kept in temporary files, until they are no longer needed.
        on_bad: "refuse" a list with pictures that cannot be used, or "skip" them.
        report: called with lines of progress.
    Raises:
        DataError: a picture that cannot be used, if refused; a file that cannot be written; a
            feature that is NaN or beyond float16.
    """
    bad: dict[Path, str] = {}
    with quiet(), ThreadPoolExecutor(_THREADS) as pool:
        keys = dict(_good(_ahead(pool, _key, dict.fromkeys(paths)), bad))
        if on_bad == "refuse":
            _refuse(bad)  # before long work
        _sweep(folder)
        rows = _cached(folder, set(keys.values()))
        missing = _new(keys, rows)
        cached = len(rows)
        kept_in = _writable(folder, report) if missing else None
        pictures = _good(_ahead(pool, partial(_picture, keys, side), missing.values()), bad)
        for shard in _groups(_seen(pictures, extract, len(missing), report), SHARD // BATCH):
            names = [keys[path] for seen, _ in shard for path in seen]
            rows |= _write(kept_in, names, np.concatenate([vectors for _, vectors in shard]))
    bad |= {path: bad[missing[key]] for path, key in keys.items() if key not in rows}
    reasons = {i: bad[path] for i, path in enumerate(paths) if path in bad}
    if on_bad == "refuse":
        _refuse(bad)
    _tell(list(dict.fromkeys(reasons.values())), report)
    computed = sum(key in rows for key in missing)
    report(f"features: {computed:,} pictures computed, {cached:,} read from the cache")
    path_keys = [keys.get(path, "") for path in paths]
    return Features([rows.get(key) for key in path_keys], reasons, path_keys)


def cache_folder() -> Path:
    """$QKV_CACHE, else the system's folder for caches."""
    if chosen := os.environ.get("QKV_CACHE"):
        return Path(chosen)
    name, below = ("XDG_CACHE_HOME", ".cache")
    if sys.platform == "win32":
        name, below = ("LOCALAPPDATA", "AppData/Local")
    if system := os.environ.get(name):
        return Path(system) / "qkv"
    try:
        return Path.home() / below / "qkv"
    except RuntimeError:  # a user without a home
        return Path(os.devnull) / "qkv"  # where nothing can be kept


def _key(path: Path) -> str:
    return hashlib.sha256(read_bytes(path)).hexdigest()


def _new(keys: Mapping[Path, str], rows: Mapping[str, Half]) -> dict[str, Path]:
    """The pictures to compute, in order; of identical ones only the first."""
    missing: dict[str, Path] = {}
    for path, key in keys.items():
        if key not in rows:
            missing.setdefault(key, path)
    return missing


def _picture(keys: Mapping[Path, str], side: int, path: Path) -> NDArray[np.uint8]:
    data = read_bytes(path)
    if hashlib.sha256(data).hexdigest() != keys[path]:
        raise DataError(f"{path}: changed while it was being read; start again.")
    return squared(decode(data, path), side)


def _ahead(
    pool: ThreadPoolExecutor, function: Callable[[A], B], items: Iterable[A]
) -> Iterator[tuple[A, Future[B]]]:
    """Each item with its result, in order, while the next two batches are under way."""
    waiting: deque[tuple[A, Future[B]]] = deque()
    for item in items:
        waiting.append((item, pool.submit(function, item)))
        if len(waiting) > 2 * BATCH:
            yield waiting.popleft()
    yield from waiting


def _good(
    outcomes: Iterable[tuple[Path, Future[B]]], bad: dict[Path, str]
) -> Iterator[tuple[Path, B]]:
    """The results; why a path has none goes to `bad`."""
    for path, outcome in outcomes:
        try:
            yield path, outcome.result()
        except DataError as error:
            bad[path] = str(error)


def _groups(items: Iterable[A], size: int) -> Iterator[list[A]]:
    iterator = iter(items)
    while group := list(islice(iterator, size)):
        yield group


def _seen(
    pictures: Iterable[tuple[Path, NDArray[np.uint8]]], extract: Extract, total: int, report: Report
) -> Iterator[tuple[list[Path], Half]]:
    """The features batch by batch; progress goes to `report`."""
    done, started = 0, perf_counter()
    reported = started
    for group in _groups(pictures, BATCH):
        paths = [path for path, _ in group]
        yield paths, halved(extract(np.stack([picture for _, picture in group])), paths)
        done, now = done + len(group), perf_counter()
        if now - reported >= REPORT_S:
            reported, speed = now, done / (now - started)
            left = (total - done) / speed / 60
            report(
                f"features: {done:,} of {total:,} pictures, {speed:,.0f} a second, "
                f"{left:.1f} min left"
            )


def halved(vectors: NDArray[np.floating], names: Sequence[object]) -> Half:
    """(B, R, C) in float16.

    Raises:
        DataError: a feature is NaN or beyond float16; the error gives its picture's name.
    """
    largest = np.maximum(vectors.max((1, 2)), -vectors.min((1, 2)))
    good = largest <= np.finfo(np.float16).max  # not where it is NaN
    if not good.all():
        worst = int(good.argmin())
        raise DataError(
            f"{names[worst]}: the vision encoder gave a feature of {largest[worst]:,.0f}, "
            "which cannot be stored in float16; use another encoder."
        )
    return vectors.astype(np.float16)


def _writable(folder: Path, report: Report) -> Path | None:
    """The folder, made if missing; None, and a line that says so, if it cannot be."""
    try:
        check_folder(folder)
        folder.mkdir(parents=True, exist_ok=True)
    except (DataError, OSError) as error:
        why = (
            f"{folder}: {error.strerror}" if isinstance(error, OSError) else str(error).rstrip(".")
        )
        report(f"features are not kept for later ({why}); QKV_CACHE=FOLDER keeps them elsewhere")
        return None
    return folder


def _write(folder: Path | None, keys: list[str], vectors: Half) -> dict[str, Half]:
    """Write a shard, the keys of its pictures last: vectors without keys do not count."""
    if folder is None:
        # What is mapped stays readable after its name has gone, except on Windows: there it stays.
        with TemporaryDirectory(prefix="qkv-", ignore_cleanup_errors=True) as temporary:
            return _write(Path(temporary), keys, vectors)
    name = hashlib.sha256("".join(keys).encode()).hexdigest()[:32]

    def write_vectors(path: Path) -> None:
        with path.open("wb") as file:
            np.save(file, vectors)

    label = json.dumps({"shape": vectors.shape, "keys": keys})
    with locked(folder / LOCK, shared=True):
        write_atomically(folder / f"{name}.npy", write_vectors)
        write_atomically(folder / f"{name}.json", lambda path: path.write_text(label, "utf-8"))
    return dict(zip(keys, _mapped(folder / f"{name}.npy"), strict=True))


def _sweep(folder: Path) -> None:
    """Remove what killed processes left half-written, unless one writes just now."""
    if parts := list(folder.glob(".*.part")):
        with locked(folder / LOCK) as alone:
            for part in parts if alone else []:
                part.unlink(missing_ok=True)


def _cached(folder: Path, wanted: set[str]) -> dict[str, Half]:
    rows: dict[str, Half] = {}
    for label in sorted(folder.glob("*.json")):
        rows |= {key: row for key, row in _shard(label).items() if key in wanted}
    return rows


def _shard(label: Path) -> dict[str, Half]:
    """Vectors (R, C) on disk by their pictures' keys; empty if a file is broken."""
    try:
        names = json.loads(label.read_text("utf-8"))
        vectors = _mapped(label.with_suffix(".npy"))
        whole = vectors.dtype == np.float16 and list(vectors.shape) == names["shape"]
        return dict(zip(names["keys"], vectors, strict=True)) if whole else {}
    except Exception:  # noqa: BLE001 - broken bytes can make the readers raise anything
        return {}


def _mapped(file: Path) -> Half:
    """As numpy maps a file; but it would keep a descriptor for each, of which there are few."""
    import torch

    mapped: np.memmap = np.load(file, mmap_mode="r")
    try:
        data = torch.from_file(str(file), size=file.stat().st_size, dtype=torch.uint8)
    except RuntimeError:  # torch takes no name that is not UTF-8
        return np.asarray(mapped)
    half = np.ndarray(mapped.shape, mapped.dtype, data.numpy().data, mapped.offset, mapped.strides)
    half.flags.writeable = False
    return half


def _refuse(bad: Mapping[Path, str]) -> None:
    if bad:
        others = f" {len(bad) - 1:,} more cannot be used." if len(bad) > 1 else ""
        raise DataError(
            f"{next(iter(bad.values()))}{others} To skip such pictures, give "
            "--set bad_pictures=skip in training, --skip-bad elsewhere."
        )


def _tell(reasons: Sequence[str], report: Report) -> None:
    for reason in reasons[:_REASONS]:
        report(f"skipped: {reason}")
    if len(reasons) > _REASONS:
        report(f"skipped: {len(reasons) - _REASONS:,} more, {len(reasons):,} pictures in all")

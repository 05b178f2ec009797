"""Text of more pairs than memory should hold: prepared once, in files of the cache, and kept.

    CACHE/corpora/KEY/                  one text, by the content of its files
        text-2, text-2.npy              its training pairs, see `PairFile`
        whole.json                      validation pairs, what was said of it, checksums
        tokenizers-8000-auto-auto/      learnt from a sample of it
        tokens-KEY/                     the pairs as ids, see `Examples`

Each folder is whole or not there, and its checksums are compared whenever it's used again.
"""

from __future__ import annotations

import atexit
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from hashlib import file_digest, sha256
from itertools import chain, islice
from pathlib import Path
from time import monotonic
from typing import IO, Any

import numpy as np
import tokenizers as library
from numpy.typing import NDArray

from qkv import __version__
from qkv.data import Pair
from qkv.data.encoder import encoded_file
from qkv.data.examples import Examples
from qkv.data.features import cache_folder
from qkv.data.kept_folders import filled_folder, notes_of
from qkv.data.pair_file import PairFile, write_pair_file
from qkv.data.tokenizer import Tokenizer
from qkv.training.config import TrainConfig
from qkv.training.material import Data, Tokenizers, paths_of
from qkv.training.tuning import cores

__all__ = ["MOST", "PreparedText", "kept_examples", "kept_tokenizers"]

MOST = 100_000  # pairs that are held in memory; by so many more are judged
REPORT_S = 10.0
FORMAT = 1
OF_TEXT = ("source", "target", "data", "tsv")
WORDS = 1 << 16  # ids that two bytes can tell apart
Report = Callable[[str], None]


class PreparedText:
    """Where `read_text` puts the pairs: into memory, or into a folder if there are too many.

    notes: of the folder, if this text was prepared before.
    """

    def __init__(self, data: Data, seed: int, drop_shared: bool, report: Report) -> None:
        self._report, self._said = report, list[str]()
        self._folder = _folder_of(data, seed, drop_shared)
        self.notes = notes_of(self._folder)
        self._new: dict[str, Any] = {}
        self._part: Path | None = None
        self._stack = ExitStack()

    def __enter__(self) -> PreparedText:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def report(self, line: str) -> None:
        """Said again when the text is used again."""
        self._said.append(line)
        self._report(line)

    def keep(self, pairs: Iterable[Pair]) -> Sequence[Pair]:
        """A list, or a file if there are more than MOST.

        Raises:
            DataError: it cannot be written.
        """
        pairs = iter(pairs)
        first = list(islice(pairs, MOST + 1))
        if len(first) <= MOST:
            return first
        if self._part is None:
            self._part = self._stack.enter_context(filled_folder(self._folder, self._new))
        path = self._part / f"text-{len([*self._part.glob('*.npy')]) + 1}"
        return write_pair_file(path, _counted(chain(first, pairs), self._report))

    def finish(self, train: PairFile, **notes: Any) -> None:
        """Note what else is to be known of it, and remove the files before the last."""
        for path in train.path.parent.glob("text-*"):
            if path.stem != train.path.stem:
                path.unlink()
        self._new |= {"name": train.path.name, "count": len(train), "said": self._said, **notes}

    def reread(self) -> tuple[PairFile, dict[str, Any]]:
        """The training pairs and the notes, once all is in its place."""
        again = self.notes is not None
        notes = notes_of(self._folder) if self.notes is None else self.notes
        assert notes is not None
        for line in notes["said"] if again else ():
            self._report(line)
        what = "is used again from" if again else "is prepared in"
        self._report(f"text of {notes['count']:,} training pairs {what} {self._folder}")
        return PairFile(self._folder / notes["name"], notes["count"]), notes


def kept_tokenizers(
    train: PairFile, config: TrainConfig, learn: Callable[[TrainConfig], Tokenizers]
) -> Tokenizers:
    """Those that were learnt from this text before, with these settings; else they are now."""
    chosen = [config.vocabulary, config.joint, config.units]
    folder = train.path.with_name("-".join(["tokenizers", *map(str, chosen)]))
    notes = notes_of(folder)
    if notes is None:
        notes = {}
        with filled_folder(folder, notes) as part:
            source, target = learn(config)
            notes["joint"] = source is target
            _save((source, target), part)
    source, target = map(Tokenizer.load, _paths(folder))
    return (target if notes["joint"] else source), target


def kept_examples(
    train: PairFile, tokenizers: Tokenizers, longest: int, report: Report
) -> tuple[Examples, int]:
    """As `encoded`, by all cores, or as it was done before.

    Raises:
        DataError: they cannot be written, or a process has ended.
    """
    texts = [tokenizer.to_json() for tokenizer in tokenizers]
    key = sha256("\n".join([*texts, str(longest)]).encode()).hexdigest()[:16]
    folder = train.path.with_name(f"tokens-{key}")
    notes = notes_of(folder)
    if notes is None:
        notes = {}
        with filled_folder(folder, notes) as part:
            _save(tokenizers, part)
            dtypes = [np.uint16 if t.vocabulary_size <= WORDS else np.uint32 for t in tokenizers]
            parts = encoded_file(train, _paths(part), longest, cores())
            notes |= _write(part, parts, dtypes, len(train), report)
    ids = [_mapped(folder / f"{side}.ids", notes[side]) for side in ("source", "target")]
    ends = _mapped(folder / "ends", "int64").reshape(-1, 2)
    return Examples((ids[0], ids[1]), ends), notes["longer"]


def _write(
    folder: Path,
    parts: Iterable[tuple[Examples, int]],
    dtypes: Sequence[type[np.unsignedinteger]],
    count: int,
    report: Report,
) -> dict[str, Any]:
    """One after the other; what is to be noted."""
    began = said = monotonic()
    done = longer = 0
    last = np.zeros((1, 2), np.int64)
    with ExitStack() as stack:
        names = ("source.ids", "target.ids", "ends")
        files: list[IO[bytes]] = [stack.enter_context((folder / n).open("wb")) for n in names]
        files[2].write(last.tobytes())
        for examples, dropped in parts:
            for file, ids, dtype in zip(files, examples.ids, dtypes, strict=False):
                file.write(ids.astype(dtype).tobytes())
            files[2].write((examples.ends[1:] + last).tobytes())
            last = examples.ends[-1:] + last
            done, longer = done + len(examples) + dropped, longer + dropped
            if monotonic() - said > REPORT_S:
                said = monotonic()
                left = (said - began) * (count - done) / done
                report(f"tokenised {done:,} of {count:,} pairs, {left:.0f} s left")
    source, target = (np.dtype(dtype).name for dtype in dtypes)
    return {"source": source, "target": target, "longer": longer}


def _mapped(path: Path, dtype: str) -> NDArray[Any]:
    """Not a `memmap` itself, whose parts cost microseconds each."""
    if not path.stat().st_size:
        return np.zeros(0, dtype)
    return np.memmap(path, dtype, "r").view(np.ndarray)


def _paths(folder: Path) -> tuple[Path, Path]:
    return folder / "source.json", folder / "target.json"


def _save(tokenizers: Tokenizers, folder: Path) -> None:
    for tokenizer, path in zip(tokenizers, _paths(folder), strict=True):
        tokenizer.save(path)


def _folder_of(data: Data, seed: int, drop_shared: bool) -> Path:
    """By the content of the files; where that can be read only once, it goes with the process."""
    every = cache_folder() / "corpora"
    files = [
        (name, Path(path))
        for name, paths in paths_of(data).items()
        for path in paths
        if name.removeprefix("valid_") in OF_TEXT
    ]
    if not all(path.is_file() for _, path in files):
        folder = every / secrets.token_hex(16)
        atexit.register(partial(shutil.rmtree, folder, ignore_errors=True))
        return folder
    versions = [FORMAT, MOST, __version__, library.__version__]
    columns = {name: value for name, value in data.items() if name.endswith("columns")}
    digest = sha256(repr([versions, seed, drop_shared, columns]).encode())
    for name, path in files:
        with path.open("rb") as file:
            digest.update(f"{name} {file_digest(file, 'sha256').hexdigest()}\n".encode())
    return every / digest.hexdigest()[:32]


def _counted(pairs: Iterable[Pair], report: Report) -> Iterator[Pair]:
    """The pairs; every few seconds how many have come is said."""
    said = monotonic()
    for number, pair in enumerate(pairs):
        if number % 10_000 == 0 and monotonic() - said > REPORT_S:
            said = monotonic()
            report(f"{number:,} pairs")
        yield pair

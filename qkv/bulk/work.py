"""What a bulk job does to its rows. Such a value is small, and is sent to other processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from qkv.errors import DataError
from qkv.files import named_folders
from qkv.search import DEFAULT, Search

if TYPE_CHECKING:
    import numpy as np

    from qkv.models.vision import Vision
    from qkv.pipeline import Captioner, Glossary, Handling, Translation, Translator

__all__ = ["Captioning", "Compute", "Outcome", "Place", "Seeing", "Translating", "Work"]


# What makes a folder's model; `qkv.models.folder` knows too, but would load torch.
MODEL = ("config.json", "*tokenizer.json", "model.safetensors")


class Outcome(NamedTuple):
    """What became of a row: a text, or an error that says why there is none; and what is odd."""

    text: str = ""
    error: str = ""
    warnings: tuple[str, ...] = ()


Place: TypeAlias = Callable[[int], str]  # of a text, counted from 0
Compute: TypeAlias = Callable[[Sequence[str], Place], list[Outcome]]


class Work(Protocol):
    """What is done to the rows of a job.

    device: by torch's name, or auto. pictures: whether texts are names of pictures.
    """

    @property
    def device(self) -> str: ...
    @property
    def pictures(self) -> bool: ...

    def identity(self) -> dict[str, Any]:
        """All that decides what becomes of a row, as JSON has it."""
        ...

    def check(self) -> None:
        """Find out before a job begins that it cannot be done.

        Raises:
            QkvError: why.
        """
        ...

    def begin(self) -> Compute:
        """In the process that is to do it: load what it needs, and use one thread from now on.

        What is given back makes an Outcome of each text.

        Raises:
            QkvError: it cannot be done at all.
        """
        ...


@dataclass(frozen=True)
class Translating:
    """What `qkv translate` does to a line: the same texts."""

    pictures = False
    model: Path
    search: Search = DEFAULT
    protect: bool | None = None
    engine: str = "torch"
    device: str = "cpu"
    glossary: Glossary | None = None
    copy_unknown: bool = False

    def identity(self) -> dict[str, Any]:
        terms = {"glossary": asdict(self.glossary)} if self.glossary else {}
        rounded = {"engine": self.engine} if self.engine.endswith("int8") else {}
        return {
            "task": "translation",
            "model": _fingerprint(self.model),
            "protect": self.protect,
            "copy_unknown": self.copy_unknown,
            **self.search.changed(),
            **terms,
            **rounded,
        }

    def check(self) -> None:
        self._loaded()([], str)  # what does not go together is told without a text

    def begin(self) -> Compute:
        _settle()
        return self._loaded()

    def _loaded(self) -> _Translate:
        from qkv.export.engine import use
        from qkv.pipeline import load_translator

        translator = load_translator(self.model, device=self.device)
        handling = translator.handling(self.protect, copy_unknown=self.copy_unknown)
        use(self.engine, translator, self.search)
        return _Translate(translator, self.search, handling, self.glossary)


@dataclass(frozen=True)
class _Translate:
    translator: Translator
    search: Search
    handling: Handling
    glossary: Glossary | None

    def __call__(self, texts: Sequence[str], place: Place) -> list[Outcome]:
        errors = [self._error(text, place(number)) for number, text in enumerate(texts)]
        good = [text for text, error in zip(texts, errors, strict=True) if not error]
        results = iter(
            self.translator.translate(
                good,
                search=self.search,
                protect=self.handling.protect,
                copy_unknown=self.handling.copy_unknown,
                glossary=self.glossary,
            )
        )
        return [Outcome(error=error) if error else self._outcome(next(results)) for error in errors]

    def _error(self, text: str, where: str) -> str:
        from qkv.pipeline import check_length

        try:
            check_length(text, where, self.handling)
        except DataError as error:
            return str(error)
        return ""

    def _outcome(self, result: Translation) -> Outcome:
        return Outcome(result.text, "", tuple(self.translator.oddities(result).warnings))


@dataclass(frozen=True)
class Captioning:
    """What `qkv caption` does to pictures; the texts are names of files below `root`."""

    pictures = True
    model: Path
    root: Path
    search: Search = DEFAULT
    device: str = "cpu"

    def identity(self) -> dict[str, Any]:
        return {
            "task": "captions",
            "model": _fingerprint(self.model),
            "image_root": str(self.root),
            **self.search.changed(),
        }

    def check(self) -> None:
        self._loaded()

    def begin(self) -> Compute:
        _settle()
        return self._loaded()

    def _loaded(self) -> _Caption:
        from qkv.pipeline import load_captioner

        captioner = load_captioner(self.model, device=self.device)
        _ = captioner.vision  # it may be missing
        return _Caption(captioner, self.root, self.search)


@dataclass(frozen=True)
class _Caption:
    captioner: Captioner
    root: Path
    search: Search

    def __call__(self, texts: Sequence[str], place: Place) -> list[Outcome]:
        errors: dict[int, str] = {}
        squares = self._squares(texts, errors)
        results = iter([each.text for each in self.captioner.of_squares(squares, self.search)])
        return [
            Outcome(error=errors[number]) if number in errors else Outcome(next(results))
            for number in range(len(texts))
        ]

    def _squares(
        self, names: Sequence[str], errors: dict[int, str]
    ) -> Iterator[tuple[Path, np.ndarray]]:
        """The pictures that can be used; why others cannot goes to `errors`."""
        from qkv.data.pictures import read_picture, squared

        for number, name in enumerate(names):
            path = self.root / name
            try:
                square = squared(read_picture(path), self.captioner.config.picture)
            except DataError as error:
                errors[number] = str(error)
            else:
                yield path, square


@dataclass(frozen=True)
class Seeing:
    """What a vision encoder sees in pictures, into the cache that training reads.

    What becomes of a row is the SHA-256 of its picture, by which the cache knows it. side: see
    `vision`. cache: see `cache_folder`.
    """

    pictures = True
    vision: str
    side: int
    root: Path
    cache: Path
    device: str = "cpu"

    def identity(self) -> dict[str, Any]:
        return {
            "task": "features",
            "vision": self.vision,
            "picture": self.side,
            "image_root": str(self.root),
            "cache": str(self.cache),
        }

    def check(self) -> None:
        self._eye()

    def begin(self) -> Compute:
        from qkv.pipeline.captioner import see

        _settle()
        eye = self._eye()

        def compute(texts: Sequence[str], place: Place) -> list[Outcome]:
            paths = [self.root / text for text in texts]
            seen = see(paths, eye, on_bad="skip", report=lambda _: None, cache=self.cache)
            return [Outcome(key, seen.refused.get(n, "")) for n, key in enumerate(seen.keys)]

        return compute

    def _eye(self) -> Vision:
        from qkv.machine import Machine
        from qkv.models.vision import vision

        return vision(self.vision, self.side, Machine.named(self.device).device)


def _settle() -> None:
    """One thread, for other processes have the other cores."""
    from qkv.machine import settle_to_search

    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    settle_to_search(threads=1)


def _fingerprint(model: Path) -> str:
    """Of all that makes a folder's model, or those of an ensemble."""
    digest = sha256()
    for folder, pattern in product(named_folders(model), MODEL):
        for path in sorted(folder.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()

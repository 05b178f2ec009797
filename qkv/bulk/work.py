"""What a bulk job does to its rows. Such a value is small, and is sent to other processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from qkv.errors import DataError
from qkv.search import DEFAULT, Search

if TYPE_CHECKING:
    import numpy as np

    from qkv.pipeline import Caption, Captioner, Handling, Translation, Translator

__all__ = ["Captioning", "Compute", "Outcome", "Place", "Translating", "Work"]


class Outcome(NamedTuple):
    """What became of a row: a text, or an error that says why there is none; and what is odd."""

    text: str = ""
    error: str = ""
    warnings: tuple[str, ...] = ()


Place: TypeAlias = Callable[[int], str]  # of a text, counted from 0
Compute: TypeAlias = Callable[[Sequence[str], Place], list[Outcome]]


class Work(Protocol):
    """What is done to the rows of a job."""

    def identity(self) -> dict[str, Any]:
        """All that decides what becomes of a row, as JSON has it."""
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

    model: Path
    search: Search = DEFAULT
    protect: bool | None = None
    engine: str = "torch"
    device: str = "cpu"

    def identity(self) -> dict[str, Any]:
        return {
            "task": "translation",
            "model": _fingerprint(self.model),
            "protect": self.protect,
            **self.search.changed(),
        }

    def begin(self) -> Compute:
        from qkv.export.engine import use
        from qkv.pipeline import load_translator

        _settle()
        translator = load_translator(self.model, device=self.device)
        handling = translator.handling(self.protect)
        use(self.engine, translator, self.search, handling)
        return _Translate(translator, self.search, handling)


@dataclass(frozen=True)
class _Translate:
    translator: Translator
    search: Search
    handling: Handling

    def __call__(self, texts: Sequence[str], place: Place) -> list[Outcome]:
        errors = [self._error(text, place(number)) for number, text in enumerate(texts)]
        good = [text for text, error in zip(texts, errors, strict=True) if not error]
        results = iter(
            self.translator.translate(good, search=self.search, protect=self.handling.protect)
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
    """What `qkv caption` does to a picture; the texts are files' names."""

    model: Path
    search: Search = DEFAULT
    device: str = "cpu"

    def identity(self) -> dict[str, Any]:
        return {"task": "caption", "model": _fingerprint(self.model), **self.search.changed()}

    def begin(self) -> Compute:
        from qkv.pipeline import load_captioner

        _settle()
        return _Caption(load_captioner(self.model, device=self.device), self.search)


@dataclass(frozen=True)
class _Caption:
    captioner: Captioner
    search: Search

    def __call__(self, texts: Sequence[str], place: Place) -> list[Outcome]:
        errors: dict[int, str] = {}
        captions: Iterator[Caption] = self.captioner.of_squares(
            self._squares(texts, errors), self.search
        )
        good = [caption.text for caption in captions]
        results = iter(good)
        return [
            Outcome(error=errors[number]) if number in errors else Outcome(next(results))
            for number in range(len(texts))
        ]

    def _squares(
        self, names: Sequence[str], errors: dict[int, str]
    ) -> Iterator[tuple[Path, np.ndarray]]:
        """The pictures that can be used; why others cannot goes to `errors`."""
        from qkv.data.pictures import quiet, read_picture, squared

        for number, name in enumerate(names):
            path = Path(name)
            try:
                with quiet():
                    square = squared(read_picture(path), self.captioner.config.picture)
            except DataError as error:
                errors[number] = str(error)
            else:
                yield path, square


def _settle() -> None:
    """One thread, for other processes have the other cores."""
    from qkv.machine import Machine

    Machine(threads=1).settle()


def _fingerprint(model: Path) -> str:
    """Of all that makes a folder's model."""
    from qkv.models.folder import BESIDE, WEIGHTS

    digest = sha256()
    for name in (*BESIDE, WEIGHTS):
        path = model / name
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()

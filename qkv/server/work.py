"""What the engine does with texts and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qkv.data.markup import Markup
from qkv.data.pictures import decode, quiet, squared
from qkv.search import Search

if TYPE_CHECKING:
    from PIL.Image import Image

    from qkv.pipeline import Captioner, Glossary, Translation, Translator

__all__ = ["Captioning", "Completing", "Source", "Translating", "opened", "recorded"]

TOGETHER = 32  # pictures that are captioned at once


class Source(NamedTuple):
    """A text and what its translation begins with."""

    text: str
    prefix: str = ""


@dataclass(frozen=True)
class Translating:
    """Sources → records of translations, see `recorded`; with `alignment` if that is wanted.

    search: without a prefix. batch_tokens: see `Limits`.
    """

    translator: Translator
    search: Search
    documents: bool
    protect: bool | None
    alignment: bool
    markup: Markup | None
    batch_tokens: int
    glossary: Glossary | None = None

    @property
    def most(self) -> int:
        return max(1, self.batch_tokens // self.search.beam)

    def size(self, item: Source) -> int:
        """Its tokens."""
        return len(self.translator.source_tokenizer.ids_batch([item.text])[0]) + 1

    def __call__(self, items: list[Source]) -> list[dict[str, Any]]:
        results = self.translator.translate(
            [item.text for item in items],
            search=replace(self.search, prefix=[item.prefix for item in items]),
            documents=self.documents,
            protect=self.protect,
            markup=self.markup,
            glossary=self.glossary,
            alignments=self.alignment,
        )
        return [self._record(result) for result in results]

    def _record(self, result: Translation) -> dict[str, Any]:
        from qkv.pipeline import links_record

        links = links_record(result.links()) if self.alignment else {}
        return recorded(self.translator, result) | links


@dataclass(frozen=True)
class Completing:
    """Sources, and what is typed of their translations → records by `Completion.as_dict`.

    search, words: see `Translator.complete`.
    """

    translator: Translator
    search: Search
    words: int
    protect: bool | None
    most = 1

    def size(self, item: Source) -> int:
        return 1

    def __call__(self, items: list[Source]) -> Sequence[dict[str, Any]]:
        given = {"words": self.words, "search": self.search, "protect": self.protect}
        complete = self.translator.complete
        return [complete(item.text, item.prefix, **given).as_dict() for item in items]


def recorded(translator: Translator, translation: Translation) -> dict[str, Any]:
    """What `Translation.as_dict` makes of it, and what is odd about it."""
    return translation.as_dict() | translator.oddities(translation).as_dict()


@dataclass(frozen=True)
class Captioning:
    """Pictures, as the bytes of their files → records as `Caption.as_dict` makes them."""

    captioner: Captioner
    search: Search
    most = TOGETHER

    def size(self, item: bytes) -> int:
        return 1

    def __call__(self, items: list[bytes]) -> Sequence[dict[str, Any]]:
        side = self.captioner.config.picture
        squares = (("the picture", squared(opened(item), side)) for item in items)
        return [caption.as_dict() for caption in self.captioner.of_squares(squares, self.search)]


def opened(data: bytes) -> Image:
    """The picture of these bytes; called by the engine's thread alone, see `quiet`.

    Raises:
        DataError: it is none, is broken, or has too many pixels.
    """
    with quiet():
        return decode(data, Path("the picture"))

"""A scene: things in places, their captions in two languages, and its picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qkv.data.scenes._thing import Thing

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Mention", "Scene", "SceneCaption"]


@dataclass(frozen=True)
class Mention:
    """Characters [start, end) of a caption that name an object: the noun (circle, 圆形)."""

    start: int
    end: int
    object: int  # index into Scene.things


@dataclass(frozen=True)
class SceneCaption:
    """A caption, and which of its words name which thing."""

    text: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True)
class Scene:
    """A picture and every caption the grammar has for it; the things alone determine both."""

    things: tuple[Thing, ...]
    english: tuple[SceneCaption, ...]
    chinese: tuple[SceneCaption, ...]

    def draw(self) -> Image:
        """The picture, RGB, SIDE x SIDE: the same for the same things."""
        from qkv.data.scenes._drawing import drawn

        return drawn(self.things)

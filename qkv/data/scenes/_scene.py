"""What a scene is: things in places, told in two languages, and how to see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["SIDE", "Box", "Mention", "Scene", "Thing", "Told"]

SIDE = 96  # pixels of a picture's side

Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Mention:
    """Characters [start, end) of a caption that name an object: the noun (circle, 圆形)."""

    start: int
    end: int
    object: int  # index into Scene.things


@dataclass(frozen=True)
class Told:
    """A caption, and which of its words name what."""

    text: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True)
class Thing:
    """One shape; its box is in pixels of a SIDE x SIDE picture, tight around what is drawn."""

    shape: str
    colour: str
    size: str
    box: Box


@dataclass(frozen=True)
class Scene:
    """A picture and every caption the grammar has for it; the things alone determine both."""

    things: tuple[Thing, ...]
    english: tuple[Told, ...]
    chinese: tuple[Told, ...]

    def draw(self) -> Image:
        """The picture, RGB, SIDE x SIDE: the same for the same things."""
        from qkv.data.scenes._drawing import drawn

        return drawn(self.things)

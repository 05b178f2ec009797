"""Scenes as pictures: flat shapes, slightly turned, on a light background with a little grain."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from PIL import Image, ImageChops, ImageDraw

from qkv.data.scenes._shapes import HOLES, Outline, outline
from qkv.data.scenes._thing import SIDE, Thing

__all__ = ["drawn"]

_FINE = 4  # drawn this many times as large, for smooth edges
_TURN = 10.0  # degrees to either side
_LIGHT = (222, 250)  # each channel of the ground
_GRAIN = 4  # brightness levels, of 256, that noise takes away at most
_RGB = {
    "red": (214, 24, 32),
    "orange": (255, 132, 0),
    "yellow": (246, 208, 0),
    "green": (28, 148, 52),
    "blue": (24, 78, 216),
    "purple": (128, 36, 168),
    "pink": (255, 128, 188),
    "brown": (118, 68, 26),
    "black": (16, 16, 16),
    "grey": (136, 136, 136),
}


def drawn(things: Sequence[Thing]) -> Image.Image:
    """The picture; ground, grain and turns are random, seeded by the things."""
    rng = Random(repr(tuple(things)))
    ground = (rng.randint(*_LIGHT), rng.randint(*_LIGHT), rng.randint(*_LIGHT))
    picture = Image.new("RGB", (SIDE, SIDE), ground)
    for thing in things:
        turned = outline(thing.shape, rng.uniform(-_TURN, _TURN))
        picture.paste(_RGB[thing.colour], mask=_mask(thing, turned))
    noise = Image.frombytes("L", picture.size, rng.randbytes(SIDE * SIDE))
    grain = noise.point([level * (_GRAIN + 1) // 256 for level in range(256)])
    return ImageChops.subtract(picture, Image.merge("RGB", [grain] * 3))


def _mask(thing: Thing, unit: Outline) -> Image.Image:
    """How much of each pixel the thing covers."""
    mask = Image.new("L", (_FINE * SIDE, _FINE * SIDE))
    pen = ImageDraw.Draw(mask)
    pen.polygon(_fine(thing, unit), fill=255)
    if thing.shape in HOLES:
        share = HOLES[thing.shape]
        hole = [(0.5 + share * (x - 0.5), 0.5 + share * (y - 0.5)) for x, y in unit]
        pen.polygon(_fine(thing, hole), fill=0)
    return mask.reduce(_FINE)


def _fine(thing: Thing, unit: Outline) -> Outline:
    """From the unit square to the fine pixels of the thing's box, from the first to the last."""
    left, top, right, bottom = (_FINE * edge for edge in thing.box)
    return [(left + x * (right - left - 1), top + y * (bottom - top - 1)) for x, y in unit]

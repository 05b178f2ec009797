"""What a caption brings along: tokens with offsets, scores, and where the model looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import index
from typing import Any, ClassVar

import numpy as np

from qkv.data.pictures import region_boxes
from qkv.data.words import spaceless, spans
from qkv.errors import ConfigError
from qkv.pipeline.result import Result

__all__ = ["Caption"]


@dataclass(frozen=True)
class Caption(Result):
    """A text about a picture. grid: regions a side.

    attention: cross is (1, H, tokens, regions), regions row by row.
    """

    grid: int

    text_key: ClassVar[str] = "caption"
    remedy: ClassVar[str] = "captioner.attend(caption, picture)"

    def looked(self, start: int, end: int) -> np.ndarray:
        """Where the model looked for the characters [start, end): (R,), regions row by row.

        The mean over the tokens that share a character with them, over heads, of the last layer.

        Raises:
            ConfigError: the model sees one vector, no token is there, or no model.
        """
        rows = [i for i, t in enumerate(self.tokens) if t.start < end and t.end > start]
        if not rows:
            raise ConfigError(f"no token of {self.text!r} has characters {start} to {end}.")
        return self.attention.matrix()[rows].mean(0)

    def words(self) -> tuple[list[str], np.ndarray]:
        """The words, or the tokens of Chinese and the like, and where the model looked, (N, R)."""
        places = spans(self.text)
        if spaceless(self.text):
            places = [(token.start, token.end) for token in self.tokens if token.start < token.end]
        looked = [self.looked(start, end) for start, end in places]
        empty = np.zeros((0, self.grid**2))
        labels = [self.text[start:end] for start, end in places]
        return labels, np.stack(looked) if looked else empty

    def boxes(self, size: tuple[int, int]) -> np.ndarray:
        """The regions in a picture of `size` (width, height): (R, 4) left, top, right, bottom.

        The size is that of the picture as it is seen, turned as its EXIF says: of `upright`.
        """
        return region_boxes(size, self.grid)

    def _source(self) -> dict[str, Any]:
        return {"grid": self.grid}

    @classmethod
    def _read_source(cls, record: Mapping[str, Any]) -> dict[str, Any]:
        return {"grid": index(record["grid"])}

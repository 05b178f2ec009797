"""Vision encoder, model, search and tokenizer as one object: pictures in, captions out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from qkv.data.features import Features, cache_folder, compute_features, halved
from qkv.data.pictures import checked, read_picture, region_boxes, squared
from qkv.data.tokenizer import Tokenizer
from qkv.data.words import spaceless, spans
from qkv.errors import ConfigError, FolderError
from qkv.models import EncoderDecoder, ModelConfig
from qkv.models.vision import Vision, vision
from qkv.pipeline.searching import attention, check_search, counts, distinct, eos, search
from qkv.pipeline.translation import Attention
from qkv.search import Hypothesis

if TYPE_CHECKING:
    from PIL.Image import Image

    from qkv.data.tokenizer import Token

__all__ = ["Caption", "Captioner", "see"]

TOGETHER = 32  # pictures that are seen and captioned at once


@dataclass(frozen=True)
class Caption:
    """What was said of a picture.

    score: log-probability over the length penalty; log_probability: in nats, EOS counted.
    tokens: with character offsets into `text`, EOS last. grid: regions a side.
    alternatives: the other hypotheses of an n-best list, best first.
    """

    text: str
    score: float
    log_probability: float
    tokens: tuple[Token, ...]
    grid: int
    alternatives: tuple[Caption, ...] = ()
    look: Callable[[], Attention] = field(repr=False, compare=False, kw_only=True)

    @cached_property
    def attention(self) -> Attention:
        """What each token attended to: cross is (1, H, tokens, regions), regions row by row."""
        return self.look()

    def looked(self, start: int, end: int) -> np.ndarray:
        """Where the model looked for the characters [start, end): (R,), regions row by row.

        The mean over the tokens that share a character with them, over heads, of the last layer.

        Raises:
            ConfigError: the model sees one vector, or no token is there.
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


class Captioner:
    """`caption(pictures)` → Captions, each with tokens, scores and attention over regions."""

    def __init__(self, model: EncoderDecoder, tokenizer: Tokenizer, config: ModelConfig) -> None:
        self.model, self.tokenizer, self.config = model, tokenizer, config

    @property
    def one_vector(self) -> bool:
        """Does the model see the mean region alone, with nothing to attend to?"""
        return self.model.one_vector

    @cached_property
    def vision(self) -> Vision:
        """What sees the pictures.

        Raises:
            FolderError: it is no longer what the model was trained with.
        """
        found = vision(self.config.vision, self.config.picture)
        if found.fingerprint != self.config.vision_fingerprint:
            raise FolderError(
                f"the weights of vision={self.config.vision} are not those that this model was "
                "trained with; install the version that it was trained with, or train it again."
            )
        return found

    def caption(
        self,
        pictures: Iterable[str | Path | Image],
        *,
        beam: int = 5,
        nbest: int = 1,
        length_penalty: float = 1.0,
        max_length: int | None = None,
    ) -> list[Caption]:
        """One Caption a picture, in order.

        Args:
            pictures: files, or pictures of Pillow.
            beam, nbest, length_penalty: as in `Translator.translate`.
            max_length: tokens that a caption has at most, its end counted; None: `caption_length`
                of the model's config.
        Raises:
            ConfigError: a number out of range, or what is no list of pictures.
            DataError: a picture that cannot be used.
        """
        if isinstance(pictures, (str, bytes, Path)) or not isinstance(pictures, Iterable):
            name = type(pictures).__name__
            raise ConfigError(f"caption(): needs a list of pictures, as in [picture]; got {name}.")
        side, found = self.config.picture, list[Caption]()
        options = {"nbest": nbest, "length_penalty": length_penalty, "max_length": max_length}
        given = list(pictures)
        for first in range(0, len(given), TOGETHER):
            part = given[first : first + TOGETHER]
            names = [f"picture {number}" for number in range(first + 1, first + len(part) + 1)]
            seen = self.regions(
                [_squared(*each, side) for each in zip(part, names, strict=True)],
                names,
            )
            found += self.of_regions(seen, beam=beam, **options)
        return found

    def regions(
        self, squares: Sequence[np.ndarray], names: Sequence[object]
    ) -> Sequence[np.ndarray]:
        """What the model sees in pictures: (R, C) each, float16 as in training.

        Args:
            squares: (3, side, side) uint8, see `squared`.
            names: of the pictures, for an error.
        Raises:
            DataError: see `halved`.
        """
        return list(halved(self.vision.extract(np.stack(squares)), names))

    def of_regions(
        self,
        regions: Sequence[np.ndarray],
        *,
        beam: int = 5,
        nbest: int = 1,
        length_penalty: float = 1.0,
        max_length: int | None = None,
    ) -> list[Caption]:
        """The same for pictures already seen: (R, C) each, as in `regions`."""
        check_search(beam, nbest, length_penalty)
        if max_length is None:
            max_length = self.config.caption_length
        if not counts(max_length, 10_000):
            raise ConfigError(
                f"max_length must be a whole number from 1 to 10,000; got {max_length!r}."
            )
        found: list[Caption] = []
        for first in range(0, len(regions), TOGETHER):
            part = regions[first : first + TOGETHER]
            source = torch.from_numpy(np.stack(part)).float()
            present = torch.ones(source.shape[:2], dtype=torch.bool)
            limits = torch.full((len(part),), max_length)
            lists = search(self.model, source, present, limits, beam, length_penalty)
            for seen, hypotheses in zip(part, lists, strict=True):
                best, *others = self._captions(seen, hypotheses, nbest)
                found.append(replace(best, alternatives=tuple(others)))
        return found

    def _captions(
        self, regions: np.ndarray, hypotheses: list[Hypothesis], most: int
    ) -> list[Caption]:
        def said(found: Hypothesis) -> Caption:
            text, tokens = self.tokenizer.decode(found.tokens)
            return Caption(
                text,
                found.score,
                found.log_probability,
                (*tokens, eos(text)),
                self.config.grid,
                look=lambda: self._attention(regions, found.tokens),
            )

        return distinct(hypotheses, most, said)

    def _attention(self, regions: np.ndarray, tokens: Sequence[int]) -> Attention:
        source = torch.from_numpy(np.array(regions))[None].float()
        return attention(self.model, source, torch.ones(source.shape[:2], dtype=torch.bool), tokens)


def see(
    pictures: Sequence[Path], eye: Vision, *, on_bad: str, report: Callable[[str], None]
) -> Features:
    """What the vision encoder sees in each picture, from the cache where it saw it before.

    Arguments and errors as in `compute_features`.
    """
    folder = cache_folder() / "features" / eye.fingerprint
    return compute_features(pictures, eye.side, eye.extract, folder, on_bad=on_bad, report=report)


def _squared(picture: str | Path | Image, name: str, side: int) -> np.ndarray:
    """(3, side, side); `name` stands in an error about a picture of Pillow."""
    if isinstance(picture, (str, Path)):
        return squared(read_picture(Path(picture)), side)
    if not hasattr(picture, "getexif"):
        kind = type(picture).__name__
        raise ConfigError(f"{name}: needs a file or a picture of Pillow; got {kind}.")
    return squared(checked(picture, name), side)

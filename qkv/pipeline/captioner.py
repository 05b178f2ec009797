"""Vision encoder, model, search and tokenizer as one object: pictures in, captions out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from qkv.data.features import Features, cache_folder, compute_features, halved
from qkv.data.pictures import checked, read_picture, squared
from qkv.data.tokenizer import Tokenizer
from qkv.errors import ConfigError, FolderError
from qkv.machine import CPU, Machine
from qkv.models import PLAIN, Attending, EncoderDecoder, ModelConfig
from qkv.models.vision import Vision, vision
from qkv.pipeline import searching
from qkv.pipeline.attention import Attention
from qkv.pipeline.caption import Caption
from qkv.search import DEFAULT, Search
from qkv.search.hypothesis import Hypothesis

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Captioner", "see"]

TOGETHER = 32  # pictures that are seen and captioned at once


class Captioner:
    """`caption(pictures)` → Captions, each with tokens, scores and attention over regions."""

    def __init__(
        self,
        model: EncoderDecoder,
        tokenizer: Tokenizer,
        config: ModelConfig,
        machine: Machine = CPU,
    ) -> None:
        self.model, self.tokenizer, self.config = model, tokenizer, config
        self.machine = machine

    @property
    def one_vector(self) -> bool:
        """Does the model see the mean region alone, with nothing to attend to?"""
        return self.model.one_vector

    @property
    def source_positions(self) -> int:
        """How many regions of a picture masks see; 0: the model sees one vector."""
        return 0 if self.one_vector else self.config.grid**2

    @cached_property
    def vision(self) -> Vision:
        """What sees the pictures.

        Raises:
            FolderError: it is no longer what the model was trained with.
        """
        eye = vision(self.config.vision, self.config.picture, self.machine.device)
        if eye.fingerprint != self.config.vision_fingerprint:
            raise FolderError(
                f"the weights of vision={self.config.vision} are not those that this model was "
                "trained with; install the version that it was trained with, or train it again."
            )
        return eye

    def caption(
        self,
        pictures: Iterable[str | Path | Image],
        *,
        search: Search = DEFAULT,
        attention: Attending = PLAIN,
        **settings: Any,
    ) -> list[Caption]:
        """One Caption a picture, in order.

        Args:
            pictures: files, or pictures of Pillow.
            search, attention, settings: as in `Translator.translate`; `max_length` left open is
                `caption_length` of the model's config.
        Raises:
            ConfigError: a number out of range, or what is no list of pictures.
            DataError: a picture that cannot be used.
        """
        if isinstance(pictures, (str, bytes, Path)) or not isinstance(pictures, Iterable):
            name = type(pictures).__name__
            raise ConfigError(f"caption(): needs a list of pictures, as in [picture]; got {name}.")
        search, pictures = searching.changed(search, settings, attention), list(pictures)
        search.prefixes(len(pictures))
        named = ((f"picture {number}", each) for number, each in enumerate(pictures, 1))
        squares = ((name, _squared(each, name, self.config.picture)) for name, each in named)
        return list(self.of_squares(squares, search, attention))

    def of_squares(
        self,
        squares: Iterable[tuple[object, np.ndarray]],
        search: Search = DEFAULT,
        attention: Attending = PLAIN,
    ) -> Iterator[Caption]:
        """The same for pictures cut to size, some at a time: a name and (3, side, side) uint8 each.

        The names are for errors; see `squared` of `qkv.data.pictures`.
        """
        given = iter(squares)
        for first in count(0, TOGETHER):
            part = list(islice(given, TOGETHER))
            if not part:
                return
            names, arrays = zip(*part, strict=True)
            seen, rows = self.regions(arrays, names), slice(first, first + len(part))
            yield from self.of_regions(seen, search=search.part(rows), attention=attention)

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
        search: Search = DEFAULT,
        attention: Attending = PLAIN,
        **settings: Any,
    ) -> list[Caption]:
        """The same for pictures already seen: (R, C) each, as in `regions`."""
        search = searching.changed(search, settings, attention)
        longest = search.max_length or self.config.caption_length
        sources = (np.asarray(each).tobytes() for each in regions)
        wanted = searching.sentences(search, self.tokenizer, [longest] * len(regions), sources)
        captions: list[Caption] = []
        together = 1 if attention.rules else TOGETHER
        for first in range(0, len(regions), together):
            part = regions[first : first + together]
            rows = range(first, first + len(part))
            given = search, wanted.select(rows), attention
            several = searching.hypotheses(self.model, self.machine, *_source(part), *given)
            for seen, of_one in zip(part, several, strict=True):
                result = partial(self._caption, seen, attention)
                best, *others = searching.distinct(of_one, search.nbest, result)
                captions.append(replace(best, alternatives=tuple(others)))
        return captions

    def attend(
        self, caption: Caption, picture: str | Path | Image, attention: Attending = PLAIN
    ) -> Caption:
        """The caption with what it attended to in the picture, or would under `attention`.

        For one that has come from another process or a record, or to ask what if.

        Raises:
            ConfigError: it is of another model, or no caption.
            DataError: the picture cannot be used.
        """
        searching.check_attending(attention)
        side = self.config.picture
        [regions] = self.regions([_squared(picture, "the picture", side)], ["the picture"])

        def seeing(one: Caption) -> Caption:
            searching.check_own(one, Caption, self.tokenizer)
            if tuple(self.tokenizer.decode(one.ids).tokens) != one.tokens[:-1]:
                raise ConfigError(searching.FOREIGN.format("caption"))
            look = partial(self._attention, regions, one.ids, attention)
            return replace(one, look=look, alternatives=tuple(map(seeing, one.alternatives)))

        return seeing(caption)

    def _caption(
        self, regions: np.ndarray, attention: Attending, hypothesis: Hypothesis
    ) -> Caption:
        text, tokens = self.tokenizer.decode(hypothesis.tokens)
        return Caption(
            text,
            hypothesis.score,
            hypothesis.log_probability,
            (*tokens, searching.eos(text)),
            self.config.grid,
            ids=hypothesis.tokens,
            look=partial(self._attention, regions, hypothesis.tokens, attention),
        )

    def _attention(
        self, regions: np.ndarray, tokens: Sequence[int], attending: Attending
    ) -> Attention:
        return searching.attention(self.model, self.machine, *_source([regions]), tokens, attending)


def see(
    pictures: Sequence[Path],
    eye: Vision,
    *,
    on_bad: str,
    report: Callable[[str], None],
    cache: Path | None = None,
) -> Features:
    """What the vision encoder sees in each picture, from the cache where it saw it before.

    Arguments and errors as in `compute_features`; cache: None is `cache_folder()`.
    """
    folder = (cache or cache_folder()) / "features" / eye.fingerprint
    return compute_features(pictures, eye.side, eye.extract, folder, on_bad=on_bad, report=report)


def _squared(picture: str | Path | Image, name: str, side: int) -> np.ndarray:
    """(3, side, side); `name` stands in an error about a picture of Pillow."""
    if isinstance(picture, (str, Path)):
        return squared(read_picture(Path(picture)), side)
    if not hasattr(picture, "getexif"):
        kind = type(picture).__name__
        raise ConfigError(f"{name}: needs a file or a picture of Pillow; got {kind}.")
    return squared(checked(picture, name), side)


def _source(regions: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
    """Regions (B, R, C) float32 and present (B, R), as the model reads them."""
    source = torch.from_numpy(np.stack(regions)).float()
    return source, torch.ones(source.shape[:2], dtype=torch.bool)

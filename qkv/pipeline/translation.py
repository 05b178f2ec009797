"""What a translation brings along: tokens with offsets, scores, and what was attended to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from qkv.data.words import spans
from qkv.errors import ConfigError, DataError, ShapeError
from qkv.pipeline.alignment import span_links, subword_links

if TYPE_CHECKING:
    import numpy as np

    from qkv.attention import Weights
    from qkv.data.tokenizer import Token

__all__ = ["Attention", "Translation"]


@dataclass(frozen=True)
class Attention:
    """Weights of one sentence pair, by layer: lazy, (1, H, queries, keys).

    cross: target tokens (rows, with EOS) over source tokens (columns, with EOS).
    encoder: source over source; decoder: target over target, where row i reads tokens before i.
    Empty: cross of a model that reads the source as one vector, the others of a recurrent model.
    """

    cross: tuple[Weights, ...]
    encoder: tuple[Weights, ...]
    decoder: tuple[Weights, ...]

    def matrix(
        self, kind: str = "cross", *, layer: int | None = None, head: int | None = None
    ) -> np.ndarray:
        """One (queries, keys) float32 matrix; layer and head count from 0, negative from the end.

        By default the last layer and the mean over its heads.

        Raises:
            ConfigError: no such layer or head, or no such attention in this model.
            DataError: too long a text; its weights would take over 1 GiB.
        """
        if kind not in ("cross", "encoder", "decoder"):
            raise ConfigError(f"no attention {kind!r}; choose cross, encoder or decoder.")
        layers = getattr(self, kind)
        if not layers and kind == "cross":
            raise ConfigError("this model reads the source as one vector; it attends to no words.")
        if not layers:
            raise ConfigError(
                f"a recurrent model has no {kind} self-attention; show its cross-attention."
            )
        weights = layers[_inside("layer", -1 if layer is None else layer, len(layers))]
        with torch.no_grad():  # scores such as `General` have parameters
            dense = _dense(weights)
        if head is None:
            return dense.mean(0).numpy()
        return dense[_inside("head", head, len(dense))].numpy()


def _dense(weights: Weights) -> Tensor:
    """(H, queries, keys) float32."""
    try:
        return weights.dense()[0].float()
    except ShapeError:
        queries, keys = weights.shape[-2:]
        raise DataError(
            f"the attention of {queries:,} tokens to {keys:,} is too large to be held; "
            "split the text into shorter ones."
        ) from None


def _inside(name: str, index: int, count: int) -> int:
    if not -count <= index < count:
        raise ConfigError(f"no {name} {index}; this model has {count}, numbered from 0.")
    return index


@dataclass(frozen=True)
class Translation:
    """A source sentence and its translation.

    score: log-probability over the length penalty; log_probability: in nats, EOS counted.
    tokens, source_tokens: with character offsets into `text` and `source`, EOS last.
    alternatives: the other hypotheses of an n-best list, best first.
    """

    source: str
    text: str
    score: float
    log_probability: float
    source_tokens: tuple[Token, ...]
    tokens: tuple[Token, ...]
    alternatives: tuple[Translation, ...] = ()
    look: Callable[[], Attention] = field(repr=False, compare=False, kw_only=True)

    @cached_property
    def attention(self) -> Attention:
        """What each word attended to, computed when it is first looked at."""
        return self.look()

    def alignment(
        self,
        *,
        layer: int | None = None,
        subwords: bool = False,
        source_words: Sequence[tuple[int, int]] | None = None,
    ) -> list[tuple[int, int]]:
        """Pharaoh links (i, j): source word i, target word j, both from 0.

        Args:
            layer: whose cross-attention is read, the mean over its heads; the last by default.
            subwords: link model tokens instead of words.
            source_words: spans of other words than `qkv.data.words.spans` finds in the source.
        Raises:
            ConfigError: no such layer, or a model that reads the source as one vector.
            DataError: as `Attention.matrix`.
        """
        weights = self.attention.matrix("cross", layer=layer)
        if subwords:
            return subword_links(weights, self.source_tokens, self.tokens)
        words = spans(self.source) if source_words is None else source_words
        return span_links(weights, self.source_tokens, self.tokens, words, spans(self.text))

"""What a translation brings along: tokens with offsets, scores, and what was attended to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from qkv.data.tokenizer import Token
from qkv.data.words import spans
from qkv.pipeline.alignment import span_links, subword_links
from qkv.pipeline.result import Result, text_in, tokens_in

__all__ = ["Translation"]


@dataclass(frozen=True)
class Translation(Result):
    """A source sentence and its translation.

    source_tokens: with character offsets into `source`, EOS last.
    """

    source: str
    source_tokens: tuple[Token, ...]

    remedy: ClassVar[str] = "translator.attend(translation)"

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
            ConfigError: no such layer, a model that reads the source as one vector, or none.
            DataError: as `Attention.matrix`.
        """
        weights = self.attention.matrix("cross", layer=layer)
        if subwords:
            return subword_links(weights, self.source_tokens, self.tokens)
        words = spans(self.source) if source_words is None else source_words
        return span_links(weights, self.source_tokens, self.tokens, words, spans(self.text))

    def _source(self) -> dict[str, Any]:
        tokens = [list(token) for token in self.source_tokens]
        return {"source": self.source, "source_tokens": tokens}

    @classmethod
    def _read_source(cls, record: Mapping[str, Any]) -> dict[str, Any]:
        tokens = tokens_in(record, "source_tokens")
        return {"source": text_in(record, "source"), "source_tokens": tokens}

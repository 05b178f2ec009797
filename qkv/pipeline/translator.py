"""Tokenizers, model and search as one object: text in, text out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import torch

from qkv.data.batching import batches, pad
from qkv.data.tokenizer import EOS, Encoding, Tokenizer
from qkv.errors import ConfigError
from qkv.models import EncoderDecoder
from qkv.pipeline.searching import attention, check_search, distinct, eos, search
from qkv.pipeline.translation import Attention, Translation
from qkv.search import Hypothesis

__all__ = ["Translator"]


class Translator:
    """`translate(texts)` → Translations, each with tokens, scores and attention."""

    def __init__(
        self, model: EncoderDecoder, source_tokenizer: Tokenizer, target_tokenizer: Tokenizer
    ) -> None:
        self.model = model
        self.source_tokenizer, self.target_tokenizer = source_tokenizer, target_tokenizer

    @property
    def one_vector(self) -> bool:
        """Does the model read the source as one fixed vector, with nothing to attend to?"""
        return self.model.one_vector

    def translate(
        self,
        texts: Iterable[str],
        *,
        beam: int = 5,
        nbest: int = 1,
        length_penalty: float = 1.0,
        max_ratio: float = 2.0,
        batch_tokens: int = 4096,
    ) -> list[Translation]:
        """One Translation a text, in order; an empty text gives an empty translation.

        Args:
            beam: hypotheses kept a sentence, at most 1,000; 1 is greedy search.
            nbest: how many are returned, the others as `alternatives`; at most `beam`, and fewer
                where hypotheses differ in their tokens but not in their text.
            length_penalty: α of Wu et al. 2016, equation 14: score = log P / ((5 + |y|) / 6)^α.
            max_ratio: a translation has at most max_ratio · |x| + 10 tokens.
            batch_tokens: source tokens times beam in a batch.
        Raises:
            ConfigError: a number out of range, or what is no list of texts.
            DataError: half a surrogate pair in a text.
        """
        check_search(beam, nbest, length_penalty)
        if not 0 <= max_ratio <= 1000:
            raise ConfigError(f"max_ratio must lie between 0 and 1000; got {max_ratio}.")
        texts = _listed(texts)
        sources = self.source_tokenizer.encode_batch(texts)
        results: dict[int, Translation] = {}
        filled = [i for i, source in enumerate(sources) if source.ids]
        sizes = [(sources[i].ids, sources[i].ids) for i in filled]
        for group in batches(sizes, max(1, batch_tokens // beam), None, 0):
            rows = [filled[i] for i in group]
            found = self._search([sources[i] for i in rows], beam, length_penalty, max_ratio)
            for i, hypotheses in zip(rows, found, strict=True):
                best, *others = distinct(
                    hypotheses, nbest, partial(self._translation, texts[i], sources[i])
                )
                results[i] = replace(best, alternatives=tuple(others))
        nothing = Hypothesis((), 0.0, 0.0)
        return [
            results.get(i) or self._translation(text, source, nothing)
            for i, (text, source) in enumerate(zip(texts, sources, strict=True))
        ]

    def attention(self, source: Encoding, target: Sequence[int]) -> Attention:
        """Weights of every layer for source tokens and target ids (without BOS and EOS)."""
        ids = torch.tensor([[*source.ids, EOS]])
        return attention(self.model, ids, torch.ones_like(ids, dtype=torch.bool), target)

    def _search(
        self, sources: list[Encoding], beam: int, alpha: float, max_ratio: float
    ) -> list[list[Hypothesis]]:
        ids, present = pad([[*source.ids, EOS] for source in sources])
        limits = torch.tensor([int(max_ratio * len(source.ids)) + 10 for source in sources])
        return search(self.model, ids, present, limits, beam, alpha)

    def _translation(self, text: str, source: Encoding, found: Hypothesis) -> Translation:
        decoded = self.target_tokenizer.decode(found.tokens)
        return Translation(
            text,
            decoded.text,
            found.score,
            found.log_probability,
            (*source.tokens, eos(text)),
            (*decoded.tokens, eos(decoded.text)),
            look=lambda: self.attention(source, found.tokens),
        )


def _listed(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, (str, bytes)) or not isinstance(texts, Iterable):
        name = type(texts).__name__
        raise ConfigError(f"translate(): needs a list of texts, as in [text]; got {name}.")
    texts = list(texts)
    for number, text in enumerate(texts, 1):
        if not isinstance(text, str):
            name = type(text).__name__
            raise ConfigError(f"translate(): text {number} must be a str; got {name}.")
    return texts

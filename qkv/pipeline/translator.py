"""Tokenizers, model and search as one object: text in, text out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch

from qkv.data.batching import batches, pad
from qkv.data.tokenizer import EOS, Encoding, Tokenizer
from qkv.errors import ConfigError
from qkv.machine import CPU, Machine
from qkv.models import PLAIN, Attending, EncoderDecoder
from qkv.pipeline import searching
from qkv.pipeline.attention import Attention
from qkv.pipeline.translation import Translation
from qkv.search import DEFAULT, Search
from qkv.search.hypothesis import Hypothesis

__all__ = ["Translator"]


class Translator:
    """`translate(texts)` → Translations, each with tokens, scores and attention.

    machine: where the model lives, and its sources are moved to.
    """

    def __init__(
        self,
        model: EncoderDecoder,
        source_tokenizer: Tokenizer,
        target_tokenizer: Tokenizer,
        machine: Machine = CPU,
    ) -> None:
        self.model, self.machine = model, machine
        self.source_tokenizer, self.target_tokenizer = source_tokenizer, target_tokenizer

    @property
    def one_vector(self) -> bool:
        """Does the model read the source as one fixed vector, with nothing to attend to?"""
        return self.model.one_vector

    def translate(
        self,
        texts: Iterable[str],
        *,
        search: Search = DEFAULT,
        attention: Attending = PLAIN,
        batch_tokens: int = 4096,
        **settings: Any,
    ) -> list[Translation]:
        """One Translation a text, in order; an empty text gives an empty translation.

            translator.translate(texts, beam=1)
            translator.translate(texts, search=Search(coverage_penalty=0.2))

        Args:
            search: what is asked for. settings: fields of `Search` that are other than there.
                `nbest` are returned, but the first as `alternatives`: fewer where hypotheses
                differ in their tokens but not in their text.
            attention: what the model may attend to; texts are then translated one by one, so that
                the positions of its masks are those of each text.
            batch_tokens: source tokens times beam in a batch.
        Raises:
            ConfigError: a number out of range, or what is no list of texts.
            DataError: half a surrogate pair in a text.
        """
        search = replace(search, **settings)
        texts = _listed(texts)
        sources = self.source_tokenizer.encode_batch(texts)
        wanted = searching.sentences(
            search,
            self.target_tokenizer,
            [search.limit(len(source.ids)) for source in sources],
            (repr(source.ids).encode() for source in sources),
        )
        results: dict[int, Translation] = {}
        filled = [i for i, source in enumerate(sources) if source.ids]
        sizes = [(sources[i].ids, sources[i].ids) for i in filled]
        room = 1 if attention.rules else max(1, batch_tokens // search.beam)
        for group in batches(sizes, room, None, 0):
            rows = [filled[i] for i in group]
            ids, present = pad([[*sources[i].ids, EOS] for i in rows])
            given = search, wanted.select(rows), attention
            found = searching.hypotheses(self.model, self.machine, ids, present, *given)
            for i, hypotheses in zip(rows, found, strict=True):
                result = partial(self._translation, texts[i], sources[i], attention)
                best, *others = searching.distinct(hypotheses, search.nbest, result)
                results[i] = replace(best, alternatives=tuple(others))
        return [
            results.get(i) or self._translation(text, source, attention, _NOTHING)
            for i, (text, source) in enumerate(zip(texts, sources, strict=True))
        ]

    def attend(self, translation: Translation, attention: Attending = PLAIN) -> Translation:
        """The translation with what it attended to, or would attend to under `attention`.

        For one that has come from another process or a record, or to ask what if.

        Raises:
            ConfigError: it is of another model, or no translation.
        """
        searching.check_own(translation, Translation, self.target_tokenizer)
        source = self.source_tokenizer.encode(translation.source)
        if tuple(source.tokens) != translation.source_tokens[:-1]:
            raise ConfigError(searching.FOREIGN.format("translation"))
        look = partial(self.attention, source, translation.ids, attention)
        others = tuple(self.attend(other, attention) for other in translation.alternatives)
        return replace(translation, look=look, alternatives=others)

    def attention(
        self, source: Encoding, target: Sequence[int], attention: Attending = PLAIN
    ) -> Attention:
        """Weights of every layer for source tokens and target ids (without BOS and EOS)."""
        ids = torch.tensor([[*source.ids, EOS]])
        present = torch.ones_like(ids, dtype=torch.bool)
        return searching.attention(self.model, self.machine, ids, present, target, attention)

    def _translation(
        self, text: str, source: Encoding, attention: Attending, hypothesis: Hypothesis
    ) -> Translation:
        decoded = self.target_tokenizer.decode(hypothesis.tokens)
        return Translation(
            decoded.text,
            hypothesis.score,
            hypothesis.log_probability,
            (*decoded.tokens, searching.eos(decoded.text)),
            text,
            (*source.tokens, searching.eos(text)),
            ids=hypothesis.tokens,
            look=partial(self.attention, source, hypothesis.tokens, attention),
        )


_NOTHING = Hypothesis((), 0.0, 0.0)


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

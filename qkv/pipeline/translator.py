"""Tokenizers, model and search as one object: text in, text out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from numbers import Integral
from pathlib import Path

import torch

from qkv.data.batching import batches, pad
from qkv.data.tokenizer import BOS, EOS, Encoding, Token, Tokenizer
from qkv.errors import ConfigError, FolderError
from qkv.models import EncoderDecoder
from qkv.models.encoders import RecurrentEncoder
from qkv.models.folder import load_model
from qkv.pipeline.translation import Attention, Translation
from qkv.search import Hypothesis, beam_search, greedy

__all__ = ["Translator", "load", "tokenizer_paths"]


WIDEST = 1000  # hypotheses a sentence: far more than help, and the search still ends


def load(folder: str | Path) -> Translator:
    """The translator that `qkv train --out FOLDER` wrote.

    Raises:
        FolderError: a file is missing, truncated or does not fit the others.
    """
    folder = Path(folder)
    model, config = load_model(folder)
    source, target = (Tokenizer.load(path) for path in tokenizer_paths(folder, config.joint))
    sizes = source.vocabulary_size, target.vocabulary_size
    if sizes != (config.source_vocabulary, config.target_vocabulary):
        raise FolderError(
            f"{folder}: its tokenizers have {sizes[0]} and {sizes[1]} tokens, its config.json says "
            f"{config.source_vocabulary} and {config.target_vocabulary}. Copy the whole folder."
        )
    return Translator(model, source, target)


def tokenizer_paths(folder: Path, joint: bool) -> tuple[Path, Path]:
    """Where a folder keeps the source's and the target's tokenizer: one file where it is joint."""
    if joint:
        return folder / "tokenizer.json", folder / "tokenizer.json"
    return folder / "source.tokenizer.json", folder / "target.tokenizer.json"


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
        return isinstance(self.model.encoder, RecurrentEncoder) and self.model.encoder.fixed

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
        _check(beam, nbest, length_penalty, max_ratio)
        texts = _listed(texts)
        sources = self.source_tokenizer.encode_batch(texts)
        results: dict[int, Translation] = {}
        filled = [i for i, source in enumerate(sources) if source.ids]
        sizes = [(sources[i].ids, sources[i].ids) for i in filled]
        self.model.eval()
        for group in batches(sizes, max(1, batch_tokens // beam), None, 0):
            rows = [filled[i] for i in group]
            found = self._search([sources[i] for i in rows], beam, length_penalty, max_ratio)
            for i, hypotheses in zip(rows, found, strict=True):
                best, *others = self._distinct(texts[i], sources[i], hypotheses, nbest)
                results[i] = replace(best, alternatives=tuple(others))
        nothing = Hypothesis((), 0.0, 0.0)
        return [
            results.get(i) or self._translation(text, source, nothing)
            for i, (text, source) in enumerate(zip(texts, sources, strict=True))
        ]

    def attention(self, source: Encoding, target: Sequence[int]) -> Attention:
        """Weights of every layer for source tokens and target ids (without BOS and EOS)."""
        ids = torch.tensor([[*source.ids, EOS]])
        words = torch.tensor([[BOS, *target]])
        self.model.eval()
        with torch.no_grad():
            decoded, memory = self.model(ids, torch.ones_like(ids, dtype=torch.bool), words)
        cross = () if self.one_vector else decoded.cross_weights
        return Attention(cross, memory.self_weights, decoded.self_weights)

    def _search(
        self, sources: list[Encoding], beam: int, alpha: float, max_ratio: float
    ) -> list[list[Hypothesis]]:
        ids, present = pad([[*source.ids, EOS] for source in sources])
        limits = torch.tensor([int(max_ratio * len(source.ids)) + 10 for source in sources])
        with torch.inference_mode():
            memory = self.model.encode(ids, present)
        if beam == 1:
            return [[h] for h in greedy(self.model.decoder, memory, limits, alpha=alpha)]
        return beam_search(self.model.decoder, memory, limits, beam=beam, alpha=alpha)

    def _distinct(
        self, text: str, source: Encoding, hypotheses: list[Hypothesis], most: int
    ) -> list[Translation]:
        """The best hypothesis of each text, at most `most`, best first."""
        found: dict[str, Translation] = {}
        for hypothesis in hypotheses:
            if len(found) == most:
                break
            translation = self._translation(text, source, hypothesis)
            found.setdefault(translation.text, translation)
        return list(found.values())

    def _translation(self, text: str, source: Encoding, found: Hypothesis) -> Translation:
        decoded = self.target_tokenizer.decode(found.tokens)
        return Translation(
            text,
            decoded.text,
            found.score,
            found.log_probability,
            (*source.tokens, _eos(text)),
            (*decoded.tokens, _eos(decoded.text)),
            look=lambda: self.attention(source, found.tokens),
        )


def _eos(text: str) -> Token:
    return Token("<eos>", len(text), len(text))


def _check(beam: int, nbest: int, length_penalty: float, max_ratio: float) -> None:
    if not _counts(beam, WIDEST):
        raise ConfigError(f"beam must be a whole number from 1 to {WIDEST:,}; got {beam!r}.")
    if not _counts(nbest, beam):
        raise ConfigError(f"nbest must be a whole number from 1 to beam={beam}; got {nbest!r}.")
    if not 0 <= length_penalty <= 10:
        raise ConfigError(f"length_penalty must lie between 0 and 10; got {length_penalty}.")
    if not 0 <= max_ratio <= 1000:
        raise ConfigError(f"max_ratio must lie between 0 and 1000; got {max_ratio}.")


def _counts(number: object, most: int) -> bool:
    return isinstance(number, Integral) and 1 <= int(number) <= most


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

"""What translating and captioning share: numbers checked, a search run, equal texts told once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Integral, Real
from typing import Any, TypeVar

import torch
from torch import Tensor

from qkv.data.tokenizer import BOS, Token
from qkv.errors import ConfigError
from qkv.models import EncoderDecoder
from qkv.pipeline.translation import Attention
from qkv.search import Hypothesis, beam_search, greedy

__all__ = ["attention", "check_search", "counts", "distinct", "eos", "search"]

WIDEST = 1000  # hypotheses a sentence: far more than help, and the search still ends

T = TypeVar("T")


def check_search(beam: int, nbest: int, length_penalty: float) -> None:
    """Refuse what no search can do.

    Raises:
        ConfigError: a number out of range.
    """
    if not counts(beam, WIDEST):
        raise ConfigError(f"beam must be a whole number from 1 to {WIDEST:,}; got {beam!r}.")
    if not counts(nbest, beam):
        raise ConfigError(f"nbest must be a whole number from 1 to beam={beam}; got {nbest!r}.")
    if not isinstance(length_penalty, Real) or not 0 <= length_penalty <= 10:
        raise ConfigError(f"length_penalty must lie between 0 and 10; got {length_penalty!r}.")


def counts(number: object, most: int) -> bool:
    """Is it a whole number from 1 to `most`?"""
    return isinstance(number, Integral) and 1 <= int(number) <= most


def search(
    model: EncoderDecoder, source: Tensor, present: Tensor, limits: Tensor, beam: int, alpha: float
) -> list[list[Hypothesis]]:
    """Hypotheses of each source, best first; arguments as in `beam_search`."""
    model.eval()
    with torch.inference_mode():
        memory = model.encode(source, present)
    if beam == 1:
        return [[h] for h in greedy(model.decoder, memory, limits, alpha=alpha)]
    return beam_search(model.decoder, memory, limits, beam=beam, alpha=alpha)


def attention(
    model: EncoderDecoder, source: Tensor, present: Tensor, tokens: Iterable[int]
) -> Attention:
    """What each of the tokens (without BOS and EOS) of one source's text attended to."""
    words = torch.tensor([[BOS, *tokens]])
    model.eval()
    with torch.no_grad():
        decoded, memory = model(source, present, words)
    cross = () if model.one_vector else decoded.cross_weights
    return Attention(cross, memory.self_weights, decoded.self_weights)


def distinct(
    hypotheses: Iterable[Hypothesis], most: int, said: Callable[[Hypothesis], T]
) -> list[T]:
    """The best hypothesis of each text, at most `most`, best first; `said` gives it a `.text`."""
    found: dict[str, Any] = {}
    for hypothesis in hypotheses:
        if len(found) == most:
            break
        each: Any = said(hypothesis)
        found.setdefault(each.text, each)
    return list(found.values())


def eos(text: str) -> Token:
    """The token that ends `text`."""
    return Token("<eos>", len(text), len(text))

"""Which search it is."""

from __future__ import annotations

from qkv.models import PLAIN, Attending, Decoder, Memory
from qkv.search.beam import beam_search
from qkv.search.filters import Sentences
from qkv.search.greedy import greedy
from qkv.search.hypothesis import Hypothesis
from qkv.search.sampling import chances
from qkv.search.search import Search
from qkv.search.transfer import send

__all__ = ["run"]


def run(
    decoder: Decoder,
    memory: Memory,
    search: Search,
    sentences: Sentences,
    attention: Attending = PLAIN,
) -> list[list[Hypothesis]]:
    """Hypotheses of each sentence of the memory, best first: beam, greedy, or drawn.

    Raises:
        DataError: the decoder's logits are no numbers, so that nothing can be ranked.
    """
    if search.temperature:
        return _sample(decoder, memory, search, sentences, attention)
    if search.beam == 1:
        return greedy(decoder, memory, search, sentences, attention)
    return beam_search(decoder, memory, search, sentences, attention)


def _sample(
    decoder: Decoder,
    memory: Memory,
    search: Search,
    sentences: Sentences,
    attention: Attending,
) -> list[list[Hypothesis]]:
    """`nbest` texts of each sentence, drawn."""
    texts, device = search.nbest, memory.keys.device
    rows = [row for row in range(len(sentences.limits)) for _ in range(texts)]
    index = send(rows, device)
    drawn = greedy(
        decoder,
        memory.select(index),
        search,
        sentences.select(rows),
        attention.select(index),
        chances(sentences.seeds, sentences.limits, texts, device),
    )
    found = [drawn[first : first + texts] for first in range(0, len(rows), texts)]
    return [sorted((h for [h] in each), key=lambda h: -h.score) for each in found]

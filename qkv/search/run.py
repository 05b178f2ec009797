"""Which search it is."""

from __future__ import annotations

import torch

from qkv.models import PLAIN, Attending, Decoder, Memory
from qkv.search.beam import beam_search
from qkv.search.filters import Sentences
from qkv.search.greedy import greedy
from qkv.search.hypothesis import Hypothesis
from qkv.search.reader import Reader
from qkv.search.sampling import chances
from qkv.search.search import Search
from qkv.search.transfer import send

__all__ = ["run"]


@torch.inference_mode()
def run(
    decoder: Decoder,
    memory: Memory,
    search: Search,
    sentences: Sentences,
    attention: Attending = PLAIN,
) -> list[list[Hypothesis]]:
    """Hypotheses of each sentence of the memory, best first: beam, greedy, or `nbest` drawn.

    Raises:
        DataError: the decoder's logits are no numbers, so that nothing can be ranked.
    """
    covers = search.coverage_penalty > 0
    if not search.temperature:
        reader = Reader(decoder, memory, attention, covers=covers)
        return (greedy if search.beam == 1 else beam_search)(reader, search, sentences)
    texts, device = search.nbest, memory.keys.device
    rows = [row for row in range(len(sentences.limits)) for _ in range(texts)]
    index = send(rows, device)
    reader = Reader(decoder, memory.select(index), attention.select(index), covers=covers)
    draws = chances(sentences.seeds, sentences.limits, texts, device)
    drawn = greedy(reader, search, sentences.select(rows), draws)
    groups = (drawn[first : first + texts] for first in range(0, len(rows), texts))
    return [sorted((h for [h] in group), key=lambda h: -h.score) for group in groups]

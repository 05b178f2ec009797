"""Which search it is."""

from __future__ import annotations

from dataclasses import replace

import torch

from qkv.models import PLAIN, Attending, Decoder, Memory
from qkv.search.beam import beam_search
from qkv.search.filters import Sentences
from qkv.search.greedy import greedy
from qkv.search.hypothesis import Hypothesis
from qkv.search.reader import Reader
from qkv.search.sampling import chances
from qkv.search.search import Search
from qkv.search.terms import term_search
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

    Sentences that have terms are searched for by beam, see `term_search`.

    Raises:
        DataError: the decoder's logits are no numbers, so that nothing can be ranked.
    """
    covers = search.coverage_penalty > 0
    if any(sentences.due):
        return _with_terms(decoder, memory, search, sentences, attention)
    if not search.temperature:
        reader = Reader(decoder, memory, attention, covers=covers, keep=sentences.keep)
        return (greedy if search.beam == 1 else beam_search)(reader, search, sentences)
    texts, device = search.nbest, memory.keys.device
    rows = [row for row in range(len(sentences.limits)) for _ in range(texts)]
    index = send(rows, device)
    reader = Reader(
        decoder, memory.select(index), attention.select(index), covers=covers, keep=sentences.keep
    )
    draws = chances(sentences.seeds, sentences.limits, texts, device)
    drawn = greedy(reader, search, sentences.select(rows), draws)
    groups = (drawn[first : first + texts] for first in range(0, len(rows), texts))
    return [sorted((h for [h] in group), key=lambda h: -h.score) for group in groups]


def _with_terms(
    decoder: Decoder, memory: Memory, search: Search, sentences: Sentences, attention: Attending
) -> list[list[Hypothesis]]:
    """Those that have terms and those that have none, each by their own search."""
    owing = [row for row, due in enumerate(sentences.due) if due]
    free = [row for row, due in enumerate(sentences.due) if not due]
    results: dict[int, list[Hypothesis]] = {}
    for rows in filter(None, (owing, free)):
        index = send(rows, memory.keys.device)
        own, given = memory.select(index), sentences.select(rows)
        if rows is owing:
            covers = search.coverage_penalty > 0
            reader = Reader(decoder, own, attention.select(index), covers=covers)
            found = term_search(reader, search, given)
        else:
            given = replace(given, due=())
            found = run(decoder, own, search, given, attention.select(index))
        results |= zip(rows, found, strict=True)
    return [results[row] for row in range(len(sentences.due))]

"""What is odd about a translation, in numbers: a source unlike all texts, an output that loops."""

from __future__ import annotations

import re

from qkv.pipeline.paragraph import split_at_eos
from qkv.pipeline.translation import Translation

__all__ = ["LOOPING", "UNKNOWN_SHARE", "repetition", "unknown"]

UNKNOWN = re.compile("<unk>|<0x[0-9A-F]{2}>")
UNKNOWN_SHARE = 0.2  # of the tokens, from which it is worth a word: rare characters are normal

RUN = 3  # tokens
LOOPING = 0.2  # the share of repeated runs, above which no sentence of Multi30k or Tatoeba is


def unknown(translation: Translation) -> tuple[int, int]:
    """How many of the source's tokens spell characters unknown to the model, and how many are."""
    tokens = [token for token in translation.source_tokens if token.start < token.end]
    return sum(bool(UNKNOWN.fullmatch(token.text)) for token in tokens), len(tokens)


def repetition(translation: Translation) -> float:
    """The share of its runs of RUN tokens that are there for the second time or more.

    Of several sentences that of the one with most.
    """
    return max(map(_repeated, split_at_eos(translation.ids)))


def _repeated(ids: tuple[int, ...]) -> float:
    runs = [ids[i : i + RUN] for i in range(len(ids) - RUN + 1)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0

"""What is odd about a translation, in numbers: a source unlike all texts, an output that loops."""

from __future__ import annotations

from typing import Any, NamedTuple

from qkv.pipeline.paragraph import split_at_eos
from qkv.pipeline.spelling import UNKNOWN
from qkv.pipeline.translation import Translation

__all__ = ["UNKNOWN_SHARE", "Oddities", "repetition", "unknown", "unplaced"]

UNKNOWN_SHARE = 0.2  # of the tokens, from which it is worth a word: rare characters are normal

RUN = 3  # tokens
LOOPING = 0.2  # the share of repeated runs, above which no sentence of Multi30k or Tatoeba is


class Oddities(NamedTuple):
    """What `Translator.oddities` tells.

    unknown_share: of the source's tokens, those that spell characters unknown to the model.
    repetition: see `repetition`. unlike: what of the source is unlike the training text, a clause
    each. unplaced: the same of the glossary's terms that the translation lacks.
    """

    unknown_share: float
    repetition: float
    unlike: list[str]
    unplaced: list[str]

    @property
    def looping(self) -> list[str]:
        """A clause if the translation loops."""
        if self.repetition <= LOOPING:
            return []
        return [
            f"the translation repeats itself: {self.repetition:.0%} of its runs of three tokens"
        ]

    @property
    def warnings(self) -> list[str]:
        return [*self.unlike, *self.looping, *self.unplaced]

    def as_dict(self) -> dict[str, Any]:
        """For JSON; `warnings` are there only if there are any."""
        record: dict[str, Any] = {
            "unknown_share": round(self.unknown_share, 4),
            "repetition": round(self.repetition, 4),
        }
        return record | {"warnings": self.warnings} if self.warnings else record


def unknown(translation: Translation) -> tuple[int, int]:
    """How many of the source's tokens spell characters unknown to the model, and how many are."""
    tokens = [token for token in translation.source_tokens if token.start < token.end]
    return sum(bool(UNKNOWN.fullmatch(token.text)) for token in tokens), len(tokens)


def unplaced(translation: Translation) -> list[str]:
    """A clause for each term of the source that has its translation nowhere."""
    missing = (term for term in translation.terms if term.begin is None)
    terms = dict.fromkeys(translation.source[term.start : term.end] for term in missing)
    return [f"the glossary's translation of {term!r} is not in it" for term in terms]


def repetition(translation: Translation) -> float:
    """The share of its runs of RUN tokens that are there for the second time or more.

    Of several sentences that of the one with most.
    """
    return max(map(_repeated, split_at_eos(translation.ids)))


def _repeated(ids: tuple[int, ...]) -> float:
    runs = [ids[i : i + RUN] for i in range(len(ids) - RUN + 1)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0

"""Texts of several sentences: translated sentence by sentence, and put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from heapq import nlargest
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np

from qkv.data.markup import Markup
from qkv.data.protected import Span, unit_spans
from qkv.data.sentences import document_spans, sentence_spans
from qkv.data.tokenizer import EOS, Token
from qkv.errors import DataError
from qkv.pipeline.attention import Attention
from qkv.pipeline.translation import Translation

__all__ = [
    "LINES",
    "SENTENCE_CHARACTERS",
    "Handling",
    "check_length",
    "joined",
    "lengths",
    "split_at_eos",
    "spread",
    "together",
    "without_sentences",
]

SENTENCE_CHARACTERS = 5000  # of a sentence: attention takes time and memory by the square of it

# Chinese and Japanese, with their punctuation.
UNSPACED = re.compile("[\u2e80-\u312f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Handling:
    """How texts are taken apart.

    protect: leave units as they are, see `qkv.data.protected`.
    document: take them for documents, whose every sentence is translated alone.
    copy_unknown: words that have characters unknown to the model are units.
    markup: how their tags are read, if they are no text but markup.
    """

    protect: bool = False
    document: bool = False
    copy_unknown: bool = False
    markup: Markup | None = None

    def spans(self, text: str) -> list[Span]:
        """Of its sentences."""
        units = unit_spans(text) if self.protect else []
        return (document_spans if self.document else sentence_spans)(text, units)


LINES = Handling()


def check_length(text: str, where: str, handling: Handling = LINES) -> None:
    """Refuse what would take minutes and gigabytes, before it is begun.

    Raises:
        DataError: a sentence of `text` has more than SENTENCE_CHARACTERS, units not counted.
    """
    if len(text) <= SENTENCE_CHARACTERS:
        return
    units = unit_spans(text) if handling.protect else []
    longest = max(
        (
            end - start - sum(b - a for a, b in units if start <= a and b <= end)
            for start, end in handling.spans(text)
            if end - start > SENTENCE_CHARACTERS
        ),
        default=0,
    )
    if longest > SENTENCE_CHARACTERS:
        raise DataError(
            f"{where}: a sentence of {longest:,} characters; a sentence may have at most "
            f"{SENTENCE_CHARACTERS:,}. Split it."
        )


def spread(prefixes: Sequence[str], places: Sequence[Sequence[object]]) -> list[str]:
    """The prefix of each sentence: a text's own for its first one, none for the others.

    places: of each text its sentences; none if it is one.
    """
    return [
        prefix if number == 0 else ""
        for prefix, spans in zip(prefixes, places, strict=True)
        for number in range(max(1, len(spans)))
    ]


def together(
    text: str,
    spans: Sequence[Span],
    sentences: Sequence[Translation],
    most: int,
    *,
    document: bool = False,
) -> Translation:
    """One translation of the whole text; its alternatives are the next best combinations.

    Args:
        spans: of the sentences in `text`. sentences: their translations. most: results in all.
        document: what stands around all of them is kept.
    """
    combinations: list[tuple[float, tuple[Translation, ...]]] = [(0.0, ())]
    for sentence in sentences:
        longer = (
            (score + one.score, (*chosen, one))
            for score, chosen in combinations
            for one in (sentence, *sentence.alternatives)
        )
        combinations = nlargest(most, longer, key=itemgetter(0))
    results: dict[str, Translation] = {}
    for _, chosen in combinations:
        result = joined(text, spans, chosen, document=document)
        results.setdefault(result.text, result)
    best, *others = results.values()
    return replace(best, alternatives=tuple(others))


def joined(
    text: str,
    spans: Sequence[Span],
    sentences: Sequence[Translation],
    *,
    document: bool = False,
) -> Translation:
    """Scores and log-probabilities are summed up; an EOS is between the ids of sentences."""
    first, last = (spans[0][0], spans[-1][1]) if document else (0, len(text))
    whole, starts = text[:first], []
    gaps = [text[end:start] for (_, end), (start, _) in pairwise(spans)]
    for sentence, gap in zip(sentences, ["", *gaps], strict=True):
        kept = document and gap not in ("", " ")
        whole += gap if kept else _space(gap, whole, sentence.text)
        starts.append(len(whole))
        whole += sentence.text
    whole += text[last:]
    places = list(zip([start for start, _ in spans], starts, strict=True))
    ids = [token for sentence in sentences for token in (*sentence.ids, EOS)]
    return Translation(
        whole,
        sum(sentence.score for sentence in sentences),
        sum(sentence.log_probability for sentence in sentences),
        _moved([sentence.tokens for sentence in sentences], starts),
        text,
        _moved([sentence.source_tokens for sentence in sentences], [start for start, _ in spans]),
        ids=tuple(ids[:-1]),
        units=tuple(
            (a + here, b + here, c + there, d + there)
            for sentence, (here, there) in zip(sentences, places, strict=True)
            for a, b, c, d in sentence.units
        ),
        terms=tuple(
            term.moved(here, there)
            for sentence, (here, there) in zip(sentences, places, strict=True)
            for term in sentence.terms
        ),
        look=partial(_look, sentences),
        weigh=partial(_weigh, sentences),
    )


def without_sentences(text: str, nothing: Translation) -> Translation:
    """A text with nothing to translate, as it is; nothing: the translation of no text."""
    end = (Token("<eos>", len(text), len(text)),)
    return replace(nothing, text=text, tokens=end, source=text, source_tokens=end)


def split_at_eos(ids: Iterable[int]) -> list[tuple[int, ...]]:
    """The ids of each sentence."""
    sentences: list[tuple[int, ...]] = [()]
    for is_end, run in groupby(ids, EOS.__eq__):
        if is_end:
            sentences += [()] * sum(1 for _ in run)
        else:
            sentences[-1] = tuple(run)
    return sentences


def lengths(tokens: Iterable[Token]) -> list[int]:
    """How many tokens each sentence has, EOS not counted."""
    ends = [
        i for i, token in enumerate(tokens) if token.text == "<eos>" and token.start == token.end
    ]
    return [end - start - 1 for start, end in pairwise([-1, *ends])]


def _space(gap: str, before: str, after: str) -> str:
    """What parts two sentences that `gap` parts in the source.

    Scripts with and without spaces between sentences meet; other white space stays as it is.
    """
    if not before or not after or before[-1].isspace():
        return ""
    if UNSPACED.match(before[-1]):
        return "" if gap == " " else gap
    return gap or " "


def _moved(sentences: Iterable[Sequence[Token]], starts: Iterable[int]) -> tuple[Token, ...]:
    return tuple(
        Token(token.text, token.start + start, token.end + start)
        for tokens, start in zip(sentences, starts, strict=True)
        for token in tokens
    )


def _look(sentences: Sequence[Translation]) -> Attention:
    return Attention((), (), (), tuple(sentence.attention for sentence in sentences))


def _weigh(sentences: Sequence[Translation]) -> list[np.ndarray]:
    reads = [sentence.weigh for sentence in sentences if sentence.weigh is not None]  # all, as new
    return [weights for read in reads for weights in read()]

"""Word alignments against links drawn by hand, and the Pharaoh form that both are written in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from qkv.data.corpora import read_lines
from qkv.data.words import pieces, spans
from qkv.errors import DataError

if TYPE_CHECKING:
    from qkv.pipeline import Translator

__all__ = [
    "AlignmentScores",
    "Links",
    "alignment_error_rate",
    "alignment_scores",
    "format_pharaoh",
    "read_gold",
    "read_pharaoh",
    "reference_links",
]

Links: TypeAlias = AbstractSet[tuple[int, int]]  # (i, j): source word i, target word j, from 0

_LINK = re.compile(r"([0-9]+)([-?p])([0-9]+)")


@dataclass(frozen=True)
class AlignmentScores:
    """Fractions of 1 over a whole corpus; smaller is better for `error_rate` alone."""

    error_rate: float
    precision: float
    recall: float


def alignment_scores(
    predicted: Sequence[Links], sure: Sequence[Links], possible: Sequence[Links]
) -> AlignmentScores:
    """Compare links A with sure links S and possible links P, sums taken over all sentences.

        AER = 1 − (|A∩S| + |A∩P|) / (|A| + |S|)
        precision = |A∩P| / |A|,  recall = |A∩S| / |S|  (0 for 0/0)

    Args:
        predicted, sure, possible: a set of links for each sentence. A sure link counts as
            possible, whether `possible` repeats it or not.
    Raises:
        DataError: the three differ in length, or hold no link, neither predicted nor sure.
    Source: Och and Ney 2003, section 6.1.
    """
    if not len(predicted) == len(sure) == len(possible):
        raise DataError(
            f"cannot compare the alignments of {len(predicted)} sentences with the sure links of "
            f"{len(sure)} and the possible links of {len(possible)}; each sentence needs all three."
        )
    links, needed = sum(map(len, predicted)), sum(map(len, sure))
    if not links + needed:
        raise DataError("there are no links to score, neither predicted nor sure ones.")
    met = sum(len(a & s) for a, s in zip(predicted, sure, strict=True))
    right = sum(len(a & (s | p)) for a, s, p in zip(predicted, sure, possible, strict=True))
    return AlignmentScores(
        error_rate=1 - (met + right) / (links + needed),
        precision=right / links if links else 0.0,
        recall=met / needed if needed else 0.0,
    )


def alignment_error_rate(
    predicted: Sequence[Links], sure: Sequence[Links], possible: Sequence[Links]
) -> float:
    """`alignment_scores(…).error_rate`: 0 is perfect, 1 means that nothing is right."""
    return alignment_scores(predicted, sure, possible).error_rate


def reference_links(
    translator: Translator, sources: Sequence[str], references: Sequence[str]
) -> list[Links]:
    """Links of a model between each source and its reference, read as if the model had written it.

    Words and heads as in `Translation.alignment`.

    Raises:
        ConfigError: the model reads the source as one vector.
    """
    from qkv.pipeline.alignment import read_links
    from qkv.pipeline.alignment_heads import Forced
    from qkv.pipeline.searching import eos

    read = translator.source_tokenizer.encode_batch(sources)
    written = translator.target_tokenizer.encode_batch(references)
    forced = Forced(translator)
    weights = [forced.add(a.ids, b.ids) for a, b in zip(read, written, strict=True)]
    links: list[Links] = []
    for source, reference, a, b, weigh in zip(
        sources, references, read, written, weights, strict=True
    ):
        tokens = [*a.tokens, eos(source)], [*b.tokens, eos(reference)]
        parts, words = ((of(source), of(reference)) for of in (pieces, spans))
        links.append({link[:2] for link in read_links(weigh()[0], *tokens, parts, words)})
    return links


def read_pharaoh(path: str | Path) -> tuple[list[Links], list[Links]]:
    """(sure, possible) links, a set for each line.

    `i-j` is sure, and possible too; `i?j`, also written `ipj`, is only possible.

    Raises:
        DataError: what `read_lines` raises, and anything but links, with file and line.
    """
    both = [_links(line, f"{path}, line {i}") for i, line in enumerate(read_lines(path), 1)]
    return [sure for sure, _ in both], [possible for _, possible in both]


def read_gold(
    path: str | Path, words: Sequence[tuple[int, int]]
) -> tuple[list[Links], list[Links]]:
    """The same for the sentence pairs that have so many source and target words.

    Raises:
        DataError: as `read_pharaoh`; other lines than pairs; a link beyond a pair's words, as where
            words are counted from 1.
    """
    sure, possible = read_pharaoh(path)
    if len(possible) != len(words):
        raise DataError(f"{path} has {len(possible):,} lines for {len(words):,} sentence pairs.")
    from_one = all(i and j for links in possible for i, j in links)
    for number, (links, (sources, targets)) in enumerate(zip(possible, words, strict=True), 1):
        for i, j in sorted(links):
            if i >= sources or j >= targets:
                raise DataError(
                    f"{path}, line {number}: link {i}-{j} is beyond the sentences, which have "
                    f"{sources} and {targets} words, counted from 0"
                    + ("; the file counts from 1, subtract 1 everywhere." if from_one else ".")
                )
    return sure, possible


def format_pharaoh(links: Iterable[tuple[int, int]]) -> str:
    """Links as `i-j`, sorted, separated by spaces."""
    return " ".join(f"{i}-{j}" for i, j in sorted(links))


def _links(line: str, where: str) -> tuple[Links, Links]:
    sure, possible = set(), set()
    for word in line.split():
        match = _LINK.fullmatch(word)
        if match is None:
            raise DataError(
                f"{where}: {word!r} is not a link; write i-j (sure) or i?j (possible), i the "
                "source and j the target word, both counted from 0."
            )
        link = int(match[1]), int(match[3])
        possible.add(link)
        if match[2] == "-":
            sure.add(link)
    return sure, possible

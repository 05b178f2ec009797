"""Systems side by side: the same sentences, the same references, and whether a difference counts.

The first system is the baseline; each other is tested against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING, Any

from qkv.errors import DataError
from qkv.evaluation.alignment import AlignmentScores, Links, alignment_scores
from qkv.evaluation.by_length import Band, by_length
from qkv.evaluation.quality import (
    Reference,
    Score,
    alternatives,
    bleu,
    bleu_metric,
    check_parallel,
    chrf,
    exact_match,
    parallel_references,
    telling_metric,
    tokenizer_for,
)

if TYPE_CHECKING:
    from sacrebleu.significance import Result

__all__ = ["Compared", "Comparison", "Difference", "System", "Tested", "compare"]

_SAMPLES = {"bs": 1000, "ar": 10_000}  # sacreBLEU's own numbers
_LINES = 10_000  # from where on there are fewer, or the tests take gigabytes
_DECIMALS = 9  # of a difference: less is rounding


@dataclass(frozen=True)
class System:
    """A name and its translations, one a sentence; the links it made in the references, if any."""

    name: str
    translations: Sequence[str]
    links: Sequence[Links] | None = None


@dataclass(frozen=True)
class Tested:
    """How sure a corpus score is, and its difference from the baseline's.

    margin: half of the 95 % interval, by bootstrap. bootstrap, randomisation: the probability of
    so large a difference if the two were equally good; None for the baseline.
    signatures: of the two tests, in sacreBLEU's notation.
    """

    margin: float
    bootstrap: float | None
    randomisation: float | None
    signatures: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """One system. scores: BLEU, chrF2, exact match; tests: of the first two, by name."""

    name: str
    scores: tuple[Score, ...]
    tests: dict[str, Tested]
    alignment: AlignmentScores | None
    by_length: list[Band]


@dataclass(frozen=True)
class Difference:
    """A sentence, the line it is on (from 1), and each system's translation with its chrF2."""

    line: int
    source: str
    reference: Reference
    translations: tuple[str, ...]
    chrf: tuple[float, ...]

    @property
    def spread(self) -> float:
        return max(self.chrf) - min(self.chrf)


@dataclass(frozen=True)
class Comparison:
    """The systems in their order; `metric` names the score that can tell them apart.

    differences: the sentences on which they differ most, those first.
    """

    metric: str
    systems: list[Compared]
    differences: list[Difference]


def compare(
    sources: Sequence[str],
    references: Sequence[Reference],
    systems: Sequence[System],
    *,
    gold: tuple[Sequence[Links], Sequence[Links]] | None = None,
    most: int = 10,
) -> Comparison:
    """Score all systems, test each against the first, and find where they differ.

    Tests are sacreBLEU's paired bootstrap and paired approximate randomisation. Beyond 10,000
    sentences they draw fewer samples, in the same memory; the signatures say how many.

    Args:
        gold: sure and possible links of each sentence.
        most: sentences that are returned, of those whose translations are not all the same.
    Raises:
        DataError: fewer than two systems, two of one name, or numbers of sentences that differ.
    """
    _check(systems, references)
    tokenizer = tokenizer_for(references)
    compared = []
    tested = _tested(systems, references, tokenizer)
    for system, tests in zip(systems, tested, strict=True):
        texts = system.translations
        scores = (
            bleu(texts, references, tokenizer=tokenizer),
            chrf(texts, references),
            exact_match(texts, references),
        )
        alignment = (
            alignment_scores(system.links, *gold) if gold and system.links is not None else None
        )
        bands = by_length(sources, texts, references, tokenizer=tokenizer)
        compared.append(Compared(system.name, scores, tests, alignment, bands))
    return Comparison(
        telling_metric(references), compared, _differences(sources, references, systems, most)
    )


def _check(systems: Sequence[System], references: Sequence[Reference]) -> None:
    if len(systems) < 2:
        raise DataError("there is nothing to compare with; give two systems at least.")
    names = [system.name for system in systems]
    for name in names:
        if names.count(name) > 1:
            raise DataError(f"two systems have the name {name}; give each its own.")
    for system in systems:
        check_parallel(system.translations, references)


def _tested(
    systems: Sequence[System], references: Sequence[Reference], tokenizer: str
) -> list[dict[str, Tested]]:
    """Of each system, by metric."""
    runs = [_paired_test(kind, systems, references, tokenizer) for kind in _SAMPLES]
    tested = []
    for i in range(len(systems)):
        by_metric = {}
        for metric in ("BLEU", "chrF2"):
            bootstrap, randomisation = (
                _p(results[metric][0], results[metric][i]) if i else None for _, results in runs
            )
            margin = float(runs[0][1][metric][i].ci)
            signatures = tuple(signed[metric].format() for signed, _ in runs)
            by_metric[metric] = Tested(margin, bootstrap, randomisation, signatures)
        tested.append(by_metric)
    return tested


def _paired_test(
    kind: str, systems: Sequence[System], references: Sequence[Reference], tokenizer: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Signatures and results by metric, the latter in the order of the systems."""
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.significance import PairedTest

    named = [(system.name, system.translations) for system in systems]
    metrics = {"BLEU": bleu_metric(tokenizer), "chrF2": CHRF()}
    samples = max(1, _SAMPLES[kind] * _LINES // max(_LINES, len(references)))
    return PairedTest(named, metrics, parallel_references(references), kind, samples)()


def _p(baseline: Result, other: Result) -> float:
    """sacreBLEU calls equal systems different beyond doubt, for no sample differs more than 0."""
    difference = round(other.score - baseline.score, _DECIMALS)
    return float(other.p_value) if difference and other.p_value is not None else 1.0


def _differences(
    sources: Sequence[str], references: Sequence[Reference], systems: Sequence[System], most: int
) -> list[Difference]:
    from sacrebleu.metrics.chrf import CHRF

    metric = CHRF()
    columns = zip(*(system.translations for system in systems), strict=True)
    rows = zip(sources, references, columns, strict=True)
    differences = [
        Difference(
            line,
            source,
            reference,
            texts,
            tuple(metric.sentence_score(text, alternatives(reference)).score for text in texts),
        )
        for line, (source, reference, texts) in enumerate(rows, 1)
        if len(set(texts)) > 1
    ]
    return nlargest(most, differences, key=lambda each: each.spread)

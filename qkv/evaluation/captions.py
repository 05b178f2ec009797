"""Image captions against references, in the papers' numbers: BLEU-1 to BLEU-4 and CIDEr-D.

Both are coco-caption's, on lower-cased tokens without punctuation: Penn Treebank tokens, or Chinese
characters. An image has one reference or several, and not every image needs as many.

Every function here raises DataError when the counts differ or there is nothing to score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import exp, fsum, hypot, log
from statistics import fmean
from typing import TypeAlias

from qkv.evaluation._caption_tokens import chinese_tokens, penn_tokens
from qkv.evaluation.quality import Reference, Score, alternatives, check_parallel, measured

__all__ = ["caption_bleu", "cider_d"]

Ngram: TypeAlias = tuple[str, ...]

_LONGEST = 4  # tokens in an n-gram
_SIGMA = 6.0  # tokens by which a caption may well be longer or shorter than its reference


def caption_bleu(
    hypotheses: Sequence[str], references: Sequence[Reference], *, chinese: bool
) -> list[Score]:
    """Corpus BLEU-1 to BLEU-4, unsmoothed, in this order; the closest reference gives the length.

    Source: Papineni et al. 2002; Chen et al. 2015. Differs: where no n-gram of an order
    matches, the score is 0; coco-caption gives a trace more.
    """
    from sacrebleu.metrics.bleu import BLEU

    tokenised = _tokenised(hypotheses, references, chinese)
    scores = []
    for order in range(1, _LONGEST + 1):
        metric = BLEU(
            lowercase=True, force=True, tokenize="none", smooth_method="none", max_ngram_order=order
        )
        score = measured(f"BLEU-{order}", metric, *tokenised)
        signature = score.signature.replace("tok:none", _tokeniser(chinese))
        scores.append(replace(score, signature=signature))
    return scores


def cider_d(hypotheses: Sequence[str], references: Sequence[Reference], *, chinese: bool) -> Score:
    """CIDEr-D: how many of its n-grams, above all rare ones, a caption shares with its references.

        10 / (4 m) · sum over n ≤ 4 and the m references of
        exp(-(l - l')² / (2 · 6²)) · min(h, r) · r / (|h| |r|),   averaged over the images

    with l and l' the lengths in tokens, and h and r the n-gram counts of hypothesis and reference,
    each times log(images / images that have the n-gram in a reference).

    `value` is a hundred times what coco-caption prints: its 0.57 is 57 here. One person's captions
    against four others' reach 80 on Flickr8k; unlike other scores, perfect ones can reach 1000. The
    images give the weights, so compare on the same images only; one image alone scores 0.
    Source: Vedantam, Zitnick, Parikh 2015. Differs: no stemming, as in coco-caption.
    """
    check_parallel(hypotheses, references)
    tokenised = _tokenised(hypotheses, references, chinese)
    value = 1000 * fmean(_shared(order, *tokenised) for order in range(1, _LONGEST + 1))
    counts = {len(alternatives(reference)) for reference in references}
    nrefs = counts.pop() if len(counts) == 1 else "var"
    how = f"{_tokeniser(chinese)}|n:{_LONGEST}|sigma:{_SIGMA:g}|idf:refs"
    return Score("CIDEr-D", value, f"nrefs:{nrefs}|case:lc|{how}")


def _shared(order: int, hypotheses: list[str], references: list[list[str]]) -> float:
    """CIDEr-D of n-grams of one order, from 0 to 1."""
    images = Counter(
        ngram
        for texts in references
        for ngram in {n for text in texts for n in _ngrams(text, order)}
    )

    def weighed(text: str) -> dict[Ngram, float]:
        return {
            ngram: count * log(len(references) / max(1, images[ngram]))
            for ngram, count in Counter(_ngrams(text, order)).items()
        }

    scores = []
    for hypothesis, texts in zip(hypotheses, references, strict=True):
        ours = weighed(hypothesis)
        scores.append(fmean(_closeness(hypothesis, r) * _overlap(ours, weighed(r)) for r in texts))
    return fmean(scores)


def _overlap(ours: dict[Ngram, float], theirs: dict[Ngram, float]) -> float:
    """The cosine, but none of our weights counts more than theirs: repeating gains nothing."""
    shared = fsum(min(ours[ngram], theirs[ngram]) * theirs[ngram] for ngram in ours.keys() & theirs)
    lengths = hypot(*ours.values()) * hypot(*theirs.values())
    return shared / lengths if lengths else 0.0


def _closeness(hypothesis: str, reference: str) -> float:
    difference = len(hypothesis.split()) - len(reference.split())
    return exp(-(difference**2) / (2 * _SIGMA**2))


def _ngrams(text: str, order: int) -> list[Ngram]:
    tokens = text.split()
    return list(zip(*(tokens[start:] for start in range(order)), strict=False))


def _tokenised(
    hypotheses: Sequence[str], references: Sequence[Reference], chinese: bool
) -> tuple[list[str], list[list[str]]]:
    tokens = chinese_tokens if chinese else penn_tokens
    return [tokens(text) for text in hypotheses], [
        [tokens(text) for text in alternatives(reference)] for reference in references
    ]


def _tokeniser(chinese: bool) -> str:
    return f"tok:{'zh' if chinese else 'ptb'}[no-punctuation]"

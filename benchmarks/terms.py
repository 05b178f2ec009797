"""What terms of a glossary cost and bring, and how well `quality` tells good from bad.

    python benchmarks/terms.py MODEL TRAIN.tsv VALID.tsv [--sentences 250] [--terms 2]
    python benchmarks/terms.py MODEL TRAIN.tsv TEST.tsv --quality

Terms of a sentence: words of its reference that the model does not say by itself, each with the
source word that it most often stands beside in the training pairs (Dice). The reference so helps
the scores: they show that terms fit in, not that a model got better. Each sentence has its own
glossary and is translated alone. Processor seconds of one thread.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import sacrebleu
import torch

from qkv.data import DataFiles, Pair
from qkv.pipeline import Glossary, Translation, Translator, load_translator

WORD = re.compile(r"[^\W\d_]+")
LEAST = 3  # pairs in which two words stand beside each other
DICE = 0.2


def associations(pairs: Sequence[Pair]) -> Callable[[str, str], float]:
    """Dice coefficient of a source word and a target word."""
    source, target, both = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for pair in pairs:
        own, other = {*WORD.findall(pair.source.lower())}, {*WORD.findall(pair.target)}
        source.update(own)
        target.update(other)
        both.update((a, b) for a in own for b in other)

    def dice(a: str, b: str) -> float:
        return 2 * both[a, b] / (source[a] + target[b]) if both[a, b] >= LEAST else 0.0

    return dice


def terms_of(pair: Pair, said: str, dice: Callable[[str, str], float], most: int) -> dict[str, str]:
    left = [w for w in {*WORD.findall(pair.target)} - {*WORD.findall(said)} if len(w) > 3]
    words = [w for w in {*WORD.findall(pair.source.lower())} if len(w) > 2]
    terms: dict[str, str] = {}
    for value, a, b in sorted(((dice(a, b), a, b) for a in words for b in left), reverse=True):
        if value > DICE and a not in terms and b not in terms.values() and len(terms) < most:
            terms[a] = b
    return terms


def row(name: str, results: Sequence[Translation], pairs: Sequence[Pair], seconds: float) -> None:
    texts, references = [r.text for r in results], [[p.target for p in pairs]]
    terms = [term for result in results for term in result.terms]
    placed = sum(term.begin is not None for term in terms) / max(1, len(terms))
    print(
        f"{name:10} BLEU {sacrebleu.corpus_bleu(texts, references).score:5.2f}   "
        f"chrF {sacrebleu.corpus_chrf(texts, references).score:5.2f}   placed {placed:4.0%}   "
        f"{1000 * seconds / len(pairs):.0f} ms a sentence",
        flush=True,
    )


def compare(translator: Translator, train: Sequence[Pair], pairs: list[Pair], most: int) -> None:
    dice = associations(train)
    plain = translator.translate([pair.source for pair in pairs])
    terms = [terms_of(p, t.text, dice, most) for p, t in zip(pairs, plain, strict=True)]
    chosen = [i for i, own in enumerate(terms) if len(own) == most]
    print(f"{len(chosen)} of {len(pairs)} sentences have {most} terms")
    for name, bonus in [("none", -1.0), ("must", None), *((f"bonus {b}", b) for b in (2, 4, 8))]:
        started = time.process_time()
        results = [
            translator.translate(
                [pairs[i].source], glossary=None if bonus == -1.0 else Glossary(terms[i], bonus)
            )[0]
            for i in chosen
        ]
        row(name, results, [pairs[i] for i in chosen], time.process_time() - started)


def kendall(x: np.ndarray, y: np.ndarray) -> float:
    """τ-b."""
    one, other = (np.sign(v[:, None] - v[None]) for v in (x, y))
    return float((one * other).sum() / np.sqrt((one != 0).sum() * (other != 0).sum()))


def correlate(translator: Translator, pairs: list[Pair]) -> None:
    """With chrF of the sentence: of probabilities, and of what the last layer attends to."""
    features: dict[str, list[float]] = {}
    scores = []
    for pair, result in zip(pairs, translator.translate([p.source for p in pairs]), strict=True):
        scores.append(sacrebleu.sentence_chrf(result.text, [pair.target]).score)
        weights = result.attention.matrix().astype(float)
        entropy = -(weights * np.log(np.maximum(weights, 1e-12))).sum(1)
        coverage = np.log(np.clip(weights.sum(0), 1e-3, 1))
        for name, value in {
            "quality": result.quality,
            "score": result.score,
            "least likely token": float(np.log(result.attention.probabilities + 1e-12).min()),
            "entropy": float(entropy.mean()),
            "largest weight": float(weights.max(1).mean()),
            "coverage": float(coverage.mean()),
            "ratio of lengths": abs(float(np.log(weights.shape[0] / weights.shape[1]))),
        }.items():
            features.setdefault(name, []).append(value)
    for name, values in features.items():
        x, y = np.array(values), np.array(scores)
        print(f"{name:20} r {np.corrcoef(x, y)[0, 1]:6.3f}   τ {kendall(x, y):6.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Terms of a glossary, and quality.")
    parser.add_argument("model", type=Path)
    parser.add_argument("train", type=Path)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--sentences", type=int, default=250)
    parser.add_argument("--terms", type=int, default=2)
    parser.add_argument("--quality", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    translator = load_translator(given.model)
    pairs = list(DataFiles([given.pairs]).pairs())
    if given.quality:
        correlate(translator, pairs)
    else:
        train = list(DataFiles([given.train]).pairs())
        compare(translator, train, pairs[: given.sentences], given.terms)


if __name__ == "__main__":
    main()

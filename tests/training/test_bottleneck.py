"""Why attention is there: one fixed vector gives out on long sentences, attention does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from qkv.cli.demo import MODELS, SHARED
from qkv.data import Pair, write_pairs
from qkv.data.phrasebook import Phrasebook, phrasebook
from qkv.evaluation import exact_match
from qkv.pipeline import load_translator
from tests.tiny import train

LONG = 25  # Chinese characters; a fifth of the sentences has at most 8, two fifths have these


@pytest.fixture(scope="module")
def book() -> Phrasebook:
    return phrasebook()


def exact_by_length(name: str, book: Phrasebook, folder: Path) -> tuple[float, float]:
    """Per cent of short and of long unseen sentences that come out as the reference has them."""
    for split, pairs in (("train", book.train), ("valid", book.valid)):
        write_pairs(folder, split, [Pair(pair.source, pair.target) for pair in pairs])
    data = {side: str(folder / f"train.{side}") for side in ("source", "target")}
    data |= {f"valid_{side}": str(folder / f"valid.{side}") for side in ("source", "target")}
    same = {"threads": 1, "precision": "float32", "validations": 1}
    train(folder / name, data, {**SHARED, **MODELS[name], **same})
    translator = load_translator(folder / name)
    short = [pair for pair in book.test if len(pair.source) <= 8]
    long = [pair for pair in book.test if len(pair.source) >= LONG]
    scores = []
    for pairs in (short, long):
        translations = translator.translate([pair.source for pair in pairs], beam=1)
        scores.append(exact_match([t.text for t in translations], [p.target for p in pairs]).value)
    return scores[0], scores[1]


@pytest.mark.slow  # trains two models of the demo, some minutes
def test_the_fixed_vector_falls_with_length_and_attention_does_not(
    book: Phrasebook, tmp_path: Path
) -> None:
    short, long = exact_by_length("rnn", book, tmp_path)
    fixed_short, fixed_long = exact_by_length("rnn-fixed", book, tmp_path)
    assert long > 0.7 * short
    assert fixed_long < fixed_short / 3
    assert long > fixed_long + 25

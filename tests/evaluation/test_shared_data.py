"""The same functions on real corpora, where they lie beside the repository."""

from pathlib import Path

import pytest

from qkv.data import read_lines, spans
from qkv.evaluation import alignment_scores, bleu_lowercased, by_length, is_chinese, read_pharaoh

DATA = Path(__file__).parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no corpora in {DATA}")

SETS = [
    ("tsinghua-zh-en", "zh", "en"),
    ("nist02-zh-en", "zh", "en"),
    ("europarl-de-en", "de", "en"),
    ("hansards-en-fr", "en", "fr"),
]


@pytest.mark.parametrize(("name", "source", "target"), SETS)
def test_gold_links_point_at_words(name: str, source: str, target: str) -> None:
    sure, possible = read_pharaoh(DATA / "alignment" / f"{name}.dev.align")
    sources = read_lines(DATA / "alignment" / f"{name}.dev.{source}")
    targets = read_lines(DATA / "alignment" / f"{name}.dev.{target}")
    for links, left, right in zip(possible, sources, targets, strict=True):
        assert all(i < len(left.split()) and j < len(right.split()) for i, j in links)
    scores = alignment_scores(possible, sure, possible)
    assert (scores.error_rate, scores.precision, scores.recall) == (0, 1, 1)
    diagonal = [
        {(i, i) for i in range(min(len(a.split()), len(b.split())))}
        for a, b in zip(sources, targets, strict=True)
    ]
    assert 0.2 < alignment_scores(diagonal, sure, possible).error_rate < 0.95


def test_languages_are_told_apart() -> None:
    assert is_chinese(read_lines(DATA / "tatoeba-zh-en" / "test.zh"))
    assert not is_chinese(read_lines(DATA / "tatoeba-zh-en" / "test.en"))
    assert not is_chinese(read_lines(DATA / "multi30k" / "val.de"))


def test_every_sentence_is_in_one_band() -> None:
    sources = read_lines(DATA / "multi30k" / "test_2016_flickr.en")
    german = read_lines(DATA / "multi30k" / "test_2016_flickr.de")
    assert bleu_lowercased(german, german, "de").value == pytest.approx(100)
    bands = by_length(sources, german, german, chinese=False)
    assert [b.sentences for b in bands] == [
        sum(b.shortest <= len(spans(s)) <= (b.longest or 10**6) for s in sources) for b in bands
    ]
    assert sum(b.sentences for b in bands) == 1000

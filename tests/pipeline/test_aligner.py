"""Links of pairs that exist already."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.data import Pair, spans
from qkv.data.words import pieces
from qkv.errors import ConfigError, DataError, FolderError
from qkv.pipeline import METHODS, Aligner, AlignmentHeads, Translator, load_translator, save_heads
from qkv.pipeline.alignment import of_words
from qkv.pipeline.alignment_heads import attended, candidates, load_heads, picked
from qkv.pipeline.paragraph import SENTENCE_CHARACTERS
from tests.tiny import PAIRS, RNN, TRANSFORMER, train, write_corpus

EXISTING = [Pair(*pair) for pair in PAIRS[::3]]
ODD = ["", " ", "我", "猫 \U0001f600!", "สวัสดี", "مرحبا بك", "don't <b>", "e\u0301 \u0301", "a" * 60]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """transformer, rnn, and rnn the other way."""
    root = tmp_path_factory.mktemp("aligned")
    data = write_corpus(root)
    back = {"source": data["target"], "target": data["source"]}
    train(root / "transformer", data, {**TRANSFORMER, "max_steps": 2, "warmup_steps": 1})
    train(root / "rnn", data, RNN)
    train(root / "back", back, {**RNN, "max_steps": 60})
    return root


@pytest.fixture(scope="module")
def rnn(folder: Path) -> Translator:
    return load_translator(folder / "rnn")


@pytest.fixture(scope="module")
def back(folder: Path) -> Translator:
    return load_translator(folder / "back")


@pytest.mark.parametrize("name", ["transformer", "rnn"])
def test_batches_read_what_each_pair_alone_does(folder: Path, name: str) -> None:
    translator = load_translator(folder / name)
    sides = translator.source_tokenizer, translator.target_tokenizer
    texts = zip(*EXISTING[:9], strict=True)
    encoded = [t.encode_batch(list(side)) for t, side in zip(sides, texts, strict=True)]
    examples = [(a.ids, b.ids) for a, b in zip(*encoded, strict=True)]
    shifted = AlignmentHeads(((0, 0),), shift=1)
    for number, (last, first) in attended(translator, examples, [AlignmentHeads(), shifted], 60):
        alone = translator.attention(encoded[0][number], examples[number][1])
        words = len(examples[number][1])
        np.testing.assert_allclose(last, alone.matrix(), atol=1e-5)
        assert first.shape == last.shape
        one = alone.matrix(layer=0, head=0)[1:]
        np.testing.assert_allclose(first[:words], one, atol=1e-5)


def test_the_words_of_a_small_language_are_found(rnn: Translator, back: Translator) -> None:
    for aligner in (Aligner(rnn), Aligner(rnn, back)):
        links = aligner.align(EXISTING)
        linked = [{link[:2] for link in own} for own in links]
        whole = EXISTING.index(Pair("我喜欢咖啡", "I like coffee"))
        assert linked[whole] == {(0, 0), (1, 1), (2, 1), (3, 2), (4, 2)}
        assert all(0 < link.confidence <= 1 for own in links for link in own)


def test_confidence_falls_where_the_threshold_rises(rnn: Translator, back: Translator) -> None:
    aligner = Aligner(rnn, back)
    weighed = aligner.weigh(EXISTING)
    every = [{*own} for own in aligner.link(weighed, threshold=0.0)]
    for threshold in (0.2, 0.5, 0.9):
        kept = aligner.link(weighed, threshold=threshold)
        for own, most in zip(kept, every, strict=True):
            assert {*own} == {link for link in most if link.confidence > threshold}


def test_methods_lie_between_intersection_and_union(rnn: Translator, back: Translator) -> None:
    aligner = Aligner(rnn, back)
    weighed = aligner.weigh(EXISTING)
    by = {method: aligner.link(weighed, method) for method in METHODS}
    for least, grown, most in zip(
        by["intersection"], by["grow-diag-final-and"], by["union"], strict=True
    ):
        assert {*least} <= {*grown} <= {*most}


@settings(max_examples=15)
@given(pairs=st.lists(st.tuples(st.sampled_from(ODD), st.sampled_from(ODD)), max_size=6))
def test_any_pairs_have_links_inside_them(rnn: Translator, back: Translator, pairs: list) -> None:
    for aligner in (Aligner(rnn, back), Aligner(rnn, rounds=0)):
        for method in METHODS:
            links = aligner.align(pairs, method=method)
            assert len(links) == len(pairs)
            for own, (source, target) in zip(links, pairs, strict=True):
                assert own == sorted(own)
                sizes = len(spans(source)), len(spans(target))
                assert all(0 <= i < sizes[0] and 0 <= j < sizes[1] for i, j, _ in own)
    tokens = rnn.source_tokenizer.encode_batch([source for source, _ in pairs])
    for own, read in zip(Aligner(rnn).align(pairs, subwords=True), tokens, strict=True):
        assert all(read.tokens[i].start < read.tokens[i].end for i, _, _ in own)


def test_more_pairs_teach_and_are_not_linked(rnn: Translator) -> None:
    alone = Aligner(rnn).weigh(EXISTING[:2])
    taught = Aligner(rnn).weigh(EXISTING[:2], also=EXISTING[2:])
    assert len(alone) == len(taught) == 2
    assert not np.array_equal(alone[0].weights[0], taught[0].weights[0])
    untaught = Aligner(rnn, rounds=0).weigh(EXISTING[:2], also=EXISTING[2:])
    same = Aligner(rnn, rounds=0).weigh(EXISTING[:2])
    assert np.array_equal(untaught[0].weights[0], same[0].weights[0])


def test_words_with_linked_pieces_are_linked() -> None:
    text, other = "Yes, sir.", "对，先生。"
    cut = pieces(text), pieces(other)
    assert [text[a:b] for a, b in cut[0]] == ["Yes", ",", "sir", "."]
    links = of_words([(0, 0), (1, 1), (3, 4)], cut, (spans(text), spans(other)))
    assert links == {(0, 0): [(0, 0)], (0, 1): [(1, 1)], (1, 4): [(3, 4)]}


def test_pieces_of_many_scripts() -> None:
    cut = {
        "don't «stop»": ["don", "'t", "«", "stop", "»"],
        "我用iPhone15。": ["我", "用", "iPhone15", "。"],
        "naïve_x": ["naïve", "_", "x"],
    }
    for text, parts in cut.items():
        assert [text[a:b] for a, b in pieces(text)] == parts


def test_the_choices_that_agree_most_are_picked() -> None:
    choices = candidates((2, 2))
    assert len(choices) == 2 * (4 + 2 + 1)
    yes, no = np.eye(3, dtype=bool), np.eye(3, dtype=bool)[::-1]
    even = [[yes], [yes | no], [no]]
    best = picked((choices[:3], choices[3:5]), (even, [[no], [no & yes]]))
    assert best == (choices[2], choices[3], 1.0)


def test_picked_heads_are_kept_in_the_folder(folder: Path, rnn: Translator) -> None:
    heads = AlignmentHeads(((1, 0), (1, 1)), 1)
    save_heads(folder / "transformer", heads)
    translator = load_translator(folder / "transformer")
    assert translator.alignment_heads == load_heads(folder / "transformer") == heads
    aligner = Aligner(translator)
    aligner.align(EXISTING[:3])
    assert aligner.signature.startswith(
        "heads:layer 1 heads 0,1 after the word is read|rounds:6|method:soft|threshold:0."
    )
    one = Aligner(translator, rnn).pick(EXISTING[:20])
    assert 0 <= one.agreement <= 1
    translator.alignment_heads = AlignmentHeads(((7, 0),))
    with pytest.raises(ConfigError, match="which this model does not have; pick again"):
        aligner.align(EXISTING[:3])
    (folder / "transformer" / "alignment.json").write_text('{"heads": 3}', encoding="utf-8")
    with pytest.raises(FolderError, match=r"alignment.json: broken .*--pick"):
        load_translator(folder / "transformer")


def test_what_cannot_be_aligned_is_refused(rnn: Translator) -> None:
    with pytest.raises(DataError, match="pair 2: a text of 5,001 characters"):
        Aligner(rnn).align([("a", "b"), ("a", "b" * (SENTENCE_CHARACTERS + 1))])
    with pytest.raises(ConfigError, match="method must be one of soft, intersection"):
        Aligner(rnn).align([("a", "b")], method="grow")
    with pytest.raises(ConfigError, match="rounds must be at least 0"):
        Aligner(rnn, rounds=-1)
    with pytest.raises(ConfigError, match="give both"):
        Aligner(rnn).pick([("a", "b")])
    assert Aligner(rnn).align([]) == []

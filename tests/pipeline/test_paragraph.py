"""Texts of several sentences: each translated as if alone, and put together again."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from qkv.data.tokenizer import EOS
from qkv.data.words import spans
from qkv.errors import ConfigError, DataError
from qkv.inspection import in_words
from qkv.models import PLAIN
from qkv.pipeline import Translation, Translator, load_translator
from qkv.pipeline.paragraph import SENTENCE_CHARACTERS, joined
from tests.tiny import PAIRS, RNN, TRANSFORMER, train, write_corpus

SENTENCES = ["我喜欢咖啡。", "你有书。", "他们吃面包。"]
GAPS = ["", " ", "  ", "\n\n", "\u3000", "\t"]


@pytest.fixture(scope="module", params=[TRANSFORMER, RNN], ids=["transformer", "rnn"])
def translator(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Translator:
    """Trained on sentences with full stops, one a source."""
    folder = tmp_path_factory.mktemp("stops")
    train(
        folder / "model",
        write_corpus(folder, [(f"{a}。", f"{b}.") for a, b in PAIRS]),
        request.param,
    )
    return load_translator(folder / "model")


def alone(translator: Translator, *, nbest: int = 1) -> list[Translation]:
    return translator.translate(SENTENCES, nbest=nbest)


@pytest.mark.parametrize("gap", GAPS)
def test_sentences_are_translated_as_if_alone(translator: Translator, gap: str) -> None:
    [whole] = translator.translate([f" {gap.join(SENTENCES)}\n"])
    expected = alone(translator)
    assert whole.text == (gap or " ").join(each.text for each in expected)
    assert whole.score == pytest.approx(sum(each.score for each in expected), rel=1e-6)
    assert whole.log_probability == pytest.approx(
        sum(each.log_probability for each in expected), rel=1e-6
    )
    [first, second, third] = expected
    assert whole.ids == (*first.ids, EOS, *second.ids, EOS, *third.ids)


def test_one_sentence_is_what_it_was(translator: Translator) -> None:
    """White space around it, and others beside it, are no reason to take it apart."""
    whole = Translator(translator.model, translator.source_tokenizer, translator.target_tokenizer)
    texts = ["我喜欢咖啡。", "  你有书。 ", "他们吃面包", "", " "]
    assert translator.translate(texts) == whole.translate(texts)
    assert whole.translate(["".join(SENTENCES)])[0].ids.count(EOS) == 0


@pytest.mark.parametrize("gap", GAPS)
def test_offsets_and_links_are_those_of_the_whole(translator: Translator, gap: str) -> None:
    source = f" {gap.join(SENTENCES)}"
    [whole] = translator.translate([source])
    for tokens, text in ((whole.tokens, whole.text), (whole.source_tokens, source)):
        assert [token.text for token in tokens].count("<eos>") == 3
        assert all(text[t.start : t.end] == t.text for t in tokens if t.start < t.end)
    expected, i, j = set(), 0, 0
    for each in alone(translator):
        expected |= {(a + i, b + j) for a, b in each.alignment(subwords=True)}
        i, j = i + len(each.source_tokens), j + len(each.tokens)
    assert whole.alignment(subwords=True) == sorted(expected)
    words, ends = spans(source), [source.index(each) + len(each) for each in SENTENCES]
    sentence = [sum(start >= end for end in ends) for start, _ in words]
    counts = np.cumsum([len(spans(each.text)) for each in alone(translator)])
    links = whole.alignment()
    if not gap:  # a word is a character: no link leaves its sentence
        assert all(sentence[i] == np.searchsorted(counts, j, "right") for i, j in links)
    own = [each.alignment() for each in alone(translator)]
    first = [0, *counts]
    assert {j for _, j in links} == {j + first[n] for n, each in enumerate(own) for _, j in each}


def test_attention_is_that_of_each_sentence(translator: Translator) -> None:
    [whole] = translator.translate(["".join(SENTENCES)])
    matrix, row, column = whole.attention.matrix(), 0, 0
    assert matrix.shape == (len(whole.tokens), len(whole.source_tokens))
    for each in alone(translator):
        own = each.attention.matrix()
        rows, columns = row + own.shape[0], column + own.shape[1]
        np.testing.assert_allclose(matrix[row:rows, column:columns], own, atol=1e-6)
        matrix[row:rows, column:columns] = 0
        row, column = rows, columns
    assert not matrix.any()


def test_words_of_a_heat_map_stop_at_the_end_of_a_sentence(translator: Translator) -> None:
    [whole] = translator.translate(["\n".join(SENTENCES)])
    rows = [label for label, _ in in_words(whole.tokens, whole.text)]
    assert " ".join(rows) == whole.text.replace("\n", " <eos> ") + " <eos>"


def test_alternatives_are_the_best_combinations(translator: Translator) -> None:
    [whole] = translator.translate(["".join(SENTENCES)], nbest=4)
    each = [[first, *first.alternatives] for first in alone(translator, nbest=4)]
    sums = sorted(a.score + b.score + c.score for a in each[0] for b in each[1] for c in each[2])
    scores = [one.score for one in (whole, *whole.alternatives)]
    assert scores == pytest.approx(sums[::-1][:4], rel=1e-6)
    assert len({one.text for one in (whole, *whole.alternatives)}) == 4


def test_it_travels_and_is_looked_at_again(translator: Translator) -> None:
    [whole] = translator.translate(["\n\n".join(SENTENCES)], nbest=2)
    for back in (pickle.loads(pickle.dumps(whole)), Translation.from_dict(whole.as_dict())):
        assert back == whole
        again = translator.attend(back)
        assert again.alignment() == whole.alignment()
        np.testing.assert_array_equal(again.attention.matrix(), whole.attention.matrix())
        [other], [expected] = again.alternatives, whole.alternatives
        np.testing.assert_array_equal(other.attention.matrix(), expected.attention.matrix())


def test_a_prefix_begins_the_first_sentence(translator: Translator) -> None:
    texts = ["".join(SENTENCES), "你有书。"]
    [whole, single] = translator.translate(texts, prefix=["they", "the"])
    assert whole.text.startswith("they ")
    assert single.text.startswith("the ")
    assert whole.text.endswith(" ".join(each.text for each in alone(translator)[1:]))
    with pytest.raises(ConfigError, match="prefix must be one text, or one for each source; got 3"):
        translator.translate(texts, prefix=["they", "the", "a"])


def test_what_if_is_asked_of_whole_texts(translator: Translator) -> None:
    hidden = PLAIN.without_heads("cross", [0])
    [whole] = translator.translate(["".join(SENTENCES)], attention=hidden)
    assert EOS not in whole.ids
    [parted] = translator.translate(["".join(SENTENCES)])
    with pytest.raises(ConfigError, match="sentence by sentence; give one of them alone"):
        translator.attend(parted, hidden)


def test_a_foreign_one_is_refused(translator: Translator) -> None:
    [whole] = translator.translate(["".join(SENTENCES)])
    record = {**whole.as_dict(), "source": SENTENCES[0]}
    with pytest.raises(ConfigError, match="another model's; its tokens differ"):
        translator.attend(Translation.from_dict(record))


def test_too_long_a_sentence_is_refused(translator: Translator) -> None:
    long = "咖啡" * (SENTENCE_CHARACTERS // 2)
    with pytest.raises(
        DataError, match=r"^text 2: a sentence of 5,002 characters; .* at most 5,000"
    ):
        translator.translate(["咖啡", f"你有书。 {long}咖啡"], beam=1)


def test_what_is_unlike_the_training_text(translator: Translator) -> None:
    assert (translator.longest, translator.sentences) == (3, 1)
    texts = ["我喜欢咖啡。", "".join(SENTENCES), "", "한국어", "我喜欢我喜欢我喜欢咖啡。你有书。"]
    short, several, nothing, unknown, long = (
        translator.unlike_training(each) for each in translator.translate(texts)
    )
    assert short == several == nothing == []
    assert unknown[0] == "9 of its 9 tokens spell characters unknown to the model"
    tokens = len(translator.source_tokenizer.encode("我喜欢我喜欢我喜欢咖啡。").ids)
    assert long == [f"a sentence has {tokens} tokens, the longest trained on had 3"]
    translator = Translator(
        translator.model, translator.source_tokenizer, translator.target_tokenizer
    )
    assert translator.unlike_training(translator.translate([texts[-1]])[0]) == []  # unknown


def test_a_model_of_paragraphs_gets_paragraphs(tmp_path: Path) -> None:
    pairs = [(f"{a}。你有书。", f"{b}. you have books.") for a, b in PAIRS]
    train(tmp_path / "model", write_corpus(tmp_path, pairs), TRANSFORMER | {"max_steps": 4})
    translator = load_translator(tmp_path / "model")
    assert translator.sentences == 2
    two, three = translator.translate(
        ["我喜欢咖啡。你有书。", "我喜欢咖啡。你有书。你有书。"], beam=1
    )
    assert (two.ids.count(EOS), three.ids.count(EOS)) == (0, 2)


@pytest.mark.parametrize(
    ("gap", "before", "after", "expected"),
    [
        (" ", "我喜欢。", "你有。", "我喜欢。你有。"),  # Chinese has no space there
        ("\n", "我喜欢。", "你有。", "我喜欢。\n你有。"),
        ("", "I like.", "You have.", "I like. You have."),
        ("  ", "I like.", "You have.", "I like.  You have."),
        (" ", "", "You have.", "You have."),
        (" ", "I like.", "", "I like."),
    ],
)
def test_what_parts_two_sentences(gap: str, before: str, after: str, expected: str) -> None:
    source = f"A.{gap}B."
    parts = [Translation(text, 0.0, 0.0, (), "", ()) for text in (before, after)]
    assert joined(source, [(0, 2), (len(source) - 2, len(source))], parts).text == expected

"""A translation that is being typed: how it goes on, and its next word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.data.tokenizer import BOS, EOS
from qkv.errors import ConfigError, DataError
from qkv.pipeline import Translator, load_translator
from qkv.pipeline.spelling import Spelling, continues

TEXTS = ["我喜欢咖啡", "老师吃面包", "他们看到钥匙"]


@pytest.fixture(scope="module", params=["transformer", "rnn"])
def translator(request: pytest.FixtureRequest) -> Translator:
    return load_translator(request.getfixturevalue(request.param))


def test_wherever_the_best_translation_is_cut_it_goes_on_as_it_did(translator: Translator) -> None:
    for text in TEXTS:
        [best] = translator.translate([text])
        for end in range(len(best.text) + 1):
            completion = translator.complete(text, best.text[:end])
            assert completion.translations[0].text == best.text
            assert completion.translations[0].score == pytest.approx(best.score, abs=1e-4)
            begun = best.text[:end].rpartition(" ")[2]
            assert any(word.text.startswith(begun) for word in completion.words[:1])


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=12), st.integers(1, 4), st.booleans())
def test_whatever_is_typed_stands_at_the_beginning(
    transformer: Path, typed: str, nbest: int, space: bool
) -> None:
    translator = load_translator(transformer)
    typed += " " * space
    tokenizer = translator.target_tokenizer
    shown = tokenizer.decode(tokenizer.encode(typed).ids).text
    completion = translator.complete(TEXTS[0], typed, beam=4, nbest=nbest)
    assert 1 <= len(completion.translations) <= nbest
    for translation in completion.translations:
        assert translation.text.startswith(shown)
        if space and shown:
            assert translation.text[len(shown) :][:1] in ("", " ")
    probabilities = [word.probability for word in completion.words]
    assert probabilities == sorted(probabilities, reverse=True)
    assert 0 < sum(probabilities) <= 1 + 1e-4


def ways(spelled: list[bytes], rest: bytes, *, beyond: bool) -> Iterator[tuple[int, ...]]:
    """All tokens that spell these bytes; beyond: the last may spell more."""
    if not rest:
        yield ()
        return
    for token, own in enumerate(spelled):
        if own and (rest.startswith(own) or (beyond and own.startswith(rest))):
            for others in ways(spelled, rest[len(own) :], beyond=beyond):
                yield (token, *others)


@pytest.mark.parametrize(
    ("typed", "given_", "rest"),
    [
        ("I l", "I", " l"),
        ("I lik", "I", " lik"),
        ("I like ", "I like", " "),
        ("th", "", " th"),
        ("猫", "", "猫"),  # which has no token of its own
    ],
)
def test_words_have_the_probability_of_all_their_spellings(
    translator: Translator, typed: str, given_: str, rest: str
) -> None:
    """Every spelling by itself, read by teacher forcing."""
    tokenizer, model = translator.target_tokenizer, translator.model
    spelled = [Spelling(tokenizer).said([t]) for t in range(tokenizer.vocabulary_size)]
    first = [s.decode("utf-8", "replace")[:1].replace("\ufffd", "a") for s in spelled]
    inside = torch.tensor([bool(c) and continues(c) for c in first])
    source = torch.tensor([[*translator.source_tokenizer.encode(TEXTS[0]).ids, EOS]])
    present = torch.ones_like(source, dtype=torch.bool)
    before = tokenizer.encode(given_).ids

    def read(tokens: tuple[int, ...]) -> tuple[float, torch.Tensor]:
        """P of the tokens after what is given, and of each next one."""
        words = torch.tensor([[BOS, *before, *tokens]])
        with torch.no_grad():
            decoded, _ = model(source, present, words)
            p = model.decoder.readout(decoded.features[0]).double().softmax(-1)
        said = p[len(before) : -1].gather(1, torch.tensor(tokens).view(-1, 1))
        return float(said.prod()), p[-1]

    whole = sum(read(way)[0] for way in ways(spelled, rest.encode(), beyond=True))
    completion = translator.complete(TEXTS[0], typed, words=3)
    assert completion.words[0].probability > 0.02
    for word, probability in completion.words:
        begun = rest.lstrip()
        texts = [f"{rest}{word}", f"{rest} {word}"] if begun == "猫" else [f" {word}"]
        total = 0.0
        for text in texts:
            for way in ways(spelled, text.encode(), beyond=False):
                p, following = read(way)
                ends = 1 - float(following[inside].sum()) if continues(text[-1]) else 1.0
                total += p * ends
        assert probability == pytest.approx(total / whole, rel=0.01, abs=1e-3)


def test_the_end_of_a_text_is_a_word(translator: Translator) -> None:
    completion = translator.complete(TEXTS[0], "I like coffee", words=2)
    assert completion.words[0].text == "coffee"
    assert translator.complete(TEXTS[0], "I like coffee ", words=1).words[0].text != ""
    assert translator.complete("。", words=0).words == ()


def test_units_are_typed_as_they_are(translator: Translator) -> None:
    completion = translator.complete("我喜欢{n}", "{n} an", protect=True)
    assert completion.translations[0].text.startswith("{n} an")
    assert completion.translations[0].text.count("{n}") == 1


def test_it_travels_and_empty_texts_have_none(translator: Translator) -> None:
    completion = translator.complete(TEXTS[0], "I l", nbest=2)
    record = json.loads(json.dumps(completion.as_dict()))
    assert record["words"][0] == {
        "text": completion.words[0].text,
        "probability": completion.words[0].probability,
    }
    assert [t["text"] for t in record["translations"]] == [t.text for t in completion.translations]
    assert translator.complete("  ", "I").translations == ()


def test_what_is_refused(translator: Translator) -> None:
    with pytest.raises(ConfigError, match="leave out the other"):
        translator.complete(TEXTS[0], "I", prefix="you")
    for words in (-1, 101, True, 2.0):
        with pytest.raises(ConfigError, match="words must be a whole number from 0 to 100"):
            translator.complete(TEXTS[0], words=words)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ConfigError, match="must each be one str"):
        translator.complete(TEXTS, "I")  # pyright: ignore[reportArgumentType]
    with pytest.raises(DataError, match="surrogate"):
        translator.complete(TEXTS[0], "\ud800")
    with pytest.raises(ConfigError, match="a search has no setting 'beams'"):
        translator.complete(TEXTS[0], "I", beams=3)
    with pytest.raises(DataError, match="the text: a sentence of 6,000 characters"):
        translator.complete("猫" * 6000)

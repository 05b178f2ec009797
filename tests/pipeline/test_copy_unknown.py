"""Words of characters that a model does not know come back as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.errors import ConfigError
from qkv.pipeline import Translation, Translator, load_translator
from qkv.pipeline.spelling import unknown_words


@pytest.fixture(scope="module", params=["transformer", "rnn", "one_vector"])
def translator(request: pytest.FixtureRequest) -> Translator:
    return load_translator(request.getfixturevalue(request.param))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我喜欢咖啡", []),
        ("我喜欢Łódź咖啡", ["Łódź"]),
        ("我喜欢coffeeŁód, Żółć，24Ź!", ["coffeeŁód", "Żółć", "24Ź"]),
        ("鑫鑫喜欢淼", ["鑫鑫", "淼"]),
        ("😀 我👩‍💻有书", ["😀", "👩‍💻"]),
        ("e\u0301ŁA", ["e\u0301ŁA"]),
        ("", []),
    ],
)
def test_which_words_these_are(transformer: Path, text: str, words: list[str]) -> None:
    translator = load_translator(transformer)
    tokens = translator.source_tokenizer.encode(text).tokens
    assert [text[start:end] for start, end in unknown_words(text, tokens, [])] == words


def test_what_is_a_unit_already_is_no_part_of_them(transformer: Path) -> None:
    tokens = load_translator(transformer).source_tokenizer.encode("7鑫b鑫").tokens
    assert unknown_words("7鑫b鑫", tokens, [(0, 1), (2, 3)]) == [(1, 2), (3, 4)]


TEXTS = ["鑫鑫喜欢咖啡", "我喜欢Łódź。老师吃😀面包{x}", "Łódź", "我喜欢咖啡", "", "Ω-Ω"]


def test_they_come_back_each_once(translator: Translator) -> None:
    plain = translator.translate(TEXTS, beam=2)
    for text, result, before in zip(
        TEXTS, translator.translate(TEXTS, beam=2, copy_unknown=True), plain, strict=True
    ):
        for start, end, begin, stop in result.units:
            assert text[start:end] == result.text[begin:stop]
        copied = [text[start:end] for start, end, *_ in sorted(result.units)]
        for word in ("鑫鑫", "Łódź", "😀", "{x}", "Ω"):
            assert copied.count(word) == text.count(word) == result.text.count(word)
        if text == "我喜欢咖啡":
            assert result.text == before.text
        assert Translation.from_dict(json.loads(json.dumps(result.as_dict()))) == result
        assert translator.attend(result).text == result.text


def test_in_documents(translator: Translator) -> None:
    text = "鑫鑫喜欢咖啡。\n\n- 我有Łódź。"
    [document] = translator.translate([text], documents=True, copy_unknown=True)
    assert sorted(document.text[c:d] for _, _, c, d in document.units) == ["Łódź", "鑫鑫"]
    assert "\n\n- " in document.text


@settings(max_examples=12, deadline=None)
@given(st.text(alphabet="我喜欢咖啡Łź鑫😀 7<b>-,e\u0301\u200d", max_size=14))
def test_any_text(transformer: Path, text: str) -> None:
    [result] = load_translator(transformer).translate([text], beam=1, copy_unknown=True)
    for start, end, begin, stop in result.units:
        assert text[start:end] == result.text[begin:stop]
    for character in "Łź鑫":
        assert result.text.count(character) == text.count(character)


def test_it_protects(translator: Translator) -> None:
    with pytest.raises(ConfigError, match="does not go with protect=False"):
        translator.translate(TEXTS, copy_unknown=True, protect=False)

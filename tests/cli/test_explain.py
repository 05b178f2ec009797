"""`qkv explain`: the arguments; what it prints is tested in tests/inspection."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import pytest

from qkv.inspection import explain_text, explained, explained_text, worked_example
from qkv.pipeline import load_captioner, load_translator
from tests.cli.conftest import Qkv


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scaled", [False, True])
def test_both_languages_with_and_without_scale(qkv: Qkv, language: str, scaled: bool) -> None:
    out = qkv("explain", "--lang", language, *["--scaled"] * scaled).printed()
    assert out == explain_text(worked_example(scaled=scaled), language) + "\n"
    assert "0.880797" in out or scaled
    assert ("相似度" in out) is (language == "zh")


def test_own_numbers(qkv: Qkv) -> None:
    arguments = ("--query", "1,0", "--keys", "1,2;3,4;5,6", "--values", "1;2;3")
    out = qkv("explain", *arguments).printed()
    assert out == explain_text(worked_example("1,0", "1,2;3,4;5,6", "1;2;3"), "en") + "\n"


def test_json(qkv: Qkv) -> None:
    record = json.loads(qkv("explain", "--json").printed())
    assert 0.880797 in [round(weight, 6) for weight in record["weights"]]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--lang", "fr"],
        ["--query", "x", "--keys", "1,2"],
        ["--query", "nan,1", "--keys", "1,2"],
        ["--query", "1,2", "--keys", "1,2;3"],
        ["--query", "1,2,3"],
        ["--values", "1"],
        ["--query"],
    ],
    ids=" ".join,
)
def test_refusals(qkv: Qkv, arguments: list[str]) -> None:
    assert qkv("explain", *arguments).refusal()


# Of a trained model

SENTENCE = "我喜欢咖啡"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_step_of_a_trained_model(qkv: Qkv, rnn: Path, language: str) -> None:
    model = load_translator(rnn)
    [result] = model.translate([SENTENCE])
    out = qkv("explain", rnn, SENTENCE, "--step", "2", "--lang", language).printed()
    assert out == explained_text(explained(model, result, 2), language) + "\n"
    assert out == qkv("explain", rnn, SENTENCE, "--step", "like", "--lang", language).printed()


def test_kind_layer_head_and_search_are_asked_for(qkv: Qkv, transformer: Path) -> None:
    model = load_translator(transformer)
    [result] = model.translate([SENTENCE], prefix="you see")
    where: dict[str, Any] = {"kind": "decoder", "layer": 0, "head": 1}
    options = ("--kind", "decoder", "--layer", "0", "--head", "1", "--prefix", "you see")
    out = qkv("explain", transformer, SENTENCE, "--step", "see", *options, "--json").printed()
    expected = explained(model, result, 2, **where).as_dict()
    assert json.loads(out) == json.loads(json.dumps(expected))


def test_one_vector_is_said(qkv: Qkv, one_vector: Path) -> None:
    assert "attention=none" in qkv("explain", one_vector, SENTENCE).printed()


def test_a_picture(qkv: Qkv, captioner: Path, album: dict[str, str]) -> None:
    path, model = Path(album["images"]).parent / "red-blue.png", load_captioner(captioner)
    [caption] = model.caption([path])
    out = qkv("explain", captioner, path).printed()
    assert out == explained_text(explained(model, caption, 1)) + "\n"
    assert "r1 c1" in out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--layer", "2"], "no layer 2; this model has 2, numbered from 0."),
        (["--head", "-3"], "no head -3; this model has 2, numbered from 0."),
        (["--kind", "self"], "no attention 'self'; choose cross, encoder or decoder."),
        (["--step", "0"], "--step must be a number from 1, or a word; got 0."),
        (["--lang", "fr"], "--lang must be en or zh; got 'fr'."),
        (["--query", "1,2"], "--query, --keys, --values and --scaled are for the worked example; "),
    ],
)
def test_what_is_not_there_is_refused_before_the_model_is_loaded(
    qkv: Qkv,
    transformer: Path,
    arguments: list[str],
    text: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any) -> NoReturn:
        raise AssertionError("the weights were read")

    monkeypatch.setattr("qkv.pipeline.loading.load_model", refuse)
    assert qkv("explain", transformer, SENTENCE, *arguments).refusal().startswith(text)


def test_a_step_beyond_the_text(qkv: Qkv, rnn: Path) -> None:
    refused = qkv("explain", rnn, SENTENCE, "--step", "9").refusal()
    assert refused == ("no step 9; there are 4, numbered from 1: 1 I, 2 like, 3 coffee, 4 <eos>.")


@pytest.mark.parametrize("step", ["--5", "9" * 5000, "²"])
def test_a_step_that_is_no_number_is_a_word(qkv: Qkv, rnn: Path, step: str) -> None:
    refused = qkv("explain", rnn, SENTENCE, f"--step={step}").refusal()
    assert refused.startswith(f"no step is for '{step[:12]}")
    assert refused.endswith("; they are 1 I, 2 like, 3 coffee, 4 <eos>.")


def test_a_model_needs_a_text(qkv: Qkv, rnn: Path) -> None:
    assert qkv("explain", rnn).refusal() == (
        f"{rnn}: nothing to explain; give some words to translate, or a picture."
    )


def test_an_rnn_has_no_self_attention(qkv: Qkv, rnn: Path) -> None:
    refused = qkv("explain", rnn, SENTENCE, "--kind", "encoder").refusal()
    assert refused == "a recurrent model has no encoder self-attention; show its cross-attention."


def test_one_vector_attends_to_nothing(qkv: Qkv, one_vector: Path) -> None:
    refused = qkv("explain", one_vector, SENTENCE, "--kind", "encoder").refusal()
    assert refused == "this model attends to nothing: it has no encoder attention either."

"""`qkv explain`: the arguments; what it prints is tested in tests/inspection."""

from __future__ import annotations

import json

import pytest

from qkv.inspection import explain_text, worked_example
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

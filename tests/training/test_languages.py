"""A model folder knows its languages: told by the text, or named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qkv.data import Pair
from qkv.errors import ConfigError
from qkv.models.config import ModelConfig, language_pair
from qkv.models.folder import read_config
from qkv.training import start
from qkv.training.text import languages_of
from tests.tiny import PAIRS, RNN, TRANSFORMER, train, write_corpus

SHORT = TRANSFORMER | {"max_steps": 4, "validations": 1}
UNTOLD = [("12 34 %d" % i, "abc %d" % i) for i in range(40)]  # noqa: UP031 - no braces in data


def test_they_are_told_by_the_text() -> None:
    pairs = [Pair(*pair) for pair in PAIRS]
    assert languages_of(pairs) == "zh-en"
    assert languages_of([Pair(target, source) for source, target in pairs]) == "en-zh"
    assert languages_of([Pair(*pair) for pair in UNTOLD]) is None
    halves = ["Two men stand before a house."] * 40 + ["Двое мужчин стоят у дома."] * 40
    assert languages_of([Pair("两个男人站在房子前面", target) for target in halves]) is None


def test_the_folder_and_its_card_name_them(transformer: Path) -> None:
    assert read_config(transformer).languages == "zh-en"
    card = (transformer / "README.md").read_text(encoding="utf-8")
    assert "It translates from `zh` to `en` (ISO 639)." in card


def test_what_is_named_goes_before_what_is_told(corpus: dict[str, str], tmp_path: Path) -> None:
    reported = train(tmp_path / "model", corpus, SHORT | {"languages": "yue-en"})
    assert read_config(tmp_path / "model").languages == "yue-en"
    assert "languages: yue-en (--languages names others)" in reported


def test_what_cannot_be_told_is_left_open_and_said(tmp_path: Path) -> None:
    reported = train(tmp_path / "model", write_corpus(tmp_path, UNTOLD), SHORT)
    assert read_config(tmp_path / "model").languages is None
    assert "languages: not told by the text (--languages names others)" in reported
    assert "It translates" not in (tmp_path / "model" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("given", "has"), [({}, "zh-en"), ({"languages": "ja-en"}, "ja-en")])
def test_a_run_that_goes_on_keeps_them_or_is_told_others(
    rnn: Path, corpus: dict[str, str], tmp_path: Path, given: dict[str, Any], has: str
) -> None:
    settings = {"max_steps": 2, "validations": 1, "threads": 1, "precision": "float32", **given}
    start(tmp_path / "model", corpus, settings, report=lambda _: None, base=rnn)
    assert read_config(tmp_path / "model").languages == has


@pytest.mark.parametrize("languages", ["", "zh", "zh-", "zh_en", "ZH-EN", "zh-CN-en", "中文-en"])
def test_others_than_two_codes_are_refused(languages: str) -> None:
    with pytest.raises(ConfigError, match="two codes of ISO 639, source and target, as in zh-en"):
        ModelConfig(languages=languages)


def test_two_codes_are_source_and_target() -> None:
    assert language_pair("zh-yue") == ("zh", "yue")


def test_pictures_have_none(album: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="languages is only for text"):
        train(tmp_path / "model", album, RNN | {"languages": "zh-en"})

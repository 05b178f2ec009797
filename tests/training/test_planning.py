"""What is chosen from the table, by size, time, machine and what the user says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qkv.data import Pair
from qkv.errors import ConfigError
from qkv.training import planning
from qkv.training.config import configs
from qkv.training.planning import Recipe, choose, size_of
from tests.tiny import RNN, train

SMALL_FAST = Recipe(10_000, 1000.0, 60.0, 10.0, {"architecture": "rnn", "width": 64})
SMALL_GOOD = Recipe(10_000, 1000.0, 600.0, 15.0, {"architecture": "rnn", "width": 256})
SMALL_SLOW = Recipe(10_000, 1000.0, 6000.0, 14.0, {"architecture": "transformer"})
LARGE = Recipe(500_000, 1000.0, 600.0, 35.0, {"architecture": "transformer", "width": 512})


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (SMALL_FAST, SMALL_GOOD, SMALL_SLOW, LARGE)
    monkeypatch.setattr(planning, "recipes", lambda: rows)


@pytest.mark.parametrize(
    ("tokens", "seconds", "speed", "settings", "chosen"),
    [
        (12_000, 100.0, 1000.0, {}, SMALL_FAST),
        (12_000, 1000.0, 1000.0, {}, SMALL_GOOD),
        (12_000, 100.0, 10_000.0, {}, SMALL_GOOD),
        (12_000, 10.0, 1000.0, {}, SMALL_FAST),  # nothing fits: the shortest
        (12_000, 1e9, 1000.0, {}, SMALL_GOOD),  # longer is not better
        (12_000, None, 0.0, {}, SMALL_GOOD),
        (60_000, None, 0.0, {}, SMALL_GOOD),  # 6 times as large, and 8 times as small as LARGE
        (10**9, None, 0.0, {}, LARGE),
        (1, None, 0.0, {}, SMALL_GOOD),
        (12_000, None, 0.0, {"architecture": "transformer"}, SMALL_SLOW),
        (12_000, None, 0.0, {"heads": "8"}, SMALL_SLOW),  # which only a Transformer has
        (10**9, 10.0, 1.0, {"attention": "dot"}, SMALL_FAST),
    ],
)
def test_the_best_run_of_like_size_that_ends_in_time(
    tokens: int, seconds: float | None, speed: float, settings: dict[str, Any], chosen: Recipe
) -> None:
    assert choose(tokens, seconds, speed, settings) is chosen


def test_what_was_never_tried_is_left_to_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "recipes", lambda: (LARGE,))
    assert choose(1000, None, 0.0, {"architecture": "rnn"}) is None


def test_widths_follow_the_recipe_and_the_user_goes_before() -> None:
    model, _ = configs({"dropout": 0.7}, recipe={"architecture": "rnn", "width": 64})
    assert (model.width, model.embedding, model.encoder_width) == (64, 64, 64)
    assert model.dropout == 0.7
    model, _ = configs({"width": "96"}, recipe={"architecture": "rnn", "width": 64})
    assert (model.architecture, model.width, model.embedding) == ("rnn", 96, 96)


def test_sizes_of_english_and_chinese_are_about_the_tokens() -> None:
    assert size_of([Pair("", "I like to drink coffee in the morning.")]) == 7
    assert size_of([Pair("", "我喜欢早上喝咖啡。")]) == 5
    assert size_of([]) == 1


def test_what_was_chosen_is_said_but_not_what_the_user_gave(
    corpus: dict[str, str], tmp_path: Path
) -> None:
    few = {**RNN, "max_steps": 2, "validations": 1}
    reported = train(tmp_path / "given", corpus, few)
    assert not [line for line in reported if line.startswith("for text")]
    del few["width"]
    reported = train(tmp_path / "open", corpus, {**few, "encoder_width": 8})
    assert reported[0] == "for text of this size: width=256 (see --set)"


def test_smaller_text_gets_more_passes(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a trial on twice as many tokens, twice the epochs."""
    trial = Recipe(828, 1.0, 1.0, 1.0, {"architecture": "rnn", "epochs": 3, "batch_tokens": 4096})
    monkeypatch.setattr(planning, "recipes", lambda: (trial,))
    given = {n: v for n, v in RNN.items() if n not in ("max_steps", "batch_tokens")}
    reported = train(tmp_path / "model", corpus, {**given, "validations": 1})
    assert reported[0] == "for text of this size: epochs=6 batch_tokens=4096 (see --set)"
    assert any("6 steps" in line for line in reported)  # a batch an epoch


@pytest.mark.parametrize("name", ["max_steps", "epochs"])
def test_a_time_and_a_length_contradict_each_other(
    corpus: dict[str, str], tmp_path: Path, name: str
) -> None:
    with pytest.raises(ConfigError, match=f"--time and {name} both"):
        train(tmp_path / "model", corpus, {name: 2}, seconds=60.0)
    assert not (tmp_path / "model").exists()


def test_the_table_that_is_shipped_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for row in planning.recipes():
        configs({}, recipe=row.settings)
        assert row.tokens > 0
        assert row.seconds > 0
        assert row.speed > 0
    assert choose(100_000, 300.0, 5000.0, {}) is not None


def test_a_run_with_a_time_uses_it(corpus: dict[str, str], tmp_path: Path) -> None:
    """Of three seconds; the update that ends it may go over."""
    settings = {name: value for name, value in RNN.items() if name != "max_steps"}
    reported = train(tmp_path / "model", corpus, settings, seconds=3.0)
    assert "stopped early" not in "".join(reported)
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "Validation, greedy search" in card


@pytest.mark.parametrize("seconds", [0, -5, float("nan"), float("inf"), "30s", True])
def test_what_is_no_time(corpus: dict[str, str], tmp_path: Path, seconds: Any) -> None:
    with pytest.raises(ConfigError, match="seconds must be a number above 0"):
        train(tmp_path / "model", corpus, {}, seconds=seconds)
    assert not (tmp_path / "model").exists()

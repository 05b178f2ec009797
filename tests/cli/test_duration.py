"""Durations as people write them."""

from __future__ import annotations

import pytest

from qkv.cli.duration import duration
from qkv.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("5m", 300),
        ("2h", 7200),
        ("1h30m", 5400),
        ("0.5h", 1800),
        ("1.5m", 90),
        ("overnight", 28_800),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "5", "m", "5 m", "5min", "-5m", "5m!", "1:30", "nan", "1e9m", "５m m"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ConfigError, match="give it as 90s, 5m, 2h, 1h30m or overnight"):
        duration(text)


@pytest.mark.parametrize("text", ["0s", "29s", "0.1m"])
def test_too_short_to_train_anything(text: str) -> None:
    with pytest.raises(ConfigError, match="too short to train anything; at least 30s"):
        duration(text)

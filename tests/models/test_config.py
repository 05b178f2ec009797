"""ModelConfig: each setting that does not fit is one sentence naming it."""

from typing import Any

import pytest

from qkv.errors import ConfigError
from qkv.models import ModelConfig
from qkv.settings import declared

ERRORS: dict[str, tuple[dict[str, Any], str]] = {
    "attention": (
        {"attention": "soft"},
        "attention must be one of none, dot, general, additive, or a score of your own as "
        "package.module:name; got 'soft'.",
    ),
    "order": ({"order": "before"}, "order must be one of luong, places, article; got 'before'."),
    "cell": ({"cell": "rnn"}, "cell must be one of lstm, gru; got 'rnn'."),
    "a size of zero": ({"encoder_layers": 0}, "encoder_layers must lie between 1 and 256; got 0."),
    "a negative size": ({"feedforward": -3}, "feedforward must lie between 1 and 65,536; got -3."),
    "dropout of one": ({"dropout": 1.0}, "dropout must lie in [0, 1); got 1.0."),
    "a size beyond reason": (
        {"width": 10**9},
        "width must lie between 1 and 65,536; got 1000000000.",
    ),
    "dropout below zero": ({"dropout": -0.1}, "dropout must lie in [0, 1); got -0.1."),
    "dropout that is no number": (
        {"dropout": float("nan")},
        "dropout must lie in [0, 1); got nan.",
    ),
    "a text for a number": ({"width": "128"}, "width must be a whole number; got '128'."),
    "a fraction for a count": ({"width": 12.5}, "width must be a whole number; got 12.5."),
    "a truth for a count": ({"heads": True}, "heads must be a whole number; got True."),
    "a text for a truth": ({"tied": "false"}, "tied must be true or false; got 'false'."),
    "nothing for a text": ({"cell": None}, "cell must be text; got None."),
    "heads that do not divide the width": (
        {"width": 20, "embedding": 20, "heads": 4},
        "width must be a multiple of 2 · heads; got width=20, heads=4.",
    ),
    "a Transformer's embedding": (
        {"embedding": 64, "tied": False},
        "a Transformer's embedding is its width; got embedding=64, width=128.",
    ),
    "tied": (
        {"architecture": "rnn", "embedding": 64},
        "tied=true needs embedding = width; got 64 and 128. Set tied=false or make them equal.",
    ),
    "joint": (
        {"source_vocabulary": 10, "target_vocabulary": 20},
        "joint=true needs source_vocabulary = target_vocabulary; got 10 and 20. Set joint=false.",
    ),
    "an odd width for two directions": (
        {"architecture": "rnn", "encoder_width": 127},
        "encoder_width must be even with bidirectional=true; got 127.",
    ),
    "widths of a dot": (
        {"architecture": "rnn", "attention": "dot", "encoder_width": 64},
        "attention=dot needs encoder_width = width; got 64 and 128. "
        "Make them equal or use attention=general.",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors(case: str) -> None:
    settings, text = ERRORS[case]
    with pytest.raises(ConfigError) as error:
        ModelConfig(**settings)
    assert str(error.value) == text


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"dropout": 0},
        {"joint": False, "source_vocabulary": 10, "target_vocabulary": 20},
        {"architecture": "rnn", "encoder_width": 127, "bidirectional": False},
        {"architecture": "rnn", "embedding": 64, "tied": False},
        {"width": 20, "embedding": 20, "heads": 5},
    ],
    ids=str,
)
def test_what_fits_is_taken(settings: dict[str, Any]) -> None:
    config = ModelConfig(**settings)
    assert all(getattr(config, name) == value for name, value in settings.items())


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, setting in declared(ModelConfig).items() if not setting.help] == []

"""Settings by name become configs, or one sentence that says what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qkv.errors import ConfigError
from qkv.models import ModelConfig
from qkv.models.build import ARCHITECTURES
from qkv.settings import Range
from qkv.training.config import (
    DEFAULTS,
    PRESETS,
    SETTINGS,
    TrainConfig,
    configs,
    parse_settings,
)

WHOLE = [n for n, s in SETTINGS.items() if s.kind is int]


def message(settings: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        configs(settings)
    return str(caught.value)


def test_the_defaults_are_a_transformer() -> None:
    model, train = configs({})
    assert model == ModelConfig(architecture="transformer")
    assert train == TrainConfig()


def test_an_architecture_changes_the_defaults() -> None:
    model, train = configs({"architecture": "rnn"})
    assert model == ModelConfig(
        architecture="rnn",
        width=256,
        embedding=256,
        encoder_width=256,
        encoder_layers=1,
        decoder_layers=1,
    )
    assert train == TrainConfig(learning_rate=2e-3)


@pytest.mark.parametrize("pictures", [False, True])
def test_another_architecture_needs_a_line_in_its_table_alone(
    pictures: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ARCHITECTURES, "other", lambda *parts: None)
    settings = {"architecture": "other", "heads": 3, "cell": "gru", "width": 62, "vision": "hf:x"}
    if not pictures:
        del settings["vision"]
    model, _ = configs(settings, pictures=pictures)
    assert (model.architecture, model.heads, model.cell, model.width) == ("other", 3, "gru", 62)
    assert model.encoder_layers == ModelConfig.encoder_layers
    assert message({"architecture": "another"}) == (
        "architecture must be one of transformer, rnn, other; got 'another'."
    )


def test_a_preset_wins_over_its_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRESETS, "deep", {"architecture": "rnn", "encoder_layers": 3})
    model, _ = configs({"preset": "deep"})
    assert model.encoder_layers == 3
    assert model.width == DEFAULTS["rnn"]["width"]


def test_settings_win_over_all() -> None:
    model, train = configs({"preset": "article", "width": "64", "learning_rate": "0.5"})
    assert model.width == 64
    assert train.learning_rate == 0.5


def test_the_article_is_read_literally() -> None:
    model, _ = configs({"preset": "article"})
    assert model == ModelConfig(
        architecture="rnn",
        attention="dot",
        order="article",
        cell="lstm",
        bidirectional=False,
        encoder_layers=1,
        decoder_layers=1,
        tied=False,
        width=256,
        embedding=256,
        encoder_width=256,
    )


def test_a_setting_may_repeat_its_preset_but_not_break_it() -> None:
    assert configs({"preset": "article", "cell": "lstm"}) == configs({"preset": "article"})
    assert message({"preset": "article", "cell": "gru"}) == (
        "preset=article means cell=lstm; got cell=gru."
    )


@pytest.mark.parametrize("preset", ["artikel", 3, [3]])
def test_an_unknown_preset(preset: Any) -> None:
    assert message({"preset": preset}) == f"no preset {preset!r}; known: article."


def test_other_widths_follow_the_width() -> None:
    model, _ = configs({"architecture": "rnn", "width": 62})
    assert (model.width, model.embedding, model.encoder_width) == (62, 62, 62)
    model, _ = configs({"architecture": "rnn", "width": 62, "encoder_width": "38"})
    assert (model.width, model.embedding, model.encoder_width) == (62, 62, 38)


def test_an_unknown_setting_is_named_with_one_like_it() -> None:
    assert message({"max_step": 3}) == "no setting 'max_step'; did you mean 'max_steps'?"
    assert message({"presets": "article"}) == "no setting 'presets'; did you mean 'preset'?"
    assert message({"zzz": 3}).startswith(
        "no setting 'zzz'; known: activation, architecture, attention, "
    )


@pytest.mark.parametrize("name", ["source_vocabulary", "target_vocabulary"])
def test_what_the_tokenizers_fill_in_cannot_be_set(name: str) -> None:
    assert message({name: 300}).startswith(f"no setting {name!r};")


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("max_steps", "500", 500),
        ("max_steps", 500, 500),
        ("max_steps", "auto", None),
        ("learning_rate", "1e-3", 0.001),
        ("learning_rate", 1, 1.0),
        ("tied", "False", False),
        ("tied", True, True),
        ("joint", "auto", None),
        ("joint", "true", True),
        ("precision", "bfloat16", "bfloat16"),
        ("cell", "gru", "gru"),
    ],
)
def test_values_get_the_type_of_their_field(name: str, given: Any, value: Any) -> None:
    got = parse_settings({name: given})[name]
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize("value", ["x", "1.5", "", "nan", "inf", "1e3", 1.5, 1.0, True, [1], None])
def test_no_whole_number(value: Any) -> None:
    assert message({"width": value}) == f"width must be a whole number; got {value!r}."


@pytest.mark.parametrize(
    "value", ["x", "", "nan", "inf", "-inf", "1e999", float("nan"), float("inf"), True, [1], {}]
)
def test_no_number(value: Any) -> None:
    assert message({"learning_rate": value}) == f"learning_rate must be a number; got {value!r}."


@pytest.mark.parametrize("value", ["1", "yes", 1, 0, ""])
def test_neither_true_nor_false(value: Any) -> None:
    assert message({"tied": value}) == f"tied must be true or false; got {value!r}."


def test_no_text() -> None:
    assert message({"cell": 3}) == "cell must be text; got 3."


@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers_have_ranges(name: str) -> None:
    setting = SETTINGS[name]
    assert isinstance(setting.allowed, Range)
    least, most = setting.allowed.least, setting.allowed.most
    assert isinstance(most, int)
    for value in (least, most):
        setting.check(value)
    owner = {"architecture": setting.only.get("architecture", "transformer")}
    pictures = setting.only.get("source") == "pictures"
    for value in (least - 1, most + 1, -(10**40)):
        with pytest.raises(ConfigError) as caught:
            configs({**owner, name: value}, pictures=pictures)
        assert str(caught.value) == f"{name} must lie between {least} and {most:,}; got {value}."


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"learning_rate": 0}, "learning_rate must be above 0; got 0.0."),
        ({"clip": -1}, "clip must be above 0; got -1.0."),
        ({"label_smoothing": 1}, "label_smoothing must lie in [0, 1); got 1.0."),
        ({"label_smoothing": -0.1}, "label_smoothing must lie in [0, 1); got -0.1."),
        ({"ema": 1}, "ema must lie in [0, 1); got 1.0."),
        ({"weight_decay": -1}, "weight_decay must be at least 0; got -1.0."),
        ({"precision": "float16"}, "precision must be one of float32, bfloat16; got 'float16'."),
        (
            {"architecture": "rnn", "select": "hard", "soft_start": 0.9},
            "soft_start must lie in [0, 0.8]; got 0.9.",
        ),
        ({"architecture": "cnn"}, "architecture must be one of transformer, rnn; got 'cnn'."),
        ({"dropout": 1}, "dropout must lie in [0, 1); got 1.0."),
        ({"heads": 3}, "width must be a multiple of 2 · heads; got width=128, heads=3."),
    ],
)
def test_values_out_of_range(settings: dict[str, Any], text: str) -> None:
    assert message(settings) == text


LEGAL = {
    "activation": "gelu",
    "normalize": "after",
    "heads": 2,
    "feedforward": 7,
    "attention": "dot",
    "order": "article",
    "cell": "gru",
    "bidirectional": False,
    "encoder_width": 128,
    "select": "hard",
    "soft_share": 0.25,
    "gate": True,
    "norm": True,
    "reinforce": 0.5,
    "entropy": 0.02,
    "soft_start": 0.5,
}
OTHER = {"transformer": "rnn", "rnn": "transformer"}


@pytest.mark.parametrize(
    ("owner", "name"),
    [(s.only["architecture"], name) for name, s in SETTINGS.items() if "architecture" in s.only],
)
def test_a_setting_belongs_to_its_architecture(owner: str, name: str) -> None:
    setting = {"width": 128, name: LEGAL[name]}
    if SETTINGS[name].only.get("select"):
        setting["select"] = "hard"
    model, train = configs({"architecture": owner, **setting})
    assert {**vars(model), **vars(train)}[name] == LEGAL[name]
    setting.pop("select", None) if name != "select" else None
    assert message({"architecture": OTHER[owner], **setting}) == (
        f"{name} is only for architecture={owner}; got architecture={OTHER[owner]}. "
        f"Leave {name} out, or set architecture={owner}."
    )


@pytest.mark.parametrize(
    ("name", "pictures", "text"),
    [
        ("joint", True, "joint is only for text; leave it out."),
        ("bidirectional", True, "bidirectional is only for text; leave it out."),
        ("vision", False, "vision is only for pictures; leave it out."),
        ("picture", False, "picture is only for pictures; leave it out."),
        ("bad_pictures", False, "bad_pictures is only for pictures; leave it out."),
    ],
)
def test_a_setting_belongs_to_its_kind_of_source(name: str, pictures: bool, text: str) -> None:
    value = {"joint": True, "bidirectional": True, "picture": 64}.get(name, "pixels")
    value = "skip" if name == "bad_pictures" else value
    settings = {"architecture": "rnn", name: value}
    configs(settings, pictures=not pictures)
    with pytest.raises(ConfigError) as caught:
        configs(settings, pictures=pictures)
    assert str(caught.value) == text


@pytest.mark.parametrize("name", [name for name, s in SETTINGS.items() if "select" in s.only])
def test_a_setting_of_hard_attention(name: str) -> None:
    assert message({"architecture": "rnn", name: LEGAL[name]}) == (
        f"{name} is only for select=hard; got select=soft. Leave {name} out, or set select=hard."
    )


def test_an_rnn_has_no_encoder_layers_for_pictures() -> None:
    with pytest.raises(
        ConfigError, match="an rnn has no encoder_layers for pictures; leave it out"
    ):
        configs({"architecture": "rnn", "encoder_layers": 2}, pictures=True)


def test_a_preset_may_say_more_than_pictures_heed() -> None:
    model, _ = configs({"preset": "article", "width": 256, "vision": "pixels"}, pictures=True)
    assert (model.order, model.vision) == ("article", "pixels")


def test_pictures_have_defaults_of_their_own() -> None:
    model, train = configs({"architecture": "rnn", "vision": "pixels"}, pictures=True)
    assert (model.gate, model.picture) == (True, 96)
    assert train.ema == 0.995
    model, _ = configs({"architecture": "rnn", "gate": False, "vision": "hf:x"}, pictures=True)
    assert (model.gate, model.picture, model.vision) == (False, 224, "hf:x")


def test_a_folder_of_a_vision_encoder_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "eye").mkdir()
    for given, kept in (("hf:eye", f"hf:{tmp_path / 'eye'}"), ("hf:google/vit", "hf:google/vit")):
        model, _ = configs({"vision": given}, pictures=True)
        assert model.vision == kept


def test_a_setting_belongs_to_the_architecture_that_nothing_or_a_preset_says() -> None:
    assert message({"attention": "none"}).startswith("attention is only for architecture=rnn; ")
    refused = message({"preset": "article", "heads": 4})
    assert refused.startswith("heads is only for architecture=transformer; ")

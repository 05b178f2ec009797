"""One run from files to a folder: what it says, what it writes, and what it refuses."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import torch

from qkv import training
from qkv.data import Pair, hold_out, read_parallel
from qkv.errors import ConfigError, DataError, FolderError, QkvError
from qkv.models.folder import load_model
from qkv.pipeline import load_translator
from qkv.training import RunFolder, tuning
from qkv.training import train as run
from qkv.training.tuning import Measured
from tests.tiny import PAIRS, RNN, TRANSFORMER, lstms_run_in_bfloat16, train, write_corpus

SHORT: dict[str, Any] = RNN | {"max_steps": 6, "validations": 1}
PREPARING = [
    "learning the tokenizers",
    "tokenising",
    "measuring how fast this machine trains the model",
]
EVERY = [Pair(*pair) for pair in PAIRS]


def quiet(line: str) -> None:
    pass


def interrupt(line: str) -> None:
    """A reader of progress who has seen enough once the run has begun."""
    if "parameters" in line:
        raise KeyboardInterrupt


@pytest.fixture
def unfinished(corpus: dict[str, str], tmp_path: Path) -> Path:
    """A run that was interrupted before its first step."""
    folder = tmp_path / "model"
    with pytest.raises(KeyboardInterrupt):
        training.start(folder, corpus, SHORT, report=interrupt)
    return folder


def files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)) for path in found if path.parent.name != "tensorboard"}


# What a run says and leaves


def test_the_model_translates(transformer: Path) -> None:
    sources, references = zip(*PAIRS, strict=True)
    translations = load_translator(transformer).translate(sources, beam=1)
    pairs = zip(translations, references, strict=True)
    right = sum(translation.text == reference for translation, reference in pairs)
    assert right > 75


def test_a_finished_folder(transformer: Path, rnn: Path) -> None:
    of_every_model = {
        "config.json",
        "model.safetensors",
        "README.md",
        "run/settings.json",
        "run/metrics.jsonl",
        "run/valid.source",
        "run/valid.target",
    }
    two = {"source.tokenizer.json", "target.tokenizer.json"}
    assert files(transformer) == of_every_model | two
    assert files(rnn) == of_every_model | {"tokenizer.json"}


def test_before_the_first_step_it_says_what_will_be_done(
    corpus: dict[str, str], tmp_path: Path
) -> None:
    reported = train(tmp_path / "model", corpus, TRANSFORMER | {"max_steps": 6, "validations": 1})
    model, _ = load_model(tmp_path / "model")
    size = sum(parameter.numel() for parameter in model.parameters())
    assert reported[:3] == PREPARING
    assert reported[3] == f"held out 15 pairs for validation, in {tmp_path / 'model' / 'run'}"
    announced = re.fullmatch(
        rf"transformer, {size:,} parameters; 135 pairs, (.*) target tokens, 15 validation pairs",
        reported[4],
    )
    assert announced
    assert int(announced[1].replace(",", "")) > 135 * 3
    assert re.fullmatch(
        r"1 thread, float32, [\d,]+ tokens/s: \d+ s an epoch, 6 steps, about \d+\.\d min "
        r"besides validation \(ends near (\d{4}-\d\d-\d\d )?\d\d:\d\d\)",
        reported[5],
    )
    assert reported[6] == "languages: zh-en (--languages names others)"
    assert reported[7].startswith("step ")


def test_the_end_is_a_time_of_day_with_its_date_if_it_is_another() -> None:
    assert re.fullmatch(r"\d\d:\d\d", run._clock(0))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", run._clock(86_400))
    assert re.fullmatch(r"2\d{3}-\d\d-\d\d \d\d:\d\d", run._clock(1e30))


@pytest.mark.parametrize("settings", [RNN, TRANSFORMER], ids=["rnn", "transformer"])
def test_bfloat16_is_taken_where_it_is_faster_and_as_good(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict
) -> None:
    """The gradients are real, and asking for them leaves no trace in the weights."""
    if settings is RNN and not lstms_run_in_bfloat16():
        pytest.skip("torch has no LSTM in bfloat16 on this processor")
    few = settings | {"max_steps": 3, "validations": 1, "dropout": 0.1}
    train(tmp_path / "given", corpus, few | {"precision": "bfloat16"})
    monkeypatch.setattr(tuning, "_fast_bfloat16", lambda machine: True)
    monkeypatch.setattr(tuning, "_measure", lambda trial, m: Measured(m, len(m.dtype)))
    train(tmp_path / "measured", corpus, few | {"precision": None})
    found = json.loads(RunFolder(tmp_path / "measured").plan.read_text())
    assert found["machine"]["dtype"] == "bfloat16"
    weights = [(tmp_path / run / "model.safetensors").read_bytes() for run in ("given", "measured")]
    assert weights[0] == weights[1]


def test_held_out_pairs_are_written(transformer: Path) -> None:
    folder = RunFolder(transformer).run
    assert read_parallel(folder / "valid.source", folder / "valid.target") == hold_out(EVERY, 1)[1]


def test_named_validation_files_are_used(corpus: dict[str, str], tmp_path: Path) -> None:
    valid = tmp_path / "valid.tsv"
    valid.write_text("我喜欢茶\tI like tea\n", encoding="utf-8")
    reported = train(tmp_path / "model", {**corpus, "valid_tsv": str(valid)}, SHORT)
    assert reported[0] == f"{valid}: columns 1 (zh) → 2, 1 pairs"
    assert "1 validation pairs are training pairs too" in reported[1]
    assert reported[2:5] == PREPARING
    assert "150 pairs" in reported[5]
    assert "1 validation pairs" in reported[5]
    assert "run/valid.source" not in files(tmp_path / "model")


def test_skipped_pairs_are_reported_and_stand_in_the_card(tmp_path: Path) -> None:
    data = write_corpus(
        tmp_path, [*PAIRS, ("", "nobody"), ("没有", " "), ("咖啡", "coffee tea " * 20)]
    )
    valid = tmp_path / "valid.tsv"
    valid.write_text("我喜欢茶\tI like tea\n猫\t\n", encoding="utf-8")
    model = tmp_path / "model"
    reported = train(model, {**data, "valid_tsv": str(valid)}, SHORT | {"longest": 30})
    assert reported[2:5] == PREPARING
    assert reported[5:9] == [
        "skipped 1 pairs: empty source",
        "skipped 1 pairs: empty target",
        "skipped 1 pairs: empty target, in the validation text",
        "skipped 1 pairs: longer than 30 tokens",
    ]
    card = (model / "README.md").read_text(encoding="utf-8")
    for line in reported[5:9]:
        assert line.split(": ")[1] in card


def test_the_card_tells_where_the_model_comes_from(
    transformer: Path, corpus: dict[str, str]
) -> None:
    card = (transformer / "README.md").read_text(encoding="utf-8")
    settings = RunFolder(transformer).plan.read_text(encoding="utf-8")
    assert "- source: `train.zh`" in card  # where it lies stays private
    assert str(Path(corpus["source"]).parent) not in card
    assert json.loads(settings)["fingerprint"] in card
    assert '"learning_rate": 0.01' in card
    assert "80 updates" in card
    assert "1 thread, float32" in card
    assert f"qkv {version('qkv')}, torch {torch.__version__}" in card
    signature = r"BLEU\|nrefs:1\|case:mixed\|eff:no\|tok:13a\|smooth:exp\|version:[\d.]+"
    assert re.search(rf"{signature}: best \d+\.\d\d, averaged \d+\.\d\d\.", card)


def test_a_twin_run_has_the_same_weights(corpus: dict[str, str], tmp_path: Path) -> None:
    settings = SHORT | {"dropout": 0.3}
    weights = []
    for name, seed in (("one", 1), ("twin", 1), ("other", 2)):
        train(tmp_path / name, corpus, settings | {"seed": seed})
        weights.append((tmp_path / name / "model.safetensors").read_bytes())
    assert weights[0] == weights[1]
    assert weights[0] != weights[2]


# Refusals


@pytest.mark.parametrize(
    ("pairs", "settings"),
    [
        (PAIRS, {"vocabulary": 260}),
        (PAIRS, {"longest": 1}),
        (PAIRS, {"width": 31}),
        (PAIRS[:1], {}),
        ([("", "a"), ("b", "")], {}),
    ],
    ids=["vocabulary", "longest", "width", "one pair", "empty pairs"],
)
def test_a_refused_start_writes_nothing_and_blocks_nothing(
    pairs: list[tuple[str, str]], settings: dict[str, Any], tmp_path: Path
) -> None:
    model = tmp_path / "model"
    with pytest.raises(QkvError):
        train(model, write_corpus(tmp_path, pairs), SHORT | settings)
    assert not model.exists()
    train(model, write_corpus(tmp_path), SHORT)
    assert RunFolder(model).finished


def test_after_a_kill_in_the_very_beginning_a_start_begins_anew(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model"

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(RunFolder, "write_plan", stop)
        with pytest.raises(KeyboardInterrupt):
            train(model, corpus, SHORT)
    assert model.exists()
    with pytest.raises(FolderError, match="no run to resume here; start one without --resume"):
        training.resume(model, corpus, SHORT, report=quiet)
    train(model, corpus, SHORT)
    assert RunFolder(model).finished


def test_an_unfinished_folder_is_not_started_again(
    unfinished: Path, corpus: dict[str, str]
) -> None:
    before = files(unfinished)
    with pytest.raises(FolderError, match="holds an unfinished run; go on with `qkv train --out "):
        train(unfinished, corpus, SHORT)
    assert files(unfinished) == before


def test_a_finished_folder_is_neither_started_nor_resumed(
    transformer: Path, corpus: dict[str, str]
) -> None:
    with pytest.raises(FolderError, match="holds a finished model; choose another --out"):
        train(transformer, corpus, TRANSFORMER)
    with pytest.raises(FolderError, match="has finished; there is nothing to resume"):
        training.resume(transformer, {}, {}, report=quiet)


# Resuming (that it gives the same weights is in test_resume.py)


@pytest.mark.parametrize("again", [True, False], ids=["same command", "nothing but the folder"])
def test_resuming_with_the_same_command_or_less(
    unfinished: Path, corpus: dict[str, str], again: bool
) -> None:
    training.resume(unfinished, corpus if again else {}, SHORT if again else {}, report=quiet)
    assert RunFolder(unfinished).finished


def test_a_run_is_resumed_from_any_folder(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(corpus["source"]).parent)
    relative = {side: Path(path).name for side, path in corpus.items()}
    model = tmp_path / "model"
    with pytest.raises(KeyboardInterrupt):
        training.start(model, relative, SHORT, report=interrupt)
    monkeypatch.chdir("/")
    training.resume(model, {}, {}, report=quiet)
    assert RunFolder(model).finished


def test_a_resume_says_from_where(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(run, "finish", lambda *_: None)
        train(tmp_path / "model", corpus, SHORT)
    reported: list[str] = []
    training.resume(tmp_path / "model", {}, {}, report=reported.append)
    assert reported[:2] == ["tokenising", "resuming from step 6"]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"max_steps": 7}, "max_steps"),
        ({"architecture": "transformer"}, "architecture"),
        ({"attention": "dot"}, "attention"),
        ({"joint": False}, "joint"),
        ({"seed": "2"}, "seed"),
        ({"precision": "bfloat16"}, "precision"),
        ({"preset": "article"}, "attention"),
    ],
)
def test_other_settings_are_refused(unfinished: Path, settings: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        training.resume(unfinished, {}, settings, report=quiet)
    assert str(caught.value) == (
        f"{unfinished}: {named} differs from what this run began with; leave it out to resume, "
        "or start a new run in another --out."
    )


def test_some_of_the_settings_may_be_repeated(unfinished: Path) -> None:
    training.resume(unfinished, {}, {"attention": "general", "max_steps": "6"}, report=quiet)
    assert RunFolder(unfinished).finished


def test_data_of_another_kind_is_refused(unfinished: Path) -> None:
    with pytest.raises(ConfigError, match="--images differs from what this run began with"):
        training.resume(unfinished, {"images": "album.tsv"}, {}, report=quiet)


@pytest.mark.parametrize("name", ["source", "valid_source", "tsv"])
def test_other_files_are_refused(unfinished: Path, corpus: dict[str, str], name: str) -> None:
    with pytest.raises((FolderError, DataError)):
        training.resume(unfinished, {name: corpus["target"]}, {}, report=quiet)
    assert RunFolder(unfinished).read_plan().data == corpus


@pytest.fixture
def moved(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A run that was interrupted; it and its data are elsewhere now."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    with pytest.raises(KeyboardInterrupt):
        training.start(here / "model", write_corpus(here), SHORT, report=interrupt)
    here.rename(there)
    return there / "model", {"source": str(there / "train.zh"), "target": str(there / "train.en")}


def test_a_moved_run_says_what_it_misses(moved: tuple[Path, dict[str, str]]) -> None:
    model, data = moved
    with pytest.raises(DataError) as caught:
        training.resume(model, {"target": data["target"]}, {}, report=quiet)
    assert str(caught.value) == (
        f"{model.parent.parent / 'here' / 'train.zh'}: no such file; if what this run began with "
        "is elsewhere now, say so with --source."
    )


@pytest.mark.parametrize("spelling", ["absolute", "relative", "through a link", "as a tsv"])
def test_a_moved_run_is_resumed(
    moved: tuple[Path, dict[str, str]], spelling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, data = moved
    folder = model.parent
    if spelling == "relative":
        monkeypatch.chdir(folder)
        data = {"source": "./train.zh", "target": "../there/train.en"}
    elif spelling == "through a link":
        (folder / "link").symlink_to(folder)
        data = {side: str(folder / "link" / Path(path).name) for side, path in data.items()}
    elif spelling == "as a tsv":
        (folder / "train.tsv").write_text("".join(f"{zh}\t{en}\n" for zh, en in PAIRS))
        data = {"tsv": str(folder / "train.tsv")}
    training.resume(model, data, {}, report=quiet)
    assert RunFolder(model).finished
    plan = json.loads(RunFolder(model).plan.read_text())
    assert plan["data"] == {name: str(Path(path).absolute()) for name, path in data.items()}


@pytest.mark.parametrize("changed", ["train", "valid"])
def test_changed_text_is_refused(tmp_path: Path, changed: str) -> None:
    data, model = write_corpus(tmp_path), tmp_path / "model"
    (tmp_path / "valid").mkdir()
    valid = write_corpus(tmp_path / "valid", PAIRS[:9])
    data |= {f"valid_{side}": path for side, path in valid.items()}
    with pytest.raises(KeyboardInterrupt):
        training.start(model, data, SHORT, report=interrupt)
    folder = {"train": tmp_path, "valid": tmp_path / "valid"}[changed]
    write_corpus(folder, [*PAIRS[:-1], ("老师吃书", "the teacher eat books")])
    with pytest.raises(FolderError) as caught:
        training.resume(model, data, SHORT, report=quiet)
    assert str(caught.value) == (
        f"{model}: the training or validation data is not what the run began with; restore it, "
        "or start a new run in another --out."
    )
    Path(data["source"]).unlink()
    with pytest.raises(DataError, match=r"train\.zh: no such file"):
        training.resume(model, data, SHORT, report=quiet)


@pytest.mark.parametrize("name", ["tokenizer.json", "run/settings.json"])
def test_a_broken_run_is_refused(unfinished: Path, name: str) -> None:
    path = unfinished / name
    path.write_text(path.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    with pytest.raises(FolderError, match=f"{path.name}: broken"):
        training.resume(unfinished, {}, {}, report=quiet)


def test_an_empty_device_is_none(corpus: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no device ''; choose auto"):
        training.start(tmp_path / "model", corpus, RNN | {"device": ""})
    assert not (tmp_path / "model").exists()

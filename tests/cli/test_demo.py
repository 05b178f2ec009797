"""`qkv demo` from end to end, with so few steps that the models know nothing."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Any

import pytest

from qkv.cli import demo as command
from qkv.data import phrasebook as book
from tests.cli.conftest import Qkv

TINY: dict[str, Any] = {
    "max_steps": 3,
    "validations": 1,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "width": 16,
    "threads": 1,
    "precision": "float32",
}


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    full = book.phrasebook()
    small = book.Phrasebook(full.train[:150], full.valid[:10], full.test[:20])
    monkeypatch.setattr(book, "phrasebook", lambda: small)
    models = {name: settings | TINY for name, settings in command.MODELS.items()}
    monkeypatch.setattr(command, "MODELS", models)


@pytest.mark.usefixtures("short")
def test_it_trains_compares_and_draws(
    qkv: Qkv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "demo"
    done = qkv("demo", "--out", out)
    assert done.code == 0
    assert done.err.count("validation BLEU (greedy): best") == 3
    for title in command.TITLES.values():
        assert f"{title}: 20 unseen sentences, greedy search" in done.out
        assert f"{title}: {command.SENTENCES[0]} → " in done.out
    assert done.out.count("exact match") == 3
    assert done.out.count("alignment error rate against the gold links: ") == 2
    pictures = ["rnn-cross-1", "rnn-cross-2", "transformer-cross-1", "transformer-cross-2"]
    assert sorted(path.stem for path in out.glob("*.png")) == [*pictures, "transformer-self-2"]

    monkeypatch.setattr(command, "_show_sentences", lambda *_: None)
    again = qkv("demo", "--out", out)
    assert "parameters" not in again.err  # the models are there already
    assert again.out.split("\nData, models")[0] in done.out


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("graphical", [True, False])
def test_it_serves_its_models_and_opens_the_tour(
    qkv: Qkv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, graphical: bool
) -> None:
    name, settings = next(iter(command.MODELS.items()))
    monkeypatch.setattr(command, "MODELS", {name: settings})
    opened: list[str] = []
    kind = webbrowser.BackgroundBrowser if graphical else webbrowser.GenericBrowser
    monkeypatch.setattr(webbrowser, "get", lambda: kind("true"))
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr("qkv.server.run", lambda app, socket, _: served.append((app, socket)))
    served: list[Any] = []
    done = qkv("demo", "--out", tmp_path, "--serve")
    assert done.code == 0
    [(app, socket)] = served
    address = f"http://127.0.0.1:{socket.getsockname()[1]}"
    socket.close()
    assert f"{name}: translates zh-en\nserving at {address}\n" in done.err
    assert opened == [f"{address}/#tour=1"] * graphical
    assert [each.name for each in app.state.service.models.served] == [name]


@pytest.mark.usefixtures("short")
def test_an_interrupted_demo_goes_on(
    qkv: Qkv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    name, settings = next(iter(command.MODELS.items()))
    monkeypatch.setattr(command, "MODELS", {name: settings})
    with monkeypatch.context() as patched:
        patched.setattr("qkv.training.loop.forward_backward", interrupt)
        assert qkv("demo", "--out", tmp_path).code == 130
    assert qkv("demo", "--out", tmp_path).code == 0


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("names", [["train.source"], ["test.source", "test.target"]])
def test_files_of_others_are_kept(qkv: Qkv, tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("mine\n")
    refused = qkv("demo", "--out", tmp_path).refusal()
    assert refused.endswith(".source: not from this demo; choose another --out.")
    assert [(tmp_path / name).read_text() for name in names] == ["mine\n"] * len(names)


@pytest.mark.usefixtures("short")
def test_an_out_that_cannot_be_made(qkv: Qkv, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    assert qkv("demo", "--out", path / "demo").refusal().startswith(f"{path / 'demo'}: cannot be ")


def test_a_device_that_is_not_there_is_refused_before_anything_is_written(
    qkv: Qkv, tmp_path: Path
) -> None:
    out = tmp_path / "demo"
    refused = qkv("demo", "--out", out, "--device", "gpu").refusal()
    assert refused == "no device 'gpu'; choose auto, cpu, cuda, cuda:1 (by number) or mps."
    assert not out.exists()

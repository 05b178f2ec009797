"""JSON lines, and TensorBoard beside them, through a kill and a resume."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from qkv.errors import FolderError
from qkv.training.metrics import Metrics, plot_run, read_metrics
from qkv.training.run_folder import RunFolder


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "model")
    folder.make()
    return folder


def lines(run: RunFolder) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.metrics.read_text(encoding="utf-8").splitlines()]


def test_every_record_is_a_line(run: RunFolder) -> None:
    metrics = Metrics(run, 0)
    metrics.write(3, loss=1.5, tokens=7)
    metrics.write(5, validation_bleu=0.25)
    assert lines(run) == [
        {"step": 3, "loss": 1.5, "tokens": 7},
        {"step": 5, "validation_bleu": 0.25},
    ]


def test_going_on_drops_what_will_be_made_again(run: RunFolder) -> None:
    metrics = Metrics(run, 0)
    for step in (3, 5, 7):
        metrics.write(step, loss=float(step))
    with run.metrics.open("a") as file:
        file.write('{"step": 8, "lo')  # killed here
    Metrics(run, 5).write(7, loss=70.0)
    assert lines(run) == [
        {"step": 3, "loss": 3.0},
        {"step": 5, "loss": 5.0},
        {"step": 7, "loss": 70.0},
    ]


def scalars(run: RunFolder) -> list[tuple[int, float]]:
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    events = reader.EventAccumulator(str(run.tensorboard))
    events.Reload()
    return [(event.step, event.value) for event in events.Scalars("loss")]


def test_tensorboard_shows_the_same_numbers(run: RunFolder) -> None:
    pytest.importorskip("tensorboard")
    metrics = Metrics(run, 0)
    for step in (3, 5, 7):
        metrics.write(step, loss=float(step))
    assert scalars(run) == [(3, 3.0), (5, 5.0), (7, 7.0)]  # written at once: nobody closed it
    Metrics(run, 5).write(6, loss=60.0)
    assert scalars(run) == [(3, 3.0), (5, 5.0), (6, 60.0)]


def test_samples_stand_in_both(run: RunFolder) -> None:
    sample = {"source": "我有茶", "output": "I have tea", "reference": "I have tea"}
    Metrics(run, 0).write(3, validation_bleu=1.5, samples=[sample])
    assert lines(run) == [{"step": 3, "validation_bleu": 1.5, "samples": [sample]}]
    assert "我有茶" in run.metrics.read_text(encoding="utf-8")
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    events = reader.EventAccumulator(str(run.tensorboard))
    events.Reload()
    [name] = events.Tags()["tensors"]
    assert name.startswith("我有茶")
    [text] = events.Tensors(name)
    assert text.tensor_proto.string_val == [b"I have tea"]


def test_a_run_is_read_and_drawn_while_it_goes_on(run: RunFolder, tmp_path: Path) -> None:
    Metrics(run, 0).write(3, loss=1.5)
    with run.metrics.open("a") as file:
        file.write('{"step": 5, "lo')  # being written
    assert read_metrics(run.top) == [{"step": 3, "loss": 1.5}]
    plot_run(run.top, tmp_path / "run.svg")
    assert (tmp_path / "run.svg").exists()
    with pytest.raises(
        FolderError, match=r"metrics\.jsonl: no such file; `qkv train --out` writes"
    ):
        read_metrics(tmp_path / "nowhere")


def test_without_tensorboard_there_are_the_lines(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)  # its import fails
    Metrics(run, 0).write(3, loss=1.5)
    assert lines(run) == [{"step": 3, "loss": 1.5}]
    assert not run.tensorboard.exists()

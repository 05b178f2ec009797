"""What a run's folder holds, and when it is refused."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from qkv import training
from qkv.errors import DataError, FolderError
from qkv.machine import Machine
from qkv.models import ModelConfig
from qkv.training.config import TrainConfig
from qkv.training.run_folder import Plan, RunFolder

PLAN = Plan(
    ModelConfig(width=62, embedding=62, heads=31),
    TrainConfig(max_steps=7, joint=False),
    Machine("cuda:0", "bfloat16", 3),
    1.25,
    7,
    {"source": "训练.zh", "target": "train.en"},
    "abc",
)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "the model")


def test_a_plan_comes_back(run: RunFolder) -> None:
    run.make()
    run.write_plan(PLAN)
    assert run.read_plan() == PLAN
    assert run.unfinished
    assert not run.finished


def test_a_plan_as_0_1_0_wrote_it(run: RunFolder) -> None:
    run.make()
    saved = asdict(replace(PLAN, machine=Machine("cpu", "bfloat16", 3)))
    del saved["train"]["device"]
    tokens_per_s = saved.pop("tokens_per_s")
    saved["machine"] = {"threads": 3, "precision": "bfloat16", "tokens_per_s": tokens_per_s}
    run.plan.write_text(json.dumps(saved))
    assert run.read_plan() == replace(PLAN, machine=Machine("cpu", "bfloat16", 3))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[" * 100_000, " " * 2**21, '{"model": {}}', '{"model": {"widht": 3}}']
)
def test_a_broken_plan_is_refused(run: RunFolder, text: str) -> None:
    run.make()
    run.plan.write_text(text)
    with pytest.raises(FolderError, match=r"settings\.json: broken \(.*\); start a new run"):
        run.read_plan()


def test_a_new_or_empty_folder_is_taken(run: RunFolder) -> None:
    run.check_new()
    assert not run.top.exists()
    run.top.mkdir()
    run.check_new()


def test_what_a_kill_left_before_the_settings_is_no_run(run: RunFolder) -> None:
    run.make()
    for name in ("tokenizer.json", "source.tokenizer.json", "target.tokenizer.json"):
        (run.top / name).touch()
    for name in ("valid.source", "valid.target", "valid.jsonl", ".settings.json.17.part"):
        (run.run / name).touch()
    assert not run.unfinished
    run.check_new()


def test_an_unfinished_run_says_how_to_go_on(run: RunFolder) -> None:
    run.make()
    run.plan.touch()
    with pytest.raises(FolderError) as caught:
        run.check_new()
    assert str(caught.value) == (
        f"{run.top}: holds an unfinished run; go on with "
        f"`qkv train --out '{run.top}' --resume`, or choose another --out."
    )


def test_a_finished_model_is_kept(run: RunFolder) -> None:
    run.make()
    run.plan.touch()
    (run.top / "model.safetensors").touch()
    assert not run.unfinished
    with pytest.raises(FolderError) as caught:
        run.check_new()
    assert str(caught.value) == f"{run.top}: holds a finished model; choose another --out."
    with pytest.raises(FolderError) as caught:
        run.read_plan()
    assert str(caught.value) == f"{run.top}: this run has finished; there is nothing to resume."


def test_a_run_with_a_model_and_a_checkpoint_goes_on(run: RunFolder) -> None:
    run.make()
    run.write_plan(PLAN)
    for path in (run.top / "model.safetensors", run.checkpoint, run.weights(6)):
        path.touch()
    assert run.unfinished
    assert not run.finished
    assert run.read_plan() == PLAN
    run.clear()
    assert run.finished


def test_other_files_are_not_mixed_with_a_model(run: RunFolder) -> None:
    run.top.mkdir()
    (run.top / "README.md").write_text("my project")
    with pytest.raises(FolderError, match="holds other files; choose a new or empty --out"):
        run.check_new()


@pytest.mark.parametrize("name", ["notes.txt", "metrics.jsonl", ".hidden", "part"])
def test_other_files_in_a_folder_named_run_are_not_touched_either(
    run: RunFolder, name: str
) -> None:
    run.make()
    (run.run / name).write_text("mine")
    with pytest.raises(FolderError, match="holds other files; choose a new or empty --out"):
        run.check_new()


def test_a_run_is_gone_on_with_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert str(tmp_path / "model") in RunFolder(Path("model")).resume_command


def test_a_file_is_no_folder(run: RunFolder) -> None:
    run.top.touch()
    for folder in (run.top, run.top / "below"):
        with pytest.raises(DataError, match=f"cannot be made a folder, because {run.top} is a "):
            RunFolder(folder).check_new()


def test_there_must_be_a_run_to_resume(run: RunFolder) -> None:
    with pytest.raises(FolderError) as caught:
        run.read_plan()
    assert str(caught.value) == f"{run.top}: no run to resume here; start one without --resume."


def test_one_process_at_a_time(run: RunFolder) -> None:
    run.make()
    run.write_plan(PLAN)
    with run.alone(), pytest.raises(FolderError) as caught:
        training.resume(run.top, {}, {})
    assert str(caught.value) == (
        f"{run.top}: another process is training here; wait until it has ended, or choose another "
        "--out."
    )
    assert not run.lock.exists()


def test_a_dead_process_holds_no_lock(run: RunFolder) -> None:
    run.make()
    run.lock.touch()
    run.check_new()
    with run.alone():
        pass


def test_half_written_files_are_swept(run: RunFolder) -> None:
    run.make()
    kept = [run.top / "a.part", run.plan, run.run / "part"]
    for path in [*kept, run.top / ".model.safetensors.17.part", run.run / ".x.3.part"]:
        path.touch()
    run.sweep()
    assert sorted(path for path in run.top.rglob("*") if path.is_file()) == sorted(kept)


def test_what_a_kill_left_beside_a_finished_model_goes_when_it_is_resumed(run: RunFolder) -> None:
    run.make()
    ours = (run.plan, run.weights(6), run.metrics)  # the checkpoint goes first
    left = (*ours, run.top / "model.safetensors")
    for path in left:
        path.touch()
    with pytest.raises(FolderError, match="nothing to resume"):
        training.resume(run.top, {}, {})
    assert {path for path in left if path.exists()} == {run.plan, run.metrics, left[-1]}

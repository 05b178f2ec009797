"""`qkv train --sweep`: all combinations, in processes that here are calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from qkv import training
from qkv.cli import sweep
from qkv.cli.sweep import _combinations
from qkv.errors import ConfigError, QkvError
from qkv.evaluation import comparison
from qkv.training import tuning
from qkv.training.run_folder import RunFolder
from tests.cli.conftest import Qkv
from tests.tiny import CAPTIONER, RNN, write_album

SHORT: dict[str, Any] = RNN | {"max_steps": 2, "validations": 1}
SET = [word for name, value in SHORT.items() for word in ("--set", f"{name}={value}")]
GRID = ["--sweep", "attention=dot,additive", "--sweep", "seed=1,2"]
NAMES = [f"attention-{a},seed-{s}" for a in ("dot", "additive") for s in (1, 2)]

Commands = list[tuple[str, list[str]]]


@pytest.fixture(autouse=True)
def _few_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "_SAMPLES", {"bs": 20, "ar": 20})
    monkeypatch.setattr(tuning, "cores", lambda: 4)


@pytest.fixture
def files(corpus: dict[str, str]) -> list[str]:
    return ["--source", corpus["source"], "--target", corpus["target"]]


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    """What is begun, one after the other, in this process."""
    begun: Commands = []

    def call(
        wanted: Mapping[str, Sequence[str]], jobs: int, tell: Callable[[str, str], None]
    ) -> dict[str, int]:
        return {name: in_this_process(name, command, begun) for name, command in wanted.items()}

    monkeypatch.setattr(sweep, "run_all", call)
    return begun


def in_this_process(name: str, command: Sequence[str], begun: Commands) -> int:
    """Train as the command says; its exit code."""
    begun.append((name, list(command)))
    words = list(command)[command.index("train") + 1 :]
    given = [words[i + 1] for i, word in enumerate(words) if word == "--set"]
    settings: dict[str, Any] = dict(each.split("=", 1) for each in given)
    sides = ("source", "target", "valid-source", "valid-target", "images", "valid-images")
    data = {
        side.replace("-", "_"): words[words.index(f"--{side}") + 1]
        for side in sides
        if f"--{side}" in words
    }
    out = Path(words[words.index("--out") + 1])
    begin = training.resume if "--resume" in words else training.start
    try:
        begin(out, data, settings, report=lambda _: None)
    except QkvError:
        return 2
    return 0


def test_a_grid_ends_in_one_table(
    qkv: Qkv, commands: Commands, files: list[str], tmp_path: Path
) -> None:
    done = qkv("train", *files, "--out", tmp_path / "o", *SET, *GRID)
    assert done.code == 0
    assert [name for name, _ in commands] == NAMES
    rows = [line.split()[0] for line in done.out.splitlines()[3:7]]
    assert rows == NAMES
    assert done.out.startswith("15 sentences\n")
    for name in NAMES:
        settings = json.loads((tmp_path / "o" / name / "run/settings.json").read_text())
        assert (
            f"attention-{settings['model']['attention']},seed-{settings['train']['seed']}" == name
        )
        assert settings["data"]["valid_target"] == str(tmp_path / "o/data/valid.target")
    train, valid = ((tmp_path / f"o/data/{n}.source").read_text() for n in ("train", "valid"))
    assert (len(train.splitlines()), len(valid.splitlines())) == (135, 15)
    assert not set(train.splitlines()) & set(valid.splitlines())


def test_jobs_share_the_threads(
    qkv: Qkv, monkeypatch: pytest.MonkeyPatch, files: list[str], tmp_path: Path
) -> None:
    seen: list[tuple[int, Mapping[str, Sequence[str]]]] = []
    monkeypatch.setattr(sweep, "run_all", lambda wanted, jobs, tell: seen.append((jobs, wanted)))
    given = [f"--set={name}={value}" for name, value in SHORT.items() if name != "threads"]
    for jobs, threads in ((1, None), (2, "threads=2"), (9, "threads=1")):
        qkv("train", *files, "--out", tmp_path / str(jobs), *given, *GRID, "--jobs", str(jobs))
        assert seen[-1][0] == jobs
        for command in seen[-1][1].values():
            assert [word for word in command if word.startswith("threads=")] == (
                [threads] if threads else []
            )
    qkv("train", *files, "--out", tmp_path / "own", *SET, *GRID, "--jobs", "2")
    assert "threads=1" in seen[-1][1][NAMES[0]]


def test_given_validation_pairs_are_those_of_all(
    qkv: Qkv, commands: Commands, files: list[str], tmp_path: Path
) -> None:
    valid = ["--valid-source", files[1], "--valid-target", files[3]]
    done = qkv("train", *files, *valid, "--out", tmp_path / "o", *SET, "--sweep", "seed=1,2")
    assert done.code == 0
    assert done.out.startswith("150 sentences\n")
    assert not (tmp_path / "o/data").exists()
    assert files[1] in commands[0][1]


def test_a_failing_run_does_not_lose_the_others(
    qkv: Qkv, commands: Commands, files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = training.start

    def start(folder: Path, data: Any, settings: Any, report: Any) -> None:
        if folder.name == NAMES[1]:
            raise ConfigError("it fails")
        begin(folder, data, settings, report)

    monkeypatch.setattr(training, "start", start)
    done = qkv("train", *files, "--out", tmp_path / "o", *SET, *GRID)
    assert done.code == 2
    assert [line.split()[0] for line in done.out.splitlines()[3:6]] == [NAMES[0], *NAMES[2:]]
    assert done.err.splitlines()[-1] == (
        f"qkv: {tmp_path / 'o'}: 1 of 4 runs have failed: {NAMES[1]}. Their errors stand above; "
        f"try them again with `qkv train --out {tmp_path / 'o'} --resume`."
    )
    monkeypatch.setattr(training, "start", begin)
    commands.clear()
    again = qkv("train", "--out", tmp_path / "o", "--resume")
    assert again.code == 0
    assert [name for name, _ in commands] == [NAMES[1]]
    assert [line.split()[0] for line in again.out.splitlines()[3:7]] == NAMES


def test_an_interrupt_says_how_to_go_on_and_resume_does(
    qkv: Qkv, commands: Commands, files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, begin = tmp_path / "o", training.start

    def stop(folder: Path, data: Any, settings: Any, report: Any) -> None:
        def interrupted(line: str) -> None:
            if "validation BLEU" in line:
                raise KeyboardInterrupt

        begin(folder, data, settings, interrupted if folder.name == NAMES[1] else report)

    monkeypatch.setattr(training, "start", stop)
    done = qkv("train", *files, "--out", out, *SET, *GRID)
    assert (done.code, done.out) == (130, "")
    assert f"interrupted; go on with `qkv train --out {out} --resume`" in done.err
    monkeypatch.setattr(training, "start", begin)
    assert RunFolder(out / NAMES[1]).unfinished
    commands.clear()
    refused = qkv("train", *files, "--out", out, *SET, *GRID).refusal()
    assert refused == f"{out}: holds a sweep; go on with `qkv train --out {out} --resume`."
    for given in (["--sweep", "seed=1,2"], ["--set", "clip=3"], files):
        refused = qkv("train", "--out", out, "--resume", *given).refusal()
        assert "is not what this sweep began with; leave it out to resume" in refused
    assert qkv("train", "--out", out, "--resume", *GRID).code == 0
    assert [name for name, _ in commands] == NAMES[1:]
    assert commands[0][1][-1] == "--resume"


def test_all_combinations_are_checked_before_the_first_begins(
    qkv: Qkv, commands: Commands, files: list[str], tmp_path: Path
) -> None:
    for swept, said in {
        "clip=1,0": "clip-0: clip must be above 0; got 0.0.",
        "attention=dot,tests.own_scores:nan": "attention-tests.own_scores_nan: tests.own_scores:nan"
        " is no score to train with: its scores are not numbers.",
        "colour=red,blue": "colour-red: no setting 'colour'; known: ",
        "mix=0.1,0.2": "mix-0.1: mix is only for a run that goes on from a model.",
        "seed=1,1": "--sweep seed=1,1: give each name once, and each of its values.",
        "seed": "--sweep seed: needs name=value,value, such as seed=1,2,3.",
        "seed=1,,2": "--sweep seed=1,,2: needs name=value,value, such as seed=1,2,3.",
        "width=32,64": "--sweep width and width=32 do not agree.",
        "attention=a:b,a.b": "attention-a_b: ",
    }.items():
        refused = qkv("train", *files, "--out", tmp_path / "o", *SET, "--sweep", swept).refusal()
        assert refused.startswith(said)
    jobs = ["--sweep", "seed=1,2", "--jobs", "0"]
    refused = qkv("train", *files, "--out", tmp_path / "o", *SET, *jobs).refusal()
    assert refused == "--jobs must be at least 1; got 0."
    refused = qkv("train", "--out", tmp_path / "o", "--sweep", "seed=1,2", "--resume").refusal()
    assert refused == f"{tmp_path / 'o'}: no sweep to resume here; start one without --resume."
    assert not commands
    assert not (tmp_path / "o").exists()


def test_two_combinations_need_two_folders() -> None:
    with pytest.raises(ConfigError, match="two combinations would have one folder"):
        _combinations(["attention=a:b,a_b"], {})


def test_pictures_need_their_validation_pictures(
    qkv: Qkv, commands: Commands, tmp_path: Path
) -> None:
    album = write_album(tmp_path)
    settings = CAPTIONER | {"max_steps": 2, "validations": 1}
    given = [f"--set={name}={value}" for name, value in settings.items()]
    given += ["--sweep", "seed=1,2"]
    images = ["--images", album["images"], "--out", tmp_path / "o"]
    refused = qkv("train", *images, *given).refusal()
    assert refused == "--sweep over pictures needs --valid-images, the same for all runs."
    done = qkv("train", *images, "--valid-images", album["valid_images"], *given)
    assert (done.code, done.out) == (0, "")
    assert "compare them with `qkv evaluate`" in done.err.splitlines()[-1]

"""The loop: when it validates, what it keeps, and when it stops. Validation scores are scripted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from qkv.errors import ConfigError, FolderError
from qkv.evaluation import Score
from qkv.machine import Machine
from qkv.models import EncoderDecoder, ModelConfig
from qkv.models.folder import load_model, validated_steps
from qkv.pipeline import load
from qkv.training import log, loop
from qkv.training import train as run
from qkv.training.checkpoints import Progress
from qkv.training.config import TrainConfig
from qkv.training.material import Validation
from qkv.training.run_folder import Plan, RunFolder
from qkv.training.text import TextMaterial
from tests.tiny import PAIRS, RNN, train

FAST: dict[str, Any] = {"max_steps": 12, "validations": 6, "average": 2, "patience": 100}


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Tensor]]]:
    """`scripted(*scores)`: validation gives these in turn; returns the weights it saw each time."""

    def script(*scores: float) -> list[dict[str, Tensor]]:
        left, seen = list(scores), []

        def validate(_: TextMaterial, model: EncoderDecoder, *where: Any) -> Validation:
            seen.append({n: p.detach().clone() for n, p in model.named_parameters()})
            return Validation(Score("BLEU", left.pop(0), ""), [])

        monkeypatch.setattr(TextMaterial, "validate", validate)
        return seen

    return script


def records(folder: Path, name: str) -> list[dict[str, Any]]:
    lines = (folder / "run" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return [record for record in map(json.loads, lines) if name in record]


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_validations_are_spread_evenly(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path
) -> None:
    scripted(*range(7))
    reported = train(tmp_path / "model", corpus, RNN | FAST)
    validations = records(tmp_path / "model", "validation_bleu")
    assert [(r["step"], r["validation_bleu"]) for r in validations] == [
        (2, 0), (4, 1), (6, 2), (8, 3), (10, 4), (12, 5),
    ]  # fmt: skip
    assert "step 12  validation BLEU 5.00 (greedy), best so far" in reported


def test_a_run_shorter_than_its_validations(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path
) -> None:
    scripted(*range(9))
    train(tmp_path / "model", corpus, RNN | FAST | {"max_steps": 3, "validations": 20})
    assert [r["step"] for r in records(tmp_path / "model", "validation_bleu")] == [1, 2, 3]


def test_there_are_never_more_validations_than_asked(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path
) -> None:
    scripted(*range(9))
    train(tmp_path / "model", corpus, RNN | FAST | {"max_steps": 7, "validations": 4})
    assert [r["step"] for r in records(tmp_path / "model", "validation_bleu")] == [2, 4, 6, 7]


def test_losses_are_logged_before_each_validation(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path
) -> None:
    scripted(*range(7))
    train(tmp_path / "model", corpus, RNN | FAST)
    losses = records(tmp_path / "model", "loss")
    assert {r["step"] for r in losses} >= {2, 4, 6, 8, 10, 12}
    assert losses[0]["loss"] > losses[-1]["loss"] > 0
    assert losses[-1]["tokens"] > losses[0]["tokens"] > 0


def test_a_run_tells_its_rate_its_gradient_and_two_translations(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    norms: list[float] = []
    clip = torch.nn.utils.clip_grad_norm_

    def look(parameters: Any, most: float) -> Tensor:
        norms.append(float(clip(parameters, most)))
        return torch.tensor(norms[-1])

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", look)
    reported = train(tmp_path / "model", corpus, RNN | FAST | {"warmup_steps": 6})
    first, *_, last = records(tmp_path / "model", "loss")
    assert first["gradient_norm"] == pytest.approx(sum(norms[: first["step"]]) / first["step"])
    assert first["learning_rate"] == pytest.approx(RNN["learning_rate"] * first["step"] / 6)
    assert last["learning_rate"] == 0
    samples = [r["samples"] for r in records(tmp_path / "model", "validation_bleu")]
    assert len(samples) == 6
    assert all(len(pair) == 2 for pair in samples)
    fixed = [[(s["source"], s["reference"]) for s in pair] for pair in samples]
    assert fixed == fixed[:1] * 6
    assert set(fixed[0]) <= set(PAIRS)
    for sample in samples[-1]:
        assert f"    {sample['source']} → {sample['output']}" in reported


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(step=100, seconds=60.0), "9.0 min left besides validation"),
        (
            Progress(step=200, seconds=150.0, validating=30.0),
            "10.5 min left",
        ),  # 1 of 5, and the end's
        (Progress(step=999, seconds=999.0, validating=0.6), "0.0 min left"),
    ],
)
def test_the_time_that_is_left_has_the_validations_to_come(progress: Progress, text: str) -> None:
    plan = Plan(ModelConfig(), TrainConfig(validations=5), Machine(), 1.0, 1000, {}, "")
    progress.max_steps = plan.max_steps
    assert log._time_left(progress, plan) == text


def test_patience_ends_a_run_early(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path
) -> None:
    scripted(1.0, 5.0, 4.0, 5.0, 0.0)  # no better at steps 6 and 8; then the average's
    reported = train(tmp_path / "model", corpus, RNN | FAST | {"patience": 2})
    assert [r["step"] for r in records(tmp_path / "model", "validation_bleu")] == [2, 4, 6, 8]
    assert "step 8  validation BLEU 5.00 (greedy), best 5.00 at 4" in reported
    assert reported[-2] == (
        "stopped early, at step 8 of 12: no better BLEU in the last 2 validations (patience)"
    )
    assert "kept the weights of step 4." in reported[-1]


def test_the_best_weights_are_kept_when_the_average_is_worse(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path
) -> None:
    seen = scripted(1.0, 9.0, 3.0, 4.0, 5.0, 6.0, 8.9)
    reported = train(tmp_path / "model", corpus, RNN | FAST)
    assert same(load_file(tmp_path / "model" / "model.safetensors"), seen[1])
    assert "best 9.00, averaged 8.90; kept the weights of step 4." in reported[-1]


def test_the_average_is_kept_when_it_is_as_good(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path
) -> None:
    seen = scripted(1.0, 9.0, 3.0, 4.0, 5.0, 6.0, 9.0)
    reported = train(tmp_path / "model", corpus, RNN | FAST)
    expected = {
        name: ((seen[4][name].double() + seen[5][name].double()) / 2).float() for name in seen[0]
    }
    assert same(seen[6], expected)
    assert same(load_file(tmp_path / "model" / "model.safetensors"), expected)
    assert "kept the mean of the weights at steps 10, 12." in reported[-1]


def test_with_ema_the_moving_average_is_validated_and_the_run_goes_its_way(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path
) -> None:
    each = FAST | {"max_steps": 12, "validations": 12, "average": 1}
    seen = scripted(*range(26))
    train(tmp_path / "plain", corpus, RNN | each)
    train(tmp_path / "ema", corpus, RNN | each | {"ema": 0.4})
    plain, smoothed = seen[:12], seen[13:25]
    for name in plain[0]:
        mean = plain[0][name].double()
        for step, (weights, average) in enumerate(zip(plain, smoothed, strict=True), 1):
            share = 1 - min(0.4, (1 + step) / (10 + step))  # reached at step 5
            mean = mean + share * (weights[name].double() - mean)
            torch.testing.assert_close(average[name].double(), mean, rtol=1e-5, atol=1e-6)
    assert same(load_file(tmp_path / "ema" / "model.safetensors"), smoothed[11])
    assert not same(smoothed[11], plain[11])


def test_only_wanted_weights_stay_on_disk(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(1.0, 9.0, 3.0, 4.0, 5.0, 6.0, 0.0)
    kept: list[list[int]] = []
    drop = loop._drop_weights

    def look(progress: Progress, config: TrainConfig, folder: RunFolder) -> None:
        drop(progress, config, folder)
        kept.append(validated_steps(folder.top))

    monkeypatch.setattr(loop, "_drop_weights", look)
    train(tmp_path / "model", corpus, RNN | FAST)
    assert kept == [[2], [2, 4], [4, 6], [4, 6, 8], [4, 8, 10], [4, 10, 12]]
    assert validated_steps(tmp_path / "model") == []


def test_weights_that_a_checkpoint_names_are_there_until_the_next_is(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(9.0, 3.0, 4.0, 10.0)
    saved = iter(range(3))  # killed when the fourth validation's is to be written
    save = loop.save_checkpoint
    monkeypatch.setattr(loop, "save_checkpoint", lambda *args: (next(saved), save(*args)))
    with pytest.raises(StopIteration):
        train(tmp_path / "model", corpus, RNN | FAST)
    monkeypatch.setattr(loop, "save_checkpoint", save)
    scripted(10.0, 0.0, 0.0, 0.0)
    run.resume(tmp_path / "model", {}, {}, report=lambda line: None)
    assert RunFolder(tmp_path / "model").finished


def test_with_keep_checkpoints_every_validation_can_be_loaded(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path
) -> None:
    seen = scripted(1.0, 9.0, 3.0, 4.0, 5.0, 6.0, 0.0)
    folder = tmp_path / "model"
    train(folder, corpus, RNN | FAST | {"keep_checkpoints": True})
    assert validated_steps(folder) == [2, 4, 6, 8, 10, 12]
    for step, weights in zip(validated_steps(folder), seen, strict=False):
        assert same(dict(load(folder, step=step).model.named_parameters()), weights)
    with pytest.raises(FolderError) as caught:
        load(folder, step=7)
    assert str(caught.value) == (
        f"{folder}: no weights of step 7 are kept; there are those of steps 2, 4, 6, 8, 10, 12."
    )
    with pytest.raises(FolderError, match="nothing to resume"):
        run.resume(folder, {}, {})
    assert validated_steps(folder) == [2, 4, 6, 8, 10, 12]


def test_weights_that_were_not_kept_are_named(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path
) -> None:
    scripted(*range(9))
    train(tmp_path / "model", corpus, RNN | FAST)
    with pytest.raises(FolderError, match=r"no weights of step 2 are kept; train with --keep-chec"):
        load(tmp_path / "model", step=2)


def test_checkpoints_between_validations(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(1.0, 2.0, 3.0)
    steps: list[int] = []
    save = loop.save_checkpoint

    def look(*everything: Any) -> None:
        save(*everything)
        steps.append(everything[-1].step)

    monkeypatch.setattr(loop, "save_checkpoint", look)
    train(tmp_path / "m", corpus, RNN | FAST | {"validations": 2, "checkpoint_steps": 4})
    assert steps == [4, 6, 8, 12]


def test_a_loss_that_is_no_number_ends_the_run(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first time it goes on from the last checkpoint at half the rate, a second time not."""
    step, real = iter(range(100)), loop.forward_backward
    monkeypatch.setattr(
        loop,
        "forward_backward",
        lambda *args: replace(
            real(*args), nats=torch.tensor(float("nan") if next(step) >= 4 else 1.0)
        ),
    )
    lines: list[str] = []
    with pytest.raises(ConfigError) as caught:
        run.start(tmp_path / "model", corpus, RNN | FAST, report=lines.append)
    assert "step 5: the loss is nan; on from step 4 at half the rate" in lines
    assert str(caught.value) == (
        "step 5: the loss is nan at half the learning rate too; start again in another --out with "
        "a lower learning_rate."
    )
    assert next(step) == 8  # six to the first validation that sees it, two to the second
    with pytest.raises(ConfigError, match="step 5: the loss is nan at half the learning rate too"):
        run.resume(tmp_path / "model", {}, {}, report=lines.append)
    assert RunFolder(tmp_path / "model").unfinished
    assert all(p.isfinite().all() for p in load_model(tmp_path / "model")[0].parameters())


def test_a_run_goes_on_after_one_loss_that_was_no_number(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the checkpoint before it, with half the rate from there on."""
    steps, real = iter(range(100)), loop.forward_backward

    def spoil(model: Any, *rest: Any) -> Any:
        result = real(model, *rest)
        if next(steps) == 7:
            for weight in model.parameters():
                weight.grad.fill_(float("nan"))
            return replace(result, nats=torch.tensor(float("nan")))
        return result

    rates: dict[int, float] = {}
    follow = loop.learning_rate

    def followed(progress: Any, config: Any) -> float:
        return rates.setdefault(progress.step + 100 * progress.calmed, follow(progress, config))

    monkeypatch.setattr(loop, "forward_backward", spoil)
    monkeypatch.setattr(loop, "learning_rate", followed)
    train(tmp_path / "model", corpus, RNN | FAST)
    assert RunFolder(tmp_path / "model").finished
    assert all(p.isfinite().all() for p in load_model(tmp_path / "model")[0].parameters())
    again = {step - 100: rate for step, rate in rates.items() if step > 100}
    assert sorted(again) == list(range(7, 13))
    assert again[8] == rates[8] / 2
    assert again[7] == rates[7] / 2


def test_an_early_stop_that_was_killed_before_its_end_is_finished_by_a_resume(
    scripted: Callable, corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(5.0, 4.0, 3.0, 0.0)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    train(whole, corpus, RNN | FAST | {"patience": 2})
    scripted(5.0, 4.0, 3.0, 0.0)
    finish = run.finish
    monkeypatch.setattr(run, "finish", lambda *rest: None)
    train(cut, corpus, RNN | FAST | {"patience": 2})
    assert RunFolder(cut).unfinished
    monkeypatch.setattr(run, "finish", finish)
    run.resume(cut, {}, {}, report=lambda line: None)
    assert (whole / "model.safetensors").read_bytes() == (cut / "model.safetensors").read_bytes()


def test_matrices_decay_and_vectors_do_not(transformer: Path) -> None:
    model, _ = load_model(transformer)
    decayed, left = loop.adamw(model, TrainConfig(weight_decay=0.25)).param_groups
    assert (decayed["weight_decay"], left["weight_decay"]) == (0.25, 0.0)
    assert {p.dim() for p in decayed["params"]} == {2}
    assert {p.dim() for p in left["params"]} == {1}
    assert len(decayed["params"]) + len(left["params"]) == len(list(model.parameters()))

"""A checkpoint holds all that the next step depends on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from qkv.data.batching import collate
from qkv.errors import FolderError
from qkv.evaluation import Score
from qkv.machine import CPU
from qkv.models import EncoderDecoder, ModelConfig, build
from qkv.models.folder import load_tensors, save_tensors
from qkv.training.checkpoints import Progress, average, load_checkpoint, save_checkpoint
from qkv.training.config import TrainConfig
from qkv.training.loop import adamw, forward_backward

CONFIG = ModelConfig(
    architecture="rnn",
    source_vocabulary=23,
    target_vocabulary=23,
    width=12,
    embedding=12,
    encoder_width=12,
    encoder_layers=1,
    decoder_layers=1,
)
BATCH = collate([([5, 7, 11], [6, 8]), ([9], [4, 5, 6, 7, 10])])


def fresh(seed: int) -> tuple[EncoderDecoder, torch.optim.AdamW]:
    torch.manual_seed(seed)
    model = build(CONFIG)
    return model, adamw(model, TrainConfig())


def step(model: EncoderDecoder, optimizer: torch.optim.AdamW) -> None:
    model.train()
    forward_backward(model, BATCH, TrainConfig(), CPU)
    for group in optimizer.param_groups:
        group["lr"] = 0.01
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def weights(model: EncoderDecoder) -> dict[str, torch.Tensor]:
    return {name: parameter.detach().clone() for name, parameter in model.named_parameters()}


def test_after_loading_the_next_steps_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    progress = Progress(
        step=3, epoch=1, batch=2, tokens=41, seconds=1.5, best=Score("BLEU", 7.25, "tok:13a"),
        best_step=2,
        without_gain=1, validated=[2, 3],
    )  # fmt: skip
    model, optimizer = fresh(1)
    for _ in range(3):
        step(model, optimizer)
    save_checkpoint(path, model, optimizer, progress)
    for _ in range(2):
        step(model, optimizer)

    other, its_optimizer = fresh(2)
    assert load_checkpoint(path, other, its_optimizer) == progress  # no baseline, no average
    for _ in range(2):
        step(other, its_optimizer)
    for name, tensor in weights(other).items():
        assert torch.equal(tensor, weights(model)[name]), name


def test_the_moving_averages_come_back(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    model, optimizer = fresh(1)
    step(model, optimizer)
    ema, baseline = weights(fresh(3)[0]), torch.rand(2, 23)
    save_checkpoint(path, model, optimizer, Progress(step=1, ema=ema, baseline=baseline))
    other, its_optimizer = fresh(2)
    progress = load_checkpoint(path, other, its_optimizer)
    assert progress.ema is not None
    assert progress.ema.keys() == ema.keys()
    assert all(torch.equal(progress.ema[name], ema[name]) for name in ema)
    assert progress.baseline is not None
    assert torch.equal(progress.baseline, baseline)
    assert all(torch.equal(weights(other)[name], w) for name, w in weights(model).items())


def test_a_checkpoint_as_0_1_0_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    model, optimizer = fresh(1)
    step(model, optimizer)
    save_checkpoint(path, model, optimizer, Progress(step=1))
    tensors, notes = load_tensors(path)
    del notes["best"]
    save_tensors(path, tensors, notes | {"best_bleu": 7.25})
    assert load_checkpoint(path, *fresh(2)).best == Score("BLEU", 7.25, "")


def test_a_checkpoint_of_another_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    save_tensors(path, {"random": torch.get_rng_state(), "model.w": torch.zeros(2)}, {})
    with pytest.raises(FolderError, match="its tensors are not those of config"):
        load_checkpoint(path, *fresh(1))


@pytest.mark.parametrize("lost", ["random", "adam", "notes"])
def test_a_checkpoint_without_a_part_is_refused(tmp_path: Path, lost: str) -> None:
    path = tmp_path / "checkpoint"
    model, optimizer = fresh(1)
    step(model, optimizer)
    save_checkpoint(path, model, optimizer, Progress(step=1))
    tensors, notes = load_tensors(path)
    kept = {name: tensor for name, tensor in tensors.items() if not name.startswith(lost)}
    save_tensors(path, kept, {"stp": 1} if lost == "notes" else notes)
    with pytest.raises(FolderError) as caught:
        load_checkpoint(path, *fresh(2))
    assert str(caught.value) == (
        f"{path}: not a complete checkpoint; delete it to start this run from its first step."
    )


def test_a_truncated_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    save_checkpoint(path, *fresh(1), Progress())
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FolderError, match="checkpoint: broken or truncated"):
        load_checkpoint(path, *fresh(1))


def test_the_average_is_taken_in_float64(tmp_path: Path) -> None:
    values = np.array([[1e8, 0.1], [3.0, 0.2], [-1e8, 0.7]], np.float32)
    paths = []
    for number, row in enumerate(values):
        paths.append(tmp_path / str(number))
        save_tensors(paths[-1], {"a": torch.tensor(row[:1]), "b": torch.tensor(row[1:])})
    mean = average(paths)
    expected = values.astype(np.float64).mean(0).astype(np.float32)
    assert mean["a"].dtype == torch.float32
    assert mean["a"].item() == expected[0] == 1.0  # in float32 the 3 would be lost beside 1e8
    assert mean["b"].item() == expected[1]
    assert average(paths[:1])["a"].item() == values[0, 0]

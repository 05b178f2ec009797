"""Training on another device: nothing stays on the CPU, and nothing is read before it must be.

The device's tensors have no values (see `tests.devices`), and reading one raises; what only a real
device shows is in `tests/cuda`.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from qkv import training
from qkv.data.batching import Batch, Example, collate
from qkv.errors import ConfigError
from qkv.machine import Machine
from qkv.models import ModelConfig, build
from qkv.models.encoders import recurrent
from qkv.training import checkpoints, loop
from qkv.training.checkpoints import Progress, load_checkpoint, save_checkpoint
from qkv.training.config import TrainConfig
from qkv.training.loop import adamw, forward_backward
from qkv.training.run_folder import Plan, RunFolder
from qkv.training.signals import Signals
from tests.devices import elsewhere
from tests.tiny import RNN, train

EXAMPLES: list[Example] = [([5, 7, 11], [6, 8]), ([9], [4, 5, 6, 7, 10]), ([12, 13], [22])]
REGIONS = {"vision": "frozen", "grid": 3, "region_width": 5}
PIXELS = {"vision": "pixels", "grid": 2, "region_width": 192}
HARD = {"architecture": "rnn", "select": "hard"}
MODELS: dict[str, dict[str, Any]] = {
    "transformer": {"heads": 2},
    "rnn": {"architecture": "rnn"},
    "rnn, dot, two layers": {
        "architecture": "rnn", "attention": "dot", "encoder_layers": 2, "decoder_layers": 2,
    },
    "rnn, the article's order": {
        "architecture": "rnn", "order": "article", "attention": "additive", "gate": True,
        "norm": True,
    },
    "rnn, a fixed vector": {"architecture": "rnn", "attention": "none"},
    "rnn, hard": HARD,
    "rnn, hard, the article's order": {**HARD, "order": "article"},
    "captioner, transformer": {**PIXELS, "heads": 2},
    "captioner, rnn": {"architecture": "rnn", **REGIONS},
    "captioner, places": {"architecture": "rnn", "order": "places", **PIXELS},
    "captioner, hard, places": {**HARD, "order": "places", **REGIONS},
    "captioner, the mean region": {"architecture": "rnn", "attention": "none", **REGIONS},
}  # fmt: skip
TRAIN = TrainConfig(doubly_stochastic=0.1, ema=0.9)


def config_of(name: str) -> ModelConfig:
    sizes = {"width": 12, "embedding": 12, "encoder_width": 12, "feedforward": 13}
    layers = {"encoder_layers": 1, "decoder_layers": 1}
    words = {"source_vocabulary": 23, "target_vocabulary": 23}
    return ModelConfig(**{**sizes, **layers, **words, **MODELS[name]})


def batch_of(config: ModelConfig) -> Batch:
    """As `Material.batch` makes it: on the CPU, and regions in float16."""
    batch = collate(EXAMPLES)
    if not config.vision:
        return batch
    regions = torch.rand(3, config.grid**2, config.region_width, dtype=torch.float16)
    return replace(batch, source=regions, source_mask=torch.ones(regions.shape[:2]) > 0)


def without_values(batch: Batch) -> Batch:
    """A batch made in a mode where tensors have none cannot be counted; so it is made before."""
    tensors = {name: x for name, x in vars(batch).items() if isinstance(x, Tensor)}
    return replace(
        batch, **{name: torch.empty(x.shape, dtype=x.dtype) for name, x in tensors.items()}
    )


def unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch packs a padded batch by values; here the encoder reads the padding too."""

    def pack(x: Tensor, lengths: Tensor, **_: Any) -> Tensor:
        assert lengths.device.type == "cpu"
        return x

    monkeypatch.setattr(recurrent, "pack_padded_sequence", pack)
    monkeypatch.setattr(recurrent, "pad_packed_sequence", lambda out, **_: (out, None))


@pytest.mark.parametrize("name", MODELS)
def test_a_training_step_stays_on_its_device(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_of(name)
    batch = batch_of(config)
    unpacked(monkeypatch)
    with elsewhere() as device:
        with torch.device(device):
            model = build(config)
        plan = Plan(config, TRAIN, Machine(device), 1.0, 100, {}, "")
        optimizer, progress = adamw(model, TRAIN), Progress()
        for _ in range(2):
            loop._step(model, optimizer, without_values(batch), progress, plan, Signals())
        assert progress.baseline is not None
        assert progress.ema is not None
        moments = [x for s in optimizer.state.values() for x in s.values()]
        tensors = [*model.parameters(), *progress.ema.values(), progress.baseline, *moments]
        assert {str(x.device) for x in tensors} == {device}


@pytest.mark.parametrize("name", MODELS)
def test_smoothed_weights_lie_where_the_others_did(name: str) -> None:
    """cuDNN has laid those of an LSTM side by side, and copies them for each call if they move."""

    def places() -> list[tuple[int, int]]:
        return [(w.untyped_storage()._cdata, int(w.storage_offset())) for w in model.parameters()]

    with elsewhere() as device:
        with torch.device(device):
            model = build(config_of(name))
        ema = {name: torch.zeros_like(weight) for name, weight in model.named_parameters()}
        before = places()
        with loop._smoothed(model, Progress(ema=ema)):
            assert places() == before
        assert places() == before


@pytest.mark.parametrize("fails", [False, True])
def test_smoothed_weights_take_the_place_of_the_others(fails: bool) -> None:
    model = build(config_of("rnn"))
    own = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    ema = {name: torch.rand_like(weight) for name, weight in own.items()}
    kept = {name: weight.clone() for name, weight in ema.items()}

    def has(values: dict[str, Tensor]) -> bool:
        return all(torch.equal(weight, values[n]) for n, weight in model.named_parameters())

    with suppress(KeyboardInterrupt), loop._smoothed(model, Progress(ema=ema)):
        assert has(kept)
        if fails:
            raise KeyboardInterrupt
    assert has(own)
    assert all(torch.equal(ema[name], kept[name]) for name in kept)
    with loop._smoothed(model, Progress()):
        assert has(own)


def test_a_batch_that_is_not_moved_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Machine, "place", lambda self, value: value)
    with pytest.raises(RuntimeError, match="on the same device, but found at least two"):
        test_a_training_step_stays_on_its_device("transformer", monkeypatch)


# Losses are looked at when a line is written or a checkpoint is due


def test_no_checkpoint_holds_a_loss_that_is_no_number(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, real = iter(range(100)), loop.forward_backward
    monkeypatch.setattr(
        loop,
        "forward_backward",
        lambda *given: replace(
            real(*given), nats=torch.tensor(float("inf") if next(steps) >= 5 else 1.0)
        ),
    )
    run = RunFolder(tmp_path / "model")
    settings = RNN | {"max_steps": 12, "validations": 1, "checkpoint_steps": 4}
    with pytest.raises(ConfigError, match=r"^step 5: the loss is inf at half"):
        train(run.top, corpus, settings)
    assert checkpoints.load_tensors(run.checkpoint)[1]["step"] == 4
    assert not run.metrics.exists()


# Resuming elsewhere


def test_a_checkpoint_holds_the_generator_of_its_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a device that is not here: the CPU plays it."""
    put_back: list[Tensor] = []
    generator = (lambda device: torch.tensor([3, 5, 7], dtype=torch.uint8), put_back.append)
    taken, put = generator[0], lambda state, device: generator[1](state)
    torch.manual_seed(1)
    model = build(config_of("rnn"))
    optimizer, path = adamw(model, TRAIN), tmp_path / "checkpoint"
    forward_backward(model, batch_of(config_of("rnn")), TRAIN, Machine())
    optimizer.step()
    save_checkpoint(path, model, optimizer, Progress(step=1))
    load_checkpoint(path, model, optimizer)  # none of that device's: it is left as it is
    monkeypatch.setitem(checkpoints.GENERATORS, "cpu", (taken, put))
    load_checkpoint(path, model, optimizer)
    assert put_back == []
    save_checkpoint(path, model, optimizer, Progress(step=1))
    load_checkpoint(path, model, optimizer)
    assert [state.tolist() for state in put_back] == [[3, 5, 7]]


def interrupted(folder: Path, corpus: dict[str, str], **settings: Any) -> Path:
    def interrupt(line: str) -> None:
        if "parameters" in line:
            raise KeyboardInterrupt

    short = RNN | {"max_steps": 6, "validations": 1} | settings
    with pytest.raises(KeyboardInterrupt):
        training.start(folder, corpus, short, report=interrupt)
    return folder


def test_a_run_may_be_resumed_on_another_device(corpus: dict[str, str], tmp_path: Path) -> None:
    folder = interrupted(tmp_path / "model", corpus, device="cpu")
    run = RunFolder(folder)
    saved = json.loads(run.plan.read_text("utf-8"))
    saved["machine"]["device"] = "cuda:77"  # as if it had begun there
    run.plan.write_text(json.dumps(saved), "utf-8")
    with pytest.raises(ConfigError, match=r"^device cuda:77: torch sees \d+ CUDA devices here; "):
        training.resume(folder, {}, {}, report=lambda line: None)
    with pytest.raises(ConfigError, match=r"^device cuda:78: torch sees \d+ CUDA devices here; "):
        training.resume(folder, {}, {"device": "cuda:78"}, report=lambda line: None)
    training.resume(folder, {}, {"device": "cpu"}, report=lambda line: None)
    assert run.finished
    assert json.loads(run.plan.read_text("utf-8"))["machine"]["device"] == "cpu"


def test_a_device_that_is_not_there_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="device cuda:77: torch sees"):
        train(tmp_path / "model", {"source": "no file", "target": "none"}, {"device": "cuda:77"})
    assert not (tmp_path / "model").exists()

"""On a CUDA device a model is trained as on the CPU, and a run goes from one to the other."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from qkv import training
from qkv.machine import Machine
from qkv.models import build
from qkv.models.encoders import recurrent
from qkv.training import checkpoints, loop
from qkv.training.checkpoints import Progress
from qkv.training.loop import adamw, forward_backward
from qkv.training.run_folder import Plan, RunFolder
from qkv.training.signals import Signals
from tests.tiny import CAPTIONER, RNN, TRANSFORMER, train
from tests.training.test_devices import MODELS, TRAIN, batch_of, config_of, interrupted

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")

RUNS: dict[str, tuple[dict[str, Any], str]] = {
    "transformer": (TRANSFORMER, "corpus"),
    "rnn": (RNN, "corpus"),
    "hard attention": (CAPTIONER | {"select": "hard", "order": "places"}, "album"),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_cuda_device_trains_what_the_cpu_trains(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    settings, kind = RUNS[name]
    data = request.getfixturevalue(kind)
    last = {}
    for device in ("cpu", "cuda"):
        train(tmp_path / device, data, settings | {"device": device})
        lines = (tmp_path / device / "run" / "metrics.jsonl").read_text("utf-8").splitlines()
        last[device] = [r["loss"] for r in map(json.loads, lines) if "loss" in r][-1]
    assert last["cuda"] == pytest.approx(last["cpu"], rel=0.3)  # other draws, other sums
    plan = json.loads((tmp_path / "cuda" / "run" / "settings.json").read_text("utf-8"))
    assert plan["machine"] == {"device": "cuda", "dtype": "float32", "threads": 1}


@pytest.mark.parametrize("name", MODELS)
def test_the_first_gradient_is_that_of_the_cpu(name: str) -> None:
    config = replace(config_of(name), dropout=0.0, soft_share=1.0)  # nothing is drawn
    batch, gradients = batch_of(config), []
    for device in ("cpu", "cuda"):
        torch.manual_seed(3)
        model = build(config).to(device).train()
        plan = Plan(config, TRAIN, Machine(device), 1.0, 100, {}, "")
        attention = loop._softness(Progress(max_steps=plan.max_steps), plan)
        result = forward_backward(model, batch, TRAIN, plan.machine, attention=attention)
        grads = [p.grad.cpu().flatten() for p in model.parameters() if p.grad is not None]
        gradients.append(torch.cat([result.nats.cpu()[None], *grads]))
    torch.testing.assert_close(gradients[1], gradients[0], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_a_step_makes_the_cpu_wait_only_to_pack(name: str) -> None:
    config = config_of(name)
    batch = batch_of(config)
    model = build(config).to("cuda")
    plan = Plan(config, TRAIN, Machine("cuda"), 1.0, 100, {}, "")
    optimizer, progress = adamw(model, TRAIN), Progress(max_steps=plan.max_steps)
    signals = Signals()
    loop._step(model, optimizer, batch, progress, plan, signals)
    packs = isinstance(model.encoder, recurrent.RecurrentEncoder)
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        with pytest.raises(RuntimeError, match="synchronizing") if packs else nullcontext():
            loop._step(model, optimizer, batch, progress, plan, signals)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_a_run_goes_from_a_cuda_device_to_the_cpu_and_back(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = interrupted(tmp_path / "model", corpus, device="cuda", checkpoint_steps=2)

    class Stop(Exception):
        pass

    save = loop.save_checkpoint

    def stop(*given: Any) -> None:
        save(*given)
        raise Stop

    monkeypatch.setattr(loop, "save_checkpoint", stop)
    for device, reached in (("cuda", 2), ("cpu", 4)):
        with pytest.raises(Stop):
            training.resume(folder, {}, {"device": device}, report=lambda line: None)
        assert checkpoints.load_tensors(RunFolder(folder).checkpoint)[1]["step"] == reached
    monkeypatch.undo()
    training.resume(folder, {}, {"device": "cuda"}, report=lambda line: None)
    assert RunFolder(folder).finished

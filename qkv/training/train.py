"""One run from files to a model folder: start it, or go on with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from qkv.data.batching import batches
from qkv.data.tokenizer import Tokenizer
from qkv.errors import ConfigError, DataError, FolderError
from qkv.machine import Machine
from qkv.models import Attending, EncoderDecoder, ModelConfig, build
from qkv.models.config import is_own
from qkv.models.own_score import check_own
from qkv.pipeline.loading import tokenizer_paths
from qkv.training.card import describe
from qkv.training.checkpoints import Progress, load_checkpoint
from qkv.training.config import TrainConfig, configs, parse_settings
from qkv.training.loop import adamw, fit, forward_backward
from qkv.training.material import Corpus, Material
from qkv.training.outcome import finish, publish
from qkv.training.own_score import stamped
from qkv.training.pictures import read_pictures
from qkv.training.run_folder import Plan, RunFolder
from qkv.training.text import read_text
from qkv.training.tuning import Measured, check_memory, pick

__all__ = ["resume", "start"]

Report = Callable[[str], None]

# Text that is given again may be in the other form.
OTHER_FORM = {
    f"{prefix}{given}": [f"{prefix}{name}" for name in others]
    for prefix in ("", "valid_")
    for given, others in {"tsv": ["source", "target"], "source": ["tsv"], "target": ["tsv"]}.items()
}


def start(
    folder: Path, data: dict[str, str], settings: dict[str, Any], report: Report = print
) -> None:
    """Train a new model into `folder`.

    Args:
        data: paths: `source` and `target`, or `tsv`; optionally `valid_source` and `valid_target`,
            or `valid_tsv`. For captions `images`; optionally `valid_images` and `image_root`.
        settings: by name, see `ModelConfig` and `TrainConfig`; `preset` besides.
        report: takes one line of progress at a time.
    Raises:
        ConfigError, DataError, FolderError: before anything is trained or written.
    """
    model_config, config = configs(settings, pictures="images" in data)
    model_config = stamped(model_config)
    device = Machine.named("auto" if config.device is None else config.device).device
    run = RunFolder(folder)
    run.check_new()
    corpus = _read(data, model_config, config, device, report)
    material = _tokenised(corpus, config, report)
    model_config = replace(model_config, **material.decides())
    check_memory(model_config, device)
    report("measuring how fast this machine trains the model")
    picked = _pick(model_config, material, config, device)
    per_epoch = len(batches(material.examples, config.batch_tokens, config.seed, 0))
    last = config.max_steps or per_epoch * config.epochs
    plan = Plan(
        model_config,
        config,
        picked.machine,
        picked.tokens_per_s,
        last,
        _absolute(data),
        corpus.fingerprint,
    )
    run.make()
    with run.alone():
        run.check_new()  # another process may have begun one meanwhile
        _begin(run, plan, corpus, material, report)
        model = _seeded(plan)
        _announce(model, material, plan, per_epoch, report)
        _run(model, material, plan, run, report)


def resume(
    folder: Path, data: dict[str, str], settings: dict[str, Any], report: Report = print
) -> None:
    """Go on with the unfinished run in `folder`, as if it had never stopped.

    Args:
        data: where the data is now, if it has moved; its content must be the same.
        settings: what `start` was given, or less: only checked against the run's own, but `device`
            may be another.
    Raises:
        FolderError: there is no run, or its training or validation text has changed.
        ConfigError: data or settings are not the run's.
    """
    run = RunFolder(folder)
    with run.alone():
        if run.finished:
            run.clear()  # it may have been killed before it did so itself
        plan = run.read_plan()
        _check_same(folder, data, settings, plan)
        if is_own(plan.model.attention):
            check_own(plan.model)
        plan = _moved(plan, data, settings)
        corpus = _read_again(folder, plan, report)
        source, target = (Tokenizer.load(p) for p in tokenizer_paths(folder, plan.model.joint))
        report("tokenising")
        material = corpus.tokenised((source, target), plan.train.longest)
        run.write_plan(plan)
        _run(_seeded(plan), material, plan, run, report)


def _read(
    data: dict[str, str], model: ModelConfig, config: TrainConfig, device: str, report: Report
) -> Corpus:
    if "images" in data:
        return read_pictures(data, model, config, device, report)
    return read_text(data, config.seed, report)


def _tokenised(corpus: Corpus, config: TrainConfig, report: Report) -> Material:
    report("learning the tokenizers")
    tokenizers = corpus.tokenizers(config)
    report("tokenising")
    return corpus.tokenised(tokenizers, config.longest)


def _check_same(folder: Path, data: dict[str, str], settings: dict[str, Any], plan: Plan) -> None:
    """What is given on resume must be what the run began with; the device may change.

    Of data and vision encoder only the kind is checked here: what they hold, once they are read.
    """
    own = {**asdict(plan.model), **asdict(plan.train)}
    given = {name: v for name, v in parse_settings(settings).items() if name != "device"}
    wrong = [n for n, value in given.items() if value != own[n] and not _both_hf(value, own[n])]
    pictures = "images" in plan.data
    wrong += [_option(name) for name in data if ("image" in name) != pictures]
    if wrong:
        raise ConfigError(
            f"{folder}: {wrong[0]} differs from what this run began with; leave it out to resume, "
            "or start a new run in another --out."
        )


def _both_hf(one: object, other: object) -> bool:
    return all(isinstance(name, str) and name.startswith("hf:") for name in (one, other))


def _moved(plan: Plan, data: dict[str, str], settings: dict[str, Any]) -> Plan:
    """The plan with data and vision encoder where they are now, on the device that is named.

    Raises:
        ConfigError: there is no such device.
    """
    other_form = {name for given in data for name in OTHER_FORM.get(given, ())}
    paths = {name: path for name, path in plan.data.items() if name not in other_form}
    given = parse_settings(settings)
    device = given.get("device", plan.machine.device)
    model = replace(plan.model, vision=given.get("vision", plan.model.vision))
    device = "auto" if device is None else device
    machine = Machine.named(device, plan.machine.dtype, plan.machine.threads)
    return replace(plan, model=model, machine=machine, data=paths | _absolute(data))


def _read_again(folder: Path, plan: Plan, report: Report) -> Corpus:
    """What the run began with.

    Raises:
        DataError: a file is gone.
        FolderError: its content is another.
    """
    for name, path in plan.data.items():
        if not Path(path).exists():
            raise DataError(
                f"{path}: no such file; if what this run began with is elsewhere now, say so with "
                f"{_option(name)}."
            )
    corpus = _read(plan.data, plan.model, plan.train, plan.machine.device, report)
    if corpus.fingerprint != plan.fingerprint:
        raise FolderError(
            f"{folder}: the training or validation data is not what the run began with; restore "
            "it, or start a new run in another --out."
        )
    return corpus


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _seeded(plan: Plan) -> EncoderDecoder:
    """The model as its seed makes it, the same on every device."""
    torch.manual_seed(plan.train.seed)
    return build(plan.model).to(plan.machine.device)


def _absolute(data: dict[str, str]) -> dict[str, str]:
    """A run can be resumed from any folder."""
    return {name: str(Path(path).absolute()) for name, path in data.items()}


def _begin(run: RunFolder, plan: Plan, corpus: Corpus, material: Material, report: Report) -> None:
    """Write what a resume needs; the plan last, for it makes a run of it."""
    corpus.write_held_out(run.run, report)
    paths = tokenizer_paths(run.top, plan.model.joint)
    for path, tokenizer in zip(paths, material.tokenizers, strict=True):
        tokenizer.save(path)
    run.write_plan(plan)


def _run(
    model: EncoderDecoder, material: Material, plan: Plan, run: RunFolder, report: Report
) -> None:
    """Restore the checkpoint if there is one, train to the end, keep the better weights."""
    plan.machine.settle()
    run.sweep()
    optimizer = adamw(model, plan.train)
    progress = Progress()
    if run.checkpoint.exists():
        progress = load_checkpoint(run.checkpoint, model, optimizer)
        publish(progress, material, plan, run)  # a kill may have come between the two
        report(f"resuming from step {progress.step:,}")
    fit(model, optimizer, progress, material, plan, run, report)
    if progress.step < plan.max_steps:
        report(
            f"stopped early, at step {progress.step:,} of {plan.max_steps:,}: no better "
            f"{progress.best.name} in the last {progress.without_gain} validations (patience)"
        )
    finish(model, progress, material, plan, run, report)


def _pick(
    model_config: ModelConfig, material: Material, config: TrainConfig, device: str
) -> Measured:
    """Threads and precision, by steps without an update on the two middle batches by length."""
    order = batches(material.examples, config.batch_tokens, None, 0)
    middle = len(order) // 2  # with one batch in all both are the same
    pair = [material.batch(order[k]) for k in (middle, middle - 1)]
    torch.manual_seed(config.seed)
    model = build(model_config).to(device)
    attention = Attending(soft_share=model_config.soft_share)

    def trial(machine: Machine) -> int:
        model.train()
        forward_backward(model, pair[0], config, machine, attention=attention)
        model.zero_grad(set_to_none=True)
        return pair[0].target_tokens

    def gradient(batch: int, machine: Machine) -> Tensor:
        torch.manual_seed(config.seed)
        model.train().zero_grad(set_to_none=True)
        forward_backward(model, pair[batch], config, machine, attention=attention)
        return torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])

    return pick(trial, gradient, device=device, threads=config.threads, precision=config.precision)


def _announce(
    model: EncoderDecoder, material: Material, plan: Plan, per_epoch: int, report: Report
) -> None:
    """Size, data, time: what a person wants to know before the first step."""
    tokens = sum(len(target) + 1 for _, target in material.examples)
    for reason, count in material.skipped.items():
        report(f"skipped {count:,} {material.unit}: {reason}")
    size = sum(p.numel() for p in model.parameters())
    validation = f"{len(material.valid):,} validation {material.valid_unit}"
    epoch_seconds = tokens / plan.tokens_per_s
    total = epoch_seconds * plan.max_steps / per_epoch
    report(
        f"{plan.model.architecture}, {size:,} parameters; {len(material.examples):,} "
        f"{material.unit}, {tokens:,} target tokens, {validation}"
    )
    report(
        f"{describe(plan.machine)}, {plan.tokens_per_s:,.0f} tokens/s: "
        f"{epoch_seconds:.0f} s an epoch, {plan.max_steps:,} steps, about {total / 60:.1f} min "
        f"besides validation (ends near {_clock(total)})"
    )


def _clock(seconds: float) -> str:
    """The time of day, with the date if it is another; centuries ahead is far enough."""
    now = datetime.now()
    end = now + timedelta(seconds=min(seconds, 1e10))
    return end.strftime("%H:%M" if end.date() == now.date() else "%Y-%m-%d %H:%M")

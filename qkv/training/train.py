"""One run from files to a model folder: start it, or go on with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from qkv.data.batching import batches
from qkv.data.tokenizer import Tokenizer
from qkv.errors import ConfigError, FolderError
from qkv.files import write_atomically
from qkv.models import Attending, EncoderDecoder, ModelConfig, build
from qkv.models.folder import load_tensors, load_weights, save_model
from qkv.pipeline.loading import tokenizer_paths
from qkv.training.card import model_card
from qkv.training.checkpoints import Progress, average, load_checkpoint
from qkv.training.config import TrainConfig, asked, configs
from qkv.training.loop import Material, adamw, fit, forward_backward
from qkv.training.machine import Machine, check_memory, pick
from qkv.training.pictures import Album, read_album
from qkv.training.prepare import Corpus, read_corpus
from qkv.training.run_folder import RunFolder, Settings

__all__ = ["resume", "start"]

Report = Callable[[str], None]


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
    model_settings, config = configs(settings, pictures="images" in data)
    run = RunFolder(folder)
    run.check_new()
    corpus = _read(data, model_settings, config, report)
    tokenizers = corpus.tokenizers(config)
    prepared = corpus.prepared(tokenizers, config.longest)
    model_config = ModelConfig(**{**model_settings, **prepared.decides()})
    check_memory(model_config)
    torch.manual_seed(config.seed)
    attention = Attending(soft_share=model_config.soft_share)
    machine = _pick(build(model_config), prepared, config, attention)
    per_epoch = len(batches(prepared.examples, config.batch_tokens, config.seed, 0))
    last = config.max_steps or per_epoch * config.epochs
    saved = Settings(model_config, config, machine, last, _absolute(data), corpus.fingerprint)
    _begin(run, saved, corpus, prepared, report)
    torch.manual_seed(config.seed)
    model = build(model_config)
    _announce(model, prepared, saved, per_epoch, report)
    _run(model, prepared, saved, run, report)


def resume(
    folder: Path, data: dict[str, str], settings: dict[str, Any], report: Report = print
) -> None:
    """Go on with the unfinished run in `folder`, as if it had never stopped.

    Args:
        data, settings: what `start` was given, or less: only checked against the run's own.
    Raises:
        FolderError: there is no run, or its training or validation text has changed.
        ConfigError: data or settings are not the run's.
    """
    run = RunFolder(folder)
    if run.finished:
        run.clear()  # it may have been killed before it did so itself
    saved = run.read_settings()
    _check_same(folder, data, settings, saved)
    corpus = _read(saved.data, asdict(saved.model), saved.train, report)
    if corpus.fingerprint != saved.fingerprint:
        raise FolderError(
            f"{folder}: the training or validation data is not what the run began with; restore "
            "it, or start a new run in another --out."
        )
    source, target = (Tokenizer.load(p) for p in tokenizer_paths(folder, saved.model.joint))
    prepared = corpus.prepared((source, target), saved.train.longest)
    torch.manual_seed(saved.train.seed)
    _run(build(saved.model), prepared, saved, run, report)


def _read(
    data: dict[str, str], model: dict[str, Any], config: TrainConfig, report: Report
) -> Corpus | Album:
    if "images" in data:
        return read_album(data, model, config, report)
    return read_corpus(data, config.seed)


def _check_same(
    folder: Path, data: dict[str, str], settings: dict[str, Any], saved: Settings
) -> None:
    """What is given on resume must be what the run began with."""
    own = {**asdict(saved.model), **asdict(saved.train)}
    wrong = [name for name, value in asked(settings).items() if value != own[name]]
    given = _absolute(data)
    wrong += [f"--{n.replace('_', '-')}" for n in given if given[n] != saved.data.get(n)]
    if wrong:
        raise ConfigError(
            f"{folder}: {wrong[0]} differs from what this run began with; leave it away to resume, "
            "or start a new run in another --out."
        )


def _absolute(data: dict[str, str]) -> dict[str, str]:
    """A run can be resumed from any folder."""
    return {name: str(Path(path).absolute()) for name, path in data.items()}


def _begin(
    run: RunFolder, settings: Settings, corpus: Corpus | Album, prepared: Material, report: Report
) -> None:
    """Write what a resume needs; settings last, for they make it a run."""
    run.make()
    corpus.write_held_out(run.run, report)
    tokenizers = prepared.source_tokenizer, prepared.target_tokenizer
    paths = tokenizer_paths(run.top, settings.model.joint)
    for path, tokenizer in zip(paths, tokenizers, strict=True):
        tokenizer.save(path)
    run.write_settings(settings)


def _run(
    model: EncoderDecoder, prepared: Material, settings: Settings, run: RunFolder, report: Report
) -> None:
    """Restore the checkpoint if there is one, train to the end, keep the better weights."""
    settings.machine.settle()
    run.sweep()
    optimizer = adamw(model, settings.train)
    progress = Progress()
    if run.checkpoint.exists():
        progress = load_checkpoint(run.checkpoint, model, optimizer)
        report(f"going on from step {progress.step:,}")
    fit(model, optimizer, progress, prepared, settings, run, report)
    if progress.step < settings.max_steps:
        report(
            f"stopped early, at step {progress.step:,} of {settings.max_steps:,}: no better BLEU "
            f"in the last {progress.without_gain} validations (patience)"
        )
    _finish(model, progress, prepared, settings, run, report)


def _finish(
    model: EncoderDecoder,
    progress: Progress,
    prepared: Material,
    settings: Settings,
    run: RunFolder,
    report: Report,
) -> None:
    """Of the best and the averaged weights, write the ones that validate better."""
    averaged = average([run.weights(step) for step in progress.validated])
    load_weights(model, averaged, run.run)
    bleu = prepared.score(model)
    if bleu.value < progress.best_bleu:
        load_weights(model, load_tensors(run.weights(progress.best_step))[0], run.run)
        kept = f"weights of step {progress.best_step:,}"
    else:
        steps = ", ".join(f"{step:,}" for step in progress.validated)
        several = len(progress.validated) > 1
        kept = f"mean of the weights at steps {steps}" if several else f"weights of step {steps}"
    card = model_card(settings, progress, prepared, bleu, kept)
    write_atomically(run.top / "README.md", lambda path: path.write_text(card, encoding="utf-8"))
    save_model(run.top, settings.model, dict(model.named_parameters()))
    run.clear()
    report(
        f"validation BLEU (greedy): best {progress.best_bleu:.2f}, averaged {bleu.value:.2f}; "
        f"kept the {kept}. Model in {run.top}"
    )


def _pick(
    model: EncoderDecoder, prepared: Material, config: TrainConfig, attention: Attending
) -> Machine:
    """Threads and precision, by steps without an update on the two middle batches by length."""
    order = batches(prepared.examples, config.batch_tokens, None, 0)
    middle = len(order) // 2  # with one batch in all both are the same
    pair = [prepared.batch(order[k]) for k in (middle, middle - 1)]

    def trial(precision: str) -> int:
        model.train()
        forward_backward(model, pair[0], config, precision, attention=attention)
        model.zero_grad(set_to_none=True)
        return pair[0].target_tokens

    def gradient(batch: int, precision: str) -> Tensor:
        torch.manual_seed(config.seed)
        model.train().zero_grad(set_to_none=True)
        forward_backward(model, pair[batch], config, precision, attention=attention)
        return torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])

    return pick(trial, gradient, threads=config.threads, precision=config.precision)


def _announce(
    model: EncoderDecoder, prepared: Material, settings: Settings, per_epoch: int, report: Report
) -> None:
    """Size, data, time: what a person wants to know before the first step."""
    tokens = sum(len(target) + 1 for _, target in prepared.examples)
    for reason, count in prepared.skipped.items():
        report(f"skipped {count:,} {prepared.unit}: {reason}")
    size = sum(p.numel() for p in model.parameters())
    validation = f"{len(prepared.valid):,} validation {prepared.valid_unit}"
    machine = settings.machine
    epoch_seconds = tokens / machine.tokens_per_s
    total = epoch_seconds * settings.max_steps / per_epoch
    report(
        f"{settings.model.architecture}, {size:,} parameters; {len(prepared.examples):,} "
        f"{prepared.unit}, {tokens:,} target tokens, {validation}"
    )
    report(
        f"{machine.threads} threads, {machine.precision}, {machine.tokens_per_s:,.0f} tokens/s: "
        f"{epoch_seconds:.0f} s an epoch, {settings.max_steps:,} steps, about {total / 60:.1f} min "
        f"besides validation (ends near {_clock(total)})"
    )


def _clock(seconds: float) -> str:
    """The time of day, with the date if it is another; centuries ahead is far enough."""
    now = datetime.now()
    end = now + timedelta(seconds=min(seconds, 1e10))
    return end.strftime("%H:%M" if end.date() == now.date() else "%Y-%m-%d %H:%M")

"""The training loop, top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from itertools import islice

import torch
from torch import Tensor

from qkv.data.batching import Batch
from qkv.machine import Machine
from qkv.models import PLAIN, Attending, EncoderDecoder
from qkv.models.folder import save_tensors
from qkv.training.checkpoints import (
    Progress,
    random_state,
    save_checkpoint,
    set_random_state,
)
from qkv.training.config import TrainConfig
from qkv.training.log import Log, learning_rate
from qkv.training.material import Material, Validation, epoch_batches
from qkv.training.metrics import Metrics
from qkv.training.objectives import Baseline, Objective, objective
from qkv.training.outcome import publish
from qkv.training.pace import paced
from qkv.training.run_folder import Plan, RunFolder
from qkv.training.schedules import soft_share
from qkv.training.signals import Signals

__all__ = ["adamw", "fit", "forward_backward"]


def fit(
    model: EncoderDecoder,
    optimizer: torch.optim.Optimizer,
    progress: Progress,
    material: Material,
    plan: Plan,
    folder: RunFolder,
    report: Callable[[str], None],
) -> None:
    """Train from `progress` to the last step or to early stopping, validating on the way.

    The state after each step depends only on the state before it, the plan and the data:
    a resumed run is bit for bit the unbroken one. Where the plan has a time, `paced` moves the last
    step with the speed of the machine.

    A signal ends it with a checkpoint: a validation or a step under way is left, to be done again.

    Raises:
        Diverged: the loss is no longer a number.
    """
    log = Log(progress, plan, Metrics(folder, progress.step), report)

    def save() -> None:
        log.check_losses()
        save_checkpoint(folder.checkpoint, model, optimizer, progress)
        _drop_weights(progress, plan.train, folder)  # now that no checkpoint needs them
        if not progress.scored or progress.best_step == progress.step:
            publish(progress, material, plan, folder)

    def validate() -> None:
        with log.validating(), _smoothed(model, progress):
            log.show_losses()
            with signals.at_once():
                validation = material.validate(
                    model, plan.model, plan.machine.device, plan.train.validate_on
                )
            _keep(model, progress, validation, plan.train, folder)
        log.validation(validation)
        save()
        log.show_validation(validation)  # whoever reads it has a model that scores so

    with Signals() as signals:
        try:
            if _due(progress, plan):  # a signal ended the validation
                validate()
            for batch in _batches(progress, material, plan):
                result, norm = _step(model, optimizer, batch, progress, plan, signals)
                log.step(result, norm, batch.target_tokens)
                progress.max_steps = paced(progress, plan)
                if _due(progress, plan):
                    validate()
                elif progress.step % plan.train.checkpoint_steps == 0:
                    save()
                signals.check()
        except (KeyboardInterrupt, SystemExit):
            if progress.begun:
                save()
            raise


def adamw(model: EncoderDecoder, config: TrainConfig) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019), decaying matrices but not biases and norms."""
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    groups = [
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.98), eps=1e-9, fused=True)


def _batches(progress: Progress, material: Material, plan: Plan) -> Iterator[Batch]:
    """From where `progress` is to the end of the run, epoch after epoch."""
    config = plan.train
    while not _ended(progress, plan):
        order = epoch_batches(material, config, progress.epoch)
        for indices in islice(order, progress.batch, None):
            yield material.batch(indices)
            if _ended(progress, plan):
                return
        progress.epoch += 1
        progress.batch = 0


def _ended(progress: Progress, plan: Plan) -> bool:
    return progress.step >= progress.max_steps or progress.without_gain >= plan.train.patience


def _due(progress: Progress, plan: Plan) -> bool:
    """Is this a step to validate at, and was it not done yet?"""
    if not progress.step:
        return plan.base is not None and not progress.scored
    since = progress.step - (progress.validated[-1] if progress.validated else 0)
    return since >= plan.validate_every or (since > 0 and progress.step >= progress.max_steps)


def _step(
    model: EncoderDecoder,
    optimizer: torch.optim.Optimizer,
    batch: Batch,
    progress: Progress,
    plan: Plan,
    signals: Signals,
) -> tuple[Objective, Tensor]:
    """One update of the weights; what was made small, and the gradient's norm ()."""
    config = plan.train
    model.train()
    attention = _softness(progress, plan)
    with signals.at_once() if progress.begun else nullcontext(), _undrawn_if_left(model):
        result = forward_backward(model, batch, config, plan.machine, progress.baseline, attention)
    progress.baseline = result.baseline.sums
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip)
    progress.step += 1
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(progress, config)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    _smooth(model, progress, config.ema)
    progress.batch += 1
    progress.tokens += batch.target_tokens
    return result, norm


@contextmanager
def _undrawn_if_left(model: EncoderDecoder) -> Iterator[None]:
    """A step that is left is as if it had not begun: so far it has only drawn its dropout."""
    states = random_state(model)
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        set_random_state(model, states)
        raise


def forward_backward(
    model: EncoderDecoder,
    batch: Batch,
    config: TrainConfig,
    machine: Machine,
    baseline: Tensor | None = None,
    attention: Attending = PLAIN,
) -> Objective:
    """Add the batch's gradient to the parameters; returns what was made small.

    The batch moves to the model's device here, and nowhere else.
    """
    if baseline is None:
        baseline = torch.zeros(2, model.decoder.vocabulary_size, device=machine.device)
    batch = machine.place(batch)
    with machine.autocast():
        result = objective(model, batch, config, Baseline(baseline), attention)
    result.loss.backward()
    return result


def _softness(progress: Progress, plan: Plan) -> Attending:
    """Hard attention may begin soft: a draw teaches little while nothing is known of values."""
    start, end = plan.train.soft_start, plan.model.soft_share
    step, last = progress.step + 1, progress.max_steps
    return Attending(soft_share=soft_share(step, start=start, end=end, last=last))


def _smooth(model: EncoderDecoder, progress: Progress, decay: float) -> None:
    """Move the average towards the weights: w̄ ← d w̄ + (1 - d) w (Polyak and Juditsky 1992).

    d is at most (1 + t) / (10 + t) at step t, so that the first weights are soon forgotten.
    """
    if not decay:
        return
    weights = dict(model.named_parameters())
    if progress.ema is None:
        progress.ema = {name: weight.detach().clone() for name, weight in weights.items()}
    share = 1 - min(decay, (1 + progress.step) / (10 + progress.step))
    for name, average in progress.ema.items():
        average.lerp_(weights[name].detach(), share)


@contextmanager
def _smoothed(model: EncoderDecoder, progress: Progress) -> Iterator[None]:
    """The model with the average of its weights, if there is one, in their place.

    Copied there and back: cuDNN wants the weights of an LSTM where it laid them, side by side.
    """
    weights = dict(model.named_parameters())
    own = {name: weights[name].detach().clone() for name in progress.ema or ()}
    _copy(progress.ema or {}, weights)
    try:
        yield
    finally:
        _copy(own, weights)


def _copy(values: dict[str, Tensor], weights: Mapping[str, Tensor]) -> None:
    for name, value in values.items():
        weights[name].detach().copy_(value)


def _keep(
    model: EncoderDecoder,
    progress: Progress,
    validation: Validation,
    config: TrainConfig,
    folder: RunFolder,
) -> None:
    """Keep the newest weights for averaging, and remember the best."""
    better = validation.score.value > progress.best.value
    progress.without_gain = 0 if better else progress.without_gain + 1
    if better:
        progress.best, progress.best_step = validation.score, progress.step
        progress.after = validation.values()
    save_tensors(folder.weights(progress.step), dict(model.named_parameters()))
    if progress.step:
        progress.validated = [*progress.validated, progress.step][-config.average :]
    else:  # what the run goes on from
        progress.before = validation.values()


def _drop_weights(progress: Progress, config: TrainConfig, folder: RunFolder) -> None:
    if not config.keep_checkpoints:
        folder.keep_weights({0, *progress.validated, progress.best_step})

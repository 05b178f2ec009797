"""The training loop, top to bottom."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields

import torch
from torch import Tensor

from qkv.data.batching import Batch, batches
from qkv.errors import ConfigError
from qkv.evaluation import Score
from qkv.machine import Machine
from qkv.models import PLAIN, Attending, EncoderDecoder
from qkv.models.folder import save_tensors
from qkv.training.checkpoints import Progress, save_checkpoint
from qkv.training.config import TrainConfig
from qkv.training.material import Material
from qkv.training.metrics import Metrics
from qkv.training.objectives import Baseline, Objective, Reinforced, objective
from qkv.training.outcome import publish
from qkv.training.pace import paced
from qkv.training.run_folder import Plan, RunFolder
from qkv.training.schedules import soft_share, warmup_cosine
from qkv.training.signals import Signals

__all__ = ["adamw", "fit", "forward_backward"]

LOG_SECONDS = 10.0


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

    A signal ends it between two steps, or while validating, with a checkpoint.

    Raises:
        ConfigError: the loss is no longer a number.
    """
    log = _Log(progress, Metrics(folder, progress.step), report)

    def save() -> None:
        log.check_losses()
        save_checkpoint(folder.checkpoint, model, optimizer, progress)
        if progress.best_step in (0, progress.step):
            publish(progress, material, plan, folder)

    def validate() -> None:
        with log.validating(), _smoothed(model, progress):
            score = _validate(model, material, plan, log, signals)
            _keep(model, progress, score, plan.train, folder)
        log.validation(score)
        save()

    with Signals() as signals:
        try:
            if _due(progress, plan):  # a signal ended the validation
                validate()
            for batch in _batches(progress, material, plan):
                result = _step(model, optimizer, batch, progress, plan)
                log.step(result, batch.target_tokens)
                progress.max_steps = paced(progress, plan)
                if _due(progress, plan):
                    validate()
                elif progress.step % plan.train.checkpoint_steps == 0:
                    save()
                signals.check()
        except (KeyboardInterrupt, SystemExit):
            if progress.step:
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
        order = batches(material.examples, config.batch_tokens, config.seed, progress.epoch)
        for indices in order[progress.batch :]:
            yield material.batch(indices)
            if _ended(progress, plan):
                return
        progress.epoch += 1
        progress.batch = 0


def _ended(progress: Progress, plan: Plan) -> bool:
    return progress.step >= progress.max_steps or progress.without_gain >= plan.train.patience


def _due(progress: Progress, plan: Plan) -> bool:
    """Is this a step to validate at, and was it not done yet?"""
    since = progress.step - (progress.validated[-1] if progress.validated else 0)
    return since >= plan.validate_every or (since > 0 and progress.step >= progress.max_steps)


def _step(
    model: EncoderDecoder,
    optimizer: torch.optim.Optimizer,
    batch: Batch,
    progress: Progress,
    plan: Plan,
) -> Objective:
    """One update of the weights."""
    config = plan.train
    model.train()
    attention = _softness(progress, plan)
    result = forward_backward(model, batch, config, plan.machine, progress.baseline, attention)
    progress.baseline = result.baseline.sums
    torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip)
    progress.step += 1
    _set_rate(optimizer, progress, config)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    _smooth(model, progress, config.ema)
    progress.batch += 1
    progress.tokens += batch.target_tokens
    return result


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


def _set_rate(optimizer: torch.optim.Optimizer, progress: Progress, config: TrainConfig) -> None:
    rate = warmup_cosine(
        progress.step,
        peak=config.learning_rate,
        warmup=config.warmup_steps,
        last=progress.max_steps,
    )
    for group in optimizer.param_groups:
        group["lr"] = rate


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


def _validate(
    model: EncoderDecoder, material: Material, plan: Plan, log: _Log, signals: Signals
) -> Score:
    log.show_losses()
    with signals.at_once():
        return material.score(model, plan.model, plan.machine.device, plan.train.validate_on)


def _keep(
    model: EncoderDecoder, progress: Progress, score: Score, config: TrainConfig, folder: RunFolder
) -> None:
    """Keep the newest weights for averaging, and the best; drop the others."""
    better = score.value > progress.best.value
    progress.without_gain = 0 if better else progress.without_gain + 1
    if better:
        progress.best, progress.best_step = score, progress.step
    save_tensors(folder.weights(progress.step), dict(model.named_parameters()))
    progress.validated = [*progress.validated, progress.step][-config.average :]
    wanted = {folder.weights(step) for step in (*progress.validated, progress.best_step)}
    for path in folder.run.glob("weights-*.safetensors"):
        if path not in wanted:
            path.unlink()


class _Log:
    """Tells a person and the metrics how the run goes.

    Losses stay on their device until they are shown or a checkpoint is due: to read one the CPU
    has to wait for the device.
    """

    def __init__(self, progress: Progress, metrics: Metrics, report: Callable[[str], None]) -> None:
        self.progress, self.metrics, self.report = progress, metrics, report
        self.seconds_before = progress.seconds
        self.started = self.shown = time.perf_counter()
        self.losses: list[Tensor] = []
        self.reinforced: list[Reinforced] = []
        self.tokens = 0

    def step(self, result: Objective, tokens: int) -> None:
        now = self._tick()
        self.losses.append(result.nats)
        if result.reinforced is not None:
            self.reinforced.append(result.reinforced)
        self.tokens += tokens
        if now - self.shown >= LOG_SECONDS:
            self.show_losses()

    def _tick(self) -> float:
        now = time.perf_counter()
        self.progress.seconds = self.seconds_before + now - self.started
        return now

    @contextmanager
    def validating(self) -> Iterator[None]:
        """Counts the time of a validation that is not broken off."""
        started = time.perf_counter()
        yield
        self.progress.validating += self._tick() - started

    def validation(self, score: Score) -> None:
        p, value = self.progress, f"{score.value:.2f}"
        key = "validation_" + score.name.lower().replace(" ", "_")
        self.metrics.write(p.step, **{key: score.value}, seconds=p.seconds)
        best = "best so far" if p.without_gain == 0 else f"best {p.best.value:.2f} at {p.best_step}"
        self.report(f"step {p.step:,}  validation {score.name} {value} (greedy), {best}")
        self.shown = time.perf_counter()

    def check_losses(self) -> list[float]:
        """The losses since they were last shown.

        Raises:
            ConfigError: one of them is not a number.
        """
        losses = _numbers(self.losses)
        for step, loss in enumerate(losses, self.progress.step - len(losses) + 1):
            if not math.isfinite(loss):
                raise ConfigError(
                    f"step {step}: the loss is {loss}; start again in another --out with a lower "
                    "learning_rate."
                )
        return losses

    def show_losses(self) -> None:
        """Their mean since they were last shown, if there are any."""
        losses = self.check_losses()
        if not losses:
            return
        p, now = self.progress, time.perf_counter()
        speed = self.tokens / (now - self.shown)
        loss = sum(losses) / len(losses)
        left = p.seconds / p.step * (p.max_steps - p.step)
        self.metrics.write(
            p.step,
            loss=loss,
            tokens_per_s=speed,
            seconds=p.seconds,
            tokens=p.tokens,
            epoch=p.epoch,
            **_means(self.reinforced),
        )
        self.report(
            f"step {p.step:,}/{p.max_steps:,}  epoch {p.epoch + 1}  loss {loss:.3f}  "
            f"{speed:,.0f} tokens/s  {left / 60:.1f} min left"
        )
        self.shown, self.losses, self.tokens, self.reinforced = now, [], 0, []


def _numbers(scalars: list[Tensor]) -> list[float]:
    return torch.stack(scalars).tolist() if scalars else []


def _means(steps: list[Reinforced]) -> dict[str, float]:
    """The means of their fields, by name, over the steps that have them."""
    means = {}
    for name in (field.name for field in fields(Reinforced)):
        numbers = [x for x in _numbers([getattr(s, name) for s in steps]) if not math.isnan(x)]
        if numbers:
            means[name] = sum(numbers) / len(numbers)
    return means

"""What a run tells of itself as it goes: lines for a person, and the metrics."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from typing import Any

import torch
from torch import Tensor

from qkv.errors import ConfigError
from qkv.training.checkpoints import Progress
from qkv.training.config import TrainConfig
from qkv.training.material import Validation
from qkv.training.metrics import Metrics
from qkv.training.objectives import Objective, Reinforced
from qkv.training.run_folder import Plan
from qkv.training.schedules import warmup_cosine

__all__ = ["Diverged", "Log", "learning_rate"]

LOG_SECONDS = 10.0
CALMER = 0.5  # times the learning rate, once a loss was not a number
SHOWN_CHARACTERS = 200  # of a text in a sample; the metrics have it whole


class Diverged(ConfigError):
    """A loss is not a number."""


class Log:
    """Tells a person and the metrics how the run goes.

    Losses and norms stay on their device until they are shown or a checkpoint is due: to read one
    the CPU has to wait for the device.
    """

    def __init__(
        self, progress: Progress, plan: Plan, metrics: Metrics, report: Callable[[str], None]
    ) -> None:
        self.progress, self.plan, self.metrics, self.report = progress, plan, metrics, report
        self.seconds_before = progress.seconds
        self.started = self.shown = time.perf_counter()
        self.losses: list[Tensor] = []
        self.norms: list[Tensor] = []
        self.reinforced: list[Reinforced] = []
        self.tokens = 0

    def step(self, result: Objective, gradient_norm: Tensor, tokens: int) -> None:
        now = self._tick()
        self.losses.append(result.nats)
        self.norms.append(gradient_norm)
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

    def validation(self, validation: Validation) -> None:
        """Into the metrics."""
        p = self.progress
        scores = {"validation": validation.score, **validation.parts}
        self.metrics.write(
            p.step,
            **{f"{part}_{_key(score.name)}": score.value for part, score in scores.items()},
            seconds=p.seconds,
            samples=[asdict(sample) for sample in validation.samples],
        )
        self.shown = time.perf_counter()

    def show_validation(self, validation: Validation) -> None:
        p, score = self.progress, validation.score
        parts = ", ".join(f"{s.value:.2f} on {part}" for part, s in validation.parts.items())
        value = f"{score.value:.2f}{f' ({parts})' if parts else ''}"
        best = "best so far" if p.without_gain == 0 else f"best {p.best.value:.2f} at {p.best_step}"
        self.report(f"step {p.step:,}  validation {score.name} {value} (greedy), {best}")
        for sample in validation.samples:
            self.report(f"    {_clipped(sample.source)} → {_clipped(sample.output)}")

    def check_losses(self) -> list[float]:
        """The losses since they were last shown.

        Raises:
            Diverged: one of them is not a number.
        """
        losses = _numbers(self.losses)
        for step, loss in enumerate(losses, self.progress.step - len(losses) + 1):
            if not math.isfinite(loss):
                too = " at half the learning rate too" if self.progress.calmed else ""
                raise Diverged(
                    f"step {step}: the loss is {loss}{too}; start again in another --out with a "
                    "lower learning_rate."
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
        self.metrics.write(
            p.step,
            loss=loss,
            learning_rate=learning_rate(p, self.plan.train),
            **_mean("gradient_norm", self.norms),
            tokens_per_s=speed,
            seconds=p.seconds,
            tokens=p.tokens,
            epoch=p.epoch,
            **_means(self.reinforced),
        )
        self.report(
            f"step {p.step:,}/{p.max_steps:,}  epoch {p.epoch + 1}  loss {loss:.3f}  "
            f"{speed:,.0f} tokens/s  {_time_left(p, self.plan)}"
        )
        self.shown, self.tokens = now, 0
        self.losses, self.norms, self.reinforced = [], [], []


def learning_rate(progress: Progress, config: TrainConfig) -> float:
    """Of the update that led to this step."""
    return (CALMER if progress.calmed else 1.0) * warmup_cosine(
        progress.step,
        peak=config.learning_rate,
        warmup=config.warmup_steps,
        last=progress.max_steps,
    )


def _time_left(progress: Progress, plan: Plan) -> str:
    """Of training and of the validations to come, the averaged weights' at the end included."""
    p, every = progress, plan.validate_every
    training = (p.seconds - p.validating) / p.step * (p.max_steps - p.step)
    if not p.validating:
        return f"{training / 60:.1f} min left besides validation"
    past = max(1, p.step // every + (plan.base is not None))
    to_come = math.ceil(p.max_steps / every) - p.step // every + 1
    return f"{(training + p.validating / past * to_come) / 60:.1f} min left"


def _key(name: str) -> str:
    """A score's name as the metrics' fields have it."""
    return name.lower().replace(" ", "_")


def _clipped(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _numbers(scalars: list[Tensor]) -> list[float]:
    return torch.stack(scalars).tolist() if scalars else []


def _means(steps: list[Reinforced]) -> dict[str, Any]:
    """The means of their fields, by name, over the steps that have them."""
    means = {}
    for name in (field.name for field in fields(Reinforced)):
        means |= _mean(name, [getattr(s, name) for s in steps])
    return means


def _mean(name: str, scalars: list[Tensor]) -> dict[str, Any]:
    """The mean of those that are numbers, by its name; nothing if none is."""
    numbers = [number for number in _numbers(scalars) if math.isfinite(number)]
    return {name: sum(numbers) / len(numbers)} if numbers else {}

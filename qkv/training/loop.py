"""The training loop, top to bottom."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import torch
from torch import Tensor

from qkv.data.batching import Batch, batches
from qkv.errors import ConfigError
from qkv.models import PLAIN, Attending, EncoderDecoder
from qkv.models.folder import save_tensors
from qkv.training.checkpoints import Progress, save_checkpoint
from qkv.training.config import TrainConfig
from qkv.training.metrics import Metrics
from qkv.training.objectives import Baseline, Objective, Reinforced, objective
from qkv.training.pictures import PreparedPictures
from qkv.training.prepare import Prepared
from qkv.training.run_folder import RunFolder, Settings
from qkv.training.schedules import soft_share, warmup_cosine

__all__ = ["Material", "adamw", "fit", "forward_backward"]

Material = Prepared | PreparedPictures  # what is trained and validated on

LOG_SECONDS = 10.0


def fit(
    model: EncoderDecoder,
    optimizer: torch.optim.Optimizer,
    progress: Progress,
    prepared: Material,
    settings: Settings,
    folder: RunFolder,
    report: Callable[[str], None],
) -> None:
    """Train from `progress` to the last step or to early stopping, validating on the way.

    The state after each step depends only on the state before it, the settings and the data:
    a resumed run is bit for bit the unbroken one.

    Raises:
        ConfigError: the loss is no longer a number.
    """
    config, last = settings.train, settings.max_steps
    every = math.ceil(last / config.validations)
    log = _Log(progress, last, Metrics(folder, progress.step), report)
    while progress.step < last and progress.without_gain < config.patience:
        order = batches(prepared.examples, config.batch_tokens, config.seed, progress.epoch)
        for indices in order[progress.batch :]:
            model.train()
            batch = prepared.batch(indices)
            found = forward_backward(
                model,
                batch,
                config,
                settings.machine.precision,
                progress.baseline,
                _softness(progress.step + 1, settings),
            )
            progress.baseline = found.baseline.sums
            _check_finite(found.nats, progress)
            torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip)
            progress.step += 1
            _set_rate(optimizer, progress.step, config, last)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            _smooth(model, progress, config.ema)
            progress.batch += 1
            progress.tokens += batch.target_tokens
            log.step(found, batch.target_tokens)
            if progress.step % every == 0 or progress.step == last:
                with _smoothed(model, progress):
                    _validate(model, progress, prepared, log)
                    _keep(model, progress, config, folder)
                save_checkpoint(folder.checkpoint, model, optimizer, progress)
            elif progress.step % config.checkpoint_steps == 0:
                save_checkpoint(folder.checkpoint, model, optimizer, progress)
            if progress.step == last or progress.without_gain >= config.patience:
                return
        progress.epoch += 1
        progress.batch = 0


def adamw(model: EncoderDecoder, config: TrainConfig) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019), decaying matrices but not biases and norms."""
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    groups = [
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.98), eps=1e-9, fused=True)


def forward_backward(
    model: EncoderDecoder,
    batch: Batch,
    config: TrainConfig,
    precision: str,
    baseline: Tensor | None = None,
    attention: Attending = PLAIN,
) -> Objective:
    """Add the batch's gradient to the parameters; returns what was made small."""
    if baseline is None:
        baseline = torch.zeros(2, model.decoder.vocabulary_size)
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
        found = objective(model, batch, config, Baseline(baseline), attention)
    found.loss.backward()
    return found


def _check_finite(loss: float, progress: Progress) -> None:
    if not math.isfinite(loss):
        raise ConfigError(
            f"step {progress.step + 1}: the loss is {loss}; start again in another --out with a "
            "lower learning_rate."
        )


def _set_rate(optimizer: torch.optim.Optimizer, step: int, config: TrainConfig, last: int) -> None:
    rate = warmup_cosine(step, peak=config.learning_rate, warmup=config.warmup_steps, last=last)
    for group in optimizer.param_groups:
        group["lr"] = rate


def _softness(step: int, settings: Settings) -> Attending:
    """Hard attention may begin soft: a draw teaches little while nothing is known of values."""
    start, end = settings.train.soft_start, settings.model.soft_share
    return Attending(soft_share=soft_share(step, start=start, end=end, last=settings.max_steps))


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
    """The model with the average of its weights, if there is one, in their place."""
    own = {name: weight.data for name, weight in model.named_parameters()}
    for name, weight in model.named_parameters():
        weight.data = (progress.ema or own)[name]
    yield
    for name, weight in model.named_parameters():
        weight.data = own[name]


def _validate(model: EncoderDecoder, progress: Progress, prepared: Material, log: _Log) -> None:
    log.show_losses()
    score = prepared.score(model).value
    better = score > progress.best_bleu
    progress.without_gain = 0 if better else progress.without_gain + 1
    if better:
        progress.best_bleu, progress.best_step = score, progress.step
    log.validation(score)


def _keep(
    model: EncoderDecoder, progress: Progress, config: TrainConfig, folder: RunFolder
) -> None:
    """Keep the newest weights for averaging, and the best; drop the others."""
    save_tensors(folder.weights(progress.step), dict(model.named_parameters()))
    progress.validated = [*progress.validated, progress.step][-config.average :]
    wanted = {folder.weights(step) for step in (*progress.validated, progress.best_step)}
    for path in folder.run.glob("weights-*.safetensors"):
        if path not in wanted:
            path.unlink()


class _Log:
    """Tells a person and the metrics how the run goes."""

    def __init__(
        self, progress: Progress, last: int, metrics: Metrics, report: Callable[[str], None]
    ) -> None:
        self.progress, self.last, self.metrics, self.report = progress, last, metrics, report
        self.seconds_before = progress.seconds
        self.started = self.shown = time.perf_counter()
        self.losses: list[float] = []
        self.reinforced: list[Reinforced] = []
        self.tokens = 0

    def step(self, found: Objective, tokens: int) -> None:
        now = time.perf_counter()
        self.progress.seconds = self.seconds_before + now - self.started
        self.losses.append(found.nats)
        if found.reinforced is not None:
            self.reinforced.append(found.reinforced)
        self.tokens += tokens
        if now - self.shown >= LOG_SECONDS:
            self.show_losses()

    def validation(self, score: float) -> None:
        p = self.progress
        self.metrics.write(p.step, validation_bleu=score, seconds=p.seconds)
        best = "best so far" if p.without_gain == 0 else f"best {p.best_bleu:.2f} at {p.best_step}"
        self.report(f"step {p.step:,}  validation BLEU {score:.2f} (greedy), {best}")
        self.shown = time.perf_counter()

    def show_losses(self) -> None:
        """Their mean since they were last shown, if there are any."""
        if not self.losses:
            return
        p, now = self.progress, time.perf_counter()
        speed = self.tokens / (now - self.shown)
        loss = sum(self.losses) / len(self.losses)
        left = p.seconds / p.step * (self.last - p.step)
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
            f"step {p.step:,}/{self.last:,}  epoch {p.epoch + 1}  loss {loss:.3f}  "
            f"{speed:,.0f} tokens/s  {left / 60:.1f} min left"
        )
        self.shown, self.losses, self.tokens, self.reinforced = now, [], 0, []


def _means(each: list[Reinforced]) -> dict[str, float]:
    """Their fields' means, by name, of what there is."""
    columns: dict[str, list[float]] = {}
    for one in each:
        for name, value in asdict(one).items():
            if value is not None:
                columns.setdefault(name, []).append(value)
    return {name: sum(values) / len(values) for name, values in columns.items()}

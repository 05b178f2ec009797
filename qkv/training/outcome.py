"""What a run leaves at the top of its folder: always a model, the best there is."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from qkv.files import write_atomically
from qkv.models import EncoderDecoder
from qkv.models.folder import load_tensors, load_weights, save_model
from qkv.pipeline import save_heads
from qkv.training.card import model_card
from qkv.training.checkpoints import Progress, average, checkpointed_weights
from qkv.training.guiding import guided_head
from qkv.training.material import Material
from qkv.training.run_folder import Plan, RunFolder

__all__ = ["finish", "publish"]


def publish(progress: Progress, material: Material, plan: Plan, run: RunFolder) -> None:
    """While the run goes on: the weights that validated best, before that those of the checkpoint.

    The checkpoint must be there first, see `RunFolder.finished`.
    """
    if progress.scored:
        step, weights = progress.best_step, load_tensors(run.weights(progress.best_step))[0]
    else:
        step, weights = progress.step, checkpointed_weights(run.checkpoint)
    kept = f"best so far, step {step:,} of {progress.max_steps:,}"
    _write(weights, model_card(plan, progress, material, None, kept), plan, run)


def finish(
    model: EncoderDecoder,
    progress: Progress,
    material: Material,
    plan: Plan,
    run: RunFolder,
    report: Callable[[str], None],
) -> None:
    """Of the best and the averaged weights, write the ones that validate better."""
    load_weights(model, average([run.weights(step) for step in progress.validated]), run.run)
    validation = material.validate(model, plan.model, plan.machine.device, plan.train.validate_on)
    averaged = validation.score
    began_with = progress.best_step == 0 and averaged.value == progress.best.value
    if averaged.value < progress.best.value or began_with:
        load_weights(model, load_tensors(run.weights(progress.best_step))[0], run.run)
        step = progress.best_step
        kept = f"weights of step {step:,}" if step else "weights that it began with"
    else:
        progress.after = validation.values()
        steps = ", ".join(f"{step:,}" for step in progress.validated)
        several = len(progress.validated) > 1
        kept = f"mean of the weights at steps {steps}" if several else f"weights of step {steps}"
    card = model_card(plan, progress, material, averaged, kept)
    _write(dict(model.named_parameters()), card, plan, run)
    run.clear()
    report(
        f"validation {averaged.name} (greedy): best {progress.best.value:.2f}, averaged "
        f"{averaged.value:.2f}; kept the {kept}. Model in {run.top}"
    )


def _write(weights: dict[str, Tensor], card: str, plan: Plan, run: RunFolder) -> None:
    write_atomically(run.top / "README.md", lambda path: path.write_text(card, encoding="utf-8"))
    save_model(run.top, plan.model, weights)
    if plan.train.guided:
        save_heads(run.top, guided_head(plan.model))

"""A run on disk: the point it has reached, whole or not at all, and the weights worth keeping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor

from qkv.errors import FolderError
from qkv.evaluation import Score
from qkv.models import EncoderDecoder
from qkv.models.folder import load_tensors, load_weights, save_tensors

__all__ = [
    "Progress",
    "average",
    "checkpointed_weights",
    "load_checkpoint",
    "random_state",
    "save_checkpoint",
    "set_random_state",
]

# By the type of a device: how its generator's state is taken, and put back.
GENERATORS: dict[str, tuple[Callable[[torch.device], Tensor], Callable[..., None]]] = {
    "cuda": (torch.cuda.get_rng_state, torch.cuda.set_rng_state),
    "mps": (lambda _: torch.mps.get_rng_state(), lambda state, _: torch.mps.set_rng_state(state)),
}

NONE = Score("BLEU", -1.0, "")  # worse than any


@dataclass
class Progress:
    """How far a run has come; with weights, optimizer and random state it is all a resume needs.

    max_steps: updates after which the run ends; moves in a run with a given time.
    batch: batches of this epoch already used; tokens: target tokens seen.
    seconds: trained so far, `validating` of them spent on validation.
    validated: steps whose weights are kept for averaging; best_step: of the best score so far.
    calmed: a loss was not a number, and the rate has been smaller since the checkpoint before it.
    before: what the model scored that the run goes on from, by part; after: those of the best.
    baseline: of REINFORCE, (2, V), see `objectives.Baseline`; None before the first step.
    ema: moving average of the weights, by name; None where there is none.
    """

    step: int = 0
    max_steps: int = 0
    epoch: int = 0
    batch: int = 0
    tokens: int = 0
    seconds: float = 0.0
    validating: float = 0.0
    best: Score = NONE
    best_step: int = 0
    without_gain: int = 0
    calmed: bool = False
    validated: list[int] = field(default_factory=list)
    before: dict[str, float] = field(default_factory=dict)
    after: dict[str, float] = field(default_factory=dict)
    baseline: Tensor | None = None
    ema: dict[str, Tensor] | None = None

    @property
    def scored(self) -> bool:
        """There are weights that were validated."""
        return self.best.value >= 0

    @property
    def begun(self) -> bool:
        """There is something to keep."""
        return self.step > 0 or self.scored


def random_state(model: EncoderDecoder) -> dict[str, Tensor]:
    """Of torch's generators, the CPU's and the one of the model's device."""
    device = _device(model)
    states = {"random": torch.get_rng_state()}
    if device.type in GENERATORS:
        states[f"random.{device.type}"] = GENERATORS[device.type][0](device)
    return states


def set_random_state(model: EncoderDecoder, states: Mapping[str, Tensor]) -> None:
    """Put the generators back to it; one whose state is not there stays as it is."""
    device = _device(model)
    torch.set_rng_state(states["random"])
    if f"random.{device.type}" in states:
        GENERATORS[device.type][1](states[f"random.{device.type}"], device)


def save_checkpoint(
    path: Path, model: EncoderDecoder, optimizer: torch.optim.Optimizer, progress: Progress
) -> None:
    """Everything that the next step depends on, in one atomically replaced file."""
    tensors = random_state(model)
    for name, parameter in model.named_parameters():
        tensors[f"model.{name}"] = parameter
        for key, value in optimizer.state[parameter].items():
            tensors[f"adam.{name}.{key}"] = value
    if progress.baseline is not None:
        tensors["baseline"] = progress.baseline
    for name, smoothed in (progress.ema or {}).items():
        tensors[f"ema.{name}"] = smoothed
    save_tensors(path, tensors, asdict(replace(progress, baseline=None, ema=None)))


def load_checkpoint(
    path: Path, model: EncoderDecoder, optimizer: torch.optim.Optimizer
) -> Progress:
    """Put model, optimizer and torch's generators back to where `save_checkpoint` found them.

    The model may be on another device than it was then; the device's generator then stays as it is.

    Raises:
        FolderError: it is not a checkpoint of this model.
    """
    tensors, notes = load_tensors(path)
    load_weights(model, _strip(tensors, "model."), path)
    device = _device(model)
    placed = {
        n: t.to(device) for n, t in tensors.items() if n.startswith(("adam.", "ema.", "base"))
    }
    moments = {name: _strip(placed, f"adam.{name}.") for name, _ in model.named_parameters()}
    try:
        if notes["step"] and not all(moments.values()):
            raise KeyError("adam")
        kept = {"baseline": placed.get("baseline"), "ema": _strip(placed, "ema.") or None}
        if "best_bleu" in notes:  # as qkv 0.1.0 wrote it
            notes["best"] = asdict(Score("BLEU", notes.pop("best_bleu"), ""))
        progress = Progress(**{**notes, **kept, "best": Score(**notes["best"])})
        set_random_state(model, tensors)
    except (KeyError, TypeError, RuntimeError):
        raise FolderError(
            f"{path}: not a complete checkpoint; delete it to start this run from its first step."
        ) from None
    for name, parameter in model.named_parameters():
        optimizer.state[parameter] = moments[name]
    return progress


def checkpointed_weights(path: Path) -> dict[str, Tensor]:
    """Those that validation would see: the moving average where there is one."""
    tensors, _ = load_tensors(path)
    return _strip(tensors, "ema.") or _strip(tensors, "model.")


def average(paths: list[Path]) -> dict[str, Tensor]:
    """The mean of several files of weights, in float64 (Vaswani et al. 2017, section 6.1)."""
    total: dict[str, Tensor] = {}
    for path in paths:
        for name, tensor in load_tensors(path)[0].items():
            total[name] = total.get(name, 0) + tensor.double()
    return {name: (tensor / len(paths)).float() for name, tensor in total.items()}


def _device(model: EncoderDecoder) -> torch.device:
    return next(model.parameters()).device


def _strip(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}

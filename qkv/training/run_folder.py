"""The folder of a run: its plan, how far it is, and the model in the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path
from shlex import quote
from typing import Any

from qkv.errors import DataError, FolderError
from qkv.files import check_folder, locked, read_json, write_atomically
from qkv.machine import Machine
from qkv.models import ModelConfig
from qkv.models.folder import validated_steps, validated_weights
from qkv.pipeline.loading import tokenizer_paths
from qkv.training.config import TrainConfig
from qkv.training.material import Data

__all__ = ["Base", "Plan", "RunFolder"]

PLAN_BYTES = 1024**2


@dataclass(frozen=True)
class Base:
    """The model that a run goes on from.

    folder: where it was. fingerprint: of its weights, see `models.folder.checksum`. base: what it
    went on from itself.
    """

    folder: str
    fingerprint: str
    base: Base | None = None


@dataclass(frozen=True)
class Plan:
    """settings.json: everything that decides how a run goes on.

    machine: as picked, and the target tokens a second that were measured on it.
    max_steps: updates. data: the paths as given, and columns; those that begin with `old_` are of
    the data that the base was trained on. fingerprint: see `Corpus`. base: None for a new model.
    seconds: that training may take, the last validation included; `max_steps` is then what was
        expected of this time.
    """

    model: ModelConfig
    train: TrainConfig
    machine: Machine
    tokens_per_s: float
    max_steps: int
    data: Data
    fingerprint: str
    seconds: float | None = None
    base: Base | None = None

    @property
    def validate_every(self) -> int:
        """Updates from one validation to the next; there is one after the last update too."""
        return ceil(self.max_steps / self.train.validations)


class RunFolder:
    """Paths inside `qkv train --out FOLDER`; the finished model lies at its top, the run below."""

    def __init__(self, folder: Path) -> None:
        self.top = folder
        self.run = folder / "run"
        self.plan = self.run / "settings.json"
        self.checkpoint = self.run / "checkpoint.safetensors"
        self.links = self.run / "links.safetensors"
        self.lock = self.run / "lock"
        self.metrics = self.run / "metrics.jsonl"
        self.tensorboard = self.run / "tensorboard"

    def weights(self, step: int) -> Path:
        """Weights as they were validated at `step`."""
        return validated_weights(self.top, step)

    def keep_weights(self, steps: set[int]) -> None:
        """Remove those of other steps."""
        for step in set(validated_steps(self.top)) - steps:
            self.weights(step).unlink()

    @property
    def has_model(self) -> bool:
        return (self.top / "model.safetensors").exists()

    @property
    def finished(self) -> bool:
        """A run that goes on has a model too, but a checkpoint before it."""
        return self.has_model and not self.checkpoint.exists()

    @property
    def unfinished(self) -> bool:
        """A run has begun here that `resume` can finish."""
        return self.plan.exists() and not self.finished

    @property
    def resume_command(self) -> str:
        return f"qkv train --out {quote(str(self.top.absolute()))} --resume"

    def check_new(self) -> None:
        """See to it that a new run can be written here; nothing is written yet.

        Raises:
            FolderError: it holds a run or a model already, or other files.
            DataError: it cannot be made.
        """
        check_folder(self.top)
        if self.finished:
            raise FolderError(f"{self.top}: holds a finished model; choose another --out.")
        if self.unfinished:
            raise FolderError(
                f"{self.top}: holds an unfinished run; go on with `{self.resume_command}`, or "
                "choose another --out."
            )
        if not self._is_ours():
            raise FolderError(f"{self.top}: holds other files; choose a new or empty --out.")

    def _is_ours(self) -> bool:
        """Is there nothing but what a run leaves that was killed before it had settings?"""
        tokenizers = {*tokenizer_paths(self.top, True), *tokenizer_paths(self.top, False)}
        held_out = {self.run / f"valid.{end}" for end in ("source", "target", "jsonl")}
        ours = {self.run, self.lock, self.links, self.weights(0), *tokenizers, *held_out}
        files = {path for folder in (self.top, self.run) for path in folder.glob("*")}
        return files - self._half_written() <= ours

    def make(self) -> None:
        try:
            self.run.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"{self.top}: cannot be made ({error.strerror}).") from None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time trains here.

        Raises:
            FolderError: another one does.
        """
        with locked(self.lock) as held:
            if held is False:
                raise FolderError(
                    f"{self.top}: another process is training here; wait until it has ended, or "
                    "choose another --out."
                )
            yield

    def sweep(self) -> None:
        """Remove the half-written files of a run that was killed."""
        for part in self._half_written():
            part.unlink()

    def clear(self) -> None:
        """Remove what only a resume needs; the checkpoint first, see `finished`."""
        self.checkpoint.unlink(missing_ok=True)
        self.links.unlink(missing_ok=True)
        plan = self.begun_with()
        if plan is None or not plan.train.keep_checkpoints:
            self.keep_weights(set())

    def _half_written(self) -> set[Path]:
        return {*self.top.glob(".*.part"), *self.run.glob(".*.part")}

    def write_plan(self, plan: Plan) -> None:
        text = json.dumps(asdict(plan), indent=2) + "\n"
        write_atomically(self.plan, lambda path: path.write_text(text, encoding="utf-8"))

    def read_plan(self) -> Plan:
        """What `write_plan` wrote.

        Raises:
            FolderError: there is no run to resume, or it has ended.
        """
        if self.finished:
            raise FolderError(f"{self.top}: this run has finished; there is nothing to resume.")
        if not self.plan.exists():
            raise FolderError(f"{self.top}: no run to resume here; start one without --resume.")
        return self._saved_plan()

    def begun_with(self) -> Plan | None:
        """The plan of the run that made this model, if it is there and whole."""
        try:
            return self._saved_plan()
        except FolderError:
            return None

    def _saved_plan(self) -> Plan:
        try:
            return _plan(read_json(self.plan, PLAN_BYTES))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise FolderError(f"{self.plan}: broken ({error}); start a new run.") from None


def _plan(saved: dict[str, Any]) -> Plan:
    machine = saved.pop("machine")
    if "precision" in machine:  # as qkv 0.1.0 wrote it
        saved["tokens_per_s"] = machine.pop("tokens_per_s")
        machine["dtype"] = machine.pop("precision")
    return Plan(
        ModelConfig(**saved.pop("model")),
        TrainConfig(**saved.pop("train")),
        Machine(**machine),
        base=_base(saved.pop("base", None)),
        **saved,
    )


def _base(saved: dict[str, Any] | None) -> Base | None:
    return None if saved is None else Base(**{**saved, "base": _base(saved["base"])})

"""The folder of a run: what was asked, what was picked, how far it is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from qkv.data import Pair
from qkv.errors import DataError, FolderError
from qkv.files import write_atomically
from qkv.models import ModelConfig
from qkv.training.config import TrainConfig
from qkv.training.machine import Machine

__all__ = ["RunFolder", "Settings", "fingerprint"]


@dataclass(frozen=True)
class Settings:
    """settings.json: everything that decides how a run goes on. data: the paths as given."""

    model: ModelConfig
    train: TrainConfig
    machine: Machine
    max_steps: int
    data: dict[str, str]
    fingerprint: str


class RunFolder:
    """Paths inside `qkv train --out FOLDER`; the finished model lies at its top, the run below."""

    def __init__(self, folder: Path) -> None:
        self.top = folder
        self.run = folder / "run"
        self.settings = self.run / "settings.json"
        self.checkpoint = self.run / "checkpoint.safetensors"
        self.metrics = self.run / "metrics.jsonl"

    def weights(self, step: int) -> Path:
        """Weights as they were validated at `step`."""
        return self.run / f"weights-{step:08d}.safetensors"

    @property
    def finished(self) -> bool:
        return (self.top / "model.safetensors").exists()

    def begin(self) -> None:
        """Make the folder for a new run.

        Raises:
            FolderError: it holds a run or a model already, or other files.
        """
        where = self.top
        if self.finished:
            raise FolderError(f"{where}: holds a finished model; choose another --out.")
        if self.settings.exists():
            raise FolderError(
                f"{where}: holds an unfinished run; go on with `qkv train --out {where} --resume`, "
                "or choose another --out."
            )
        try:
            self.run.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"{where}: cannot be made ({error.strerror}).") from None

    def write_settings(self, settings: Settings) -> None:
        text = json.dumps(asdict(settings), indent=2) + "\n"
        write_atomically(self.settings, lambda path: path.write_text(text, encoding="utf-8"))

    def read_settings(self) -> Settings:
        """What `write_settings` wrote.

        Raises:
            FolderError: there is no run to resume, or it has ended.
        """
        if self.finished:
            raise FolderError(f"{self.top}: this run has finished; there is nothing to resume.")
        if not self.settings.exists():
            raise FolderError(f"{self.top}: no run to resume here; start one without --resume.")
        try:
            saved: dict[str, Any] = json.loads(self.settings.read_text(encoding="utf-8"))
            return Settings(
                ModelConfig(**saved.pop("model")),
                TrainConfig(**saved.pop("train")),
                Machine(**saved.pop("machine")),
                **saved,
            )
        except (ValueError, TypeError, KeyError) as error:
            raise FolderError(f"{self.settings}: broken ({error}); start a new run.") from None

    def log(self, record: dict[str, Any]) -> None:
        """Append one JSON line to the metrics."""
        with self.metrics.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def forget_after(self, step: int) -> None:
        """Drop metrics of steps that will be made again after a resume."""
        if not self.metrics.exists():
            return
        lines = self.metrics.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if _step(line) <= step]
        text = "".join(f"{line}\n" for line in kept)
        write_atomically(self.metrics, lambda path: path.write_text(text, encoding="utf-8"))


def _step(line: str) -> float:
    try:
        return json.loads(line)["step"]
    except ValueError:  # half a line, from the moment of the kill
        return float("inf")


def fingerprint(pairs: list[Pair]) -> str:
    """SHA-256 of the training text, so that a resume on other data is refused."""
    digest = sha256()
    for pair in pairs:
        digest.update(f"{pair.source}\t{pair.target}\n".encode())
    return digest.hexdigest()

"""How a run goes, in numbers: a file of JSON lines, and TensorBoard where it is installed."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qkv.errors import FolderError
from qkv.files import write_atomically
from qkv.inspection import run_curves
from qkv.training.run_folder import RunFolder

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

__all__ = ["Metrics", "plot_run", "read_metrics"]


class Metrics:
    """Goes on after `step`: what stands there of later steps will be made again, so it goes."""

    def __init__(self, folder: RunFolder, step: int) -> None:
        self._lines = folder.metrics
        _drop_after(self._lines, step)
        self._board = _tensorboard(folder.tensorboard, step)

    def write(self, step: int, *, samples: Sequence[dict[str, str]] = (), **numbers: float) -> None:
        record = {"step": step, **numbers} | ({"samples": samples} if samples else {})
        with self._lines.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
        if self._board:
            for name, number in numbers.items():
                self._board.add_scalar(name, number, step)
            for sample in samples:
                self._board.add_text(sample["source"], sample["output"], step)
            self._board.flush()


def read_metrics(folder: str | Path) -> list[dict[str, Any]]:
    """The records of the run in a folder, in their order; docs/training.md has the fields.

    Raises:
        FolderError: there is no run.
    """
    path = RunFolder(Path(folder)).metrics
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        raise FolderError(f"{path}: no such file; `qkv train --out` writes it.") from None
    return [json.loads(line) for line in lines if math.isfinite(_step(line))]


def plot_run(folder: str | Path, path: str | Path) -> None:
    """Draw loss, scores and learning rate of the run in a folder, whether it has ended or not.

    Raises:
        FolderError: there is no run. ConfigError, DataError: as `run_curves`.
    """
    run_curves(read_metrics(folder), path, Path(folder).absolute().name)


def _tensorboard(folder: Path, step: int) -> SummaryWriter | None:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder), purge_step=step + 1)


def _drop_after(lines: Path, step: int) -> None:
    if not lines.exists():
        return
    kept = [line for line in lines.read_text("utf-8").splitlines() if _step(line) <= step]
    text = "".join(f"{line}\n" for line in kept)
    write_atomically(lines, lambda path: path.write_text(text, encoding="utf-8"))


def _step(line: str) -> float:
    try:
        return json.loads(line)["step"]
    except ValueError:  # half a line, from the moment of the kill
        return math.inf

"""The picture of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes

from qkv.errors import ConfigError, DataError
from qkv.inspection import curves, run_curves

LOSSES = [{"step": step, "loss": 5 / step, "learning_rate": step / 1e3} for step in (1, 3, 5)]
SCORES = [{"step": step, "validation_bleu": 7.0 * step, "seconds": 1.0} for step in (3, 5)]
BOTH = [
    {"step": step, "validation_bleu": 5.0, "new_bleu": 2.0 + step, "old_chrf2": 8.0 - step}
    for step in (0, 5)
]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[float], list[float]]]:
    """Each line that is drawn: what it is called, its steps and its values."""
    lines = []
    draw = curves._draw

    def look(axes: Axes, points: Any, *how: Any) -> None:
        draw(axes, points, *how)
        line = axes.lines[-1]
        steps, values = (np.asarray(data).tolist() for data in line.get_data())
        lines.append((how[2] if len(how) > 2 else "", steps, values))

    monkeypatch.setattr(curves, "_draw", look)
    return lines


def test_losses_scores_and_rates_are_drawn_over_the_steps(drawn: list, tmp_path: Path) -> None:
    run_curves([*LOSSES, *SCORES], tmp_path / "run.svg", "我的模型")
    assert drawn == [
        ("", [1, 3, 5], [5, 5 / 3, 1]),
        ("BLEU", [3, 5], [21, 35]),
        ("", [1, 3, 5], [0.001, 0.003, 0.005]),
    ]
    assert (tmp_path / "run.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_scores_of_new_and_old_data_are_told_apart(drawn: list, tmp_path: Path) -> None:
    run_curves([*LOSSES, *BOTH], tmp_path / "run.png")
    assert drawn[1:4] == [
        ("BLEU, chooses the weights", [0, 5], [5, 5]),
        ("BLEU on new data", [0, 5], [2, 7]),
        ("chrF2 on old data", [0, 5], [8, 3]),
    ]
    assert (tmp_path / "run.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_that_was_not_validated_yet_is_drawn(drawn: list, tmp_path: Path) -> None:
    run_curves([{"step": 1, "loss": 2.0}], tmp_path / "run.pdf")
    assert drawn == [("", [1], [2.0])]


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"must end in \.png or \.svg or \.pdf"):
        run_curves(LOSSES, tmp_path / "run.gif")
    with pytest.raises(DataError, match="nothing to draw, the run has logged no loss yet"):
        run_curves(SCORES, tmp_path / "run.svg")
    assert list(tmp_path.iterdir()) == []

"""How a training run went, as a picture: loss, scores and learning rate over the steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qkv.errors import DataError
from qkv.inspection._fonts import in_fonts
from qkv.inspection._saving import checked_format, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["run_curves"]

Points = list[tuple[float, float]]  # step, value

_WIDTH_INCHES, _PANEL_INCHES = 7.0, 2.2
_MARKED = 30  # points; more make a line without a mark at each
_SCORES = {"bleu": "BLEU", "chrf2": "chrF2", "exact_match": "exact match"}
_PARTS = {"validation": "", "new": " on new data", "old": " on old data"}
_COLOURS = {"validation": "#1b6ca8", "new": "#2a9d55", "old": "#d1672a"}


def run_curves(records: Sequence[Mapping[str, Any]], path: str | Path, title: str = "") -> None:
    """Draw what a run wrote into `metrics.jsonl`; docs/training.md has its fields.

    Args:
        path: a .png, .svg or .pdf file; it is replaced whole or left as it was.
    Raises:
        ConfigError: the path has another ending.
        DataError: there is nothing to draw, or the file cannot be written.
    """
    from matplotlib.figure import Figure

    path = Path(path)
    checked_format(path)
    if not any("loss" in record for record in records):
        raise DataError(f"{path}: nothing to draw, the run has logged no loss yet.")
    scores = [(part, name) for part in _PARTS for name in _SCORES]
    panels: list[Callable[[Axes], None]] = [
        lambda axes: _draw(axes, _points(records, "loss"), "#444444", "nats a target token")
    ]
    if drawn := {
        score: points for score in scores if (points := _points(records, "_".join(score)))
    }:
        panels.append(lambda axes: _draw_scores(axes, drawn))
    if rates := _points(records, "learning_rate"):
        panels.append(lambda axes: _draw(axes, rates, "#7a4fa3", "learning rate"))
    [title], families = in_fonts([title], path)
    figure = Figure(figsize=(_WIDTH_INCHES, _PANEL_INCHES * len(panels)), layout="constrained")
    rows = figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0]
    for axes, draw in zip(rows, panels, strict=True):
        draw(axes)
        axes.grid(color="#dddddd", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    rows[-1].set_xlabel("updates")
    figure.suptitle(title, family=families)
    figure.align_ylabels()
    save(figure, path)


def _draw(
    axes: Axes, points: Points, colour: str, unit: str, label: str = "", style: str = "-"
) -> None:
    marker = "o" if len(points) < _MARKED else ""
    steps, values = zip(*points, strict=True)
    (line,) = axes.plot(steps, values, color=colour, marker=marker, markersize=3, linewidth=1.4)
    line.set(label=label, linestyle=style)
    axes.set_ylabel(unit)


def _draw_scores(axes: Axes, scores: dict[tuple[str, str], Points]) -> None:
    """All that there are; where the new and the old make one, that is dashed."""
    for (part, name), points in scores.items():
        whole = part == "validation" and len(scores) > 1
        label = f"{_SCORES[name]}{', chooses the weights' if whole else _PARTS[part]}"
        style = "--" if whole else "-"
        _draw(axes, points, _COLOURS[part], _SCORES[name], label, style)
    axes.set_ylim(bottom=0)
    if len(scores) > 1:
        axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=3)


def _points(records: Sequence[Mapping[str, Any]], name: str) -> Points:
    return [(record["step"], record[name]) for record in records if name in record]

"""Which heads and which source words matter to what a model says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from qkv.errors import ConfigError
from qkv.inspection._merging import in_words
from qkv.inspection.effects import effect, logits_of
from qkv.inspection.watching import watch
from qkv.models import PLAIN
from qkv.pipeline.captioner import Captioner
from qkv.pipeline.translator import Translator

__all__ = ["Importance", "head_importance", "source_importance"]

TINY = 1e-45  # of probabilities in float32


@dataclass(frozen=True)
class Importance:
    """values: (rows, columns) float64; NaN where a module has fewer heads than others."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: np.ndarray

    def ranked(self) -> list[tuple[str, str, float]]:
        """(row, column, value), the greatest first."""
        order = np.argsort(-np.nan_to_num(self.values, nan=-np.inf), axis=None, kind="stable")
        places = [divmod(int(i), len(self.columns)) for i in order]
        known = [(i, j) for i, j in places if not np.isnan(self.values[i, j])]
        return [(self.rows[i], self.columns[j], float(self.values[i, j])) for i, j in known]

    def __str__(self) -> str:
        cells = [[f"{x:.4f}" if np.isfinite(x) else "" for x in row] for row in self.values]
        left = max(map(len, self.rows), default=0)
        widths = [
            max(len(name), *(len(row[i]) for row in cells)) for i, name in enumerate(self.columns)
        ]
        lines = [("", self.columns), *zip(self.rows, cells, strict=True)]
        return "\n".join(
            "  ".join([name.ljust(left), *(c.rjust(w) for c, w in zip(row, widths, strict=True))])
            for name, row in lines
        )


def head_importance(
    model: nn.Module,
    run: Callable[[], Any],
    *,
    by: str = "ablation",
    layers: Sequence[str | int] | None = None,
) -> Importance:
    """How much each head matters: a row a module that attends, a column a head.

    ablation: what the head's absence changes: KL of the next token in nats, see `Effect`, or the
    rise of a loss. gradient: |∂L/∂ξ| of a gate ξ = 1 on the head, the mean over the batch, in one
    pass for all heads (Michel et al. 2019, equation 2).

    Args:
        run: runs the model, and gives logits (B, T, V), an object with `logits`, or a loss (); for
            the gradient a loss, or logits, of which the likeliest tokens' negative log-probability
            is taken.
        layers: as in `watch`; None: all modules that attend.
    Raises:
        ConfigError: an unknown way, or a run that gives something else.
    """
    if by not in ("ablation", "gradient"):
        raise ConfigError(f"head_importance(): by is 'ablation' or 'gradient'; got {by!r}.")
    heads = _heads(model, run, layers)
    values = (_by_gradient if by == "gradient" else _by_ablation)(model, run, heads)
    most = max(map(len, values.values()), default=0)
    table = np.full((len(values), most), np.nan)
    for row, own in zip(table, values.values(), strict=True):
        row[: len(own)] = own
    return Importance(tuple(values), tuple(str(head) for head in range(most)), table)


def source_importance(model: Translator | Captioner, result: Any, *pictures: Any) -> Importance:
    """How much of each target token's log-probability, in nats, is lost without a source word.

        source_importance(translator, translator.translate([text])[0])
        source_importance(captioner, caption, "dog.jpg")

    Each word of the source, or region of the picture, is hidden from all attention in turn, and the
    result read again. The states of a recurrent encoder have read the word all the same. A row a
    target token, its end last, a column a source word.

    Raises:
        ConfigError: the result is of another model, or the model has nothing to attend to.
    """
    if model.one_vector:
        raise ConfigError("source_importance(): this model has nothing to attend to.")
    if isinstance(model, Translator):
        groups = in_words(result.source_tokens, result.source)
        positions = len(result.source_tokens)
    else:
        positions = model.source_positions
        groups = [(f"region {number}", number) for number in range(positions)]
    look: Callable[..., Any] = partial(model.attend, result, *pictures)
    whole = _log(look().attention.probabilities)
    columns = []
    for (_, first), end in zip(groups, [n for _, n in groups[1:]] + [positions], strict=True):
        hidden = torch.zeros(positions, dtype=torch.bool)
        hidden[first:end] = True
        read = look(attention=PLAIN.hiding(hidden))
        columns.append(whole - _log(read.attention.probabilities))
    rows = tuple(token.text for token in result.tokens)
    return Importance(rows, tuple(name for name, _ in groups), np.stack(columns, 1))


def _log(probabilities: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(probabilities.astype(np.float64), TINY))


def _heads(
    model: nn.Module, run: Callable[[], Any], layers: Sequence[str | int] | None
) -> dict[str, tuple[int, int]]:
    """Modules that attend, with their batch and their heads."""
    with torch.no_grad(), watch(model, layers=layers, queries=slice(0, 1)) as seen:
        run()
    shapes = {record.name: record.shape for record in seen if len(record.shape) > 3}
    return {name: (shape[0], shape[-3]) for name, shape in shapes.items()}


def _by_ablation(
    model: nn.Module, run: Callable[[], Any], heads: Mapping[str, tuple[int, int]]
) -> dict[str, list[Any]]:
    changes = {
        f"{name} {head}": {name: PLAIN.without_heads("any", [head])}
        for name, (_, count) in heads.items()
        for head in range(count)
    }
    effects = effect(model, run, changes)
    each = iter([one.divergence if one.rise is None else one.rise for one in effects])
    return {name: [next(each) for _ in range(count)] for name, (_, count) in heads.items()}


def _by_gradient(
    model: nn.Module, run: Callable[[], Any], heads: Mapping[str, tuple[int, int]]
) -> dict[str, list[float]]:
    gates = {
        name: torch.ones(batch, count, 1, 1, requires_grad=True)
        for name, (batch, count) in heads.items()
    }
    change = {name: PLAIN.scaled("any", gate) for name, gate in gates.items()}
    with torch.enable_grad(), watch(model, change=change, layers=[]):
        output = run()
    logits = logits_of(output)
    if logits is None:
        raise ConfigError("head_importance(): the run must give a loss () or logits (B, T, V).")
    loss = logits if logits.dim() == 0 else -logits.log_softmax(-1).amax(-1).sum()
    if not loss.requires_grad:
        raise ConfigError("head_importance(): by='gradient' needs a run with a gradient.")
    slopes = torch.autograd.grad(loss, list(gates.values()))
    means = [slope.abs().mean(0).flatten().tolist() for slope in slopes]
    return dict(zip(gates, means, strict=True))

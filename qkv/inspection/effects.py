"""What a model says with a change and without it, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from qkv.errors import ConfigError
from qkv.inspection.watching import watch
from qkv.inspection.watching.changing import Change

__all__ = ["Effect", "Effects", "effect", "logits_of"]

ByModule: TypeAlias = Mapping[Any, Change]  # as `watch(change=…)` takes it


@dataclass(frozen=True)
class Effect:
    """What one change made of what a model said.

    name: of the change.
    rise: of the loss, where the run gives one.
    difference: the greatest |logit after - logit before|, where it gives logits.
    divergence: KL(before ‖ after) of the next token, in nats, the mean over all places.
    log_probability: (B, T) after - before, of the tokens that were given, in nats.
    before, after: the texts, where the run gives texts.
    """

    name: str
    rise: float | None = None
    difference: float | None = None
    divergence: float | None = None
    log_probability: Tensor | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class Effects(Sequence[Effect]):
    """The effects of several changes, in their order; printed they are a table."""

    def __init__(self, effects: Sequence[Effect]) -> None:
        self._effects = tuple(effects)

    def __len__(self) -> int:
        return len(self._effects)

    def __getitem__(self, which: Any) -> Any:
        """By number, or by the name of the change."""
        if isinstance(which, str):
            return {each.name: each for each in self._effects}[which]
        return self._effects[which]

    def largest(self) -> Effects:
        """Ordered by divergence or loss, the greatest first; texts that changed before others."""
        sizes = [each.divergence or abs(each.rise or 0.0) for each in self]
        changed = [size + (e.before != e.after) for size, e in zip(sizes, self, strict=True)]
        order = sorted(range(len(self)), key=lambda i: -changed[i])
        return Effects([self._effects[i] for i in order])

    def __str__(self) -> str:
        rows = list(self._rows())
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = (
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )
        return "\n".join(lines)

    def _rows(self) -> Iterator[tuple[str, ...]]:
        yield "change", "loss by", "logits by", "KL, nats", "log p by", "text"
        for each in self:
            log_p = each.log_probability
            yield (
                each.name,
                _number(each.rise),
                _number(each.difference),
                _number(each.divergence),
                _number(None if log_p is None else float(log_p.mean())),
                "" if each.after == each.before else " | ".join(each.after),
            )


def effect(
    model: nn.Module,
    run: Callable[[], Any],
    changes: Mapping[str, ByModule],
    *,
    tokens: Tensor | None = None,
) -> Effects:
    """Run a model as it is and then under each change, and compare.

        effect(model, lambda: model(**inputs), {
            f"head {h}": {"*.5.*": PLAIN.without_heads("any", [h])} for h in range(12)
        })

    Args:
        run: runs the model, and gives logits (B, T, V), an object with `logits`, a loss (), or
            texts.
        changes: by a name of one's own, what `watch(change=…)` takes.
        tokens: (B, T) int64, each at its place of the logits: their log-probabilities are compared.
    Raises:
        ConfigError: the run gives nothing of these, or a change cannot be made.
    """
    with torch.no_grad():
        before = _said(run())
        return Effects([_one(model, run, name, changes[name], before, tokens) for name in changes])


def _one(
    model: nn.Module,
    run: Callable[[], Any],
    name: str,
    change: ByModule,
    before: Tensor | tuple[str, ...],
    tokens: Tensor | None,
) -> Effect:
    with watch(model, change=change, layers=[]):
        after = _said(run())
    if isinstance(before, tuple):
        assert isinstance(after, tuple)  # nosec: of the same run
        return Effect(name, before=before, after=after)
    assert isinstance(after, Tensor)  # nosec
    if before.dim() == after.dim() == 0:
        return Effect(name, rise=float(after - before))
    if before.shape != after.shape:
        raise ConfigError(
            f"effect(): the logits of {name!r} are {tuple(after.shape)}, and were "
            f"{tuple(before.shape)} before; let the run read a given text, or give texts."
        )
    one, other = before.log_softmax(-1), after.log_softmax(-1)
    lost = (one.exp() * (one - other).masked_fill(one == -torch.inf, 0.0)).sum(-1)
    said = None
    if tokens is not None:
        places = tokens.to(one.device)[..., None]
        said = (other.gather(-1, places) - one.gather(-1, places))[..., 0]
    difference = float((after - before).abs().max())
    return Effect(name, None, difference, float(lost.mean()), said)


def logits_of(output: Any) -> Tensor | None:
    """float64 or float32 logits of what a model gives; None if it has none."""
    logits = output if isinstance(output, Tensor) else getattr(output, "logits", None)
    if not isinstance(logits, Tensor):
        return None
    return logits.to(torch.promote_types(logits.dtype, torch.float32))


def _said(output: Any) -> Tensor | tuple[str, ...]:
    logits = logits_of(output)
    if logits is not None:
        return logits
    texts = [output] if isinstance(output, str) else output
    if isinstance(texts, Sequence) and all(isinstance(text, str) for text in texts):
        return tuple(texts)
    raise ConfigError(
        "effect(): the run must give logits (B, T, V), an object with logits, a loss or texts; got "
        f"{type(output).__name__}."
    )


def _number(x: float | None) -> str:
    return "" if x is None else f"{x:.4f}"

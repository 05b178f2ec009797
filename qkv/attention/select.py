"""From scores to weights over the keys: (..., Tq, Tk) → (..., Tq, Tk).

A selection is a function of the scores and the mask. One that needs more than its row of scores
(where the query stands, what it is, a draw) has `settle`, which `attend` calls once: it returns the
selection with all of that fixed, so that weights looked at later are those that were used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from qkv.attention.lookup import Lookup, Select
from qkv.errors import ConfigError, ShapeError
from qkv.shapes import Mask

__all__ = [
    "Chosen",
    "Hard",
    "LocalM",
    "LocalP",
    "Sinks",
    "Softmax",
    "TopK",
    "Unsettled",
    "WithSinks",
    "entmax15",
    "settled",
    "softmax",
    "sparsemax",
]


@runtime_checkable
class Unsettled(Protocol):
    """A selection that needs more than its row of scores; `settle` fixes what that is."""

    def settle(self, lookup: Lookup) -> Select: ...


def settled(select: Select | Unsettled, lookup: Lookup) -> Select:
    """The selection with all fixed that it needs besides a row of the lookup's scores."""
    return select.settle(lookup) if isinstance(select, Unsettled) else select


def _check_positive(of: str, name: str, value: float) -> None:
    if not value > 0:
        raise ConfigError(f"{of}: {name} must be above 0; got {value}.")


@dataclass(frozen=True)
class Softmax:
    """α_ij = exp(e_ij / T) / Σ_k exp(e_ik / T) over the keys allowed; an empty row is all zero.

    The exponentials are summed in float32 or wider.

    Raises:
        ConfigError: the temperature T is not above 0.
    """

    temperature: float = 1.0

    def __post_init__(self) -> None:
        _check_positive("Softmax", "temperature", self.temperature)

    def __call__(self, scores: Tensor, mask: Mask | None) -> Tensor:
        if self.temperature != 1.0:  # the lowest finite number stays one
            scores = (scores / self.temperature).clamp(min=torch.finfo(scores.dtype).min)
        scores, empty = _hide(scores, mask)
        return _without(torch.softmax(scores, -1), empty)


softmax = Softmax()


class Sinks:
    """Softmax with one more score a head that no key stands for (Xiao et al. 2024, section 3.3).

        α_ij = exp(e_ij) / (exp(s_h) + Σ_k exp(e_ik))

    So a row sums to less than one: the rest went into the sink.

    Args:
        sinks: s, (H,).
    """

    def __init__(self, sinks: Tensor) -> None:
        self.sinks = sinks

    def settle(self, lookup: Lookup) -> Select:
        if self.sinks.shape != lookup.shape[-3:-2]:
            raise ShapeError(
                f"Sinks: needs one number a head; got {tuple(self.sinks.shape)} for weights "
                f"{tuple(lookup.shape)}."
            )
        return WithSinks(self.sinks[:, None, None].expand(-1, lookup.shape[-2], -1))


@dataclass(frozen=True)
class WithSinks:
    """Softmax with a sink for each query; sinks: (H, Tq, 1)."""

    sinks: Tensor
    temperature: ClassVar[float] = 1.0

    @property
    def made_of(self) -> tuple[Tensor, ...]:
        return (self.sinks,)

    def __call__(self, scores: Tensor, mask: Mask | None) -> Tensor:
        sinks = self.sinks.to(scores.dtype).expand(*scores.shape[:-1], 1)
        scores, empty = _hide(scores, mask)
        return _without(torch.softmax(torch.cat((scores, sinks), -1), -1)[..., :-1], empty)

    def joined(self, context: Tensor, logsumexp: Tensor) -> tuple[Tensor, Tensor]:
        """What softmax alone gives, (B, H, Tq, Dv) and (B, H, Tq): sinks change its sum only."""
        total = torch.logaddexp(logsumexp, self.sinks[..., 0].to(logsumexp.dtype))
        share = torch.exp(logsumexp - total)[..., None]
        return (context * share).to(context.dtype), total

    def part(self, cut: Callable[..., Tensor], rows: slice) -> Select:
        return WithSinks(cut(self.sinks, rows, slice(None)))


def sparsemax(scores: Tensor, mask: Mask | None) -> Tensor:
    """The nearest point of the simplex, often with exact zeros (Martins and Astudillo 2016)."""
    if not scores.shape[-1]:
        return scores
    scores, empty = _hide(scores, mask)
    scores = scores - _largest(scores)
    with torch.no_grad():
        sorted_, count = _sorted(scores)
        tau = (sorted_.cumsum(-1) - 1) / count
        support = (sorted_ > tau).sum(-1, keepdim=True).clamp(min=1)
        tau = tau.gather(-1, support - 1)
    return _without(_project(scores, tau.to(scores.dtype), power=1), empty)


def entmax15(scores: Tensor, mask: Mask | None) -> Tensor:
    """α-entmax with α = 1.5, between softmax and sparsemax (Peters et al. 2019, algorithm 2)."""
    if not scores.shape[-1]:
        return scores
    scores, empty = _hide(scores, mask)
    scores = (scores - _largest(scores)) / 2
    with torch.no_grad():
        sorted_, count = _sorted(scores)
        mean = sorted_.cumsum(-1) / count
        square = (sorted_**2).cumsum(-1) / count
        tau = mean - (1 / count - square + mean**2).clamp(min=0).sqrt()
        support = (sorted_ >= tau).sum(-1, keepdim=True).clamp(min=1)
        tau = tau.gather(-1, support - 1)
    return _without(_project(scores, tau.to(scores.dtype), power=2), empty)


def _largest(scores: Tensor) -> Tensor:
    return scores.detach().amax(-1, keepdim=True)


def _sorted(scores: Tensor) -> tuple[Tensor, Tensor]:
    """Descending, in float32 or wider, and 1, 2, …, Tk.

    What is far below the largest is raised to -2: outside every support, yet safe to square.
    """
    wide = torch.promote_types(scores.dtype, torch.float32)
    sorted_ = scores.to(wide).clamp(min=-2.0).sort(-1, descending=True).values
    return sorted_, torch.arange(1, scores.shape[-1] + 1, device=scores.device, dtype=wide)


def _project(scores: Tensor, tau: Tensor, power: int) -> Tensor:
    """max(0, z - τ) ** power, differentiable: τ follows z so that the row goes on summing to one.

    From Σ_j max(0, z_j - τ) ** power = 1: dτ = Σ_j s_j dz_j / Σ_j s_j with s = max(0, z - τ) **
    (power - 1) on the support.
    """
    fixed = scores.detach()
    distance = (fixed - tau).clamp(min=0)
    inside = distance > 0
    moved = torch.where(inside, scores - fixed, 0)  # zero, with a gradient
    share = _shares(distance if power == 2 else inside.to(scores.dtype))
    if (
        power == 2 and torch.is_grad_enabled()
    ):  # the shares move too: half of it, for ∂²τ is symmetric
        share = _shares(torch.where(inside, distance + (moved - _followed(share, moved)) / 2, 0))
    return torch.where(inside, distance + moved - _followed(share, moved), 0) ** power


def _shares(slope: Tensor) -> Tensor:
    return slope / slope.sum(-1, keepdim=True).clamp(min=torch.finfo(slope.dtype).tiny)


def _followed(share: Tensor, moved: Tensor) -> Tensor:
    return (share * moved).sum(-1, keepdim=True)


@dataclass(frozen=True)
class TopK:
    """Softmax over the k best keys of each row, the others 0; fewer than k allowed: all of those.

    Of equal scores at the border, one set of k is chosen.

    Raises:
        ConfigError: k is not a positive whole number.
    """

    k: int

    def __post_init__(self) -> None:
        if not isinstance(self.k, int) or self.k < 1:
            raise ConfigError(f"TopK: k must be a positive whole number; got {self.k}.")

    def __call__(self, scores: Tensor, mask: Mask | None) -> Tensor:
        scores, _ = _hide(scores, mask)
        best = scores.topk(min(self.k, scores.shape[-1]), -1)
        weights = torch.softmax(best.values, -1)
        return _without_hidden(torch.zeros_like(scores).scatter(-1, best.indices, weights), mask)


@dataclass(frozen=True)
class LocalM:
    """Softmax over the keys within `width` of where the query itself stands (Luong et al. 2015).

    Args:
        width: D, keys on either side of p_t = t, the window [p_t - D, p_t + D].
        start: position of the first query; a decoder at step t has start=t.
    Raises:
        ConfigError: the width is below 0.
    """

    width: int
    start: int = 0

    def __post_init__(self) -> None:
        if not self.width >= 0:
            raise ConfigError(f"LocalM: width must be 0 or more; got {self.width}.")

    def settle(self, lookup: Lookup) -> Select:
        positions = torch.arange(lookup.shape[-2], device=lookup.query.device) + self.start
        return _Around(positions[:, None].float(), self.width, gaussian=False)


class LocalP(nn.Module):
    """Softmax around a predicted centre, faded by a Gaussian (Luong et al. 2015, eq. 9 and 10).

        p_t = S · sigmoid(vᵀ tanh(W q_t)),  α_t(s) = softmax(e_t)(s) · exp(-(s - p_t)² / (2 σ²))

    over [p_t - D, p_t + D] with σ = D / 2; S counts the keys that the mask allows in the row. As in
    the paper the row is not normalised again: it sums to one at most. Where p_t lies on the end of
    the text, the window is cut.

    Args:
        query_width: of the queries. hidden: of the layer that predicts. width: D.
    """

    def __init__(self, query_width: int, hidden: int, width: int) -> None:
        super().__init__()
        _check_positive("LocalP", "width", width)
        self.width = width
        self.query = nn.Linear(query_width, hidden, bias=False)
        self.centre = nn.Linear(hidden, 1, bias=False)

    def settle(self, lookup: Lookup) -> Select:
        # In float32 at least: bfloat16 cannot count past 256, and misses the place by a key.
        wide = torch.promote_types(lookup.query.dtype, torch.float32)
        hidden = torch.tanh(linear(lookup.query.to(wide), self.query.weight.to(wide)))
        share = torch.sigmoid(linear(hidden, self.centre.weight.to(wide)))  # (..., Tq, 1)
        centre = share * _allowed_keys(lookup)
        return _Around(centre, self.width, gaussian=True)


def _allowed_keys(lookup: Lookup) -> Tensor | int:
    """How many keys each query may attend to, (..., Tq, 1), or one number for all."""
    keys = lookup.shape[-1]
    if lookup.mask is None:
        return keys
    lead, pieces = lookup.mask.shape[:-2], []
    for rows in lookup.pieces():
        part = lookup.mask.part(rows)
        pieces.append(part.expand(*lead, rows.stop - rows.start, keys).sum(-1, keepdim=True))
    return torch.cat(pieces, -2) if pieces else keys


@dataclass(frozen=True)
class _Around:
    """Softmax over the keys within `width` of `centre` (..., Tq, 1), faded if `gaussian`."""

    centre: Tensor
    width: float
    gaussian: bool

    def __call__(self, scores: Tensor, mask: Mask | None) -> Tensor:
        away = torch.arange(scores.shape[-1], device=scores.device) - self.centre
        near = Mask(away.detach().abs() <= self.width)
        weights = softmax(scores, near if mask is None else near & mask)
        if not self.gaussian:
            return weights
        return weights * torch.exp(-2 * (away / self.width) ** 2).to(weights.dtype)

    def part(self, cut: Callable[..., Tensor], rows: slice) -> Select:
        return _Around(cut(self.centre, rows, slice(None)), self.width, self.gaussian)


@dataclass(frozen=True)
class Hard:
    """All weight on one key: drawn from the softmax, or the best (Xu et al. 2015, section 4.1).

    The draw comes from torch's global generator. No gradient reaches the scores through the
    context; `attended.log_prob` (..., Tq) has one, for REINFORCE (Williams 1992).

    Args:
        sample: draw in training; False takes the best key.
        soft_share: probability for each entry of the first axis to take all keys, weighted by the
            softmax, and no draw; its `log_prob` is 0. It lowers REINFORCE's variance (Xu et al.).
    Raises:
        ConfigError: the share is no probability.
    """

    sample: bool = True
    soft_share: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.soft_share <= 1.0:
            raise ConfigError(f"Hard: soft_share must lie in [0, 1]; got {self.soft_share}.")

    def settle(self, lookup: Lookup) -> Select:
        chosen, log_prob = [], []
        soft_lookup = lookup.replaced(select=softmax)
        for rows in lookup.pieces():
            part = soft_lookup.part(rows)
            weights = part.weights(wide=True).expand(*lookup.shape[:-2], -1, lookup.shape[-1])
            index = self._choose(weights.detach())
            of_chosen = weights.gather(-1, index)
            empty = of_chosen == 0  # nothing is allowed, and nothing chosen
            chosen.append(torch.where(empty, -1, index))
            log_prob.append(torch.where(empty, 1.0, of_chosen).log())
        if not chosen:
            raise ShapeError("Hard: needs at least one query.")
        index, log_p = torch.cat(chosen, -2), torch.cat(log_prob, -2)
        soft = None
        if self.soft_share:
            coins = torch.rand(index.shape[:1], device=index.device) < self.soft_share
            soft = coins.view(-1, *[1] * (index.dim() - 1)).expand_as(index)
            log_p = log_p.masked_fill(soft, 0.0)
        return Chosen(index, log_p.squeeze(-1), soft)

    def _choose(self, weights: Tensor) -> Tensor:
        """(..., Tq, Tk) → (..., Tq, 1): argmax of α / Exp(1) noise is a draw from α."""
        if self.sample:
            weights = weights / torch.empty_like(weights).exponential_()
        return weights.argmax(-1, keepdim=True)


@dataclass(frozen=True)
class Chosen:
    """One key a query. index: (..., Tq, 1) int64, -1 = none. log_prob: (..., Tq).

    soft: (..., Tq, 1) bool, True = the softmax of all keys instead; None: nowhere.
    """

    index: Tensor
    log_prob: Tensor
    soft: Tensor | None = None

    def __call__(self, scores: Tensor, mask: Mask | None) -> Tensor:
        keys = torch.arange(scores.shape[-1], device=scores.device)
        one = (keys == self.index).to(scores.dtype)
        return one if self.soft is None else torch.where(self.soft, softmax(scores, mask), one)

    def part(self, cut: Callable[..., Tensor], rows: slice) -> Select:
        soft = None if self.soft is None else cut(self.soft, rows, slice(None))
        return Chosen(cut(self.index, rows, slice(None)), self.log_prob, soft)


def _hide(scores: Tensor, mask: Mask | None) -> tuple[Tensor, Tensor | None]:
    """Scores with -∞ where nothing may be seen, and which rows are empty, (..., Tq, 1), if any are.

    An empty row stays as it is, for softmax and its gradient would be NaN; `_without` takes its
    weights away.
    """
    if mask is None:
        return scores, None
    allowed, empty = mask.allowed, mask.empty
    shown = allowed if empty is None else allowed | empty
    return scores.masked_fill(~shown, -torch.inf), empty


def _without(weights: Tensor, empty: Tensor | None) -> Tensor:
    return weights if empty is None else weights.masked_fill(empty, 0.0)


def _without_hidden(weights: Tensor, mask: Mask | None) -> Tensor:
    return weights if mask is None else weights.masked_fill(~mask.allowed, 0.0)

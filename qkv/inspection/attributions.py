"""What weights mattered to, by the gradient that they have after one backward pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from qkv.attention import Select, Weights, for_query_heads, is_by_row
from qkv.errors import ConfigError
from qkv.inspection.watching import Record, Seen
from qkv.shapes import Mask

__all__ = ["Relevance", "gradient_times_weight", "relevance", "value_norms"]


def gradient_times_weight(weights: Weights, *, positive: bool = True) -> Weights:
    """α_ij · ∂L/∂α_ij (..., Tq, Tk), as lazy as the weights are: rows, `topk`, `received`, `dense`.

    positive: what lowers L is left out, as Barkan et al. (2021, equation 4) have it.

    Args:
        weights: of a call whose gradient was retained (a `watch` block does that where no heads,
            queries, readouts or offload are asked for), after `L.backward()`.
    Raises:
        ConfigError: nothing was retained, or there was no backward pass.
    """
    slopes = weights.grad.lookup  # ∂L/∂α = gradient of the context times the values
    lookup = weights.lookup
    select = _Times(lookup.select, slopes.query, slopes.key, positive)
    return Weights(lookup.replaced(select=select))


@dataclass(frozen=True)
class _Times:
    """A selection times its own gradient; gradient (..., Tq, Dv), value (..., Tk, Dv)."""

    select: Select
    gradient: Tensor
    value: Tensor
    positive: bool

    def __call__(self, scores: Tensor, mask: Mask | None) -> Tensor:
        weights = self.select(scores, mask)
        slopes = self.gradient.to(weights) @ self.value.to(weights).mT
        return weights * (slopes.clamp(min=0.0) if self.positive else slopes)

    def part(self, cut: Callable[..., Tensor], rows: slice) -> Select:
        inner = self.select.part(cut, rows) if is_by_row(self.select) else self.select
        whole = slice(None)
        gradient, value = cut(self.gradient, rows, whole), cut(self.value, whole, whole)
        return _Times(inner, gradient, value, self.positive)


def value_norms(weights: Weights, value: Tensor, output: Tensor) -> Weights:
    """‖α_ij f(x_j)‖ = α_ij ‖v_j W_O‖ (..., H, Tq, Tk), of each head (Kobayashi et al. 2020, eq. 3).

    As lazy as the weights. The norm of the sum over heads is less than the sum of these.

    Args:
        value: (..., H or fewer, Tk, Dv). output: W_O as an `nn.Linear` has it, (M, H · Dv).
    Raises:
        ConfigError: the output's projection is of other heads.
    """
    value = for_query_heads(value, weights.lookup.query)
    heads, width = weights.shape[-3], value.shape[-1]
    if output.dim() != 2 or output.shape[1] != heads * width:
        raise ConfigError(
            f"value_norms(): {heads} heads of width {width} need an output (M, {heads * width}); "
            f"got {tuple(output.shape)}."
        )
    of_heads = output.to(value).T.unflatten(0, (heads, width))  # (H, Dv, M)
    norms = (value @ of_heads).norm(dim=-1)  # (..., H, Tk)
    lookup = weights.lookup
    return Weights(lookup.replaced(select=_Scaled(lookup.select, norms[..., None, :])))


@dataclass(frozen=True)
class _Scaled:
    """A selection times factors (..., 1, Tk)."""

    select: Select
    factors: Tensor

    def __call__(self, scores: Tensor, mask: Mask | None) -> Tensor:
        weights = self.select(scores, mask)
        return weights * self.factors.to(weights)

    def part(self, cut: Callable[..., Tensor], rows: slice) -> Select:
        inner = self.select.part(cut, rows) if is_by_row(self.select) else self.select
        whole = slice(None)
        return _Scaled(inner, cut(self.factors, whole, whole))


@dataclass(frozen=True)
class Relevance:
    """What each position was made of.

    own: (B, T, T), of a decoder's own tokens, or of the only ones there are; None: it has none.
    source: (B, T, S), of what it attends to across.
    """

    own: Tensor | None
    source: Tensor | None = None


def relevance(seen: Seen | Sequence[Record]) -> Relevance:
    """Through all layers, by weights times gradient (Chefer et al. 2021, equations 5 to 10).

        Ā = mean over heads of max(0, α · ∂L/∂α)
        own tokens:    R_own += Ā R_own;  R_source += Ā R_source
        the memory:    R_source += R̃_ownᵀ Ā R̃_memory

    R̃ is I and what is beyond it with rows that sum to 1 (equations 8 and 9). For models of an
    encoder, of a decoder, and of both, from the records of one pass in their order. L is of one
    output: what it was made of stands in that one's row.

    Raises:
        ConfigError: no records or no backward pass, or calls whose kind the model does not show.
    """
    both = any(record.kind == "cross" for record in seen)
    own: dict[bool, Tensor] = {}  # by whether it is the memory's
    source: Tensor | None = None
    for record in seen:
        if record.kind == "unknown":
            raise ConfigError(f"relevance(): what {record.name} attends to does not show.")
        passed = gradient_times_weight(record.weights).mean()  # (B, Tq, Tk)
        if record.kind == "cross":
            ours = own.get(False, _identity(passed, -2))
            theirs = own.get(True, _identity(passed, -1))
            through = _normalised(ours).mT @ passed @ _normalised(theirs)
            source = through if source is None else source + through
            continue
        of_memory = both and record.kind == "self"
        known = own.get(of_memory, _identity(passed, -1))
        own[of_memory] = known + passed @ known
        if source is not None and not of_memory:
            source = source + passed @ source
    if not own and source is None:
        raise ConfigError("relevance(): there are no records.")
    return Relevance(own.get(False), source)


def _identity(like: Tensor, axis: int) -> Tensor:
    return torch.eye(like.shape[axis], dtype=like.dtype, device=like.device).expand(
        *like.shape[:-2], -1, -1
    )


def _normalised(own: Tensor) -> Tensor:
    one = torch.eye(own.shape[-1], dtype=own.dtype, device=own.device)
    more = own - one
    sums = more.sum(-1, keepdim=True)
    return one + more / torch.where(sums == 0, 1.0, sums)

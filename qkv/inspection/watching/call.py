"""One attention call: the tensors that its weights are made of, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor, nn

from qkv.attention import Lookup, Upstream, for_query_heads, scaled_dot, softmax
from qkv.shapes import Bias, Mask

__all__ = ["Call", "Inputs", "product"]

Inputs = dict[str, Tensor]


@dataclass
class Call:
    """One call, before and after the kernel ran.

    inputs: all tensors that the weights are made of, and no others.
    build: makes the lookup of them, when it is looked at.
    value, context: only for as long as the call is checked.
    new_queries: how many there were, of which some may have been left out.
    """

    inputs: Inputs
    build: Callable[[Inputs], Lookup]
    shape: tuple[int, ...]  # of the weights
    kernel: str
    dropout: float = 0.0
    value: Tensor | None = None
    context: Tensor | None = None
    logsumexp: Tensor | None = None
    upstream: Upstream | None = None
    new_queries: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    guarded: list[tuple[str, Tensor, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.new_queries = self.new_queries or self.shape[-2]

    def tensors(self) -> list[Tensor]:
        """The inputs and the logsumexp."""
        return [*self.inputs.values(), *([] if self.logsumexp is None else [self.logsumexp])]

    def moved(self, move: Callable[[Tensor], Tensor]) -> Call:
        """Another call, which keeps what `move` makes of each tensor, and looks up where this one
        does; it has no gradient.
        """
        inputs = {name: move(x) for name, x in self.inputs.items()}
        logsumexp = None if self.logsumexp is None else move(self.logsumexp)
        device, here = next(iter(self.inputs.values())).device, self.build

        def build(inputs: Inputs) -> Lookup:
            return here({name: x.to(device) for name, x in inputs.items()})

        return replace(
            self, inputs=inputs, build=build, logsumexp=logsumexp, upstream=None, versions={}
        )

    def set_input(self, name: str, tensor: Tensor) -> None:
        """From now on the weights are made of this one, as it is now."""
        self.inputs[name] = tensor
        if not tensor.is_inference():  # those do not count what is written into them
            self.versions[name] = tensor._version

    def lookup(self) -> Lookup:
        """What was looked up, by the tensors as they are now."""
        return self.build(self.inputs)

    def overwritten(self) -> str:
        """The name of a tensor that has been written into since, or nothing."""
        names = [n for n, version in self.versions.items() if self.inputs[n]._version != version]
        names += [name for name, x, version in self.guarded if x._version != version]
        return next(iter(names), "")

    def guard(self, name: str, part: Any) -> None:
        """The tensors of a mask, a bias, a score or a selection are not copied, but watched."""
        own = [part] if isinstance(part, Tensor) else []
        if isinstance(part, nn.Module):
            own = [*part.parameters(), *part.buffers()]
        for x in (*own, *getattr(part, "made_of", ())):
            if not x.is_inference():
                self.guarded.append((name, x, x._version))


def product(
    query: Tensor,
    key: Tensor,
    mask: Mask | None,
    bias: Bias | None,
    scale: float | None = None,
) -> Lookup:
    """query (..., H, Tq, D) against key (..., Hk, Tk, D), scaled by 1/√D by default."""
    key = for_query_heads(key, query)
    return Lookup(query, key, scaled_dot, softmax, mask, bias, scale)

"""What a text attended to: lazy weights by layer and head, and one matrix of them to show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from qkv.errors import ConfigError, DataError, ShapeError

if TYPE_CHECKING:
    from qkv.attention import Weights

__all__ = ["ONE_VECTOR", "Attention", "layer_and_head", "too_large"]

MOST_BYTES = 1 << 30  # of a matrix, as `Weights.dense` has it
ONE_VECTOR = "this model reads the source as one vector; it attends to no words."
KINDS = ("cross", "encoder", "decoder")


@dataclass(frozen=True, repr=False)
class Attention:
    """Weights of one sentence pair, by layer: lazy, (1, H, queries, keys).

    cross: target tokens (rows, with EOS) over source tokens (columns, with EOS).
    encoder: source over source; decoder: target over target, where row i reads tokens before i.
    Empty: cross of a model that reads the source as one vector, the others of a recurrent model.

    sentences: of a text that was translated sentence by sentence, what was attended to in each;
    `cross`, `encoder` and `decoder` are then empty, and tokens have an EOS after each sentence.
    say: computes how probable each target token was, (T,).
    features: (1, T, M), what the decoder's `readout` turns into the logits of each target token;
    None of several sentences.
    """

    cross: tuple[Weights, ...]
    encoder: tuple[Weights, ...]
    decoder: tuple[Weights, ...]
    sentences: tuple[Attention, ...] = ()
    features: Tensor | None = None
    say: Callable[[], np.ndarray] | None = None

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Of each target token, EOS too, given the source and the tokens before it: (T,) float32.

        What the model says by itself, whatever a search forbade or forced.
        """
        if self.sentences:
            return np.concatenate([sentence.probabilities for sentence in self.sentences])
        return np.zeros(0, np.float32) if self.say is None else self.say()

    @property
    def heads(self) -> dict[str, tuple[int, ...]]:
        """By kind, how many heads each layer has, the first layer first."""
        if self.sentences:
            return self.sentences[0].heads
        return {kind: tuple(w.shape[1] for w in getattr(self, kind)) for kind in KINDS}

    def matrix(
        self, kind: str = "cross", *, layer: int | None = None, head: int | None = None
    ) -> np.ndarray:
        """One (queries, keys) float32 matrix; layer and head count from 0, negative from the end.

        By default the last layer and the mean over its heads. Of several sentences, each has its
        own rows and columns; nothing was attended to outside them.

        Raises:
            ConfigError: no such layer or head, or no such attention in this model.
            DataError: too long a text; its weights would take over 1 GiB.
        """
        if self.sentences:
            return _diagonal([s.matrix(kind, layer=layer, head=head) for s in self.sentences])
        layer, head = layer_and_head(self.heads, kind, layer, head)
        with torch.no_grad():  # scores such as `General` have parameters
            dense = _dense(getattr(self, kind)[layer])
        return (dense.mean(0) if head is None else dense[head]).numpy()

    def __repr__(self) -> str:
        parts = [
            f"{kind}: " + ", ".join(f"layer {i} of {n} heads" for i, n in enumerate(heads))
            for kind, heads in self.heads.items()
            if heads
        ]
        return f"Attention({'; '.join(parts)})"


def layer_and_head(
    heads: Mapping[str, tuple[int, ...]], kind: str, layer: int | None, head: int | None
) -> tuple[int, int | None]:
    """Both as numbers from 0, the last layer for None; no head is none.

    Args:
        heads: by kind, how many each layer has, as `Attention.heads` and `attention_heads` say.
    Raises:
        ConfigError: no such layer or head, or no such attention in this model.
    """
    if kind not in KINDS:
        raise ConfigError(f"no attention {kind!r}; choose cross, encoder or decoder.")
    layers = heads[kind]
    if not layers and kind == "cross":
        raise ConfigError(ONE_VECTOR)
    if not layers and not heads["cross"]:
        raise ConfigError(f"this model attends to nothing: it has no {kind} attention either.")
    if not layers:
        raise ConfigError(
            f"a recurrent model has no {kind} self-attention; show its cross-attention."
        )
    layer = _inside("layer", -1 if layer is None else layer, len(layers))
    return layer, None if head is None else _inside("head", head, layers[layer])


def _dense(weights: Weights) -> Tensor:
    """(H, queries, keys) float32, on the CPU."""
    try:
        return weights.dense()[0].float().cpu()
    except ShapeError:
        raise too_large(*weights.shape[-2:]) from None


def _diagonal(blocks: list[np.ndarray]) -> np.ndarray:
    """Matrices along the diagonal of a larger one, zeros elsewhere."""
    rows, columns = (sum(block.shape[axis] for block in blocks) for axis in (0, 1))
    if 4 * rows * columns > MOST_BYTES:
        raise too_large(rows, columns)
    whole = np.zeros((rows, columns), np.float32)
    row = column = 0
    for block in blocks:
        whole[row : row + len(block), column : column + block.shape[1]] = block
        row, column = row + len(block), column + block.shape[1]
    return whole


def too_large(queries: int, keys: int) -> DataError:
    return DataError(
        f"the attention of {queries:,} tokens to {keys:,} is too large to hold in memory; "
        "split the text into shorter ones."
    )


def _inside(name: str, index: int, count: int) -> int:
    if not -count <= index < count:
        raise ConfigError(f"no {name} {index}; this model has {count}, numbered from 0.")
    return index % count

"""What our Transformer's weights are called in transformers, and how their numbers are ordered.

Marian and Pegasus call them alike. In their stream the sines of a position come first and then the
cosines, in ours they alternate: the same numbers in another order, in all that reads or writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from qkv.models import ModelConfig

__all__ = ["EMBEDDINGS", "Name", "alternating", "layer_names", "reordered"]

# Of what the position-wise network and the vocabularies have, ours to theirs.
EMBEDDINGS = {
    "encoder.embed.embedding.weight": "model.encoder.embed_tokens.weight",
    "decoder.embed.embedding.weight": "model.decoder.embed_tokens.weight",
    "decoder.output.weight": "lm_head.weight",
}
_HEADS = {"query": "q_proj", "key": "k_proj", "value": "v_proj", "out": "out_proj"}


class Name(NamedTuple):
    """ours, theirs; axes: those along which the numbers are of the stream."""

    ours: str
    theirs: str
    axes: tuple[int, ...]


def layer_names(config: ModelConfig) -> Iterator[Name]:
    """All weights but those of `EMBEDDINGS` and the output's bias."""
    sides = (("encoder", config.encoder_layers), ("decoder", config.decoder_layers))
    for side, layers in sides:
        for number in range(layers):
            parts = _layer(f"{side}.layers.{number}", side == "decoder")
            for ours, theirs, first in parts:
                yield from _both(ours, f"model.{theirs}", first)
        if config.normalize == "before":
            yield from _both(f"{side}.norm", f"model.{side}.layer_norm", (0,))


def alternating(width: int) -> Tensor:
    """(M,) int64: where in their stream the numbers of ours are."""
    return torch.arange(width).view(2, -1).T.flatten()


def reordered(tensor: Tensor, axes: tuple[int, ...], order: Tensor) -> Tensor:
    """The same numbers, along these axes in this order."""
    for axis in axes:
        tensor = tensor.index_select(axis, order)
    return tensor.contiguous()


def _layer(layer: str, decoder: bool) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    attentions = [("own" if decoder else "heads", "own_norm" if decoder else "norm", "self_attn")]
    if decoder:
        attentions.append(("cross", "cross_norm", "encoder_attn"))
    for ours, norm, theirs in attentions:
        for part, name in _HEADS.items():
            written = part == "out"  # to the stream; the others read it
            yield f"{layer}.{ours}.{part}", f"{layer}.{theirs}.{name}", (0,) if written else (1,)
        yield f"{layer}.{norm}", f"{layer}.{theirs}_layer_norm", (0,)
    yield f"{layer}.feedforward.norm", f"{layer}.final_layer_norm", (0,)
    yield f"{layer}.feedforward.inner", f"{layer}.fc1", (1,)
    yield f"{layer}.feedforward.outer", f"{layer}.fc2", (0,)


def _both(ours: str, theirs: str, axes: tuple[int, ...]) -> Iterator[Name]:
    yield Name(f"{ours}.weight", f"{theirs}.weight", axes)
    yield Name(f"{ours}.bias", f"{theirs}.bias", tuple(axis for axis in axes if axis == 0))

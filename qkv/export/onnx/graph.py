"""What graphs of both architectures are built of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import spox.opset.ai.onnx.v17 as op
from spox import Var
from torch import Tensor, nn

from qkv.data.tokenizer import PAD

__all__ = [
    "Said", "attended", "joined", "linear", "logits", "masked", "norm", "numbers", "present",
    "tables", "weight",
]  # fmt: skip


class Said(NamedTuple):
    """What a step gives: logits (B, V), weights (B, layers, H, S), and what the next one takes."""

    logits: Var
    weights: Var
    state: dict[str, Var]


def weight(tensor: Tensor) -> Var:
    return op.const(tensor.detach().float().cpu().numpy())


def numbers(*values: int) -> Var:
    """(n,) int64."""
    return op.const(np.array(values, np.int64))


def linear(x: Var, layer: nn.Linear) -> Var:
    """(..., in) → (..., out)."""
    product = op.matmul(x, weight(layer.weight.T.contiguous()))
    return product if layer.bias is None else op.add(product, weight(layer.bias))


def norm(x: Var, layer: nn.LayerNorm) -> Var:
    scale, bias = weight(layer.weight), weight(layer.bias)
    return op.layer_normalization(x, scale, bias, epsilon=layer.eps)[0]


def tables(embedding: nn.Embedding, output: nn.Linear) -> tuple[Var, Var]:
    """Of the target's vectors and the output's weights, (V, ·) each: once where they are one."""
    table = weight(embedding.weight)
    return table, table if output.weight is embedding.weight else weight(output.weight)


def logits(features: Var, table: Var, layer: nn.Linear) -> Var:
    """(B, M) → (B, V); table: the layer's weights."""
    return op.gemm(features, table, weight(layer.bias), transB=1)


def present(source: Var) -> Var:
    """(B, S) int64 → (B, S) bool: a source has no PAD but as padding."""
    return op.not_(op.equal(source, op.const(np.int64(PAD))))


def masked(scores: Var, mask: Var) -> Var:
    """Scores, -∞ where the mask is False."""
    return op.where(mask, scores, op.const(np.float32(-np.inf)))


def attended(scores: Var, values: Var) -> tuple[Var, Var]:
    """(..., Tq, Tk), (..., Tk, D) → (..., Tq, D), and the weights."""
    weights = op.softmax(scores, axis=-1)
    return op.matmul(weights, values), weights


def joined(parts: Sequence[Var], axis: int) -> Var:
    return parts[0] if len(parts) == 1 else op.concat(parts, axis=axis)

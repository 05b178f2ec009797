"""The Transformer's graphs; see `qkv.models.encoders.transformer` for what they compute."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import spox.opset.ai.onnx.v17 as op
import torch
from spox import Var
from torch import nn

from qkv.attention import Heads
from qkv.export.onnx.graph import (
    Said,
    attended,
    joined,
    linear,
    logits,
    masked,
    norm,
    numbers,
    present,
    tables,
    weight,
)
from qkv.models import EncoderDecoder
from qkv.models.parts import ACTIVATIONS, Embed, FeedForward

__all__ = ["encoded", "step"]

_NAMES = {activation: name for name, activation in ACTIVATIONS.items()}


def encoded(model: EncoderDecoder, source: Var) -> dict[str, Var]:
    """source (B, S) → `mask` (B, S); of each layer of the decoder keys and values (B, H, ·, D): of
    the source, and of no words so far.
    """
    encoder, decoder = _parts(model)
    mask = present(source)
    x = _embedded(source, encoder.embed, weight(encoder.embed.embedding.weight), numbers(0))
    for layer in encoder.layers:
        normed = x if layer.after else norm(x, layer.norm)
        out, _ = _heads(normed, *_projected(normed, layer.heads), layer.heads, _for_heads(mask))
        x = op.add(x, out)
        x = _feed_forward(norm(x, layer.norm) if layer.after else x, layer.feedforward)
    x = _normed(x, encoder.norm)
    given = {"mask": mask}
    for number, layer in enumerate(decoder.layers):
        given |= _pair("source", number, _projected(x, layer.cross))
    nothing = op.slice(given["source_keys_0"], numbers(0), numbers(0), numbers(2))  # (B, H, 0, D)
    for number in range(len(decoder.layers)):
        given |= _pair("words", number, (nothing, nothing))
    return given


def step(model: EncoderDecoder, token: Var, given: dict[str, Var]) -> Said:
    """token (B,), and what `encoded` gives, or the step before."""
    _, decoder = _parts(model)
    position = op.slice(op.shape(given["words_keys_0"]), numbers(2), numbers(3))
    table, output = tables(decoder.embed.embedding, decoder.output)
    x = _embedded(op.unsqueeze(token, numbers(1)), decoder.embed, table, position)  # (B, 1, M)
    mask, seen = _for_heads(given["mask"]), []
    state: dict[str, Var] = {}
    for number, layer in enumerate(decoder.layers):
        normed = x if layer.after else norm(x, layer.own_norm)
        new = _projected(normed, layer.own)
        past = _of("words", number, given)
        own = tuple(op.concat(pair, axis=2) for pair in zip(past, new, strict=True))
        state |= _pair("words", number, own)
        out, _ = _heads(normed, *own, layer.own, None)
        x = op.add(x, out)
        x = norm(x, layer.own_norm) if layer.after else x
        normed = x if layer.after else norm(x, layer.cross_norm)
        out, weights = _heads(normed, *_of("source", number, given), layer.cross, mask)
        seen.append(op.transpose(weights, perm=(0, 2, 1, 3)))  # (B, 1, H, S)
        x = op.add(x, out)
        x = _feed_forward(norm(x, layer.cross_norm) if layer.after else x, layer.feedforward)
    last = _normed(op.squeeze(x, numbers(1)), decoder.norm)
    return Said(logits(last, output, decoder.output), joined(seen, 1), state)


def _parts(model: EncoderDecoder) -> tuple[Any, Any]:
    return model.encoder, model.decoder


def _pair(kind: str, layer: int, pair: tuple[Var, ...]) -> dict[str, Var]:
    return dict(zip((f"{kind}_keys_{layer}", f"{kind}_values_{layer}"), pair, strict=True))


def _of(kind: str, layer: int, given: dict[str, Var]) -> tuple[Var, Var]:
    return given[f"{kind}_keys_{layer}"], given[f"{kind}_values_{layer}"]


def _for_heads(mask: Var) -> Var:
    """(B, S) → (B, 1, 1, S)."""
    return op.unsqueeze(mask, numbers(1, 2))


def _embedded(tokens: Var, embed: Embed, table: Var, first: Var) -> Var:
    """tokens (B, T) at positions from `first` (1,) on → (B, T, M); table: the embedding's."""
    width = embed.embedding.embedding_dim
    count = op.slice(op.shape(tokens), numbers(1), numbers(2))
    one = op.const(np.int64(1))
    end = op.add(op.squeeze(first, numbers(0)), op.squeeze(count, numbers(0)))
    places = op.cast(op.range(op.squeeze(first, numbers(0)), end, one), to=np.float32)  # (T,)
    frequencies = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
    angles = op.mul(op.unsqueeze(places, numbers(1)), weight(frequencies))  # (T, M / 2)
    both = [op.unsqueeze(wave, numbers(2)) for wave in (op.sin(angles), op.cos(angles))]
    sines = op.reshape(op.concat(both, axis=2), numbers(-1, width))
    scaled = op.mul(op.gather(table, tokens), op.const(np.float32(math.sqrt(width))))
    return op.add(scaled, sines)


def _projected(x: Var, heads: Heads) -> tuple[Var, Var]:
    """(B, T, M) → keys and values, (B, H, T, D) each."""
    return _split(linear(x, heads.key), heads), _split(linear(x, heads.value), heads)


def _split(x: Var, heads: Heads) -> Var:
    apart = op.reshape(x, numbers(0, -1, heads.number, heads.head_width))
    return op.transpose(apart, perm=(0, 2, 1, 3))


def _heads(x: Var, keys: Var, values: Var, heads: Heads, mask: Var | None) -> tuple[Var, Var]:
    """x (B, Tq, M) → (B, Tq, M), and the weights (B, H, Tq, Tk)."""
    query = _split(linear(x, heads.query), heads)
    scale = op.const(np.float32(heads.head_width**-0.5))
    scores = op.mul(op.matmul(query, op.transpose(keys, perm=(0, 1, 3, 2))), scale)
    context, weights = attended(scores if mask is None else masked(scores, mask), values)
    width = heads.number * heads.head_width
    together = op.reshape(op.transpose(context, perm=(0, 2, 1, 3)), numbers(0, -1, width))
    return linear(together, heads.out), weights


def _feed_forward(x: Var, part: FeedForward) -> Var:
    hidden = _activated(linear(x if part.after else norm(x, part.norm), part.inner), part)
    x = op.add(x, linear(hidden, part.outer))
    return norm(x, part.norm) if part.after else x


def _activated(x: Var, part: FeedForward) -> Var:
    name = _NAMES[part.activation]
    if name == "relu":
        return op.relu(x)
    if name == "swish":
        return op.mul(x, op.sigmoid(x))
    share = op.erf(op.mul(x, op.const(np.float32(0.5**0.5))))  # gelu: x · (1 + erf(x / √2)) / 2
    return op.mul(op.mul(x, op.const(np.float32(0.5))), op.add(op.const(np.float32(1)), share))


def _normed(x: Var, layer: nn.Module) -> Var:
    """By what stands at the end of a stack, if it is no identity."""
    return norm(x, layer) if isinstance(layer, nn.LayerNorm) else x

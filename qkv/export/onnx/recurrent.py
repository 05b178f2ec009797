"""The graphs of recurrent models; see `qkv.models.decoders.recurrent` for what they compute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import spox.opset.ai.onnx.v17 as op
import torch
from spox import Var
from torch import Tensor, nn

from qkv.attention import Additive, General, dot, uniform
from qkv.errors import ConfigError
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

__all__ = ["encoded", "step"]

_STATES: tuple[str, ...] = ("hidden", "cell")  # of an LSTM; a GRU has the first alone
# The gates' order there: of torch's, input, forget, cell, output, and reset, update, new.
_GATES = {nn.LSTM: (0, 3, 1, 2), nn.GRU: (1, 0, 2)}


def encoded(model: EncoderDecoder, source: Var) -> dict[str, Var]:
    """source (B, S) → `mask` (B, S), `keys`, as queries are compared with them, and `values`,
    (B, S, ·) each; `hidden` and, of an LSTM, `cell`, (B, layers, M).

    The mask is (B, 1), and so on, where the model reads the source as one vector.
    """
    encoder, decoder = _parts(model)
    mask = present(source)
    lengths = op.reduce_sum(op.cast(mask, to=np.int32), numbers(1), keepdims=0)
    x, states = _read(
        encoder.rnn, op.gather(weight(encoder.embedding.weight), source), None, lengths
    )
    if encoder.fixed:
        top = encoder.rnn.num_layers - 1
        x = op.slice(states[0], numbers(top), numbers(top + 1), numbers(1))  # (B, 1, width)
        mask = op.slice(mask, numbers(0), numbers(1), numbers(1))  # a source has a token, EOS
    keys = linear(x, decoder.score.key) if isinstance(decoder.score, Additive) else x
    given = {"mask": mask, "keys": keys, "values": x}
    if decoder.bridge is not None:
        states = [_bridged(*pair, decoder) for pair in zip(states, decoder.bridge, strict=True)]
    return given | _named(states)


def step(model: EncoderDecoder, token: Var, given: dict[str, Var]) -> Said:
    """token (B,), and what `encoded` gives, or the step before."""
    _, decoder = _parts(model)
    table, output = tables(decoder.embedding, decoder.output)
    word = op.unsqueeze(op.gather(table, token), numbers(1))  # (B, 1, E)
    states = [given[name] for name in _STATES if name in given]
    if decoder.order == "article":
        top = numbers(decoder.layers - 1), numbers(decoder.layers)
        context, weights = _attended(op.slice(states[0], *top, numbers(1)), given, decoder)
        out, states = _read(decoder.rnn, op.concat([context, word], axis=2), states)
        features = out if decoder.norm is None else norm(out, decoder.norm)
    else:
        out, states = _read(decoder.rnn, word, states)
        context, weights = _attended(out, given, decoder)
        features = linear(op.concat([context, out], axis=2), decoder.combine)
        features = op.tanh(features) if decoder.norm is None else norm(features, decoder.norm)
    said = logits(op.squeeze(features, numbers(1)), output, decoder.output)
    return Said(said, op.unsqueeze(weights, numbers(1)), _named(states))


def _parts(model: EncoderDecoder) -> tuple[Any, Any]:
    return model.encoder, model.decoder


def _named(states: Sequence[Var]) -> dict[str, Var]:
    return dict(zip(_STATES, states, strict=False))


def _bridged(last: Var, layer: nn.Module, decoder: Any) -> Var:
    """(B, encoder layers, encoder width) → (B, layers, M)."""
    assert isinstance(layer, nn.Linear)
    flat = op.tanh(linear(op.reshape(last, numbers(0, -1)), layer))
    return op.reshape(flat, numbers(0, decoder.layers, -1))


def _attended(query: Var, given: dict[str, Var], decoder: Any) -> tuple[Var, Var]:
    """query (B, 1, M) → context (B, 1, width) and weights (B, 1, S)."""
    mask = op.unsqueeze(given["mask"], numbers(1))
    scores = masked(_scores(query, given["keys"], decoder), mask)
    context, weights = attended(scores, given["values"])
    if decoder.hard:
        best = op.arg_max(weights, axis=-1, keepdims=1)  # (B, 1, 1)
        places = op.range(op.const(np.int64(0)), _size(weights, 2), op.const(np.int64(1)))
        weights = op.cast(op.equal(best, places), to=np.float32)
        context = op.matmul(weights, given["values"])
    if decoder.gate is not None:
        context = op.mul(context, op.sigmoid(linear(query, decoder.gate)))
    return context, weights


def _scores(query: Var, keys: Var, decoder: Any) -> Var:
    """(B, 1, M), (B, S, ·) → (B, 1, S).

    Raises:
        ConfigError: it is a score that somebody wrote.
    """
    score = decoder.score
    if isinstance(score, Additive):
        hidden = op.tanh(op.add(linear(query, score.query), keys))  # (B, S, hidden)
        return op.transpose(linear(hidden, score.energy), perm=(0, 2, 1))
    if score is uniform:  # there is one key
        return op.mul(op.reduce_sum(query, numbers(2)), op.const(np.float32(0)))
    if isinstance(score, General):
        query = linear(query, score.project)
    elif score is not dot:
        raise ConfigError(
            "ONNX has no way to hold a score of your own; it is for models with attention=dot, "
            "general, additive or none."
        )
    return op.matmul(query, op.transpose(keys, perm=(0, 2, 1)))


def _size(x: Var, axis: int) -> Var:
    """() int64."""
    return op.squeeze(op.slice(op.shape(x), numbers(axis), numbers(axis + 1)), numbers(0))


def _read(
    rnn: Any, x: Var, states: Sequence[Var] | None, lengths: Var | None = None
) -> tuple[Var, list[Var]]:
    """x (B, T, ·) → what comes out (B, T, directions · M), and the last states (B, layers, ·).

    states: (B, layers, M) each, to begin with; None: zeros. lengths: (B,) int32; None: T.
    """
    x = op.transpose(x, perm=(1, 0, 2))
    directions = 2 if rnn.bidirectional else 1
    last: list[list[Var]] = []
    for layer in range(rnn.num_layers):
        begin = None if states is None else [_layer(each, layer) for each in states]
        out, *ends = _cell(rnn, layer, x, begin, lengths)  # (T, directions, B, M)
        together = op.transpose(out, perm=(0, 2, 1, 3))
        x = op.reshape(together, numbers(0, 0, directions * rnn.hidden_size))
        beside = [op.transpose(end, perm=(1, 0, 2)) for end in ends]  # (B, directions, M)
        last.append([op.reshape(end, numbers(0, 1, -1)) for end in beside])
    return op.transpose(x, perm=(1, 0, 2)), [joined(ends, 1) for ends in zip(*last, strict=True)]


def _layer(states: Var, layer: int) -> Var:
    """(B, layers, M) → (1, B, M)."""
    one = op.slice(states, numbers(layer), numbers(layer + 1), numbers(1))
    return op.transpose(one, perm=(1, 0, 2))


def _cell(
    rnn: Any, layer: int, x: Var, begin: Sequence[Var] | None, lengths: Var | None
) -> Sequence[Var]:
    """x (T, B, ·) → (T, directions, B, M), and the last states, (directions, B, M) each."""
    names = [f"l{layer}", f"l{layer}_reverse"] if rnn.bidirectional else [f"l{layer}"]
    order = _GATES[type(rnn)]
    w, r = (weight(_ordered(rnn, f"weight_{kind}_", names, order)) for kind in ("ih", "hh"))
    biases = [_ordered(rnn, f"bias_{kind}_", names, order) for kind in ("ih", "hh")]
    given = {
        "X": x,
        "W": w,
        "R": r,
        "B": weight(torch.cat(biases, 1)),
        "sequence_lens": lengths,
        "hidden_size": rnn.hidden_size,
        "direction": "bidirectional" if rnn.bidirectional else "forward",
    }
    first = dict(zip(("initial_h", "initial_c"), begin or (), strict=False))
    if isinstance(rnn, nn.GRU):
        return op.gru(**given, **first, linear_before_reset=1)
    return op.lstm(**given, **first)


def _ordered(rnn: Any, prefix: str, names: Sequence[str], order: Sequence[int]) -> Tensor:
    """(directions, gates · M, ·), the gates in this order."""
    every = [getattr(rnn, prefix + name).chunk(len(order)) for name in names]
    return torch.stack([torch.cat([gates[i] for i in order]) for gates in every])

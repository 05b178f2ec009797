"""The loss, against a float64 sum over single sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import pad

from qkv.data.batching import Batch, Example, collate
from qkv.data.tokenizer import BOS, EOS, PAD
from qkv.models import EncoderDecoder, ModelConfig, build
from qkv.training.config import TrainConfig
from qkv.training.objectives import Baseline, objective

VOCABULARY = 23
EXAMPLES: list[Example] = [([5, 7, 11], [6, 8]), ([9], [4, 5, 6, 7, 10]), ([12, 13], [22])]
KINDS: list[dict[str, Any]] = [
    {"architecture": "transformer", "heads": 2},
    {"architecture": "rnn", "attention": "general"},
    {"architecture": "rnn", "attention": "additive", "order": "article", "cell": "gru"},
]
SIZES: dict[str, Any] = {
    "source_vocabulary": VOCABULARY,
    "target_vocabulary": VOCABULARY,
    "width": 12,
    "embedding": 12,
    "encoder_width": 12,
    "feedforward": 13,
    "encoder_layers": 1,
    "decoder_layers": 1,
}


@pytest.fixture(params=KINDS, ids=lambda kind: "-".join(map(str, kind.values())))
def model(request: pytest.FixtureRequest) -> EncoderDecoder:
    torch.manual_seed(3)
    return build(ModelConfig(**SIZES, **request.param)).eval()


def log_probabilities(model: EncoderDecoder, source: list[int], target: list[int]) -> np.ndarray:
    """(T, V) float64 of one sentence by itself, EOS last."""
    ids = torch.tensor([[*source, EOS]])
    with torch.no_grad():
        decoded, _ = model(
            ids, torch.ones_like(ids, dtype=torch.bool), torch.tensor([[BOS, *target]])
        )
        logits = model.decoder.readout(decoded.features)[0].numpy().astype(np.float64)
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def oracle(model: EncoderDecoder, examples: list[Example], smoothing: float) -> float:
    """Σ over all tokens of (1 - ε) (-log p(y)) + ε / V Σ_v (-log p(v)), over their number."""
    losses = []
    for source, target in examples:
        log_p = log_probabilities(model, list(source), list(target))
        for row, word in zip(log_p, [*target, EOS], strict=True):
            losses.append(-(1 - smoothing) * row[word] - smoothing / VOCABULARY * row.sum())
    return sum(losses) / len(losses)


def smoothed(model: EncoderDecoder, batch: Batch, smoothing: float) -> Tensor:
    result = objective(
        model,
        batch,
        TrainConfig(label_smoothing=smoothing),
        baseline=Baseline(torch.zeros(2, VOCABULARY)),
    )
    assert result.nats == result.loss.item()  # attention adds nothing here
    assert result.reinforced is None
    return result.loss


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.7])
def test_against_single_sentences_in_float64(model: EncoderDecoder, smoothing: float) -> None:
    with torch.no_grad():
        result = smoothed(model, collate(EXAMPLES), smoothing).item()
    assert result == pytest.approx(oracle(model, EXAMPLES, smoothing), rel=1e-6)


def test_more_padding_changes_nothing(model: EncoderDecoder) -> None:
    batch = collate(EXAMPLES)
    wider = replace(
        batch,
        source=pad(batch.source, (0, 3), value=PAD),
        source_mask=pad(batch.source_mask, (0, 3), value=False),
        target_input=pad(batch.target_input, (0, 5), value=PAD),
        target_output=pad(batch.target_output, (0, 5), value=PAD),
    )
    losses, gradients = [], []
    for each in (batch, wider):
        model.zero_grad()
        loss = smoothed(model, each, 0.1)
        loss.backward()
        losses.append(loss.item())
        gradients.append([p.grad for p in model.parameters() if p.grad is not None])
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-7)


def test_padding_is_not_projected_onto_the_vocabulary(
    model: EncoderDecoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.Size] = []
    readout = model.decoder.readout
    monkeypatch.setattr(
        model.decoder,
        "readout",
        lambda features: (seen.append(features.shape), readout(features))[1],
    )
    smoothed(model, collate(EXAMPLES), 0.1)
    assert seen == [(3 + 6 + 2, 12)]  # tokens with EOS, not 3 sentences times 6

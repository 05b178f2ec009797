"""Attributions against the same reckoned in float64 from dense weights and autograd."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

import qkv
from qkv.attention import attend
from qkv.errors import ConfigError
from qkv.inspection import gradient_times_weight, relevance, value_norms
from tests.inspection.test_watch_changes import HEADS, TEXT, model_of


def both_ways(kind: str) -> tuple[Any, list[tuple[Tensor, Tensor]]]:
    """What was seen of a model, and of its eager twin the weights and their gradients, in order."""
    kept: list[Tensor] = []

    def keep(_: Tensor, weights: Tensor) -> Tensor:
        weights.retain_grad()
        kept.append(weights)
        return weights

    model, twin = model_of(kind, "sdpa"), model_of(kind, "by_hand")
    inputs = {"input_ids": TEXT}
    if model.config.is_encoder_decoder:
        inputs["decoder_input_ids"] = TEXT[:, :5]
    for module in twin.modules():
        module.by_hand = keep
    with qkv.watch(model) as seen:
        loss = model(**inputs, use_cache=False).logits[:, -1, 7].sum()
    loss.backward()
    twin(**inputs, use_cache=False).logits[:, -1, 7].sum().backward()
    return seen, [(weights.detach(), grad_of(weights)) for weights in kept]


def grad_of(x: Tensor) -> Tensor:
    assert x.grad is not None
    return x.grad


@pytest.mark.parametrize("kind", ["gpt2", "llama", "bart", "t5"])
def test_gradient_times_weight(kind: str) -> None:
    seen, truth = both_ways(kind)
    assert len(seen) == len(truth)
    for record, (weights, gradient) in zip(seen, truth, strict=True):
        wanted = weights * gradient
        signed = gradient_times_weight(record.weights, positive=False)
        assert (signed.dense() - wanted).abs().max() < 1e-9
        positive = gradient_times_weight(record.weights)
        assert (positive.dense() - wanted.clamp(min=0)).abs().max() < 1e-9
        assert (positive.received() - wanted.clamp(min=0).sum(-2)).abs().max() < 1e-9
        assert (positive[1, 2, 3:5] - wanted.clamp(min=0)[1, 2, 3:5]).abs().max() < 1e-9


def test_without_a_backward_pass() -> None:
    model = model_of("gpt2", "sdpa")
    with qkv.watch(model) as seen:
        model(TEXT)
    with pytest.raises(ConfigError, match="no backward pass"):
        gradient_times_weight(seen[0].weights)


def chefer_own(layers: list[Tensor]) -> Tensor:
    relevance = torch.eye(layers[0].shape[-1], dtype=torch.float64).repeat(2, 1, 1)
    for layer in layers:
        relevance = relevance + torch.bmm(layer, relevance)
    return relevance


def spread(own: Tensor) -> Tensor:
    """Equations 8 and 9."""
    beyond = own - torch.eye(own.shape[-1], dtype=own.dtype)
    return beyond / beyond.sum(-1, keepdim=True) + torch.eye(own.shape[-1], dtype=own.dtype)


def test_relevance_in_a_decoder() -> None:
    seen, truth = both_ways("gpt2")
    layers = [(w * g).clamp(min=0).mean(1) for w, g in truth]
    assert relevance(seen).source is None
    own = relevance(seen).own
    assert own is not None
    assert (own - chefer_own(layers)).abs().max() < 1e-9


def test_relevance_across() -> None:
    """Layer by layer as the paper writes it down, of two encoder and two decoder layers."""
    seen, truth = both_ways("bart")
    layers = [(w * g).clamp(min=0).mean(1) for w, g in truth]
    kinds = [record.kind for record in seen]
    assert kinds == ["self", "self", "causal", "cross", "causal", "cross"]
    memory = chefer_own(layers[:2])
    own = torch.eye(5, dtype=torch.float64).repeat(2, 1, 1)
    source = torch.zeros(2, 5, 7, dtype=torch.float64)
    for by_self, by_cross in ((layers[2], layers[3]), (layers[4], layers[5])):
        source = source + by_self @ source
        own = own + by_self @ own
        source = source + spread(own).transpose(1, 2) @ by_cross @ spread(memory)
    read = relevance(seen)
    assert read.own is not None
    assert read.source is not None
    assert (read.own - own).abs().max() < 1e-9
    assert (read.source - source).abs().max() < 1e-9


def test_relevance_needs_records() -> None:
    with pytest.raises(ConfigError, match="no records"):
        relevance([])


@pytest.mark.parametrize("key_heads", [HEADS, 2])
def test_norms_of_weighted_values(key_heads: int) -> None:
    torch.manual_seed(0)
    query = torch.randn(2, HEADS, 5, 8, dtype=torch.float64)
    key, value = (torch.randn(2, key_heads, 7, 8, dtype=torch.float64) for _ in range(2))
    output = nn.Linear(HEADS * 8, 12, bias=False).double()
    weights = attend(query, key, value, mask=qkv.causal(5, 7)).weights
    norms = value_norms(weights, value, output.weight).dense()
    dense, values = weights.dense(), value.repeat_interleave(HEADS // key_heads, 1)
    with torch.no_grad():
        for head in range(HEADS):
            alone = torch.zeros(2, 7, HEADS, 8, dtype=torch.float64)
            alone[:, :, head] = values[:, head]
            transformed = output(alone.flatten(2))  # (B, Tk, M)
            for i in range(5):
                wanted = (dense[:, head, i, :, None] * transformed).norm(dim=-1)
                assert (norms[:, head, i] - wanted).abs().max() < 1e-12


def test_norms_of_other_heads() -> None:
    x = torch.randn(1, HEADS, 3, 8)
    with pytest.raises(ConfigError, match=r"4 heads of width 8 need an output \(M, 32\)"):
        value_norms(attend(x, x, x).weights, x, torch.zeros(12, 24))


def test_long_texts_are_read_by_parts() -> None:
    """Row sums of 4,096 tokens, without (Tq, Tk) numbers at once."""
    torch.manual_seed(0)
    x = torch.randn(1, 1, 4096, 8, requires_grad=True)
    attended = attend(x, x, x)
    attended.weights.retain_grad()
    attended.context[0, 0, 17].sum().backward()
    read = gradient_times_weight(attended.weights, positive=False)
    with torch.no_grad():
        row = torch.softmax(x[0, 0, 17] @ x[0, 0].T / 8**0.5, -1) * x[0, 0].sum(-1)
    assert (read[0, 0, 17] - row).abs().max() < 1e-6
    assert (read.received()[0, 0] - row).abs().max() < 1e-5

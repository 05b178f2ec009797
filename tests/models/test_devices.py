"""On another device nothing is made on the CPU, and nothing is asked that only values can tell."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from qkv.attention import Pinned, attend
from qkv.models import PLAIN, Attending, EncoderDecoder, Memory, ModelConfig, build
from qkv.models.encoders import RecurrentEncoder
from qkv.shapes import Bias, Mask
from tests.devices import elsewhere
from tests.models.helpers import SOURCE_WORDS, TARGET_WORDS
from tests.models.test_attending import MODELS

B, S, T = 3, 9, 4


def built(settings: dict[str, Any], device: str) -> EncoderDecoder:
    sizes = {"source_vocabulary": SOURCE_WORDS, "target_vocabulary": TARGET_WORDS}
    with torch.device(device):
        return build(ModelConfig(**{"joint": False, **sizes, **settings}))


def encoded(
    model: EncoderDecoder, settings: dict[str, Any], attention: Attending, device: str
) -> Memory:
    present = torch.ones(B, S, dtype=torch.bool, device=device)
    if isinstance(model.encoder, RecurrentEncoder):  # torch packs by values, which are not there
        width = settings["encoder_width"]
        start = torch.randn(B, model.encoder.rnn.num_layers, width, device=device)
        states = torch.randn(B, S, width, device=device)
        return Memory(states, states, present, (start, start))
    if "vision" in settings:
        source = torch.randn(B, S, settings["region_width"], device=device)
    else:
        source = torch.randint(4, SOURCE_WORDS, (B, S), device=device)
    return model.encode(source, present, attention=attention)


def rules(settings: dict[str, Any]) -> Attending:
    """All kinds, made on the CPU, where a person makes them."""
    attention = (
        PLAIN.masked("cross", Mask(torch.ones(B, 1, T, S, dtype=torch.bool)))
        .biased("cross", Bias(torch.zeros(1, S)), heads=[0])
        .pinned("cross", torch.full((1, S), 1 / S), rows=[1])
        .hiding(torch.arange(S) == 2)
        .select(torch.tensor([1, 0, 2]))
    )
    if "heads" in settings and "vision" not in settings:
        return attention.without_heads("encoder", [0]).without_heads("self", [1])
    return attention


@pytest.mark.parametrize("asked", ["plain", "rules"])
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluating"])
@pytest.mark.parametrize("name", MODELS)
def test_a_pass_and_a_step_stay_where_the_model_is(name: str, training: bool, asked: str) -> None:
    settings = MODELS[name]
    with elsewhere() as device:
        model = built(settings, device).train(training)
        attention = PLAIN if asked == "plain" else rules(settings)
        memory = encoded(model, settings, attention, device)
        tokens = torch.randint(4, TARGET_WORDS, (B, T), device=device)
        decoded = model.decoder(memory, tokens, attention=attention)
        logits = model.decoder.readout(decoded.features)
        assert logits.device == torch.device(device)
        assert logits.shape == (B, T, TARGET_WORDS)
        logits.float().square().mean().backward()
        rows = torch.tensor([2, 0]).to(device)
        state = model.decoder.start(memory).select(rows)
        memory, attention = memory.select(rows), attention.select(rows)
        for token in tokens[rows].unbind(1):
            step = model.decoder.step(state, token, memory, attention=attention)
            state = step.state
            assert step.logits.device == torch.device(device)
            assert step.cross[0].dense().device == torch.device(device)


def test_pinned_weights_made_on_the_cpu_go_where_the_queries_are() -> None:
    with elsewhere() as device:
        query, key = torch.randn(2, 3, 5, 4, device=device), torch.randn(2, 3, 7, 4, device=device)
        pinned = Pinned(torch.full((5, 7), 1 / 7), torch.arange(5)[:, None] == 1)
        context, weights = attend(query, key, key, pinned=pinned)
        assert context.device == weights.dense().device == torch.device(device)

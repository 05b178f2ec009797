"""What a search computes in few operators is what the modules say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor

import qkv
from qkv.models import EncoderDecoder, Memory
from qkv.models.decoders import transformer as decoders
from qkv.models.encoders import transformer as encoders
from tests.models.helpers import SOURCE_WORDS, sentences, small, stepped, targets
from tests.models.test_attending import PICTURES, TRANSFORMER, source
from tests.models.test_hypotheses import Walk

MODELS: dict[str, dict[str, Any]] = {
    "before": TRANSFORMER,
    "after": TRANSFORMER | {"normalize": "after", "activation": "swish"},
    "regions": TRANSFORMER | PICTURES,
}
every_model = pytest.mark.parametrize("name", MODELS)


def randomised(settings: dict[str, Any]) -> Any:
    """Norms and biases too, which start as ones and zeros and would hide a swap."""
    model = small(**settings)
    torch.manual_seed(3)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return model


def is_quick(model: Any) -> bool:
    return decoders._QUICK.last(model.get_submodule("decoder")) is not None


@every_model
def test_a_memory_is_the_modules(name: str) -> None:
    model, given = randomised(MODELS[name]), source(MODELS[name])
    expected = model.encode(*given)
    with torch.inference_mode():
        memory = model.encode(*given)
        assert encoders._QUICK.last(model.get_submodule("encoder.layers")) is not None
        assert len(memory.self_weights) == len(expected.self_weights) > 0
        for one, other in zip(memory.self_weights, expected.self_weights, strict=True):
            torch.testing.assert_close(one.dense(), other.dense())
    present = expected.present
    torch.testing.assert_close(memory.keys[present], expected.keys[present])


@every_model
def test_steps_are_the_modules(name: str) -> None:
    """`Walk` compares each step with one pass of the modules."""
    model = randomised(MODELS[name])
    with torch.inference_mode():
        walk = Walk(model, model.encode(*source(MODELS[name])))
        assert is_quick(model)
        walk.step()
        for k in (3, 3, 2):
            walk.reorder(k)
            walk.step()
        walk.select(torch.tensor([1, 2]), 4)
        walk.step()


def test_columns_that_nobody_sees_are_left_out() -> None:
    """However long a text is, a sentence keeps few more words than one of its hypotheses."""
    model = small(**TRANSFORMER)
    with torch.inference_mode():
        walk = Walk(model, model.encode(*source(TRANSFORMER)))
        walk.step()
        for _ in range(70):
            walk.reorder(5)
            walk.step()
        assert walk.state.words is not None
        assert walk.state.words.count < 3 * 71


def test_a_changed_weight_is_seen() -> None:
    """In place, as training and loading do it, and by another parameter or module."""
    model, tokens = randomised(TRANSFORMER), targets(3, 4)
    given = source(TRANSFORMER)

    def check() -> torch.Tensor:
        with torch.inference_mode():
            decoded, _ = model(*given, tokens)
            logits = model.decoder.readout(decoded.features)
            torch.testing.assert_close(stepped(model, model.encode(*given), tokens), logits)
        return logits

    before = [check()]
    own: Any = model.get_submodule("decoder.layers.0.own")
    with torch.no_grad():
        own.value.weight.mul_(2.0)
    before.append(check())
    own.value.bias = torch.nn.Parameter(torch.randn_like(own.value.bias))
    before.append(check())
    own.out = torch.nn.Linear(*own.out.weight.shape, dtype=torch.float64)
    before.append(check())
    with torch.no_grad():
        model.get_parameter("encoder.layers.1.feedforward.outer.weight").mul_(2.0)
    before.append(check())
    assert not any(torch.allclose(a, b) for a, b in pairwise(before))


def silently(model: EncoderDecoder) -> None:
    """By what torch does not count as a write."""
    for weight in model.parameters():
        weight.data.mul_(1.5)


def by_a_fused_optimizer(model: EncoderDecoder) -> None:
    weights = [p for p in model.parameters() if p.dim() > 1]
    for each in weights:
        each.grad = torch.ones_like(each)
    torch.optim.AdamW(weights, lr=0.1, fused=True).step()


@pytest.mark.parametrize("change", [silently, by_a_fused_optimizer])
@pytest.mark.parametrize("architecture", ["transformer", "rnn"])
def test_weights_that_change_unheard_are_those_of_the_next_search(
    change: Callable[[EncoderDecoder], None], architecture: str
) -> None:
    sizes = TRANSFORMER if architecture == "transformer" else {"architecture": "rnn"}
    model, given = small(**sizes), sentences([4, 3], SOURCE_WORDS)
    words = targets(2, 3)

    def read() -> Tensor:
        with torch.inference_mode():
            return stepped(model, model.encode(*given), words)

    before = read()
    change(model)
    after = read()
    with torch.no_grad():
        memory = model.encode(*given)
        decoded = model.decoder(memory, words)
        wanted = model.decoder.readout(decoded.features)
    assert not torch.allclose(before, after)
    torch.testing.assert_close(after.view_as(wanted), wanted)


def test_hooks_are_called_and_watchers_told() -> None:
    model, given = small(**TRANSFORMER), sentences([4, 3], SOURCE_WORDS)
    calls = []
    with torch.inference_mode():
        memory = model.encode(*given)
        plain = stepped(model, memory, targets(2, 3))
        assert is_quick(model)
        with qkv.watch(model) as seen:
            watched = stepped(model, memory, targets(2, 3))
        torch.testing.assert_close(watched, plain)
        names = {record.name for record in seen}
        assert {"decoder.layers.0.own", "decoder.layers.1.cross"} <= names
        out = model.get_submodule("decoder.layers.1.cross.out")
        handle = out.register_forward_hook(lambda *given: calls.append(given))
        torch.testing.assert_close(stepped(model, memory, targets(2, 3)), plain)
        assert len(calls) == 3
        assert not is_quick(model)
        handle.remove()
        stepped(model, memory, targets(2, 3))
        assert is_quick(model)


def test_weights_of_a_step_can_be_read_later() -> None:
    """They are made when somebody looks, though the search has gone on."""
    model = small(**TRANSFORMER)
    tokens = targets(3, 4)
    with torch.inference_mode():
        memory: Memory = model.encode(*source(TRANSFORMER))
        state, steps = model.decoder.start(memory), []
        for token in tokens.unbind(1):
            steps.append(model.decoder.step(state, token, memory))
            state = steps[-1].state
        decoded = model.decoder(memory, tokens)
        for layer, expected in enumerate(decoded.cross_weights):
            got = torch.cat([step.cross[layer].dense() for step in steps], 2)
            torch.testing.assert_close(got, expected.dense())

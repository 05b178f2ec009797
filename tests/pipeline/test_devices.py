"""Searching and reading attention on another device: all that is made is made there."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
import torch
from torch import Tensor

from qkv.machine import Machine
from qkv.models import PLAIN, Attending, Memory
from qkv.pipeline import searching
from qkv.pipeline.attention import _dense as dense  # numpy has no fake arrays
from qkv.search import Search, beam, greedy, hypothesis
from qkv.search.filters import Banned, NoRepeat, Sentences, Shortlist
from tests.devices import elsewhere
from tests.models.test_attending import MODELS
from tests.models.test_devices import B, S, built, encoded, rules

WORDS = Sentences(
    [6] * B,
    prefixes=[(7,), (), (8, 9)],
    seeds=[1, 2, 3],
    filters=[Banned(((5,), (6, 7))), NoRepeat(2), Shortlist(frozenset({7, 8, 9}))],
)


class Device:
    """What a search would read from its device, in place of values that fake tensors lack.

    In the second step the first sentence ends, in the fourth all do.
    """

    def __init__(self, name: str) -> None:
        self.device, self.steps = torch.device(name), 0

    def ends(self, tensor: Tensor, rows: int) -> list[bool]:
        assert tensor.device == self.device
        self.steps += 1
        return [self.steps >= 4 or (self.steps == 2 and row == 0) for row in range(rows)]

    def greedy(self, tensor: Tensor) -> list[Any]:
        ends = self.ends(tensor, tensor.shape[-1])
        log_p = [-1.0 if end else inf for end in ends]
        return log_p if tensor.dim() == 1 else [log_p, [-0.5] * len(ends)]

    def beam(self, tensor: Tensor) -> list[Any]:
        rows = []
        for end in self.ends(tensor, len(tensor)):
            ended = [-1.0 if end else -inf] + [-inf] * (tensor.shape[1] - 2)
            rows.append([-inf if end else -2.0, *ended])
        return rows

    def words(self, tensor: Tensor) -> list[int]:
        assert tensor.device == self.device
        return [7] * tensor.numel()


@pytest.fixture
def device_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    def patch(name: str) -> Device:
        device = Device(name)
        # In inference mode fake tensors of one number would be moved there for real.
        monkeypatch.setattr("torch._subclasses.fake_tensor.CONSTANT_NUMEL_LIMIT", 0)
        monkeypatch.setattr(greedy, "fetch", device.greedy)
        monkeypatch.setattr(beam, "fetch", device.beam)
        monkeypatch.setattr(hypothesis, "fetch", device.words)
        return device

    return patch


@pytest.mark.parametrize("asked", ["plain", "rules"])
@pytest.mark.parametrize(
    "search",
    [
        Search(beam=1),
        Search(beam=3),
        Search(beam=3, nbest=2, coverage_penalty=0.2, min_length=3),
        Search(beam=1, coverage_penalty=0.2, min_length=3),
        Search(temperature=0.8, top_k=5, top_p=0.9, nbest=1),
    ],
    ids=["greedy", "beam", "beam with all", "greedy with all", "sample"],
)
@pytest.mark.parametrize("name", MODELS)
def test_a_search_stays_where_the_model_is(
    name: str, search: Search, asked: str, device_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sources come from the CPU, and move in one place."""
    settings = MODELS[name]
    with elsewhere() as device:
        fake = device_of(device)
        model = built(settings, device).eval()
        attention = PLAIN if asked == "plain" else rules(settings)
        source, present, moved = torch.zeros(B, S), torch.ones(B, S, dtype=torch.bool), []
        memory = encoded(model, settings, attention, device)

        def encode(source: Tensor, present: Tensor, *, attention: Attending) -> Memory:
            moved.extend((source.device.type, present.device.type))
            return memory

        monkeypatch.setattr(model, "encode", encode)
        machine = Machine(device)
        given = search, WORDS, attention
        found = searching.hypotheses(model, machine, source, present, *given)
    assert moved == ["elsewhere", "elsewhere"]
    assert fake.steps == 4
    assert [len(hypotheses) > 0 for hypotheses in found] == [True] * B


@pytest.mark.parametrize("name", ["transformer", "places", "regions"])
def test_a_readout_stays_where_the_model_is(name: str) -> None:
    settings = MODELS[name]
    with elsewhere() as device:
        model = built(settings, device)
        regions = settings.get("region_width")
        source = torch.randn(1, S, regions) if regions else torch.randint(4, 9, (1, S))
        present = torch.ones(1, S, dtype=torch.bool)
        attention = searching.attention(model, Machine(device), source, present, [4, 5], PLAIN)
        assert {w.dense().device.type for w in attention.cross} == {"elsewhere"}
        weights = dense(attention.cross[-1])
        assert weights.device.type == "cpu"
        assert weights.shape[1:] == (3, S)

"""On a CUDA device the model folders of 0.1.0 answer as they did on a CPU."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

import qkv
from qkv.models import PLAIN
from tests.folders.test_written_by_0_1_0 import FOLDERS, NAMES, SEARCHES, answers

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")


@pytest.mark.parametrize("name", NAMES)
def test_texts_scores_and_attention(name: str) -> None:
    expected = json.loads((FOLDERS / name / "expected.json").read_text("utf-8"))["answers"]
    model: Any = qkv.load(FOLDERS / name, device="cuda")
    for title, search in SEARCHES.items():
        for result, then in zip(answers(model, search), expected[title], strict=True):
            assert result.text == then["text"]
            assert result.score == pytest.approx(then["score"], abs=2e-3)
            for kind, layers in then["attention"].items():
                for weights, values in zip(getattr(result.attention, kind), layers, strict=True):
                    here = weights.dense()[0].detach().cpu()
                    np.testing.assert_allclose(here, values, atol=2e-3)


def test_what_is_asked_of_attention_moves_there() -> None:
    hidden = torch.zeros(1, 4, dtype=torch.bool)
    texts = [("transformer", "我喜欢咖啡"), ("rnn-general", "我喜欢咖啡")]
    for name, text in texts:
        cpu: Any = qkv.load(FOLDERS / name, device="cpu")
        there: Any = qkv.load(FOLDERS / name, device="cuda")
        length = len(cpu.source_tokenizer.encode(text).ids) + 1
        hidden = torch.arange(length) == 1
        attention = PLAIN.hiding(hidden)
        [one], [other] = (
            model.translate([text], attention=attention, beam=3) for model in (cpu, there)
        )
        assert one.text == other.text
        assert not other.attention.matrix()[:, 1].any()


def test_bfloat16_answers_too() -> None:
    for name in NAMES:
        model: Any = qkv.load(FOLDERS / name, device="cuda", dtype="bfloat16")
        for result in answers(model, {"beam": 2}):
            assert np.isfinite(result.score)

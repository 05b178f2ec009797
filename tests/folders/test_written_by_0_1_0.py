"""Model folders as qkv 0.1.0 wrote them still load, and answer as they did then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import qkv
from qkv.pipeline import Translator

FOLDERS = Path(__file__).parent / "written_by_0.1.0"
NAMES = sorted(path.name for path in FOLDERS.iterdir() if path.is_dir() and path.name[0] != "_")

SOURCES = ["我喜欢咖啡", "老师看到书", "小猫吃面包。", "他们有钥匙和茶", ""]
COLOURS = [(220, 30, 30), (30, 160, 60), (40, 60, 220)]
SEARCHES: dict[str, dict[str, Any]] = {
    "beam 1, nbest 1, length_penalty 1.0": {"beam": 1, "length_penalty": 1.0},
    "beam 4, nbest 3, length_penalty 1.0": {"beam": 4, "nbest": 3, "length_penalty": 1.0},
    "beam 3, nbest 1, length_penalty 0.0": {"beam": 3, "length_penalty": 0.0},
}


def picture(number: int) -> Image.Image:
    """As in make.py."""
    image = Image.new("RGB", (32, 32), COLOURS[number % 3])
    image.paste(COLOURS[number // 3 % 3], (16, 0, 32, 32))
    return image


def answers(model: Any, search: dict[str, Any]) -> list[Any]:
    if isinstance(model, Translator):
        return model.translate(SOURCES, **search)
    return model.caption([picture(number) for number in (0, 5, 7)], max_length=8, **search)


def test_there_is_a_folder_of_every_kind() -> None:
    assert len(NAMES) == 11


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_those_of_0_1_0(name: str) -> None:
    expected = json.loads((FOLDERS / name / "expected.json").read_text("utf-8"))["answers"]
    model = qkv.load(FOLDERS / name)
    assert expected.keys() == SEARCHES.keys()
    for title, search in SEARCHES.items():
        for result, then in zip(answers(model, search), expected[title], strict=True):
            assert result.text == then["text"]
            assert result.score == pytest.approx(then["score"], abs=1e-4)
            assert result.log_probability == pytest.approx(then["log_probability"], abs=1e-4)
            assert [list(token) for token in result.tokens] == then["tokens"]
            others = [(other.text, other.score) for other in result.alternatives]
            assert [text for text, _ in others] == [text for text, _ in then["alternatives"]]
            scores = [score for _, score in then["alternatives"]]
            assert [score for _, score in others] == pytest.approx(scores, abs=1e-4)
            _same_attention(result.attention, then["attention"])


def _same_attention(attention: Any, then: dict[str, Any]) -> None:
    for kind in ("cross", "encoder", "decoder"):
        layers = getattr(attention, kind)
        assert len(layers) == len(then.get(kind, []))
        for weights, expected in zip(layers, then.get(kind, []), strict=True):
            np.testing.assert_allclose(weights.dense()[0].detach(), expected, atol=1e-5)

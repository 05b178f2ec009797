"""What Python callers mistype is answered in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import qkv
from qkv.errors import ConfigError
from qkv.pipeline import Captioner, Translator

Call = Callable[..., Any]
PICTURE = Image.new("RGB", (16, 16), "red")


@pytest.fixture(params=["translate", "caption"])
def call(request: pytest.FixtureRequest) -> Call:
    translating = request.param == "translate"
    model = qkv.load(request.getfixturevalue("transformer" if translating else "captioner"))
    if isinstance(model, Translator):
        return lambda **given: model.translate(["我喜欢咖啡"], **given)
    return lambda **given: model.caption([PICTURE], **given)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"beams": 3}, "a search has no setting 'beams'; did you mean 'beam'?"),
        ({"length_penality": 1.0}, "a search has no setting 'length_penality'; did you mean 'le"),
        ({"xyz": 1}, "a search has no setting 'xyz'; it has beam, "),
        ({"search": None}, "search must be a Search; got None."),
        ({"search": {"beam": 3}}, "search must be a Search; got {'beam': 3}."),
        ({"attention": None}, "attention must be an Attending; got None. Leave it out"),
        ({"attention": "cross"}, "attention must be an Attending; got 'cross'. Leave it out"),
        ({"beam": 0}, "beam must be a whole number"),
    ],
)
def test_refusals(call: Call, given: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        call(**given)
    assert str(caught.value).startswith(text)


def test_attend_refuses_what_is_no_attending(transformer: Path, captioner: Path) -> None:
    translator, other = qkv.load(transformer), qkv.load(captioner)
    assert isinstance(translator, Translator)
    assert isinstance(other, Captioner)
    wrong: Any = None
    with pytest.raises(ConfigError, match="attention must be an Attending; got None"):
        translator.attend(translator.translate(["我喜欢咖啡"])[0], wrong)
    with pytest.raises(ConfigError, match="attention must be an Attending; got None"):
        other.attend(other.caption([PICTURE])[0], PICTURE, wrong)

"""Views of translations and captions hold what the results say."""

from __future__ import annotations

import json
from base64 import b64decode
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from qkv.data.tokenizer import BOS, EOS
from qkv.errors import ConfigError
from qkv.inspection.view import caption_view, model_note, translation_view
from qkv.models.folder import read_config
from qkv.pipeline import (
    Caption,
    Translation,
    Translator,
    load,
    load_captioner,
    load_translator,
)
from tests import pages

SENTENCE = "我喜欢咖啡"
PARTS = {
    "transformer": {
        "architecture": "transformer",
        "encoder_layers": 2,
        "decoder_layers": 2,
        "heads": 2,
        "width": 32,
        "attention": None,
        "vision": None,
    },
    "rnn": {
        "architecture": "lstm",
        "encoder_layers": 1,
        "decoder_layers": 1,
        "heads": None,
        "width": 32,
        "attention": "general",
        "vision": None,
    },
}


def check_maps(view: dict[str, Any], result: Translation | Caption) -> None:
    """Each head of the view is that of the result."""
    heads = result.attention.heads
    assert [m["kind"] for m in view["maps"]] == [kind for kind, layers in heads.items() if layers]
    for shown in view["maps"]:
        assert len(shown["layers"]) == len(heads[shown["kind"]])
        for number, layer in enumerate(shown["layers"]):
            assert len(layer["heads"]) == heads[shown["kind"]][number]
            for place, head in enumerate(layer["heads"]):
                wanted = result.attention.matrix(shown["kind"], layer=number, head=place)
                sizes = [len(view["sides"][shown[s]]["tokens"]) for s in ("rows", "columns")]
                assert list(wanted.shape) == head["shape"] == sizes
                made = pages.weights(head, shown["blocks"])
                np.testing.assert_allclose(made, wanted, rtol=0, atol=0.51 / 65535)


def check_sides(view: dict[str, Any]) -> None:
    for side in view["sides"]:
        assert len(side["spaces"]) == len(side["tokens"])
        ends = [0, *(end for _, end in side["words"])]
        assert [first for first, _ in side["words"]] == ends[:-1]  # one after the other
        assert ends[-1] == len(side["tokens"])
        assert len(side["shown"]) == len(side["words"])
        assert all(word in side["text"] or word in side["tokens"] for word in side["shown"])
    assert json.loads(json.dumps(view)) == view  # plain data


@pytest.mark.parametrize("name", ["transformer", "rnn"])
def test_a_translation(name: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(name)
    [translation] = load_translator(folder).translate([SENTENCE], nbest=3)
    note = model_note(name, read_config(folder))
    view = translation_view(translation, model=note)
    check_maps(view, translation)
    check_sides(view)
    source, target, *read = view["sides"]
    assert (view["title"], source["text"], target["text"]) == (
        SENTENCE,
        SENTENCE,
        translation.text,
    )
    assert source["tokens"] == [token.text for token in translation.source_tokens]
    assert [side["tokens"] for side in read] == [["<bos>", *target["tokens"][:-1]]] * (
        name == "transformer"
    )
    said = zip(target["spaces"], target["tokens"][:-1], strict=False)
    assert "".join(space + token for space, token in said) == translation.text
    assert "".join(target["shown"][:-1]) == translation.text.replace(" ", "")
    others = [translation, *translation.alternatives]
    assert view["alternatives"] == [{"text": o.text, "score": o.score} for o in others]
    assert view["model"] == {"name": name, "parts": PARTS[name]}
    assert (view["picture"], view["gold"]) == (None, None)


@pytest.mark.parametrize("name", ["transformer", "rnn", "one_vector"])
def test_how_probable_each_token_was(name: str, request: pytest.FixtureRequest) -> None:
    """As the decoder says it step by step."""
    translator = load_translator(request.getfixturevalue(name))
    [translation] = translator.translate([SENTENCE])
    view = translation_view(translation)
    ids = torch.tensor([[*translator.source_tokenizer.encode(SENTENCE).ids, EOS]])
    decoder = translator.model.decoder
    with torch.no_grad():
        memory = translator.model.encode(ids, torch.ones_like(ids, dtype=torch.bool))
        state, wanted = decoder.start(memory), []
        for read, said in zip([BOS, *translation.ids], [*translation.ids, EOS], strict=True):
            step = decoder.step(state, torch.tensor([read]), memory)
            state = step.state
            wanted.append(float(torch.softmax(step.logits[0].double(), 0)[said]))
    probabilities = view["sides"][1]["probabilities"]
    assert probabilities == pytest.approx(wanted, rel=1e-4)
    assert np.log(probabilities).sum() == pytest.approx(translation.log_probability, abs=1e-4)
    assert view["sides"][0]["probabilities"] is None


def test_a_text_of_several_sentences_has_blocks(transformer: Path) -> None:
    translator = load_translator(transformer)
    [translation] = translator.translate(["我喜欢咖啡。你有书。他们买茶。"], documents=True)
    assert len(translation.attention.sentences) == 3
    view = translation_view(translation)
    check_maps(view, translation)
    check_sides(view)
    for shown in view["maps"]:
        assert len(shown["blocks"]) == 3
        assert {head["encoding"] for layer in shown["layers"] for head in layer["heads"]} == {
            "blocks"
        }
    target, read = view["sides"][1], view["sides"][2]
    assert [t for t in read["tokens"] if t != "<bos>"] == [
        t for t in target["tokens"] if t != "<eos>"
    ]
    assert read["tokens"].count("<bos>") == 3
    assert len(target["probabilities"]) == len(target["tokens"])


def test_a_model_without_attention_has_no_maps(one_vector: Path) -> None:
    [translation] = load_translator(one_vector).translate([SENTENCE])
    view = translation_view(translation)
    assert view["maps"] == []
    assert view["notes"] == []
    check_sides(view)


def test_a_character_that_is_spelled_in_bytes_can_be_read(rnn: Path) -> None:
    [translation] = load_translator(rnn).translate(["我喜欢鼍"])
    source, _ = translation_view(translation)["sides"]
    assert source["tokens"][-4:-1] == ["<0xE9>", "<0xBC>", "<0x8D>"]
    assert source["shown"][-2:] == ["鼍", "<eos>"]


def test_an_empty_text(transformer: Path) -> None:
    [translation] = load_translator(transformer).translate([" "])
    view = translation_view(translation)
    check_maps(view, translation)
    check_sides(view)
    assert view["sides"][1]["tokens"] == ["<eos>"]


def test_a_caption(captioner: Path, album: dict[str, str]) -> None:
    model = load_captioner(captioner)
    path = Path(album["images"]).parent / "red-blue.png"
    [caption] = model.caption([path], nbest=2)
    view = caption_view(caption, path, title="red-blue.png")
    check_maps(view, caption)
    check_sides(view)
    assert view["sides"][0]["tokens"] == ["1,1", "1,2", "2,1", "2,2"]
    assert view["picture"]["boxes"] == caption.boxes((32, 16)).tolist()
    assert view["notes"] == []  # the first region is a corner, no first word
    kind, _, data = view["picture"]["src"].partition(",")
    assert kind == "data:image/jpeg;base64"
    with Image.open(BytesIO(b64decode(data))) as picture:
        assert picture.size == (32, 16) == (view["picture"]["width"], view["picture"]["height"])
        red, _, blue = picture.getpixel((4, 8))  # pyright: ignore[reportGeneralTypeIssues]
    assert red > blue


def test_what_a_captioner_is_made_of(captioner: Path) -> None:
    folder = Path(__file__).parents[2] / "folders" / "written_by_0.1.0" / "captioner-transformer"
    parts = [model_note("a", read_config(each))["parts"] for each in (captioner, folder)]
    assert [part["vision"] for part in parts] == ["pixels", "pixels"]
    assert [part["encoder_layers"] for part in parts] == [None, 1]  # regions go through no LSTM


def test_a_large_picture_is_made_small(captioner: Path, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.new("RGB", (2000, 1000), "red").save(path)
    [caption] = load_captioner(captioner).caption([path])
    picture = caption_view(caption, path)["picture"]
    assert (picture["width"], picture["height"]) == (640, 320)
    assert picture["boxes"][-1] == [320, 160, 640, 320]
    assert len(picture["src"]) < 20_000


def test_without_its_model_a_translation_cannot_be_shown(transformer: Path) -> None:
    [translation] = load_translator(transformer).translate([SENTENCE])
    travelled = Translation.from_dict(translation.as_dict())
    with pytest.raises(ConfigError, match=r"call translator\.attend\(translation\) first"):
        translation_view(travelled)


@settings(max_examples=30)
@given(text=st.text(), said=st.text())
def test_any_text(rnn: Path, text: str, said: str) -> None:
    translation = _translator(rnn).forced(text, said)
    view = translation_view(translation)
    check_maps(view, translation)
    check_sides(view)
    assert len(view["sides"][1]["probabilities"]) == len(view["sides"][1]["tokens"])


@cache
def _translator(folder: Path) -> Translator:
    return load_translator(folder)


def test_gold_links_are_passed_on(rnn: Path) -> None:
    [translation] = load(rnn).translate([SENTENCE])  # pyright: ignore[reportAttributeAccessIssue]
    gold = {"sure": [[0, 0]], "possible": [[0, 0]], "links": [[0, 0]], "aer": 0.0}
    assert translation_view(translation, gold=gold)["gold"] == gold

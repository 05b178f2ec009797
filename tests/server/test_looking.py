"""Views, explanations, tiles and what-if give what the same calls from Python give."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any, NoReturn

import httpx2 as httpx
import numpy as np
import pytest
from PIL import Image

import qkv
from qkv.data.tokenizer import EOS
from qkv.inspection import explained, explained_text
from qkv.inspection.view import caption_view, model_note, translation_view
from qkv.models.folder import read_config
from qkv.pipeline import Captioner, Translation, Translator
from qkv.pipeline.changes import Changes
from qkv.server.engine import Engine
from tests.server.test_own import answer, refused
from tests.serving import CLIENT, loaded, running
from tests.tiny import PAIRS

TEXT = PAIRS[7][0]
LONG = "".join(f"{zh}。" for zh, _ in PAIRS[:5])  # of several sentences
ODD = "<b>我</b>喜欢 12 茶"
CHANGES = [
    {},
    {"prefix": "the"},
    {"hide": [0]},
    {"forbid": [{"row": 0, "column": 1, "layer": 0}], "prefix": "you"},
    {"pin": [{"row": 1, "weights": {"0": 1.0}}], "heads_off": []},
]


def travelled(value: Any) -> Any:
    return httpx.Response(200, json=value).json()


@pytest.fixture(scope="module", params=["transformer", "rnn"])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def folder(name: str, request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(name)


@pytest.fixture(scope="module")
def whole(folder: Path) -> Translator:
    """It takes any text for one sentence."""
    translator = qkv.load(folder)
    assert isinstance(translator, Translator)
    translator.sentences = None
    return translator


@pytest.fixture(scope="module")
def red_blue(album: dict[str, str]) -> Path:
    return Path(album["images"]).parent / "red-blue.png"


def changed(whole: Translator, text: str, record: dict[str, Any]) -> Translation:
    changes = Changes.from_dict(record)
    attention = changes.attending(whole.source_positions(text))
    [result] = whole.translate([text], attention=attention, prefix=changes.prefix)
    return result


@pytest.mark.parametrize(
    ("text", "changes"),
    [*((TEXT, changes) for changes in CHANGES), (LONG, {"hide": [0]}), ("", {}), (ODD, {})],
    ids=str,
)
def test_a_view_is_that_of_python(
    address: str, name: str, folder: Path, whole: Translator, text: str, changes: dict[str, Any]
) -> None:
    body = {"text": text, "model": name, "changes": changes}
    result = changed(whole, text, changes)
    view = translation_view(result, model=model_note(name, read_config(folder)))
    record = result.as_dict() | whole.oddities(result).as_dict()
    expected = {"model": name, "result": record, "view": view}
    assert answer(address, "/v1/view", body) == travelled(expected)


def test_a_text_unlike_the_training_text_is_warned_of(address: str) -> None:
    told = answer(address, "/v1/view", {"text": "한국어", "model": "transformer"})["result"]
    assert told["unknown_share"] == 1
    assert told["warnings"][0] == "9 of its 9 tokens spell characters unknown to the model"


def test_an_alternative_has_a_view_of_its_own(address: str, name: str, whole: Translator) -> None:
    [result] = whole.translate([TEXT], nbest=3)
    body = {"text": TEXT, "model": name, "nbest": 3, "alternative": 2}
    told = answer(address, "/v1/view", body)
    other = result.alternatives[1]
    assert told["result"] == travelled(other.as_dict() | whole.oddities(other).as_dict())
    assert told["view"]["maps"] == translation_view(result.alternatives[1])["maps"]
    texts = [each["text"] for each in told["view"]["alternatives"]]
    assert texts == [result.text, *(each.text for each in result.alternatives)]
    step = answer(address, "/v1/explain", body | {"step": 1})["explained"]
    assert step["token"] == result.alternatives[1].tokens[0].text


def test_a_likely_word_is_said_where_its_text_is_the_prefix(
    address: str, name: str, whole: Translator
) -> None:
    told = answer(address, "/v1/explain", {"text": TEXT, "model": name, "step": 3})
    for word in told["explained"]["prediction"]["words"]:
        if word["id"] != EOS:
            [forced] = whole.translate([TEXT], prefix=word["text"])
            assert forced.text.startswith(word["text"])
            assert forced.tokens[2].text == word["token"]


def test_a_picture_has_a_view_too(address: str, captioner: Path, red_blue: Path) -> None:
    loaded = qkv.load(captioner)
    assert isinstance(loaded, Captioner)
    changes = Changes(hide=[0, 1], prefix="red")
    attention = changes.attending(loaded.source_positions)
    [result] = loaded.caption([red_blue], attention=attention, prefix="red")
    view = caption_view(result, red_blue, model=model_note("captioner", read_config(captioner)))
    body = {"image": encoded(red_blue), "changes": changes.as_dict()}
    assert answer(address, "/v1/view", body) == travelled(
        {"model": "captioner", "result": result.as_dict(), "view": view}
    )
    text = answer(address, "/v1/explain", body | {"step": 2})["text"]
    assert text == explained_text(explained(loaded, result, 2))


def encoded(path: Path) -> str:
    return b64encode(path.read_bytes()).decode()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("changes", [{}, {"hide": [1]}])
def test_an_explanation_is_that_of_python(
    address: str, name: str, whole: Translator, changes: dict[str, Any], lang: str
) -> None:
    result = changed(whole, TEXT, changes)
    told = explained(whole, result, 2, layer=0, head=0)
    body = {"text": TEXT, "model": name, "changes": changes, "step": 2, "layer": 0, "head": 0}
    assert answer(address, "/v1/explain", body | {"lang": lang}) == travelled(
        {"model": name, "explained": told.as_dict(), "text": explained_text(told, lang)}
    )


def pooled(weights: np.ndarray, zoom: int) -> np.ndarray:
    side = 2**zoom
    rows, columns = (range(0, n, side) for n in weights.shape)
    return np.array([[weights[r : r + side, c : c + side].max() for c in columns] for r in rows])


@pytest.mark.parametrize(
    ("rows", "columns", "zoom", "head"),
    [
        (None, None, 0, None),
        (None, None, 1, 0),
        (None, [1, 3], 3, -1),
        ([1, 4], [0, 3], 1, None),
        ([1, 2], None, 0, 0),
        ([2, 2], None, 2, None),
    ],
)
@pytest.mark.parametrize("target", [None, "the cat see tea"])
def test_a_tile_is_a_part_of_the_matrix(
    address: str,
    name: str,
    whole: Translator,
    rows: Any,
    columns: Any,
    zoom: int,
    head: Any,
    target: str | None,
) -> None:
    body = {"text": TEXT, "model": name, "head": head, "rows": rows, "columns": columns}
    told = answer(address, "/v1/attention", body | {"zoom": zoom, "target_text": target})
    settings: dict[str, Any] = {"prefix": target, "max_length": 1, "beam": 1} if target else {}
    [result] = whole.translate([TEXT], **settings)
    assert target in (None, result.text)
    matrix = result.attention.matrix(head=head)
    part = matrix[slice(*(rows or [None])), slice(*(columns or [None]))]
    expected = pooled(part, zoom) if part.size else part
    assert told["shape"] == list(matrix.shape)
    assert told["zoom"] == zoom
    assert np.array(told["weights"]).shape == (expected.shape if part.size else (0,))
    np.testing.assert_allclose(np.array(told["weights"]).ravel(), expected.ravel(), atol=1e-6)


@pytest.mark.parametrize("kind", ["encoder", "decoder"])
def test_tiles_of_self_attention(address: str, transformer: Path, kind: str) -> None:
    told = answer(
        address, "/v1/attention", {"text": TEXT, "source": "zh", "kind": kind, "layer": 0}
    )
    loaded = qkv.load(transformer)
    assert isinstance(loaded, Translator)
    matrix = loaded.translate([TEXT])[0].attention.matrix(kind, layer=0)
    np.testing.assert_allclose(told["weights"], matrix, atol=1e-6)


OFF = [{"kind": "cross", "heads": [7]}]
BLACK = b64encode(b"x").decode()


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("view", {}, 422, "give a text or an image."),
        ("view", {"text": "x", "image": BLACK}, 422, "give a text or an image."),
        ("view", {"image": BLACK}, 422, "the picture: not a picture"),
        ("view", {"text": "我" * 5001}, 413, "5,001 characters; a text that is read as a whole"),
        ("view", {"text": TEXT, "changes": {"hid": [1]}}, 422, "changes has no 'hid'; choose"),
        ("view", {"text": TEXT, "changes": {"hide": [99]}}, 422, "hide: no source token 99;"),
        ("view", {"text": TEXT, "changes": {"heads_off": OFF}}, 422, ""),
        ("view", {"text": TEXT, "changes": {"prefix": "x" * 2001}}, 422, "changes: prefix has 2,"),
        ("view", {"text": TEXT, "prefix": "a", "changes": {"prefix": "b"}}, 422, "prefix is given"),
        ("explain", {"text": TEXT, "step": 99}, 422, ""),
        ("explain", {"text": TEXT, "step": "9" * 5000}, 422, "no step is for '999"),
        ("explain", {"text": TEXT, "step": "-1"}, 422, "no step -1; there are"),
        ("explain", {"text": TEXT, "step": True}, 422,
         "step: Input should be a valid integer or a valid string."),
        ("view", {"text": TEXT, "alternative": 5}, 422, "no alternative 5; there are 1, the best "),
        ("explain", {"text": TEXT, "step": 1, "layer": 5}, 422, "no layer 5;"),
        ("explain", {"text": TEXT, "step": 1, "kind": "self"}, 422, "kind: Input should be"),
        ("attention", {"text": TEXT, "target_text": "x" * 1001}, 422, "target_text: String should"),
        ("attention", {"text": TEXT, "layer": 2}, 422, "no layer 2; this model has 2"),
        ("attention", {"text": TEXT, "head": 9}, 422, "no head 9; this model has 2"),
        ("attention", {"text": TEXT, "rows": [3, 1]}, 422, "rows must lie within 0 and"),
        ("attention", {"text": TEXT, "rows": [0, 999]}, 422, "rows must lie within 0 and"),
        ("attention", {"text": TEXT, "rows": [0]}, 422, "rows: List should have"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_shown_is_said(
    address: str, path: str, body: Any, status: int, says: str
) -> None:
    model = {} if "image" in body or not body else {"model": "transformer"}
    told, sentence = refused(address, f"/v1/{path}", body | model)
    assert told == status, sentence
    assert sentence.startswith(says)


@pytest.mark.parametrize(
    "changes", [{"prefix": "x" * 400_000}, {"hid": [1]}, {"hide": "x"}, {"hide": [0] * 1001}]
)
@pytest.mark.parametrize("path", ["view", "explain"])
def test_changes_that_make_no_sense_do_not_wait_for_their_turn(
    address: str, monkeypatch: pytest.MonkeyPatch, path: str, changes: Any
) -> None:
    async def refuse(*_: object) -> NoReturn:
        raise AssertionError("it was queued")

    monkeypatch.setattr(Engine, "once", refuse)
    body = {"text": TEXT, "model": "transformer", "changes": changes, "step": 1}
    if path == "view":
        del body["step"]
    assert refused(address, f"/v1/{path}", body)[0] == 422


def test_a_model_without_attention_says_so(one_vector: Path) -> None:
    with running(loaded(one_vector)) as address:
        models = CLIENT.get(f"{address}/v1/models").json()["models"]
        assert models[0]["layers"] == {"cross": [], "encoder": [], "decoder": []}
        assert models[0]["changes"] == ["prefix"]
        view = answer(address, "/v1/view", {"text": TEXT})["view"]
        assert view["maps"] == []
        status, sentence = refused(address, "/v1/attention", {"text": TEXT})
        assert (status, sentence.split(";")[0]) == (
            422,
            "this model reads the source as one vector",
        )
        assert "one" in answer(address, "/v1/explain", {"text": TEXT, "step": 1})["text"]


def test_transparent_and_grey_pictures_are_seen(address: str, tmp_path: Path) -> None:
    for mode in ("RGBA", "L", "P", "1"):
        Image.new(mode, (9, 5)).save(tmp_path / "picture.png")
        told = answer(address, "/v1/view", {"image": encoded(tmp_path / "picture.png")})
        assert told["view"]["picture"]["width"] == 9

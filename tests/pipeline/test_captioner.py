"""`Captioner`: pictures in, captions out, each with what was attended to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import qkv
from qkv.data.pictures import squared
from qkv.errors import ConfigError, DataError, FolderError
from qkv.pipeline import Caption, Captioner, load_captioner
from qkv.pipeline.captioner import see
from tests.tiny import PICTURES


@pytest.fixture(scope="module")
def model(captioner: Path) -> Captioner:
    return load_captioner(captioner)


@pytest.fixture(scope="module")
def folder(album: dict[str, str]) -> Path:
    return Path(album["images"]).parent


def test_load_gives_a_captioner(captioner: Path) -> None:
    assert isinstance(qkv.load(captioner), Captioner)


def test_it_says_what_it_was_taught(model: Captioner, folder: Path) -> None:
    files = [folder / f"{left}-{right}.png" for left, right in PICTURES]
    for beam in (1, 3):
        found = [caption.text for caption in model.caption(files, beam=beam)]
        wanted = [{f"{a} beside {b}", f"{a} left of {b}"} for a, b in PICTURES]
        assert sum(f in w for f, w in zip(found, wanted, strict=True)) >= 18


def test_files_names_and_pictures_are_the_same(model: Captioner, folder: Path) -> None:
    file = folder / "red-blue.png"
    given = [file, str(file), Image.open(file)]
    one, *others = model.caption(given)
    assert one.tokens[-1].text == "<eos>"
    assert all(other == one for other in others)


def test_many_at_once_are_each_alone(model: Captioner, folder: Path) -> None:
    files = [folder / f"{left}-{right}.png" for left, right in PICTURES] * 2  # more than one chunk
    together = model.caption(files, beam=2)
    for file, found in zip(files[::7], together[::7], strict=True):
        [alone] = model.caption([file], beam=2)
        assert alone.text == found.text
        assert alone.score == pytest.approx(found.score, abs=1e-5)


def test_no_pictures(model: Captioner) -> None:
    assert model.caption([]) == []


def test_regions_already_seen(model: Captioner, folder: Path) -> None:
    picture = Image.open(folder / "red-blue.png")
    seen = model.regions([squared(picture, 16)], ["red-blue"])
    assert model.of_regions(seen) == model.caption([picture])


def test_what_is_seen_is_what_is_kept_on_disk(
    model: Captioner, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a picture captioned is the picture that training and evaluation saw."""
    monkeypatch.setenv("QKV_CACHE", str(tmp_path))
    files = [folder / "red-blue.png", folder / "green-black.png"]
    kept = see(files, model.vision, on_bad="refuse", report=lambda _: None)
    found = model.regions([squared(Image.open(file), 16) for file in files], files)
    for one, other in zip(kept, found, strict=True):
        assert one.dtype == other.dtype == np.float16
        np.testing.assert_array_equal(one, other)


def test_what_float16_cannot_hold_is_named(
    model: Captioner, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bright = replace(model.vision, extract=lambda pictures: np.full((2, 4, 192), 7e4, np.float32))
    monkeypatch.setattr(model, "vision", bright)
    with pytest.raises(DataError, match=r"^picture 1: the vision encoder gave a feature of 70,000"):
        model.caption([folder / "red-blue.png", folder / "green-black.png"])


def test_attention_is_over_the_regions(model: Captioner, folder: Path) -> None:
    [found] = model.caption([folder / "red-blue.png"])
    matrix = found.attention.matrix()
    assert matrix.shape == (len(found.tokens), 4)
    np.testing.assert_allclose(matrix.sum(1), 1, atol=1e-5)
    with pytest.raises(ConfigError, match="recurrent model has no encoder"):
        found.attention.matrix("encoder")


def test_words_are_the_means_of_their_tokens(model: Captioner, folder: Path) -> None:
    [found] = model.caption([folder / "red-blue.png"])
    words, looked = found.words()
    assert words == found.text.split()
    matrix = found.attention.matrix()
    for word, row in zip(words, looked, strict=True):
        start = found.text.index(word)
        under = [i for i, t in enumerate(found.tokens)
                 if t.start < start + len(word) and t.end > start]  # fmt: skip
        np.testing.assert_allclose(row, matrix[under].mean(0))
        np.testing.assert_allclose(found.looked(start, start + len(word)), row)
    with pytest.raises(ConfigError, match="no token of"):
        found.looked(99, 100)


def test_boxes_tile_the_picture(model: Captioner, folder: Path) -> None:
    [found] = model.caption([folder / "red-blue.png"])
    assert found.boxes((32, 16)).tolist() == [
        [0, 0, 16, 8], [16, 0, 32, 8], [0, 8, 16, 16], [16, 8, 32, 16],
    ]  # fmt: skip


def test_a_text_without_spaces_is_told_by_tokens(model: Captioner) -> None:
    from qkv.data.tokenizer import Token
    from qkv.pipeline import Attention

    class Fixed(Attention):
        def matrix(self, *_: object, **__: object) -> np.ndarray:
            return np.eye(3, 4)

    tokens = (Token("小狗", 0, 2), Token("跑", 2, 3), Token("<eos>", 3, 3))
    caption = Caption("小狗跑", 0.0, 0.0, tokens, 2, look=lambda: Fixed((), (), ()))
    words, looked = caption.words()
    assert words == ["小狗", "跑"]
    np.testing.assert_array_equal(looked, np.eye(2, 4))


def test_a_single_english_word_stays_whole(model: Captioner) -> None:
    from qkv.data.tokenizer import Token
    from qkv.pipeline import Attention

    class Fixed(Attention):
        def matrix(self, *_: object, **__: object) -> np.ndarray:
            return np.array([[1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 0, 1.0]])

    tokens = (Token("skat", 0, 4), Token("ing", 4, 7), Token("<eos>", 7, 7))
    caption = Caption("skating", 0.0, 0.0, tokens, 2, look=lambda: Fixed((), (), ()))
    words, looked = caption.words()
    assert words == ["skating"]
    assert looked.tolist() == [[0.5, 0.5, 0, 0]]


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        (None, ConfigError, "picture 2: needs a file or a picture of Pillow; got NoneType."),
        (b"a.png", ConfigError, "picture 2: needs a file or a picture of Pillow; got bytes."),
        (np.zeros((9, 9, 3)), ConfigError, "picture 2: needs a file or a picture of Pillow; got"),
        (Image.new("RGB", (0, 5)), DataError, "picture 2: has no pixels."),
        (Image.fromarray(np.full((9, 9), 2.0, np.float32)), DataError, "picture 2: cannot be dec"),
    ],
)
def test_what_is_no_picture_is_named(
    model: Captioner, folder: Path, given: object, error: type[Exception], text: str
) -> None:
    pictures = [folder / "red-blue.png", given]
    with pytest.raises(error, match=f"^{text}"):
        model.caption(pictures)  # pyright: ignore[reportArgumentType]


def test_the_length_is_limited(model: Captioner, folder: Path) -> None:
    [found] = model.caption([folder / "red-blue.png"], max_length=2)
    assert len(found.tokens) == 2  # with EOS


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"beam": 0}, "beam must be a whole number from 1 to 1,000; got 0."),
        ({"nbest": 9}, "nbest must be a whole number from 1 to beam=5; got 9."),
        ({"length_penalty": "a"}, "length_penalty must lie between 0 and 10; got 'a'."),
        ({"length_penalty": -1}, "length_penalty must lie between 0 and 10; got -1."),
        ({"max_length": 0}, "max_length must be a whole number from 1 to 10,000; got 0."),
    ],
)
def test_numbers_out_of_range(
    model: Captioner, folder: Path, options: dict[str, Any], text: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        model.caption([folder / "red-blue.png"], **options)
    assert str(caught.value) == text


@pytest.mark.parametrize("given", ["a.png", Path("a.png"), 3])
def test_what_is_no_list_of_pictures(model: Captioner, given: object) -> None:
    with pytest.raises(ConfigError, match="needs a list of pictures"):
        model.caption(given)  # pyright: ignore[reportArgumentType]


def test_a_missing_picture_is_named(model: Captioner, folder: Path) -> None:
    with pytest.raises(DataError, match="gone"):
        model.caption([folder / "gone.png"])


def test_another_vision_encoder_than_it_was_trained_with(
    captioner: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qkv.models.vision._VERSION", 0)
    with pytest.raises(FolderError, match="the weights of vision=pixels are not those"):
        load_captioner(captioner).caption([folder / "red-blue.png"])


def test_asking_for_attention_changes_nothing(model: Captioner, folder: Path) -> None:
    torch.manual_seed(0)
    [first] = model.caption([folder / "red-blue.png"])
    first.words()
    [second] = model.caption([folder / "red-blue.png"])
    assert first == second

"""Heads beside each other, a film, links, shaded text: ink where the weights are; SVGs alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from qkv.data.tokenizer import Tokenizer
from qkv.errors import ConfigError, DataError, ShapeError
from qkv.inspection import (
    _fonts,
    by_length_png,
    film_png,
    heads_png,
    heatmap_png,
    links_png,
    regions_png,
    shaded_png,
    spaces,
)
from qkv.inspection._canvas import Canvas
from qkv.inspection.shaded import _places

needs_fonts = pytest.mark.skipif(
    not _fonts._packaged_files(), reason="needs a Chinese font: pip install noto-cjk-sans-otc"
)

ROWS, COLUMNS = ["I", "like", "<eos>"], ["wo", "xihuan", "kafei", "a & b", "<eos>"]
WEIGHTS = np.random.default_rng(3).dirichlet(np.ones(5), size=3)

Draw = Callable[..., None]
# Each figure of the same rows and columns.
FIGURES: dict[str, Draw] = {
    "heatmap": heatmap_png,
    "heads": lambda w, rows, columns, path, **how: heads_png(
        [np.stack([w, w])] * 2, rows, columns, path, **how
    ),
    "film": lambda w, rows, columns, path, **how: film_png(
        [w, w], [rows, rows], columns, ["step 1", "step 2"], path, **how
    ),
    "links": links_png,
    "shaded": shaded_png,
}
figures = pytest.mark.parametrize("name", FIGURES)


def drawn(name: str, folder: Path, weights: Any = WEIGHTS, **how: Any) -> NDArray[np.int64]:
    path = folder / "drawn.png"
    FIGURES[name](weights, ROWS, COLUMNS, path, **how)
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(np.int64)


def svg(name: str, folder: Path, rows: Any = ROWS, columns: Any = COLUMNS, **how: Any) -> str:
    path = folder / "drawn.svg"
    FIGURES[name](np.full((len(rows), len(columns)), 1 / len(columns)), rows, columns, path, **how)
    return path.read_text(encoding="utf-8")


def texts(drawing: str) -> list[str]:
    """What is written in an SVG."""
    root = ElementTree.fromstring(drawing)
    return ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]


# All of them


@figures
def test_an_svg_keeps_its_text(name: str, tmp_path: Path) -> None:
    odd = ["我喜欢", "<b>&\"'", "שלום", "สวัสดี", "👩‍👩‍👧"]
    shown = texts(svg(name, tmp_path, ["狗"], odd, title="<title> & 标题"))
    joined = "".join(shown)
    for text in ("狗", "<b>&\"'", "שלום", "<title> & 标题"):
        assert text in shown
    assert "สวัสดี" in joined
    assert all(character in joined for character in "我喜欢")
    assert "attention weight" in joined


@figures
def test_an_svg_stands_alone_and_names_fonts_that_machines_have(name: str, tmp_path: Path) -> None:
    drawing = svg(name, tmp_path)
    assert "DOCTYPE" not in drawing
    links = re.findall(r'(?:href|src)="([^"]*)"', drawing) + re.findall(r"url\(([^)]*)\)", drawing)
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in links)
    assert set(re.findall(r"https?://[^\"]*", drawing)) <= {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # fmt: skip
    styles = re.findall(r'<text style="([^"]*)"', drawing)
    assert styles
    for family in ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"):
        assert all(family in style for style in styles)


@figures
def test_the_same_figure_is_the_same_file(name: str, tmp_path: Path) -> None:
    assert svg(name, tmp_path) == svg(name, tmp_path)


@figures
@pytest.mark.parametrize("scale", ["max", "row", "log"])
def test_the_scale_is_said(name: str, scale: str, tmp_path: Path) -> None:
    said = "".join(texts(svg(name, tmp_path, scale=scale)))
    note = {"max": "attention weight", "row": "row's largest = 1", "log": "log scale"}[scale]
    assert note in said


@figures
@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ((WEIGHTS, ROWS, COLUMNS, "a.gif"), "must end in .png or .svg or .pdf"),
        ((WEIGHTS.T, ROWS, COLUMNS, "a.png"), "weights must be"),
        ((WEIGHTS * 9, ROWS, COLUMNS, "a.png"), "between 0 and 1"),
    ],
)
def test_what_cannot_be_drawn_is_said(
    name: str, given_: tuple[Any, ...], message: str, tmp_path: Path
) -> None:
    *what, file = given_
    with pytest.raises((ConfigError, ShapeError, DataError), match=message):
        FIGURES[name](*what, tmp_path / file)
    with pytest.raises(ConfigError, match="scale must be max, row or log"):
        FIGURES[name](WEIGHTS, ROWS, COLUMNS, tmp_path / "a.png", scale="x")
    assert list(tmp_path.iterdir()) == []


@figures
def test_more_weight_is_darker(name: str, tmp_path: Path) -> None:
    strong = np.full((3, 5), 0.0125)
    strong[1, 2] = 0.95
    nothing = ink(drawn(name, tmp_path, np.zeros((3, 5))))  # the scale's bar, dark at its end
    assert ink(drawn(name, tmp_path, strong)) > nothing + 1000


def ink(pixels: NDArray[np.int64]) -> int:
    """Pixels of the darkest blues."""
    return int(((pixels[..., 2] > pixels[..., 0] + 50) & (pixels[..., 0] < 40)).sum())


@figures
def test_one_token_and_very_long_words(name: str, tmp_path: Path) -> None:
    words = ["w" * 200, "Donaudampfschifffahrtsgesellschaftskapitän"]
    FIGURES[name]([[1.0]], ["x"], ["y"], tmp_path / "one.png")
    FIGURES[name](np.full((2, 2), 0.5), words, words, tmp_path / "long.png")
    with Image.open(tmp_path / "long.png") as picture:
        assert max(picture.size) < 4000


def test_every_figure_of_pictures_and_curves_keeps_its_text_too(tmp_path: Path) -> None:
    regions_png(Image.new("RGB", (9, 9)), ["<w>"], [[1]], [[0, 0, 9, 9]], tmp_path / "r.svg")
    by_length_png({"<l>": [1.0]}, ["p"], tmp_path / "b.svg", x_label="<x>", y_label="y")
    assert "<w>" in texts((tmp_path / "r.svg").read_text("utf-8"))
    assert {"<l>", "<x>"} <= {*texts((tmp_path / "b.svg").read_text("utf-8"))}


# Heads, film


def test_each_head_of_each_layer_has_its_map(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    layers = [np.stack([WEIGHTS] * 2), np.stack([WEIGHTS] * 3)]
    heads_png(layers, ROWS, COLUMNS, path)
    shown = texts(path.read_text("utf-8"))
    names = [text for text in shown if text.startswith("layer")]
    assert names == [f"layer {i}, head {j}" for i, j in ((0, 0), (0, 1), (1, 0), (1, 1), (1, 2))]
    assert shown.count("like") == 2  # at the left of each layer
    assert shown.count("kafei") == 3 - 1  # above the heads of the first


def test_headings_do_not_touch(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    heads_png([np.ones((4, 1, 1))], ["x"], ["y"], path)
    root = ElementTree.fromstring(path.read_text("utf-8"))
    places = [
        float(each.attrib["x"])
        for each in root.iter("{http://www.w3.org/2000/svg}text")
        if "".join(each.itertext()).startswith("layer")
    ]
    assert min(np.diff(places)) > 60  # of 8 points, "layer 0, head 0" is 56 wide


def test_no_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match="nothing to draw"):
        heads_png([], ROWS, COLUMNS, tmp_path / "a.png")
    with pytest.raises(ShapeError, match=r"film: needs one map or more"):
        film_png([WEIGHTS], [ROWS], COLUMNS, [], tmp_path / "a.png")


def test_a_film_has_each_time_its_own_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    maps = [WEIGHTS[:1], WEIGHTS]
    film_png(maps, [["eh"], ROWS], COLUMNS, ["step 5", "step 10"], path)
    shown = texts(path.read_text("utf-8"))
    assert [text for text in shown if text.startswith("step")] == ["step 5", "step 10"]
    assert shown.count("eh") == shown.count("like") == 1
    assert shown.count("kafei") == 2


def test_a_long_film_goes_on_below(tmp_path: Path) -> None:
    heights = []
    for count in (2, 40):
        film_png([WEIGHTS] * count, [ROWS] * count, COLUMNS, ["s"] * count, tmp_path / "a.png")
        with Image.open(tmp_path / "a.png") as picture:
            assert picture.size[0] < 20 * 200
            heights.append(picture.size[1])
    assert heights[1] > 2 * heights[0]


def test_small_maps_are_on_one_scale(tmp_path: Path) -> None:
    pale, full = np.full((1, 3, 5), 0.2), np.zeros((1, 3, 5))
    full[..., 0] = 1
    heads_png([pale, full], ROWS, COLUMNS, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(np.int64)
    upper, lower = np.array_split(pixels, 2)
    assert ink(lower) > 1000
    assert ink(upper) == 0


# Links


def test_a_line_runs_from_the_source_to_the_target_with_the_weight(tmp_path: Path) -> None:
    weights = np.zeros((3, 5))
    weights[2, 0] = 1
    left_to_right = drawn("links", tmp_path, weights)
    at = np.argwhere(left_to_right[..., 2] > left_to_right[..., 0] + 60)
    bar = at[:, 0].max() - 60  # the scale's bar below
    line = at[at[:, 0] < bar]
    start, end = line[line[:, 1].argmin()], line[line[:, 1].argmax()]
    assert end[1] - start[1] == pytest.approx(2.4 * 200, abs=12)
    assert end[0] - start[0] == pytest.approx(3 * 0.24 * 200, abs=12)  # the three lie in the middle


def test_weights_next_to_nothing_have_no_line(tmp_path: Path) -> None:
    weights = np.zeros((3, 5))
    weights[:, 0], weights[0, 1] = 0.98, 0.015
    drawing = svg_of(links_png, weights, tmp_path)
    assert drawing.count('id="LineCollection') == 1
    [group] = re.findall(r'<g id="LineCollection_1">(.*?)</g>', drawing, re.DOTALL)
    assert group.count("<path") == 3


def svg_of(draw: Draw, weights: Any, folder: Path) -> str:
    draw(weights, ROWS, COLUMNS, folder / "a.svg")
    return (folder / "a.svg").read_text("utf-8")


# Shaded text


def test_each_target_token_has_the_whole_source(tmp_path: Path) -> None:
    shown = texts(svg_of(shaded_png, WEIGHTS, tmp_path))
    for word in COLUMNS[:-1]:
        assert shown.count(word) == len(ROWS)
    assert shown.count("like") == 1


def test_one_target_token_alone(tmp_path: Path) -> None:
    shaded_png(WEIGHTS[[1]], ROWS[1:2], COLUMNS, tmp_path / "a.svg")
    shown = texts((tmp_path / "a.svg").read_text("utf-8"))
    assert shown.count("kafei") == shown.count("like") == 1


def test_the_source_word_that_got_the_weight_is_dark(tmp_path: Path) -> None:
    weights = np.eye(5)[[3, 1, 0]]
    drawing = svg_of(shaded_png, weights, tmp_path)
    whites = re.findall(r'<text style="[^"]*fill: #ffffff[^"]*"[^>]*>([^<]*)</text>', drawing)
    assert whites == ["a &amp; b", "xihuan", "wo"]


def test_each_word_is_shaded_by_its_own_weight(tmp_path: Path) -> None:
    drawing = svg_of(shaded_png, WEIGHTS, tmp_path)
    for number, row in enumerate(WEIGHTS, start=1):
        group = drawing.split(f'<g id="PolyCollection_{number}">')[1].split("</g>")[0]
        colours = re.findall(r"fill: #(..)", group)
        assert len(colours) == len(COLUMNS)
        lightness = [int(red, 16) for red in colours]
        assert np.argsort(lightness).tolist() == np.argsort(-row).tolist()


def test_spaces_stand_where_they_stand_in_the_text() -> None:
    tokens = Tokenizer.train(["我 like 咖啡 coffee"] * 2, 300).encode("我 like咖啡  coffee.").tokens
    text = "我 like咖啡  coffee."
    rebuilt = "".join(
        gap + text[t.start : t.end] for gap, t in zip(spaces(tokens, text), tokens, strict=True)
    )
    assert rebuilt == text


def test_spaces_must_fit(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match="5 columns need as many spaces; got 2"):
        shaded_png(WEIGHTS, ROWS, COLUMNS, tmp_path / "a.png", spaces=["", ""])


@needs_fonts
@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(["a", "字", "wordy", "w" * 60]), min_size=1, max_size=60),
    st.booleans(),
)
def test_words_of_a_text_do_not_overlap_and_stay_on_the_page(
    words: list[str], spaced: bool
) -> None:
    places = _places(
        words, [" " if spaced else ""] * len(words), ["DejaVu Sans", "Noto Sans CJK SC"]
    )
    for (line, left, width), (after, start, _) in pairwise(places):
        assert (after, start) >= (line, left)
        if after == line:
            assert start >= left + width - 1e-9
    assert all(left == 0 or left + width <= 7 + 1e-9 for _, left, width in places)


def test_measuring_text_touches_nothing_global() -> None:
    import warnings

    canvas = Canvas.of(1, 1, ["DejaVu Sans"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert canvas.width(canvas.write(0, 0, "\U0001f469")) > 0
    assert caught == []

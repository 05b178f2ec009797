"""The heat map in a terminal: columns stay columns whatever the labels, and the map can be read."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color
from rich.text import Text

import qkv
from qkv.data.tokenizer import Token
from qkv.errors import DataError, ShapeError
from qkv.inspection import in_words, merged
from qkv.inspection._merging import readable
from qkv.inspection.terminal import heatmap_text

COFFEE = [[0.9, 0.1, 0.0], [0.2, 0.75, 0.05]]
# Letters of all widths, marks, joiners, flags, controls, right-to-left: what a tokenizer may cut.
ODD = [
    "我",
    "咖啡",
    "é",
    "e\u0301",
    "\u0301",
    "👩‍👩‍👧",
    "❤️",
    "👍🏽",
    "🇨🇳",
    "\t",
    "\x1b[1m",
    "\u2028",
    "ﷺ",
    "가",
]
LABEL = st.one_of(st.sampled_from(ODD), st.text(max_size=15))
LABELS = st.lists(LABEL, min_size=1, max_size=13)


def plain(text: str) -> str:
    """The text without colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def grid_lines(text: str) -> list[str]:
    """Lines with cells or column labels, as seen."""
    panels = plain(text).split("\n")[:-2]  # a blank line and the legend stand below
    return [line for line in panels if line and not line.startswith("columns ")]


def spread(rows: int, columns: int) -> np.ndarray:
    """Weights (rows, columns), no two alike in a row."""
    return np.random.default_rng(0).dirichlet(np.ones(columns), size=rows)


def backgrounds(line: str) -> list[Color]:
    """The colours behind a painted line, from left to right."""
    styles = [span.style for span in Text.from_ansi(line).spans]
    return [style.bgcolor for style in styles if not isinstance(style, str) and style.bgcolor]


def luminance(colour: Color) -> float:
    red, green, blue = (channel / 255 for channel in colour.get_truecolor())
    return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2


def test_without_colour_the_picture_is_digits() -> None:
    assert heatmap_text(COFFEE, ["I", "<eos>"], ["我", "咖啡", "。"], colour=False, width=80) == (
        "         我 咖啡   。\n"
        "    I    *9    1    .\n"
        "<eos>     2   *7    .\n"
        "\n"
        ". below 0.10   1 from 0.10   5 from 0.50   9 from 0.90   * strongest of its row"
    )


def test_long_labels_stand_upright_side_by_side() -> None:
    text = heatmap_text(COFFEE, ["I", "like"], ["kitten", "咖啡", "<eos>"], colour=False, width=16)
    assert text.split("\n")[:8] == [
        "       k      ",
        "       i     <",
        "       t     e",
        "       t     o",
        "       e 咖  s",
        "       n 啡  >",
        "   I  *9  1  .",
        "like   2 *7  .",
    ]


@given(LABELS, LABELS, st.booleans(), st.integers(12, 130))
def test_lines_are_equally_wide_and_fit(
    rows: list[str], columns: list[str], colour: bool, width: int
) -> None:
    text = heatmap_text(spread(len(rows), len(columns)), rows, columns, colour=colour, width=width)
    panels = [grid_lines(f"{panel}\n\n") for panel in text.rsplit("\n\n", 1)[0].split("\n\n")]
    for lines in panels:
        assert len({cell_len(line) for line in lines}) == 1
        assert cell_len(lines[0]) <= width
    assert (
        len({cell_len(line) for lines in panels for line in lines}) <= 2
    )  # cut as evenly as can be


@given(LABELS)
def test_labels_cannot_move_the_cursor(labels: list[str]) -> None:
    text = heatmap_text(spread(1, len(labels)), ["x"], labels, colour=False, width=80)
    assert all(character == "\n" or character >= " " for character in text)
    assert not {"\x7f", "\x9b", "\u2028", "\u200d", "\ufe0f"} & set(text)


@pytest.mark.parametrize("width", [9, 20, 47, 48])
def test_panels_hold_every_column_once(width: int) -> None:
    columns = list("abcdefghijklmnopqrstuvw")
    weights = spread(3, 23)
    lines = grid_lines(heatmap_text(weights, list("XYZ"), columns, colour=False, width=width))
    for i, name in enumerate("XYZ"):
        row = "".join(line[2:] for line in lines if line[0] == name)
        cells = [row[at : at + 2] for at in range(0, 46, 2)]
        tenths = [f"{int(weight / 0.5 * 10) or '.'}" for weight in weights[i]]
        assert [cell[1] for cell in cells] == tenths
    assert "".join(line for line in lines if line[0] == " ").split() == columns


def test_panels_say_which_columns_they_show() -> None:
    text = heatmap_text(spread(2, 7), ["a", "b"], list("我喜欢喝热咖啡"), colour=False, width=12)
    assert re.findall(r"^columns .*$", text, re.M) == ["columns 1–3 of 7", "columns 4–7 of 7"]


@pytest.mark.parametrize("colour", [False, True])
def test_each_row_marks_its_strongest_column(colour: bool) -> None:
    weights = spread(5, 11)
    text = heatmap_text(weights, list("vwxyz"), list("abcdefghijk"), colour=colour, width=80)
    for row, line in zip(weights, grid_lines(text)[1:], strict=True):
        cells = [line[2 + 3 * j : 5 + 3 * j] for j in range(11)]
        mark = f"{round(100 * row.max())}" if colour else "*"
        assert [mark in cell for cell in cells] == [j == row.argmax() for j in range(11)]


def test_a_row_without_weight_marks_nothing() -> None:
    text = heatmap_text([[0, 0], [0, 1]], ["x", "y"], ["a", "b"], colour=False, width=80)
    assert grid_lines(text)[1:] == ["x   .  .", "y   . *9"]


def test_per_cent_stay_in_their_cell() -> None:
    columns = list("abcdefghij")
    text = heatmap_text(np.eye(10), columns, columns, colour=True, width=22)
    assert grid_lines(text)[1] == "a 99" + " " * 18


@pytest.mark.parametrize(("colorterm", "smooth"), [("truecolor", True), ("", False)])
def test_brighter_is_more(colorterm: str, smooth: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORTERM", colorterm)
    monkeypatch.setenv("TERM", "xterm-256color")
    weights = [[j / 10 for j in range(11)]]
    text = heatmap_text(weights, ["x"], ["y"] * 11, colour=True, width=80)
    shades = backgrounds(text.split("\n")[1])
    brightness = [luminance(shade) for shade in shades]
    assert len(shades) == 11
    assert brightness == sorted(set(brightness))
    assert all((shade.triplet is not None) == smooth for shade in shades)


def test_the_legend_shows_the_scale() -> None:
    text = heatmap_text([[0.31, 0.12]], ["x"], ["a", "b"], colour=True, width=80)
    assert "0.00" in plain(text)
    assert "0.50" in plain(text)
    assert len(backgrounds(text.split("\n")[-1])) == 11


def test_the_terminal_gives_the_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    text = heatmap_text(spread(2, 30), ["a", "b"], ["x"] * 30, colour=False)
    assert {cell_len(line) for line in grid_lines(text)} <= set(range(14, 21))


@pytest.mark.parametrize("weights", [np.zeros((2, 5)), np.zeros(2), np.zeros((0, 3))])
def test_weights_must_fit_their_labels(weights: np.ndarray) -> None:
    shape = re.escape(str(weights.shape))
    with pytest.raises(ShapeError, match=rf"got weights {shape} and labels \(2, 3\)\."):
        heatmap_text(weights, ["a", "b"], ["x", "y", "z"], colour=False)


@pytest.mark.parametrize(
    ("wrong", "message"), [(float("nan"), "nan"), (-0.5, "-0.5"), (1.5, "1.5")]
)
def test_weights_must_be_weights(wrong: float, message: str) -> None:
    with pytest.raises(DataError, match=rf"row 1, column 0 \(counted from 0\) has {message}\."):
        heatmap_text([[0.5, 0.5], [wrong, 0.5]], ["a", "b"], ["x", "y"], colour=False)


def test_each_row_can_have_its_own_scale() -> None:
    weights = [[1, 0, 0, 0], [0.3, 0.3, 0.15, 0.25], [0, 0, 0, 0]]
    text = heatmap_text(weights, list("xyz"), list("abcd"), colour=False, width=80, scale="row")
    assert text.split("\n")[1:] == [
        "x  *9  .  .  .",
        "y  *9  9  5  8",
        "z   .  .  .  .",
        "",
        ". below 0.10   1 from 0.10   5 from 0.50   9 from 0.90 (row's largest = 1)"
        "   * strongest of its row",
    ]


def test_small_weights_show_on_a_logarithmic_scale() -> None:
    weights = [[0.94, 0.05, 0.009, 0.001], [0.05, 0.002, 0.0019, 0]]
    text = heatmap_text(weights, list("xy"), list("abcd"), colour=False, width=80, scale="log")
    assert text.split("\n")[1:] == [
        "x  *9  5  3  .",
        "y  *5  1  .  .",
        "",
        ". below 0.002   1 from 0.002   5 from 0.032   9 from 0.5 (log scale)"
        "   * strongest of its row",
    ]


@pytest.mark.parametrize("scale", ["max", "row", "log"])
def test_the_coloured_legend_names_its_scale(scale: str) -> None:
    text = plain(heatmap_text(COFFEE, ["x", "y"], list("abc"), colour=True, width=80, scale=scale))
    note = {"max": " 1.00   number", "row": "(row's largest = 1)", "log": "(log scale)"}[scale]
    assert note in text.split("\n")[-1]
    assert re.findall(r"\d+", text.split("\n\n")[0]) == ["90", "75"]


def test_a_map_of_thousands_of_tokens_is_pooled_and_keeps_its_mass() -> None:
    weights = spread(3000, 2500)
    matrix, rows, columns, sentence = readable(weights, ["r"] * 3000, ["c"] * 2500)
    assert matrix.shape == (len(rows), len(columns)) == (64, 63)
    assert (rows[1], columns[2]) == ("48 r", "81 c")
    assert matrix.sum(1) == pytest.approx(1)
    assert matrix[1, 2] == pytest.approx(weights[47:94, 80:120].mean(0).sum())
    text = heatmap_text(weights, ["r"] * 3000, ["c"] * 2500, colour=False, width=200)
    assert text.split("\n")[-1] == sentence
    assert len(text.split("\n")) < 100


def test_what_pooling_gives_is_what_the_weights_pool() -> None:
    query, key = torch.randn(1, 1, 256, 3), torch.randn(1, 1, 192, 3)
    weights = qkv.attend(query, key, key).weights
    pooled = readable(weights.dense()[0, 0].double().numpy(), [""] * 256, [""] * 192)[0]
    assert pooled == pytest.approx(weights.pool(64, 64)[0, 0].double().numpy(), abs=1e-6)


# Words

THE_CAT = "the  cat’s 咖啡."
TOKENS = [
    Token("▁", 0, 0),
    Token("t", 0, 1),
    Token("he", 1, 3),
    Token("▁ca", 5, 7),
    Token("t’s", 7, 10),
    Token("▁咖啡", 11, 13),
    Token(".", 13, 14),
    Token("<eos>", 14, 14),
]


def test_tokens_are_put_together_to_words() -> None:
    assert in_words(TOKENS, THE_CAT) == [("the", 0), ("cat’s", 3), ("咖啡.", 5), ("<eos>", 7)]


def test_without_spaces_only_the_bytes_of_a_character_are_put_together() -> None:
    bytes_ = [Token(f"<0x{byte:02X}>", 2, 3) for byte in "猫".encode()]
    tokens = [Token("可爱", 0, 2), *bytes_, Token("。", 3, 4), Token("<eos>", 4, 4)]
    assert in_words(tokens, "可爱猫。") == [("可爱", 0), ("猫", 1), ("。", 4), ("<eos>", 5)]


def test_words_keep_the_mass() -> None:
    weights = spread(8, 5)
    rows, columns = in_words(TOKENS, THE_CAT), [("a", 0), ("b", 1), ("<eos>", 4)]
    of_words = merged(weights, rows, columns)
    assert of_words.shape == (4, 3)
    assert of_words.sum(1) == pytest.approx(1)
    assert of_words[0, 1] == pytest.approx(weights[:3, 1:4].mean(0).sum())

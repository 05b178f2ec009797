"""Where words looked: light falls on the right places, by the right amount, in any picture."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from rich.text import Text

from qkv.errors import ConfigError, DataError, MissingExtra, ShapeError
from qkv.inspection import _fonts
from qkv.inspection._boxes import in_cells, painted, percent
from qkv.inspection._sheet import Sheet
from qkv.inspection.regions import regions_png, regions_text

BRICK = (200, 40, 40)
DIM = round(0.4 * (0.299 * 200 + 0.587 * 40 + 0.114 * 40))  # grey, and in no part of the scale
LIT = tuple(round(0.4 * 255 + 0.6 * channel) for channel in BRICK)
OUTLINE = (255, 45, 85)

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # such as a missing glyph
needs_fonts = pytest.mark.skipif(
    not _fonts._packaged_files(), reason="needs a Chinese font: pip install noto-cjk-sans-otc"
)


def grid(size: tuple[int, int], columns: int, rows: int) -> NDArray[np.float64]:
    """Boxes (rows * columns, 4) that tile a picture."""
    width, height = size[0] / columns, size[1] / rows
    row, column = np.divmod(np.arange(rows * columns), columns)
    return np.stack(
        [column * width, row * height, (column + 1) * width, (row + 1) * height], axis=1
    )


def bricks(*size: int) -> Image.Image:
    """A picture of one colour."""
    return Image.new("RGB", (size[0], size[1]), BRICK)


def draw(
    folder: Path,
    picture: Image.Image,
    weights: Any,
    boxes: Any,
    words: list[str] | None = None,
    title: str | None = None,
) -> NDArray[np.int64]:
    """The sheet's pixels (height, width, 3), red, green, blue from 0 to 255."""
    path = folder / "drawn.png"
    regions_png(picture, words or [""] * len(weights), weights, boxes, path, title=title)
    with Image.open(path) as sheet:
        return np.asarray(sheet.convert("RGB")).astype(np.int64)


def where(pixels: NDArray[np.int64], colour: tuple[int, ...] | int) -> NDArray[np.bool_]:
    """Which pixels (height, width) have a colour, but for rounding."""
    return np.all(abs(pixels - colour) <= 1, axis=2)  # pyright: ignore[reportReturnType]


def frame(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Left, top, right and bottom of what is true."""
    rows, columns = np.nonzero(mask)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


def one_word(pixels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The second of two pictures beside each other, without what stands above and below."""
    left, top, right, bottom = frame(where(pixels, BRICK))
    gap = 30  # 0.15 inches
    return pixels[top:bottom, right + gap : 2 * right - left + gap]


# --- the sheet of pictures ---


@pytest.mark.parametrize(("column", "row"), [(0, 0), (2, 1), (4, 2), (0, 2)])
def test_light_falls_where_the_word_looked(column: int, row: int, tmp_path: Path) -> None:
    weights = np.zeros((1, 15))
    weights[0, 5 * row + column] = 1
    pixels = one_word(draw(tmp_path, bricks(350, 210), weights, grid((350, 210), 5, 3)))
    height, width = pixels.shape[:2]
    box = [width * column / 5, height * row / 3, width * (column + 1) / 5, height * (row + 1) / 3]
    assert frame(where(pixels, OUTLINE)) == pytest.approx(box, abs=4)
    assert frame(where(pixels, LIT)) == pytest.approx(box, abs=4)
    lit, dim = where(pixels, LIT).mean(), where(pixels, DIM).mean()
    assert lit == pytest.approx(1 / 15, abs=0.01)
    assert dim == pytest.approx(14 / 15, abs=0.01)


def test_edges_of_light_are_true_and_sharp(tmp_path: Path) -> None:
    box = [[22, 8, 47, 30]]
    pixels = one_word(draw(tmp_path, bricks(60, 40), [[0.5, 0.5]], box * 2))  # equal: no outline
    lit, dim = where(pixels, LIT), where(pixels, DIM)
    assert frame(lit) == pytest.approx(np.array(box[0]) * pixels.shape[1] / 60, abs=1)
    assert (lit | dim).all()


def test_light_is_in_proportion_and_zero_is_dark(tmp_path: Path) -> None:
    weights = [[0.0, 0.02, 0.05, 0.08, 0.04, 0.0]]
    pixels = one_word(draw(tmp_path, bricks(60, 40), weights, grid((60, 40), 6, 1)))
    middles = pixels[pixels.shape[0] // 2, pixels.shape[1] * np.arange(1, 12, 2) // 12]
    share = np.array(weights[0])[:, None] / 0.08
    assert middles == pytest.approx(DIM + share * (np.array(LIT) - DIM), abs=1.5)


def test_a_dark_thing_looked_at_is_no_darker_than_a_bright_thing_not_looked_at(
    tmp_path: Path,
) -> None:
    picture = Image.new("RGB", (40, 20), "white")
    picture.paste("black", (0, 0, 20, 20))
    pixels = draw(tmp_path, picture, [[1, 0]], grid((40, 20), 2, 1))
    left, top, right, bottom = frame(where(pixels, OUTLINE))
    middle = (top + bottom) // 2
    looked_at, not_looked_at = pixels[middle, left + 40], pixels[middle, right + 40]
    assert looked_at.tolist() == not_looked_at.tolist() == [102, 102, 102]


def test_where_boxes_overlap_the_stronger_is_seen(tmp_path: Path) -> None:
    boxes = [[0, 0, 60, 60], [30, 0, 60, 60], [0, 0, 45, 60]]
    pixels = one_word(draw(tmp_path, bricks(60, 60), [[0.2, 0.4, 0.1]], boxes))
    assert where(pixels, LIT).mean() == pytest.approx(1 / 2, abs=0.03)
    half = np.rint((DIM + np.array(LIT)) / 2).astype(int)
    assert where(pixels, tuple(half)).mean() == pytest.approx(1 / 2, abs=0.03)


def test_boxes_may_stand_out_of_the_picture(tmp_path: Path) -> None:
    pixels = one_word(draw(tmp_path, bricks(60, 60), [[1, 0]], [[-60, -9, 30, 99], [30, 0, 99, 9]]))
    assert frame(where(pixels, LIT)) == pytest.approx([0, 0, 173, 346], abs=3)


@pytest.mark.parametrize("size", [(3, 2), (640, 427), (37, 90)])
def test_cells_tile_a_picture_whatever_its_size(size: tuple[int, int]) -> None:
    levels = painted(np.arange(1, 197) / 196, grid(size, 14, 14) / 3, (size[0] // 3, size[1] // 3))
    assert (levels > 0).all()


def test_no_box_is_too_small_to_be_seen() -> None:
    levels = painted(
        np.array([0.5, 1]), np.array([[0.1, 0.1, 0.2, 0.2], [4.99, 2.9, 5, 3]]), (5, 3)
    )
    assert levels[0, 0] == 0.5
    assert levels[2, 4] == 1


def test_even_attention_is_light_all_over_and_outlines_nothing(tmp_path: Path) -> None:
    boxes = grid((50, 50), 7, 7)
    pixels = one_word(draw(tmp_path, bricks(50, 50), np.full((1, 49), 1 / 49), boxes))
    assert where(pixels, LIT).all()


def test_no_attention_is_dark_all_over(tmp_path: Path) -> None:
    pixels = one_word(draw(tmp_path, bricks(50, 50), np.zeros((1, 4)), grid((50, 50), 2, 2)))
    assert where(pixels, DIM).all()


@pytest.mark.parametrize("words", [1, 5, 6])
def test_the_picture_stands_once_plain_and_once_for_each_word(words: int, tmp_path: Path) -> None:
    pixels = draw(tmp_path, bricks(40, 40), np.ones((words, 1)), [[0, 0, 40, 40]])
    assert where(pixels, LIT).sum() / where(pixels, BRICK).sum() == pytest.approx(words, rel=0.06)


@pytest.mark.parametrize("size", [(100, 100), (400, 300), (300, 400), (900, 500)])
def test_sheets_have_a_sensible_shape(size: tuple[int, int]) -> None:
    for words in [1, 2, 3, 5, 8, 13, 40, 60]:
        sheet = Sheet.lay_out(1 + words, size, ["DejaVu Sans"])
        width, height = sheet.figure.get_size_inches()
        assert 0.35 < width / height < 3
        assert width < 15
        assert sheet.columns <= 6


@pytest.mark.parametrize("size", [(1, 1), (8000, 6), (6, 8000), (8000, 6000)])
def test_any_size_of_picture_makes_a_sheet_of_bounded_size(
    size: tuple[int, int], tmp_path: Path
) -> None:
    picture = Image.new("L", size, 128)
    height, width, _ = draw(tmp_path, picture, np.ones((2, 1)), [[0, 0, *size]], ["a", "b"]).shape
    assert 300 < width < 1500
    assert 300 < height < 3000


def test_a_thousand_words_do_not_fill_the_memory() -> None:
    sheet = Sheet.lay_out(1001, (400, 300), ["DejaVu Sans"])
    assert 1001 * sheet.dots[0] * sheet.dots[1] < 2e7


NUMBERS = {"F": (np.float32, 1.0), "I;16": (np.uint16, 65535)}  # and their white


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "F", "I;16"])
def test_any_kind_of_picture(mode: str, tmp_path: Path) -> None:
    picture = Image.new("L", (30, 20), 255)
    picture.paste(0, (0, 0, 15, 20))
    if mode in NUMBERS:
        kind, white = NUMBERS[mode]
        converted = Image.fromarray((np.asarray(picture) / 255 * white).astype(kind))
    else:
        converted = picture.convert(mode)
    assert converted.mode == mode
    before = converted.tobytes()
    boxes = grid((30, 20), 2, 1)
    usual, same = (draw(tmp_path, each, [[0, 1]], boxes) for each in (picture, converted))
    assert abs(usual - same).max() <= 2
    assert (converted.mode, converted.tobytes()) == (mode, before)


def test_a_picture_lies_as_its_exif_says_it_is_seen(tmp_path: Path) -> None:
    seen = Image.new("RGB", (30, 20), "white")
    seen.paste((160, 80, 40), (0, 0, 15, 20))
    turned = seen.transpose(Image.Transpose.ROTATE_90)  # 6: turn it back, clockwise
    turned.getexif()[0x0112] = 6
    assert turned.size == (20, 30)
    boxes = grid((30, 20), 2, 1)
    assert (draw(tmp_path, turned, [[0, 1]], boxes) == draw(tmp_path, seen, [[0, 1]], boxes)).all()


def test_a_picture_that_cannot_be_seen_is_named(tmp_path: Path) -> None:
    beyond = Image.fromarray(np.full((9, 9), 2.0, np.float32))
    with pytest.raises(DataError, match=r"^the picture: cannot be decoded \(its values lie"):
        draw(tmp_path, beyond, [[1]], [[0, 0, 9, 9]])


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    clear, white = (Image.new("RGBA", (20, 20), each) for each in [(9, 9, 9, 0), "white"])
    drawn = [draw(tmp_path, each, [[1.0]], [[0, 0, 20, 20]]) for each in (clear, white)]
    assert (drawn[0] == drawn[1]).all()


@needs_fonts
def test_chinese_words_have_glyphs(tmp_path: Path) -> None:
    words = ["狗", "猫", "\U0010fffd"]
    boxes = [[0, 0, 20, 20]]
    drawn = [draw(tmp_path, bricks(20, 20), [[1.0]], boxes, [word]).tobytes() for word in words]
    assert len(set(drawn)) == 3


@pytest.mark.parametrize("word", ["<eos>", "$x_1$", "a\nb", " ", "👩‍👩‍👧", "M" * 60, "狗" * 60])
def test_words_are_taken_literally_and_stay_above_their_picture(word: str, tmp_path: Path) -> None:
    if not (_fonts._packaged_files() or word.isascii()):
        pytest.skip("needs a font")
    plain, worded = (
        draw(tmp_path, bricks(20, 50), [[1.0]], [[0, 0, 20, 50]], [text]) for text in ["", word]
    )
    assert plain.shape == worded.shape
    left, top, right, _ = frame(where(plain, LIT))
    outside = (plain != worded).any(axis=2)
    outside[:top, left - 3 : right + 9] = False  # the picture is narrower than its place
    assert not outside.any()


def test_flags_are_letters_as_in_the_heat_map(tmp_path: Path) -> None:
    flag, letters = (
        draw(tmp_path, bricks(20, 20), [[1.0]], [[0, 0, 20, 20]], [word]) for word in ["🇨🇳", "CN"]
    )
    assert (flag == letters).all()


def test_a_long_word_leaves_room_for_its_share() -> None:
    sheet = Sheet.lay_out(3, (30, 50), ["DejaVu Sans"])
    sheet.name(1, "W" * 300, "100%")
    share, word = sheet.canvas.axes.texts
    assert word.get_text().startswith("WWW")
    assert word.get_text().endswith("…")
    assert word.get_window_extent().x1 < share.get_window_extent().x0


@pytest.mark.parametrize("title", ["a dog runs " * 20, "a" * 200])
def test_a_long_title_goes_on_below(title: str, tmp_path: Path) -> None:
    short, long = (
        draw(tmp_path, bricks(20, 20), np.ones((3, 1)), [[0, 0, 20, 20]], title=text).shape
        for text in ["a dog", title]
    )
    assert long[1] == short[1]
    assert long[0] > short[0] + 50


@pytest.mark.parametrize(
    ("name", "start"), [("a.PNG", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.pdf", b"%PDF")]
)
def test_the_name_decides_the_format(name: str, start: bytes, tmp_path: Path) -> None:
    regions_png(bricks(9, 9), ["a"], [[1]], [[0, 0, 9, 9]], tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a figure's name must end in .png or .svg or .pdf\.$"):
        regions_png(bricks(9, 9), ["a"], [[1]], [[0, 0, 9, 9]], tmp_path / "a.jpg")


@pytest.mark.usefixtures("full_disk")
def test_a_failed_write_leaves_the_old_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"old")
    with pytest.raises(DataError, match=r"a\.png: cannot be written \(No space left on device\)"):
        regions_png(bricks(9, 9), ["a"], [[1]], [[0, 0, 9, 9]], tmp_path / "a.png")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.png": b"old"}


def test_without_a_font_nothing_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_fonts, "_packaged_files", set)
    monkeypatch.setattr(_fonts, "_system_families", set)
    with pytest.raises(MissingExtra, match="no font here has 狗; one comes with"):
        regions_png(bricks(9, 9), ["狗"], [[1]], [[0, 0, 9, 9]], tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


# --- the same as text ---

QUARTERS = grid((100, 60), 2, 2)
LEGEND = (
    "\n* the word's strongest region   5 from 5/10 of it   . below 1/10"
    "\n%: the weight of the strongest region   x, y: where it is, in pixels"
)
LABEL = st.one_of(
    st.sampled_from(["狗", "e\u0301", "👩‍👩‍👧", "\x1b[1m", "\u2028", "[b]"]), st.text()
)


def plain(text: str) -> str:
    """The text without colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def luminance(colour: Color | None) -> float:
    assert colour is not None
    red, green, blue = (channel / 255 for channel in colour.get_truecolor())
    return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2


def cell_colours(line: str) -> list[tuple[Color | None, Color | None]]:
    """Ink and background of each half block in a painted line."""
    styles = [span.style for span in Text.from_ansi(line).spans]
    return [(style.color, style.bgcolor) for style in styles if isinstance(style, Style)]


def test_words_stand_beside_each_other_with_their_maps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    weights = [[0.6, 0.35, 0.05, 0], [0, 0, 1, 0], [0.25] * 4, [0] * 4, [0.011, 0, 0, 0.02]]
    text = regions_text(["a", "小狗", "<eos>", "x", "y"], weights, QUARTERS, colour=False)
    assert [line.rstrip() for line in text.split("\n")] == [
        "* 5  a          . .  小狗       * *  <eos>",
        ". .  60%        * .  100%       * *  25%",
        "     x 0–50          x 0–50          4 equal",
        "     y 0–30          y 30–60",
        "",
        ". .  x          5 .  y",
        ". .  0%         . *  2.0%",
        "     nowhere         x 50–100",
        "                     y 30–60",
        *LEGEND.split("\n"),
    ]


@pytest.mark.parametrize("colour", [False, True])
def test_the_order_of_the_boxes_does_not_matter(colour: bool) -> None:
    weights = np.random.default_rng(0).dirichlet(np.ones(15), size=2)
    boxes = grid((70, 30), 5, 3)
    shuffled = np.random.default_rng(1).permutation(15)
    texts = [
        regions_text(["a", "b"], weights[:, order], boxes[order], colour=colour)
        for order in (np.arange(15), shuffled)
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(("colorterm", "smooth"), [("truecolor", True), ("", False)])
def test_in_colour_brighter_is_more_and_two_rows_share_a_line(
    colorterm: str, smooth: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORTERM", colorterm)
    monkeypatch.setenv("TERM", "xterm-256color")
    weights = np.linspace(0, 0.2, 15)  # each cell brighter than the one before it
    text = regions_text(["a"], [weights], grid((50, 30), 5, 3), colour=True)
    first, second = map(cell_colours, text.split("\n")[:2])
    cells = [*(ink for ink, _ in first), *(behind for _, behind in first)]
    cells += [ink for ink, _ in second]
    shades = [luminance(cell) for cell in cells]
    assert len(shades) == 15
    assert shades == sorted(shades)
    assert len(set(shades)) >= 11
    assert all((cell is not None and cell.triplet is not None) == smooth for cell in cells)
    assert [behind for _, behind in second] == [None] * 5  # there is no fourth row


def test_boxes_in_no_rows_share_a_coarse_map() -> None:
    boxes = np.array([[0, 0, 70, 140], [40, 70, 140, 140], [100, 0, 101, 5]])
    text = regions_text(["a"], [[0.3, 0.6, 0.06]], boxes, colour=False)
    assert [line[:14] for line in text.split("\n")[:14]] == [
        "5555555...1...",
        *["5555555......."] * 6,
        *["5555**********"] * 7,
    ]


def test_a_grid_of_overlapping_boxes_is_a_grid() -> None:
    boxes = grid((96, 96), 3, 3) + np.array([-20, -20, 20, 20])
    cells, size = in_cells(boxes)
    assert size == (3, 3)
    assert (cells == grid((3, 3), 3, 3)).all()


@settings(max_examples=40)
@given(
    st.lists(LABEL, min_size=1, max_size=7),
    st.integers(1, 9),
    st.integers(1, 9),
    st.booleans(),
    st.integers(40, 130),
)
def test_lines_of_a_row_are_equally_wide_and_fit(
    words: list[str], columns: int, rows: int, colour: bool, width: int
) -> None:
    weights = np.random.default_rng(0).dirichlet(np.ones(rows * columns), size=len(words))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        text = regions_text(words, weights, grid((900, 600), columns, rows), colour=colour)
    *blocks, legend = plain(text).split("\n\n")
    for block in blocks:
        widths = {cell_len(line) for line in block.split("\n")}
        assert len(widths) == 1
        assert max(widths) <= width
    assert len(legend.split("\n")) == 2
    assert all(character == "\n" or character >= " " for character in plain(text))


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (1, "100%"),
        (0.996, "100%"),
        (0.625, "62%"),
        (0.0996, "10%"),
        (0.0994, "9.9%"),
        (1 / 49, "2.0%"),
        (1 / 196, "0.5%"),
        (0.0004, "<0.1%"),
        (0, "0%"),
    ],
)
def test_per_cent_have_two_digits(weight: float, message: str) -> None:
    assert percent(weight) == message


# --- what both refuse ---


@pytest.mark.parametrize(
    ("words", "weights", "boxes"),
    [
        (2, (3, 5), (5, 4)),
        (3, (3, 5), (7, 4)),
        (3, (3, 5), (5, 2)),
        (3, (3,), (5, 4)),
        (0, (0, 5), (5, 4)),
        (3, (3, 0), (0, 4)),
        (1, (1, 1), ()),
    ],
)
def test_words_weights_and_boxes_must_fit(
    words: int, weights: tuple[int, ...], boxes: tuple[int, ...], tmp_path: Path
) -> None:
    given_ = [""] * words, np.zeros(weights), np.zeros(boxes)
    message = re.escape(f"got {words} words, weights {weights} and boxes {boxes}.")
    with pytest.raises(ShapeError, match=f"at least one of both; {message}$"):
        regions_text(*given_, colour=False)
    with pytest.raises(ShapeError, match=message):
        regions_png(bricks(9, 9), *given_, tmp_path / "a.png")


@pytest.mark.parametrize(
    ("wrong", "message"), [(float("nan"), "nan"), (-0.5, "-0.5"), (1.5, "1.5")]
)
def test_weights_must_be_weights(wrong: float, message: str, tmp_path: Path) -> None:
    weights = [[0.5, 0.5], [wrong, 0.5]]
    message = rf"regions: .* between 0 and 1; row 1, column 0 \(counted from 0\) has {message}\."
    with pytest.raises(DataError, match=message):
        regions_text(["a", "b"], weights, grid((9, 9), 2, 1), colour=False)
    with pytest.raises(DataError, match=message):
        regions_png(bricks(9, 9), ["a", "b"], weights, grid((9, 9), 2, 1), tmp_path / "a.png")


@pytest.mark.parametrize("box", [(4, 0, 4, 9), (0, 9, 4, 2), (0, 0, float("nan"), 9)])
def test_boxes_must_have_an_inside(box: tuple[float, ...]) -> None:
    with pytest.raises(DataError) as caught:
        regions_text(["a"], [[0.5, 0.5]], [(0, 0, 9, 9), box], colour=False)
    left, top, right, bottom = (f"{edge:g}" for edge in box)
    assert str(caught.value) == (
        f"regions: box 1 (counted from 0), {left}, {top}, {right}, {bottom}, has no inside;"
        " a box is left, top, right, bottom with left < right and top < bottom."
    )


@pytest.mark.parametrize("box", [(9, 0, 18, 9), (0, -5, 9, 0), (-3, 0, -1, 9)])
def test_boxes_must_lie_in_the_picture(box: tuple[int, ...], tmp_path: Path) -> None:
    message = (
        f"box 1 (counted from 0), {', '.join(map(str, box))}, lies beyond the picture of 9 x 9"
        " pixels; boxes are left, top, right, bottom in pixels of this very picture."
    )
    with pytest.raises(DataError, match=re.escape(message)):
        regions_png(bricks(9, 9), ["a"], [[0.5, 0.5]], [(0, 0, 9, 9), box], tmp_path / "a.png")

"""The heat map as a picture: ink where the weights are, real glyphs, and whole files or none."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from qkv.errors import ConfigError, DataError, MissingExtra, ShapeError
from qkv.inspection import _fonts
from qkv.inspection._fonts import in_fonts
from qkv.inspection.figures import heatmap_png

CELL_DOTS = 60  # 0.3 inches at 200 dots

needs_fonts = pytest.mark.skipif(
    not _fonts._packaged_files(), reason="needs a Chinese font: pip install noto-cjk-sans-otc"
)


def peak(at: tuple[int, int]) -> NDArray[np.float64]:
    """Weights (3, 5), all in one place."""
    weights = np.zeros((3, 5))
    weights[at] = 1
    return weights


def draw(
    folder: Path, weights: object, rows: list[str], columns: list[str], title: str | None = None
) -> NDArray[np.int64]:
    """The picture's pixels (height, width, 3), red, green, blue from 0 to 255."""
    path = folder / "drawn.png"
    heatmap_png(np.asarray(weights), rows, columns, path, title=title)
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(np.int64)


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with the font that comes with matplotlib, and no other."""
    monkeypatch.setattr(_fonts, "_packaged_files", set)
    monkeypatch.setattr(_fonts, "_system_families", set)


@pytest.mark.parametrize("at", [(2, 4), (1, 3), (2, 0)])
def test_ink_is_where_the_weight_is(at: tuple[int, int], tmp_path: Path) -> None:
    origin, moved = (
        draw(tmp_path, peak(place), [""] * 3, [""] * 5)[..., 0] < 60 for place in [(0, 0), at]
    )
    here, there = (np.argwhere(ink).mean(axis=0) for ink in (origin & ~moved, moved & ~origin))
    assert there - here == pytest.approx(CELL_DOTS * np.array(at), abs=2)


def test_more_weight_is_darker(tmp_path: Path) -> None:
    pixels = draw(tmp_path, [np.linspace(0, 1, 11)], [""], [""] * 11).sum(axis=2)
    ink = np.argwhere(pixels < 3 * 254)  # not quite white: all but the page
    left = ink[:, 1].min() + CELL_DOTS // 2
    top = ink[ink[:, 1] == left][:, 0].min() + CELL_DOTS // 2
    middles = pixels[top, left : left + 11 * CELL_DOTS : CELL_DOTS].tolist()
    assert middles == sorted(set(middles), reverse=True)


def test_the_picture_grows_with_the_tokens(tmp_path: Path) -> None:
    small = draw(tmp_path, np.zeros((7, 7)), ["a"] * 7, ["b"] * 7).shape
    large = draw(tmp_path, np.zeros((11, 18)), ["a"] * 11, ["b"] * 18).shape
    assert large[0] - small[0] == pytest.approx(4 * CELL_DOTS, abs=2)
    assert large[1] - small[1] == pytest.approx(11 * CELL_DOTS, abs=2)


@needs_fonts
def test_chinese_has_glyphs() -> None:
    from fontTools.ttLib import TTFont
    from matplotlib.font_manager import fontManager

    texts, families = in_fonts(["我喜欢咖啡，", "kitten <eos>"], Path("a.png"))
    assert texts == ["我喜欢咖啡，", "kitten <eos>"]
    assert families == ["DejaVu Sans", "Noto Sans CJK SC"]
    face = fontManager.findfont("Noto Sans CJK SC")
    glyphs = TTFont(face, fontNumber=face.face_index).getBestCmap() or {}
    assert {ord(character) for character in "我喜欢咖啡，"} <= glyphs.keys()


@needs_fonts
def test_different_characters_look_different(tmp_path: Path) -> None:
    pictures = [draw(tmp_path, peak((0, 0)), [row, "", ""], [""] * 5) for row in "我你\U0010fffd"]
    mine, yours, missing = (picture[:, :-300].tobytes() for picture in pictures)
    assert len({mine, yours, missing}) == 3


@needs_fonts
def test_a_character_without_a_glyph_is_spelled_out() -> None:
    assert in_fonts(["a\U0010fffd"], Path("a.png"))[0] == ["aU+10FFFD"]


@pytest.mark.usefixtures("no_fonts")
def test_without_a_font_nothing_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(MissingExtra) as caught:
        heatmap_png([[1.0]], ["我喜欢"], ["café"], tmp_path / "a.png")
    assert str(caught.value) == (
        "figure: no font here has 我喜欢; one comes with: pip install noto-cjk-sans-otc"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_fonts")
def test_latin_needs_no_extra_font() -> None:
    assert in_fonts(["Straße, café <eos>"], Path("a.png"))[1] == ["DejaVu Sans"]


def test_the_fullest_font_is_taken_first(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts = {"DejaVu Sans": "ab", "One": "我", "Two JP": "我你", "Two SC": "我你", "Three": "他"}
    monkeypatch.setattr(_fonts, "_lacking", lambda family, wanted: wanted - set(fonts[family]))
    monkeypatch.setattr(_fonts, "_packaged_files", set)
    monkeypatch.setattr(_fonts, "_system_families", lambda: set(fonts))
    assert in_fonts(["a我", "你他"], Path("a.png"))[1] == ["DejaVu Sans", "Two SC", "Three"]


def test_no_system_font_of_last_resort_counts() -> None:
    assert not {name for name in _fonts._system_families() if "resort" in name.lower()}


@pytest.mark.parametrize(
    ("name", "start"), [("a.PNG", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.pdf", b"%PDF")]
)
def test_the_name_decides_the_format(name: str, start: bytes, tmp_path: Path) -> None:
    heatmap_png([[1.0]], ["a"], ["b"], tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a.jpg", "a", ".png"])
def test_an_unknown_format_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a figure's name must end in .png or .svg or .pdf\.$"):
        heatmap_png([[1.0]], ["a"], ["b"], tmp_path / name)


@pytest.mark.usefixtures("full_disk")
def test_a_failed_write_leaves_the_old_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"old")
    with pytest.raises(DataError, match=r"a\.png: cannot be written \(No space left on device\)"):
        heatmap_png([[1.0]], ["a"], ["b"], tmp_path / "a.png")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.png": b"old"}


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere/a\.png: cannot be written \(No such file"):
        heatmap_png([[1.0]], ["a"], ["b"], tmp_path / "nowhere" / "a.png")


def test_weights_must_fit_their_labels(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match=r"weights \(3, 5\) and labels \(3, 2\)"):
        heatmap_png(peak((0, 0)), ["a", "b", "c"], ["x", "y"], tmp_path / "a.png")


@pytest.mark.parametrize("label", [r"$\nonsense$", "a\nb\t\x1b", "\u200d", "👩‍👩‍👧", "_^{}%#&\\"])
def test_labels_are_taken_literally(label: str, tmp_path: Path) -> None:
    if _fonts._packaged_files() or label.isascii():
        image = draw(tmp_path, peak((1, 3)), [label] * 3, [label] * 5, title=label)
        assert min(image.shape[:2]) > 0


def test_nothing_global_is_touched(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from qkv.inspection.figures import heatmap_png\n"
        "assert 'matplotlib' not in sys.modules\n"
        "import matplotlib\n"
        "before = matplotlib.rcParams.copy()\n"
        f"heatmap_png([[1.0]], ['a'], ['b'], {str(tmp_path / 'a.png')!r})\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "names = before.keys() - {'backend'}\n"  # chosen when looked at
        "assert {name for name in names if matplotlib.rcParams[name] != before[name]} == set()\n"
    )
    run = subprocess.run([sys.executable, "-W", "error::UserWarning", "-c", code], check=False)
    assert run.returncode == 0


@pytest.mark.parametrize("scale", ["max", "row", "log"])
def test_a_causal_first_row_washes_out_the_rest_unless_asked_not_to(
    scale: str, tmp_path: Path
) -> None:
    weights = np.tril(np.ones((30, 30))) / np.arange(1, 31)[:, None]
    path = tmp_path / "a.png"
    heatmap_png(weights, [""] * 30, [""] * 30, path, scale=scale)
    with Image.open(path) as picture:
        red = np.asarray(picture.convert("RGB")).astype(int)[..., 0]
    ink = np.argwhere(red < 250)
    left, bottom = ink[:, 1].min() + CELL_DOTS // 2, ink[:, 0].max() - CELL_DOTS // 2
    last_row = red[bottom, left]
    assert last_row < 20 if scale == "row" else last_row > 200 if scale == "max" else last_row < 130


def test_the_scale_is_written_beside_the_picture(tmp_path: Path) -> None:
    for scale, note in (("max", ""), ("row", "row's largest = 1"), ("log", "log scale")):
        path = tmp_path / f"{scale}.svg"
        heatmap_png([[0.5, 0.25]], ["a"], ["b", "c"], path, scale=scale)
        assert "attention weight" in path.read_text("utf-8")
        assert note in path.read_text("utf-8")
        assert ("largest" in path.read_text("utf-8")) == (scale == "row")


def test_an_unknown_scale_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^scale must be max, row or log; got 'sqrt'\.$"):
        heatmap_png([[1.0]], ["a"], ["b"], tmp_path / "a.png", scale="sqrt")
    assert list(tmp_path.iterdir()) == []


def test_a_map_of_thousands_of_tokens_is_pooled_and_says_so(tmp_path: Path) -> None:
    weights = np.full((3000, 200), 1 / 200)
    path = tmp_path / "a.svg"
    title = "很长的句子" * 600
    heatmap_png(weights, ["词"] * 3000, ["word"] * 200, path, title=title)
    text = path.read_text("utf-8")
    sentence = (
        "3,000 × 200 tokens, pooled: a cell is what 47 rows, on average, put on 4 columns together;"
        " labels give the first."
    )
    assert sentence in text
    assert title not in text
    heatmap_png(weights, ["词"] * 3000, ["word"] * 200, tmp_path / "a.png", title=title)
    with Image.open(tmp_path / "a.png") as picture:
        assert max(picture.size) < 64 * CELL_DOTS + 1000
    heatmap_png(weights[:128, :128], ["词"] * 128, ["word"] * 128, path, title="a")
    assert "pooled" not in path.read_text("utf-8")

"""Pictures of every kind, turned, transparent, broken, too large; and their regions' boxes."""

from __future__ import annotations

import os
import struct
import sys
import warnings
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from PIL import Image, ImageOps

from qkv.data import pictures
from qkv.data.pictures import (
    MOST_PIXELS,
    quiet,
    read_bytes,
    read_picture,
    region_boxes,
    squared,
    upright,
)
from qkv.errors import DataError, MissingExtra
from tests.fresh import modules_after

FORMATS = "JPEG, PNG, WEBP, GIF, BMP, TIFF, JPEG2000, PPM, AVIF"
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def coloured(width: int = 5, height: int = 3) -> Image.Image:
    """No two pixels the same."""
    numbers = np.random.default_rng(0).permutation(256)[: width * height * 3]
    return Image.fromarray(numbers.astype(np.uint8).reshape(height, width, 3))


def saved(picture: Image.Image, path: Path, **options: Any) -> Path:
    picture.save(path, **options)
    return path


def failure(path: Path) -> str:
    """What reading the picture says; a warning would be an error of another kind."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DataError) as caught:
            read_picture(path)
    return str(caught.value)


def png(width: int, height: int, rows: bytes = b"", *, kind: int = 2, more: bytes = b"") -> bytes:
    """A PNG file by hand, 8 bits a channel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    body = chunk(b"IHDR", header) + more + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("ending", ["png", "bmp", "tiff", "ppm", "webp", "jp2"])
def test_a_picture_is_read_as_it_was_saved(tmp_path: Path, ending: str) -> None:
    options = {"webp": {"lossless": True}, "jp2": {"irreversible": False}}.get(ending, {})
    path = saved(coloured(), tmp_path / f"a.{ending}", **options)
    picture = read_picture(path)
    assert (picture.mode, picture.size) == ("RGB", (5, 3))
    assert_array_equal(np.asarray(picture), np.asarray(coloured()))


@pytest.mark.parametrize("ending", ["jpg", "avif", "gif"])
def test_lossy_kinds_are_read_too(tmp_path: Path, ending: str) -> None:
    plain = Image.new("RGB", (16, 8), (200, 100, 50))
    picture = read_picture(saved(plain, tmp_path / f"a.{ending}"))
    assert (picture.mode, picture.size) == ("RGB", (16, 8))
    assert np.abs(np.asarray(picture, int) - np.asarray(plain, int)).max() <= 4


def test_the_kind_is_told_by_the_bytes_not_by_the_name(tmp_path: Path) -> None:
    path = saved(coloured(), tmp_path / "a.jpg", format="PNG")
    assert_array_equal(np.asarray(read_picture(path)), np.asarray(coloured()))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["png", "tiff"])
def test_a_picture_is_turned_as_its_exif_says(
    tmp_path: Path, ending: str, orientation: int
) -> None:
    # EXIF 2.32, tag 274: where the stored picture's 0th row and 0th column are seen.
    a = np.asarray(coloured())
    seen = {
        1: a,
        2: a[:, ::-1],
        3: a[::-1, ::-1],
        4: a[::-1],
        5: a.swapaxes(0, 1),
        6: a[::-1].swapaxes(0, 1),
        7: a[::-1, ::-1].swapaxes(0, 1),
        8: a[:, ::-1].swapaxes(0, 1),
    }
    exif = Image.Exif()
    exif[274] = orientation
    path = saved(coloured(), tmp_path / f"a.{ending}", exif=exif)
    picture = read_picture(path)
    assert_array_equal(np.asarray(picture), seen[orientation])
    assert_array_equal(np.asarray(picture), np.asarray(ImageOps.exif_transpose(Image.open(path))))
    assert_array_equal(np.asarray(upright(picture)), np.asarray(picture))  # not twice


@pytest.mark.parametrize("value", [0, 9])
def test_an_orientation_that_means_nothing_is_ignored(tmp_path: Path, value: int) -> None:
    exif = Image.Exif()
    exif[274] = value
    picture = read_picture(saved(coloured(), tmp_path / "a.png", exif=exif))
    assert_array_equal(np.asarray(picture), np.asarray(coloured()))


@pytest.mark.parametrize(
    "exif", [b"MM\0*\xff\xff\xff", b"MM\0\0\0\0", b"M", b"MM\0*\0\0\0\x08\xff"]
)
@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_broken_exif_costs_no_picture(tmp_path: Path, ending: str, exif: bytes) -> None:
    path = saved(Image.new("RGB", (16, 5)), tmp_path / f"a.{ending}", exif=b"Exif\0\0" + exif)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_picture(path).size == (16, 5)


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (3, 1))
    for x, alpha in enumerate([0, 51, 255]):
        picture.putpixel((x, 0), (*RED, alpha))
    loaded = read_picture(saved(picture, tmp_path / "a.png"))
    assert np.asarray(loaded).tolist() == [[[255, 255, 255], [255, 204, 204], [255, 0, 0]]]
    grey = Image.new("LA", (1, 1), (100, 0))
    assert read_picture(saved(grey, tmp_path / "grey.png")).getpixel((0, 0)) == WHITE


@pytest.mark.parametrize("ending", ["png", "gif"])
def test_a_palette_may_have_a_transparent_colour(tmp_path: Path, ending: str) -> None:
    picture = Image.new("P", (2, 1))
    picture.putpalette([*GREEN, *BLUE])
    picture.putpixel((1, 0), 1)
    plain = read_picture(saved(picture, tmp_path / f"plain.{ending}"))
    assert np.asarray(plain).tolist() == [[[*GREEN], [*BLUE]]]
    clear = read_picture(saved(picture, tmp_path / f"clear.{ending}", transparency=0))
    assert np.asarray(clear).tolist() == [[[*WHITE], [*BLUE]]]


def test_one_colour_of_rgb_may_be_transparent(tmp_path: Path) -> None:
    picture = Image.new("RGB", (2, 1), RED)
    picture.putpixel((1, 0), BLUE)
    loaded = read_picture(saved(picture, tmp_path / "a.png", transparency=RED))
    assert np.asarray(loaded).tolist() == [[[*WHITE], [*BLUE]]]


@pytest.mark.parametrize("ending", ["png", "tiff", "pgm"])
def test_sixteen_bits_become_eight(tmp_path: Path, ending: str) -> None:
    numbers = np.array([[0, 257, 300, 32_767, 65_535]], np.uint16)
    path = saved(Image.fromarray(numbers), tmp_path / f"a.{ending}")
    grey = [0, 1, 1, 127, 255]  # rounded from 0, 1, 1.17, 127.498, 255
    assert np.asarray(read_picture(path)).tolist() == [[[x, x, x] for x in grey]]


def test_broken_numbers_become_eight_bits_where_white_is_one(tmp_path: Path) -> None:
    picture = Image.fromarray(np.array([[0, 0.5, 1]], np.float32))
    loaded = read_picture(saved(picture, tmp_path / "a.tiff"))
    assert np.asarray(loaded)[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize("number", [-0.1, 1.5, np.nan])
def test_numbers_that_are_no_brightness_are_refused(tmp_path: Path, number: float) -> None:
    picture = Image.fromarray(np.array([[0, number]], np.float32))
    path = saved(picture, tmp_path / "a.tiff")
    assert failure(path) == (
        f"{path}: cannot be decoded (its values lie outside 0 to 1); copy it again, or save it "
        "as PNG."
    )


def test_grey_black_and_white_and_cmyk_become_rgb(tmp_path: Path) -> None:
    grey = read_picture(saved(Image.new("L", (2, 2), 77), tmp_path / "a.png"))
    assert (grey.mode, grey.getpixel((1, 1))) == ("RGB", (77, 77, 77))
    bits = read_picture(saved(Image.new("1", (2, 2), 1), tmp_path / "b.png"))
    assert (bits.mode, bits.getpixel((1, 1))) == ("RGB", WHITE)
    ink = read_picture(saved(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), tmp_path / "c.jpg"))
    assert ink.mode == "RGB"
    assert np.abs(np.asarray(ink, int) - RED).max() <= 2


@pytest.mark.parametrize("ending", ["gif", "webp", "png", "tiff"])
def test_of_an_animation_the_first_frame_counts(tmp_path: Path, ending: str) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in (RED, GREEN, BLUE)]
    options: dict[str, Any] = {"lossless": True} if ending == "webp" else {}
    path = tmp_path / f"a.{ending}"
    frames[0].save(path, save_all=True, append_images=frames[1:], **options)
    assert read_picture(path).getpixel((2, 2)) == RED


def test_files_that_are_no_pictures_are_named(tmp_path: Path) -> None:
    missing = tmp_path / "gone.jpg"
    assert failure(missing) == f"{missing}: no such file."
    assert failure(tmp_path) == f"{tmp_path}: is a folder; name a picture."
    for name, data in {"text": b"no picture\n", "empty": b"", "header": png(2, 2)[:20]}.items():
        path = tmp_path / name
        path.write_bytes(data)
        assert failure(path) == f"{path}: not a picture in a format that qkv reads ({FORMATS})."
    assert failure(Path("a\0b")) == "a\0b: cannot be read (embedded null byte)."


def test_no_other_program_is_started_to_read_postscript(tmp_path: Path) -> None:
    path = saved(coloured(), tmp_path / "a.eps")
    assert failure(path) == f"{path}: not a picture in a format that qkv reads ({FORMATS})."


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "gif", "tiff", "bmp"])
def test_a_truncated_picture_is_refused(tmp_path: Path, ending: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = saved(Image.fromarray(noise), tmp_path / f"a.{ending}")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    assert failure(path).startswith(f"{path}: ")


def test_a_truncated_jpeg_says_so(tmp_path: Path) -> None:
    path = saved(Image.effect_noise((64, 64), 50), tmp_path / "a.jpg")
    path.write_bytes(path.read_bytes()[:-1000])
    text = failure(path)
    assert text.startswith(f"{path}: cannot be decoded (image file is truncated")
    assert text.endswith("); copy it again, or save it as PNG.")


@pytest.mark.parametrize("pixels", [MOST_PIXELS + 10_000, 100_000_000, 4_000_000_000])
def test_a_picture_too_large_is_refused_before_it_is_decoded(tmp_path: Path, pixels: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(10_000, pixels // 10_000))  # its pixels are missing
    assert failure(path) == (
        f"{path}: too large; a picture may have at most 50,000,000 pixels. Scale it down."
    )


def test_a_file_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.truncate(8 * MOST_PIXELS + 1)  # takes no room on disk
    assert "too large; a picture may have at most 50,000,000 pixels" in failure(path)


def test_what_never_ends_is_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").symlink_to("/dev/zero")
    assert failure(tmp_path / "a.png") == f"{tmp_path / 'a.png'}: is a device; name a picture."
    monkeypatch.setattr(pictures, "_MOST_BYTES", 70_000)
    os.mkfifo(tmp_path / "pipe")

    def write() -> None:
        with suppress(BrokenPipeError), (tmp_path / "pipe").open("wb") as pipe:
            while True:
                pipe.write(bytes(10_000))

    writer = Thread(target=write)
    writer.start()
    assert "too large; a picture may have at most" in failure(tmp_path / "pipe")
    writer.join(10)


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (0, 0)])
def test_a_picture_without_pixels_is_refused(tmp_path: Path, width: int, height: int) -> None:
    files = {
        "a.png": png(width, height),
        "a.ppm": f"P6 {width} {height} 255\n".encode(),
        "a.gif": b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;",
    }
    for name, data in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        assert failure(path).startswith(f"{path}: ")


def noise(kind: str) -> bytes:
    stream = BytesIO()
    Image.effect_noise((24, 20), 60).convert("RGB").save(stream, kind)
    return stream.getvalue()


SOUND = {kind: noise(kind) for kind in ("PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP")}


@given(
    kind=st.sampled_from(sorted(SOUND)),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8),
    kept=st.floats(0.2, 1),
)
def test_broken_bytes_give_a_picture_or_a_data_error(
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    changes: list[tuple[float, int]],
    kept: float,
) -> None:
    data = bytearray(SOUND[kind])
    for place, value in changes:
        data[int(place * len(data))] = value
    path = tmp_path_factory.getbasetemp() / "fuzzed"
    path.write_bytes(data[: int(kept * len(data))])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with suppress(DataError):
            assert read_picture(path).mode == "RGB"


def test_pillows_warnings_are_hushed_and_nobody_elses() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with quiet():
            Image.open(BytesIO(png(10_000, 10_000)))
            warnings.warn("mine", stacklevel=1)
        Image.open(BytesIO(png(10_000, 10_000)))
    assert [each.category for each in caught] == [UserWarning, Image.DecompressionBombWarning]


def test_a_square_holds_the_whole_picture_squeezed() -> None:
    halves = Image.new("RGB", (40, 10), RED)
    halves.paste(BLUE, (20, 0, 40, 10))
    small = squared(halves, 8)
    assert (small.shape, small.dtype) == ((3, 8, 8), np.uint8)
    assert small.flags.c_contiguous
    assert_array_equal(small[:, :, 0].T, [RED] * 8)
    assert_array_equal(small[:, :, -1].T, [BLUE] * 8)


def test_a_square_of_the_same_side_is_the_picture() -> None:
    picture = coloured(5, 5)
    assert_array_equal(squared(picture, 5), np.asarray(picture).transpose(2, 0, 1))


def test_squeezing_averages_fine_detail_away() -> None:
    lines = np.zeros((64, 64, 3), np.uint8)
    lines[:, ::2] = 255  # without antialiasing a square would be all black or all white
    small = squared(Image.fromarray(lines), 8)
    assert np.abs(small.astype(int) - 127.5).max() < 5


def test_a_square_of_a_picture_that_somebody_opened_is_upright_rgb(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    path = saved(Image.new("LA", (4, 4), (0, 0)), tmp_path / "a.png", exif=exif)
    assert (squared(Image.open(path), 2) == 255).all()
    path = saved(coloured(3, 3), tmp_path / "b.png", exif=exif)
    assert_array_equal(squared(Image.open(path), 3), squared(read_picture(path), 3))


def test_regions_by_hand() -> None:
    assert region_boxes((60, 30), 2).tolist() == [
        [0, 0, 30, 15],
        [30, 0, 60, 15],
        [0, 15, 30, 30],
        [30, 15, 60, 30],
    ]


@given(width=st.integers(1, 9999), height=st.integers(1, 9999), grid=st.integers(1, 24))
def test_regions_tile_the_picture_row_by_row(width: int, height: int, grid: int) -> None:
    boxes = region_boxes((width, height), grid)
    assert boxes.shape == (grid * grid, 4)
    left, top, right, bottom = boxes.reshape(grid, grid, 4).transpose(2, 0, 1)
    assert_array_equal(left[:, 1:], right[:, :-1])
    assert_array_equal(top[1:], bottom[:-1])
    assert (left[:, 0] == 0).all()
    assert (top[0] == 0).all()
    assert (right[:, -1] == width).all()
    assert (bottom[-1] == height).all()
    np.testing.assert_allclose(right - left, width / grid)
    np.testing.assert_allclose(bottom - top, height / grid)


def test_a_region_is_what_the_square_shows_there() -> None:
    """One bright box of the picture lights up its region of the square, and no other."""
    for region, (left, top, right, bottom) in enumerate(region_boxes((80, 40), 4).astype(int)):
        picture = Image.new("RGB", (80, 40))
        picture.paste(WHITE, (left, top, right, bottom))
        square = squared(picture, 40)[0].reshape(4, 10, 4, 10)
        assert square.mean((1, 3)).argmax() == region


def test_without_pillow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = saved(coloured(), tmp_path / "a.png")
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtra) as caught:
        read_picture(path)
    assert str(caught.value) == "pictures need Pillow: pip install 'qkv[images]'."
    assert read_bytes(path)


def test_the_module_opens_without_pillow_or_torch() -> None:
    modules = modules_after("import qkv.data.pictures, qkv.data.features")
    assert modules.isdisjoint({"torch", "PIL"})

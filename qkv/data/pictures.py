"""Pictures from files: upright RGB, resized to a square for an encoder; its regions' boxes."""

from __future__ import annotations

import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qkv.errors import DataError, MissingExtra

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    "MOST_PIXELS",
    "checked",
    "decode",
    "quiet",
    "read_bytes",
    "read_picture",
    "region_boxes",
    "squared",
    "upright",
]

MOST_PIXELS = 50_000_000
_MOST_BYTES = 8 * MOST_PIXELS  # uncompressed, with transparency, 16 bits each
# Not all that Pillow knows: to read EPS, for one, it starts another program. AVIF stands last
# because a Pillow without it stops looking there.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "JPEG2000", "PPM", "AVIF")
_ORIENTATION = 0x0112  # EXIF
_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}


def read_picture(path: Path) -> Image:
    """A picture as it is meant to be seen: see `upright`; of an animation, the first frame.

    Raises:
        DataError: missing, unreadable, not a picture, broken, or with more than MOST_PIXELS.
        MissingExtra: Pillow is not installed.
    """
    with quiet():
        return decode(read_bytes(path), path)


def read_bytes(path: Path) -> bytes:
    """The bytes of a picture's file.

    Raises:
        DataError: missing, unreadable, or larger than any picture of MOST_PIXELS.
    """
    try:
        status = path.stat()
        device = stat.S_ISCHR(status.st_mode)
        # A pipe does not tell its size.
        size = status.st_size if stat.S_ISREG(status.st_mode) else _MOST_BYTES
        with path.open("rb") as file:
            data = b"" if device or size > _MOST_BYTES else file.read(size + 1)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file.") from None
    except IsADirectoryError:
        raise DataError(f"{path}: is a folder; name a picture.") from None
    except (OSError, ValueError) as error:  # a name with a null character, for one
        raise DataError(f"{path}: cannot be read ({_reason(error)}).") from None
    if device:
        raise DataError(f"{path}: is a device; name a picture.")
    if max(size, len(data)) > _MOST_BYTES:
        raise DataError(_too_large(path))
    return data


def decode(data: bytes, path: Path) -> Image:
    """`read_picture` from a file's bytes; call it within `quiet`. Errors name `path`."""
    pillow = _pillow()
    try:
        image = pillow.open(BytesIO(data), formats=_FORMATS)
    except pillow.DecompressionBombError:
        raise DataError(_too_large(path)) from None
    except Exception:  # noqa: BLE001 - as below
        formats = ", ".join(_FORMATS)
        raise DataError(f"{path}: not a picture in a format that qkv reads ({formats}).") from None
    return checked(image, path)


def checked(image: Image, name: object) -> Image:
    """`upright` of an opened picture; errors name `name`.

    Raises:
        DataError: broken, without pixels, or with more than MOST_PIXELS.
    """
    if image.width * image.height > MOST_PIXELS:  # before its pixels are decoded
        raise DataError(_too_large(name))
    if not image.width * image.height:
        raise DataError(f"{name}: has no pixels.")
    try:
        return upright(image)
    except Exception as error:  # noqa: BLE001 - broken bytes can make Pillow's readers raise anything
        raise DataError(
            f"{name}: cannot be decoded ({_reason(error)}); copy it again, or save it as PNG."
        ) from None


def upright(image: Image) -> Image:
    """In RGB, turned as its EXIF says, on white where it is transparent; 16 bits become 8.

    Raises:
        ValueError, OSError: Pillow cannot decode it or convert it.
    """
    pillow = _pillow()
    image.load()  # first, because a TIFF turns itself and takes the orientation away
    turn = _TURNS.get(_orientation(image))
    if turn:
        image = image.transpose(pillow.Transpose[turn])
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = pillow.alpha_composite(pillow.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")
    image.info = {}  # else it would be turned again
    return image


def squared(picture: Image, side: int) -> NDArray[np.uint8]:
    """(3, side, side): the whole picture, `upright`, resized; its proportions may change."""
    from PIL.Image import Resampling

    small = upright(picture).resize((side, side), Resampling.BICUBIC)  # with antialiasing
    return np.ascontiguousarray(np.asarray(small).transpose(2, 0, 1))


def region_boxes(size: tuple[int, int], grid: int) -> NDArray[np.float64]:
    """Where the regions lie in a picture of `size` (width, height), `grid` a side, row by row.

    Returns:
        (grid · grid, 4): left, top, right, bottom in pixels.
    """
    row, column = np.divmod(np.arange(grid * grid), grid)
    width, height = size
    edges = np.stack([column * width, row * height, (column + 1) * width, (row + 1) * height], 1)
    return edges / grid


@contextmanager
def quiet() -> Iterator[None]:
    """Without Pillow's warnings; those that matter are errors here.

    It covers all threads, so only one of them calls it: leaving it in another order than entering
    would mix up the filters.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="PIL")
        yield


def _orientation(image: Image) -> int:
    try:
        return image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - broken EXIF; the picture itself may be whole
        return 1


def _eight_bits(image: Image) -> Image:
    """From integers up to 65,535 or floats up to 1; Pillow itself would clip them at 255."""
    numbers = np.asarray(image, np.float32)
    white = 1.0 if image.mode == "F" else 65535.0
    if not (numbers.min() >= 0 and numbers.max() <= white):
        raise ValueError(f"its values lie outside 0 to {white:,.0f}")
    return _pillow().fromarray((numbers * (255 / white)).round().astype(np.uint8))


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _too_large(name: object) -> str:
    return f"{name}: too large; a picture may have at most {MOST_PIXELS:,} pixels. Scale it down."


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise MissingExtra("pictures need Pillow: pip install 'qkv[images]'.") from None
    return Image

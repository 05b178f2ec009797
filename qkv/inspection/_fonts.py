"""Fonts for all the characters of a text: matplotlib draws a box for one that no font has."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from qkv.errors import MissingExtra

__all__ = ["in_fonts"]

_BASE_FAMILY = "DejaVu Sans"  # comes with matplotlib
_FONT_PACKAGE = "noto-cjk-sans-otc"  # Noto Sans CJK, OFL-1.1; comes with qkv


def in_fonts(texts: list[str], path: Path) -> tuple[list[str], list[str]]:
    """The texts, and the font families that have all their characters, to try in this order.

    A character that no font here has is spelled out as its code point, U+1F355; but not in an SVG,
    which is shown in other fonts.

    Raises:
        MissingExtra: no font has a character, and the package noto-cjk-sans-otc is not installed.
    """
    characters = dict.fromkeys("".join(texts))
    families, missing = [_BASE_FAMILY], _lacking(_BASE_FAMILY, set(characters))
    for pool in (_packaged_families, _system_families):
        if missing:
            missing = _extend(families, pool(), missing)
    if path.suffix.lower() == ".svg":
        return texts, families
    if missing and not _packaged_files():
        some = "".join(character for character in characters if character in missing)[:10]
        raise MissingExtra(
            f"figure: no font here has {some}; one comes with: pip install {_FONT_PACKAGE}"
        )
    spelled = str.maketrans({character: f"U+{ord(character):04X}" for character in missing})
    return [text.translate(spelled) for text in texts], families


def _extend(families: list[str], pool: Iterable[str], missing: set[str]) -> set[str]:
    """Add families that have missing characters, the fullest first; what is missing still.

    Among equals, Simplified Chinese (SC) forms go first: fonts often come in five regions' forms.
    """
    lacking = {family: _lacking(family, missing) for family in pool}
    while missing and lacking:
        best = min(lacking, key=lambda name: (len(lacking[name]), "SC" not in name.split(), name))
        if not missing - lacking[best]:
            break
        families.append(best)
        missing = lacking.pop(best)
        lacking = {family: left & missing for family, left in lacking.items()}
    return missing


def _lacking(family: str, characters: set[str]) -> set[str]:
    """The characters without a drawable glyph in the face that matplotlib takes for a family."""
    from matplotlib.font_manager import FontProperties, fontManager, get_font
    from matplotlib.ft2font import FaceFlags

    face = get_font(fontManager.findfont(FontProperties(family=family)))
    if FaceFlags.SCALABLE not in face.face_flags or FaceFlags.COLOR in face.face_flags:
        return characters
    return {character for character in characters if not face.get_char_index(ord(character))}


def _packaged_families() -> set[str]:
    from matplotlib.font_manager import fontManager

    files = _packaged_files()
    for file in files - {font.fname for font in fontManager.ttflist}:
        fontManager.addfont(file)
    return {font.name for font in fontManager.ttflist if font.fname in files}


def _packaged_files() -> set[str]:
    """Font files of the package that comes with qkv; none if it was removed."""
    try:
        files = metadata.files(_FONT_PACKAGE) or []
    except metadata.PackageNotFoundError:
        return set()
    return {str(file.locate()) for file in files if file.suffix in {".otf", ".ttc", ".ttf"}}


def _system_families() -> set[str]:
    """Upright families of regular weight, without fonts of last resort: they have boxes for all.

    Nor matplotlib's own: its TeX fonts have other glyphs than their code points say.
    """
    from matplotlib import get_data_path
    from matplotlib.font_manager import fontManager

    return {
        font.name
        for font in fontManager.ttflist
        if not font.fname.startswith(get_data_path())
        and (font.style, font.weight) in {("normal", 400), ("normal", "normal")}
        and "lastresort" not in font.name.replace(" ", "").lower()
    }

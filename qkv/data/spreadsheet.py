"""What a spreadsheet leaves in text that it exported: quotes around cells, names of columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["is_header", "quoted", "unquoted"]

_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_NUMBER = re.compile(r"[-+]?\d[\d.,]*")

_COLUMNS = """
    source src target tgt trg input output question answer text sentence sentences translation
    translations original reference references hypothesis label labels class category sentiment
    intent topic score rating title summary image images image_id image_name picture pictures photo
    file files filename file_name name path url img caption captions comment comment_number
    description descriptions
"""
_LANGUAGES = """
    english german french spanish italian portuguese dutch russian ukrainian polish czech slovak
    hungarian romanian bulgarian greek turkish arabic persian hebrew hindi bengali tamil urdu
    chinese mandarin cantonese japanese korean vietnamese thai indonesian malay swedish norwegian
    danish finnish estonian latvian lithuanian croatian serbian slovenian latin esperanto
    deutsch englisch français anglais allemand español inglés italiano inglese português inglês
    nederlands engels русский английский 中文 英文 汉语 英语 漢語 英語 日本語 德语 法语
    한국어 영어
"""
_CODES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
    lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
    pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
    tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    ara ces cmn dan deu ell eng fas fin fra ger heb hin hun ind ita jpn kor lat nld nor pol por ron
    rus spa swe tha tur ukr vie yue zho
"""
_NAMES = frozenset(f"{_COLUMNS} {_LANGUAGES} {_CODES}".split())
_REGION = re.compile(r"([a-z]{2,3})[-_](?:[a-z]{4}|[a-z]{2}|\d{3})")  # en-US, zh_Hans


def is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of the rows names the columns, and the second does not look so too."""
    if not rows or not all(map(_names, rows[0])) or len(set(rows[0])) < len(rows[0]):
        return False
    return len(rows) < 2 or not all(map(_names, rows[1]))


def quoted(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a spreadsheet put the quotes around those cells of `rows` that have some.

    It does so by a rule, so all cells must be in line with it: no quotes but around a whole cell
    and doubled inside; and around every cell, every cell but numbers, those with quotes inside, or
    those with quotes or commas inside.
    """
    marked = [cell for row in rows for cell in row if '"' in cell]
    if not marked or not all(map(_QUOTED.fullmatch, marked)):
        return False
    bare = [cell for row in rows for cell in row if cell and '"' not in cell]
    if all(map(_NUMBER.fullmatch, bare)) or all('""' in cell[1:-1] for cell in marked):
        return True
    commas = all("," in cell or '""' in cell[1:-1] for cell in marked)
    return commas and not any("," in cell for cell in bare)


def unquoted(cells: Iterable[str]) -> list[str]:
    """The cells without the quotes that the spreadsheet put around them."""
    return [cell[1:-1].replace('""', '"') if _QUOTED.fullmatch(cell) else cell for cell in cells]


def _names(cell: str) -> bool:
    """Whether it is the name or code of a language, or what columns are called."""
    name = cell.strip().casefold()
    region = _REGION.fullmatch(name)
    return name in _NAMES or bool(region and region[1] in _NAMES)

"""What a spreadsheet leaves in text that it exported: quotes around cells, names of columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

__all__ = ["CODES", "is_header", "is_language", "is_name", "is_number", "quoted", "unquoted"]

_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_NUMBER = re.compile(r"[-+]?\d[\d.,]*")
_REASON = re.compile(r'""|[\n\r\t]')  # for quotes around a cell

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
CODES = frozenset(_CODES.split())
_LANGUAGE_NAMES = CODES | frozenset(_LANGUAGES.split())
_NAMES = _LANGUAGE_NAMES | frozenset(_COLUMNS.split())
_REGION = re.compile(r"([a-z]{2,3})[-_](?:[a-z]{4}|[a-z]{2}|\d{3})")  # en-US, zh_Hans


def is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of the rows names the columns, and the second does not look so too."""
    if not rows or not all(map(is_name, rows[0])) or len(set(rows[0])) < len(rows[0]):
        return False
    return len(rows) < 2 or not all(map(is_name, rows[1]))


def is_name(cell: str) -> bool:
    """Whether it is the name or code of a language, or what columns are called."""
    return cell.strip().casefold() in _NAMES or is_language(cell)


def is_language(cell: str) -> bool:
    """Whether it is the name or code of a language."""
    name = cell.strip().casefold()
    region = _REGION.fullmatch(name)
    return name in _LANGUAGE_NAMES or bool(region and region[1] in _LANGUAGE_NAMES)


def is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell.strip()))


def quoted(rows: Iterable[Sequence[str]]) -> bool:
    """Whether a spreadsheet put the quotes around those cells of `rows` that have some.

    It does so by a rule, so all cells must be in line with it: no quotes but around a whole cell
    and doubled inside; and around every cell, every cell but numbers, those with quotes, tabs or
    line breaks inside, or those and all with commas.
    """
    marked, bare_numbers, reasons, commas = False, True, True, True
    for cell in chain.from_iterable(rows):
        if '"' in cell:
            if not _QUOTED.fullmatch(cell):
                return False
            marked, reason = True, bool(_REASON.search(cell[1:-1]))
            reasons, commas = reasons and reason, commas and (reason or "," in cell)
        elif cell:
            bare_numbers = bare_numbers and bool(_NUMBER.fullmatch(cell))
            commas = commas and "," not in cell
    return marked and (bare_numbers or reasons or commas)


def unquoted(cells: Iterable[str]) -> list[str]:
    """The cells without the quotes that the spreadsheet put around them."""
    return [cell[1:-1].replace('""', '"') if _QUOTED.fullmatch(cell) else cell for cell in cells]

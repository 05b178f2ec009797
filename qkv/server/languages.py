"""Codes of languages: what clients write, what a model is known by, and their names."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["AUTO", "code_of", "name_of"]

AUTO = ("", "auto")  # so clients ask for the source to be told by the text


def code_of(tag: str) -> str:
    """ISO 639-1 where there is one: zh for ZH, zh-CN, zh_Hans, zho and cmn.

    Regions and scripts are left out: no model here is told apart by them.
    """
    from babel.core import get_global

    primary = re.split("[-_@]", tag.strip().lower(), maxsplit=1)[0]
    return str(get_global("language_aliases").get(primary, primary)).partition("_")[0]


@cache
def name_of(code: str) -> str:
    """In English; the code itself where it has no name."""
    from babel import Locale

    return Locale("en").languages.get(code, code)

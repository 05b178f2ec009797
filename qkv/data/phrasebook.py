"""A built-in Chinese-English corpus: sentence pairs with gold word links.

    book = phrasebook()
    book.train[0].source, book.train[0].target, book.train[0].links

Nearly every word order that differs between the languages is in it: time and place before the verb,
measure words, relative clauses before their noun, 把, comparisons, questions. One Chinese sentence
has one translation: number, tense and definiteness can be told from the Chinese.

A link (i, j) joins Chinese character i and English word j (words between spaces), both from 0.

- A Chinese word is linked with all its characters, to every English word it became.
- 的 is linked to 's or the possessive pronoun, and after a clause to that or who; 很, 是 and 有 to
  is; 没 and 不 to do and not; 会, 就, 正在, 着, 过 and 吗 to the auxiliary they became.
- Punctuation is linked to the English word that carries its counterpart: 。 to the last word.
- What has no counterpart is unlinked. In Chinese: measure words (只), unless English names them
  (杯, cup); 了 outside 已经…了; the 的 after an adjective; 把, 所以, 一起; 但是 after 虽然. In
  English: the; a where Chinese has no 一; of, to, and between clauses, it and there as mere
  subjects, do beside a question word.

The pairs are lines of phrasebook.tsv.gz: list, Chinese, English, links as Pharaoh writes them. The
grammar that made them is tools/phrasebook in the source repository.
"""

from __future__ import annotations

import gzip
import hashlib
from importlib.resources import files
from typing import NamedTuple

from qkv.errors import DataError

__all__ = ["Phrasebook", "PhrasebookPair", "phrasebook"]

_FILE = files("qkv.data") / "phrasebook.tsv.gz"
_SHA256 = "690b0ceaf403e28a7d7b3789b87e7f8799d2a470d19acc0ee4010f23f5f79316"


class PhrasebookPair(NamedTuple):
    """A Chinese sentence, its English translation, and their word alignment.

    links: (i, j), ascending; i counts Chinese characters, j English words between spaces, from 0.
    """

    source: str
    target: str
    links: tuple[tuple[int, int], ...]


class Phrasebook(NamedTuple):
    """Three lists of pairs; no Chinese and no English sentence stands in them twice.

    A fifth of each list has 1–8 Chinese characters, and so for 9–16, 17–24, 25–32, 33 and more.
    """

    train: list[PhrasebookPair]
    valid: list[PhrasebookPair]
    test: list[PhrasebookPair]


def phrasebook() -> Phrasebook:
    """20,000 pairs to train on, 300 to validate, 1,000 to test; for fewer, slice the lists.

    Raises:
        DataError: the installed file is missing or damaged.
    """
    book = Phrasebook([], [], [])
    for line in gzip.decompress(_packed()).decode("utf-8").splitlines():
        split, source, target, links = line.split("\t")
        getattr(book, split).append(PhrasebookPair(source, target, _parsed(links)))
    return book


def _packed() -> bytes:
    """The bytes of the file, proven whole."""
    try:
        packed = _FILE.read_bytes()
    except OSError as error:
        raise DataError(f"{_FILE}: cannot be read ({error.strerror}); reinstall qkv.") from None
    if hashlib.sha256(packed).hexdigest() != _SHA256:
        raise DataError(f"{_FILE}: damaged (its SHA-256 is wrong); reinstall qkv.")
    return packed


def _parsed(links: str) -> tuple[tuple[int, int], ...]:
    """'0-0 1-2' → ((0, 0), (1, 2))."""
    pairs = (link.split("-") for link in links.split(" "))
    return tuple((int(i), int(j)) for i, j in pairs)

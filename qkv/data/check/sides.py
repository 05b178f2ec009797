"""One side of parallel text as arrays: what is counted of each line, once, for all checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qkv.data.check import characters as is_
from qkv.data.check.characters import Characters, codes

__all__ = ["MARKS", "Side", "blocks_of", "mixed", "powers", "read_side"]

# At a time: bounds the memory, and numbers of lines fit into 16 bits.
BLOCK, BLOCK_CHARACTERS = 1 << 14, 1 << 21
MARKS = is_.DIGIT, is_.COMMA, is_.QUOTE, is_.QUESTION  # what is counted of each line

_EACH = ["texts", "length", "identity", "key", "units", "script", "bits", "last", "marks"]

# Odd numbers for hashing by multiplication modulo 2⁶⁴; the base has an inverse.
_BASE, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93
_INVERSE = pow(_BASE, -1, 1 << 64)


@dataclass(frozen=True)
class Side:
    """N lines with W words.

    texts: N lines. length: (N,) characters. identity: (N,) hash of the text.
    key: (N,) hash of its letters and digits, without case; 0 where there are none.
    words: (W,) hashes; line i has `words[starts[i]:starts[i + 1]]`. Where words are not written
        apart (Chinese, Thai), each character and each two neighbours are one.
    units: (N,) words and punctuation marks; in a script without spaces a character is a half.
    script: (N,) index into `scripts` of the one that most letters have, 0 without letters;
        a character of a script without spaces counts as several.
    within: how many lines have a letter of each script. bits: (N,) of all characters.
    last: (N,) last character, 0 for any digit.
    marks: (N, 4) how many digits, commas, quotes, and question or exclamation marks.
    """

    texts: list[str]
    length: NDArray[np.int32]
    identity: NDArray[np.int64]
    key: NDArray[np.uint64]
    words: NDArray[np.uint32]
    starts: NDArray[np.int64]
    units: NDArray[np.float32]
    script: NDArray[np.uint8]
    scripts: list[str]
    within: NDArray[np.int64]
    bits: NDArray[np.uint16]
    last: NDArray[np.uint32]
    marks: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.texts)

    def first(self, count: int) -> Side:
        """The first lines alone."""
        if count >= len(self):
            return self
        columns = {name: value[:count] for name, value in vars(self).items() if name in _EACH}
        words = self.words[: self.starts[count]]
        return replace(self, **columns, words=words, starts=self.starts[: count + 1])


def read_side(texts: list[str], characters: Characters) -> Side:
    """Count what is to be known of each text; block by block."""
    blocks = [_block(texts[first:last], characters) for first, last in blocks_of(texts)]
    columns = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    scripts = np.zeros(256, np.int64)
    scripts += np.bincount(columns.pop("scripts_met"), minlength=256)
    counts = columns.pop("words_each")
    return Side(
        texts=texts,
        identity=np.fromiter(map(hash, texts), np.int64, len(texts)),
        starts=np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]),
        scripts=characters.scripts,
        within=scripts,
        **columns,
    )


def blocks_of(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(first, last) of lines in a row that are looked at together; one block of none at least."""
    first = characters = 0
    for last, text in enumerate(texts):
        characters += len(text)
        if last > first and (last - first == BLOCK or characters > BLOCK_CHARACTERS):
            yield first, last
            first, characters = last, len(text)
    yield first, len(texts)


def _block(texts: Sequence[str], characters: Characters) -> dict[str, NDArray]:
    """The columns of some lines."""
    text = codes(texts)
    characters.meet(text)
    length = np.fromiter(map(len, texts), np.int32, len(texts))
    starts = np.concatenate([[0], np.cumsum(length + 1)[:-1]]).astype(np.int64)[: len(texts)]
    line = np.repeat(np.arange(len(texts), dtype=np.uint16), length + 1)
    bits, folded = characters.bits[text], characters.folded[text]
    words, words_each, units = _words(bits, folded, line, len(texts))
    script, scripts_met = _scripts(characters.script[text], line, len(texts), characters.weights)
    punctuation = _each(bits & is_.WORD == 0, line, len(texts)) - _each(
        text <= 32, line, len(texts)
    )
    return {
        "length": length,
        "key": _key(bits, folded, line, len(texts)),
        "words": words,
        "words_each": words_each,
        "units": (units + punctuation).astype(np.float32),
        "script": script,
        "scripts_met": scripts_met,
        "bits": np.bitwise_or.reduceat(bits, starts) if len(texts) else bits[:0],
        "last": _last(text, bits, starts + length - 1),
        "marks": _marks(bits, line, len(texts)),
    }


def _words(
    bits: NDArray[np.uint16], folded: NDArray[np.uint32], line: NDArray[np.uint16], lines: int
) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.float64]]:
    """Hashes in the order of the lines, how many each line has, and its units."""
    dense = bits & is_.DENSE != 0
    spaced = (bits & is_.WORD != 0) & ~dense
    starts = np.flatnonzero(spaced & ~np.append(False, spaced[:-1]))
    ends = np.flatnonzero(spaced & ~np.append(spaced[1:], False)) + 1
    singles = np.flatnonzero(dense)
    doubles = singles[np.append(dense[1:], False)[singles]]
    hashes = [
        _spans(folded, starts, ends),
        folded[singles] * np.uint64(_FIRST),
        folded[doubles] * np.uint64(_FIRST) ^ folded[doubles + 1] * np.uint64(_SECOND),
    ]
    places = [line[starts], line[singles], line[doubles]]
    of = np.concatenate(places)
    order = np.argsort(of, kind="stable")
    words = mixed(np.concatenate(hashes))[order]
    units = np.bincount(places[0], minlength=lines) + np.bincount(places[1], minlength=lines) / 2
    return words, np.bincount(of, minlength=lines), units


def powers(base: int, count: int) -> NDArray[np.uint64]:
    """1, base, base² … modulo 2⁶⁴: `count` of them."""
    return _table(base, max(count - 1, BLOCK_CHARACTERS).bit_length())[:count]


@lru_cache(4)
def _table(base: int, bits: int) -> NDArray[np.uint64]:
    factors = np.full(1 << bits, base, np.uint64)
    factors[0] = 1
    return np.cumprod(factors)


def mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """All bits of a hash in 32."""
    hashes = (hashes ^ hashes >> np.uint64(29)) * np.uint64(_SECOND)
    return (hashes >> np.uint64(32)).astype(np.uint32)


def _spans(
    folded: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """A hash of each stretch of characters, the same wherever it stands."""
    sums = np.cumsum(folded * powers(_BASE, len(folded)), dtype=np.uint64)
    sums = np.append(np.uint64(0), sums)
    return (sums[ends] - sums[starts]) * powers(_INVERSE, len(folded) + 1)[starts]


def _key(
    bits: NDArray[np.uint16], folded: NDArray[np.uint32], line: NDArray[np.uint16], lines: int
) -> NDArray[np.uint64]:
    kept = np.flatnonzero(bits & is_.WORD)
    ends = np.cumsum(np.bincount(line[kept], minlength=lines))
    return _spans(folded[kept], np.append(0, ends[:-1])[:lines], ends)


def _last(
    text: NDArray[np.uint32], bits: NDArray[np.uint16], ends: NDArray[np.int64]
) -> NDArray[np.uint32]:
    """The last character of each line; all digits alike, so that numbered lines tell nothing."""
    places = np.maximum(ends, 0)
    return np.where(bits[places] & is_.DIGIT != 0, np.uint32(ord("0")), text[places])


def _each(mask: NDArray[np.bool_], line: NDArray[np.uint16], lines: int) -> NDArray[np.int64]:
    """How many characters of each line are meant."""
    return np.bincount(line[mask], minlength=lines)


def _scripts(
    script: NDArray[np.uint8], line: NDArray[np.uint16], lines: int, weights: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The script of most letters of each line; and the scripts of all lines, each once a line."""
    most = len(weights)
    counts = np.bincount(line * np.int64(most) + script, minlength=lines * most)
    counts = counts.reshape(lines, most) * weights
    return counts.argmax(1).astype(np.uint8), np.nonzero(counts)[1].astype(np.uint8)


def _marks(bits: NDArray[np.uint16], line: NDArray[np.uint16], lines: int) -> NDArray[np.uint8]:
    counts = [_each(bits & mark != 0, line, lines) for mark in MARKS]
    return np.minimum(np.stack(counts, 1), 255).astype(np.uint8)

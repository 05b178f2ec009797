"""Sides in the wrong language, by three characters in a row, learnt from the corpus itself.

Each language is a table of how often any three characters come. The two of the corpus are learnt
from the two sides; lines that look like the other side are put there, until none changes place. A
third language shows in lines that their side expects least: a table is learnt from these in the
same way. It stays if much of it hardly comes in the others, as another subject would not have it.
Lines in Chinese, Japanese, Thai and the like are left to their script to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qkv.data.check.characters import WORD, Characters, codes
from qkv.data.check.finding import Finding, finding
from qkv.data.check.sides import Side, blocks_of

__all__ = ["wrong_language"]

SAMPLE = 10_000  # lines a side to learn from
MARGIN, EACH = 12.0, 0.25  # nats a line, and a trigram, by which another language must fit better
DIFFER = 0.3  # Jensen-Shannon distance of the sides in bits: German and English have 0.5
ANOTHER, HARDLY = 0.25, 10  # share of trigrams so many times rarer elsewhere: French in German 0.4
BETWEEN, HALFWAY = 0.8, 0.25  # most that lie between two languages, to one; nats a trigram
SEEDS = 0.001, 0.003, 0.03, 0.1  # shares of lines that a third language is begun with
FEWEST = 16  # lines of one
MIXED = 0.25  # share of lines from which on a language is one of the corpus
ROUNDS = 8
SMOOTHED = 0.25  # of each table is what all text has
_TABLE = 1 << 16
_FACTORS = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93


@dataclass(frozen=True)
class Trigrams:
    """Of n lines: all ids, one after the other; where each line begins; which side it is from."""

    ids: NDArray[np.uint16]
    starts: NDArray[np.int64]
    home: NDArray[np.int64]

    @property
    def sizes(self) -> NDArray[np.int64]:
        return np.diff(np.append(self.starts, len(self.ids)))

    def scores(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) log probabilities of the lines."""
        return np.add.reduceat(table[self.ids], self.starts)

    def of(self, lines: NDArray[np.int64]) -> Trigrams:
        """Some of the lines."""
        sizes = self.sizes[lines]
        starts = np.cumsum(sizes) - sizes
        places = np.arange(sizes.sum()) + np.repeat(self.starts[lines] - starts, sizes)
        return Trigrams(self.ids[places], starts, self.home[lines])

    def counts(self) -> NDArray[np.float64]:
        """How often each trigram comes."""
        return np.bincount(self.ids, minlength=_TABLE).astype(float)


def wrong_language(
    source: Side, target: Side, characters: Characters, judged: NDArray[np.bool_]
) -> Finding:
    """Pairs with a side in the other side's language, or in a third one.

    judged: (2, N) whether each line is in the script of its side, and to be judged.
    """
    languages = _Languages(_samples(source, target, characters, judged))
    kinds = [
        _kinds(side, home, languages, characters, judged[home])
        for home, side in enumerate((source, target))
    ]
    titles = ("source", "target")

    def say(pair: int) -> str:
        return ", ".join(
            f"{titles[home]} "
            + (
                "in a third language"
                if kind[pair] > 1
                else f"in the language of the {titles[kind[pair]]}"
            )
            for home, kind in enumerate(kinds)
            if kind[pair] != home
        )

    return finding("language", (kinds[0] != 0) | (kinds[1] != 1), say)


class _Languages:
    """Tables of the source's language, the target's, and others: log probabilities of trigrams."""

    def __init__(self, text: Trigrams) -> None:
        self._text, self._labels = text, text.home.copy()
        background = text.counts() + 1
        self._background = SMOOTHED * background / background.sum()
        self._counts = [text.of(np.flatnonzero(text.home == home)).counts() for home in (0, 1)]
        both = all(counts.any() for counts in self._counts)
        self.differ = both and _distance(*self._counts) > DIFFER
        if self.differ:
            self._settle()
        for home in (0, 1):
            while any(self._seek(home, share) for share in SEEDS):
                pass
        self.tables = [self._table(counts) for counts in self._counts]

    def others(self, home: int) -> list[int]:
        """Languages that a line of a side may turn out to be in."""
        return [*([1 - home] if self.differ else []), *range(2, len(self.tables))]

    def _table(self, counts: NDArray[np.float64], known: int = 0) -> NDArray[np.float32]:
        """known: of each trigram, how many of its own a line that is learnt from has."""
        counts = np.maximum(counts - known, 0)
        counts += max(1.0, counts.sum()) * self._background
        return np.log(counts / counts.sum()).astype(np.float32)

    def _settle(self) -> None:
        """Put lines to the other side where they fit better, until none changes place."""
        for _ in range(ROUNDS):
            gain = np.subtract(*(self._text.scores(self._table(c, known=1)) for c in self._counts))
            home = self._text.home
            labels = np.where(home == 0, gain < -MARGIN, gain <= MARGIN).astype(home.dtype)
            if np.array_equal(labels, self._labels):
                return
            self._labels = labels
            lines = [np.flatnonzero(labels == label) for label in (0, 1)]
            self._counts = [self._text.of(each).counts() for each in lines]

    def _seek(self, home: int, share: float) -> bool:
        """Whether a third language was found in the lines of a side; it has got a table then."""
        mine = np.flatnonzero((self._labels == home) & (self._text.home == home))
        text = self._text.of(mine)
        least = text.scores(self._table(self._counts[home], known=1)) + MARGIN + EACH * text.sizes
        mean = np.where(text.sizes > FEWEST, least / text.sizes, 0)
        first = np.argsort(mean, kind="stable")[: max(FEWEST, int(share * len(mine)))]
        lines = self._grown(text, first, least)
        if not self._is_another(text, lines):
            return False
        counts = text.of(lines).counts()
        self._labels[mine[lines]] = len(self._counts)
        self._counts[home] = self._counts[home] - counts
        self._counts.append(counts)
        return True

    def _grown(
        self, text: Trigrams, lines: NDArray[np.int64], least: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """All lines that are like the first ones; `least` has what each must be worth for that."""
        for _ in range(ROUNDS):
            scores = self._scored(text, text.of(lines).counts(), lines)
            before, lines = lines, np.flatnonzero(scores > least)
            if np.array_equal(before, lines) or not _fits(len(lines), len(text.home)):
                break
        return lines

    def _scored(
        self, text: Trigrams, counts: NDArray[np.float64], learnt: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Of all lines; those that `counts` were learnt from do not speak for themselves."""
        scores = text.scores(self._table(counts))
        scores[learnt] = text.of(learnt).scores(self._table(counts, known=1))
        return scores

    def _is_another(self, text: Trigrams, lines: NDArray[np.int64]) -> bool:
        """Whether the lines have much that hardly comes elsewhere, and few are half like them.

        Between two subjects, or two patterns of a sentence, there are more than on either side.
        """
        if not _fits(len(lines), len(text.home)):
            return False
        home, counts = int(text.home[0]), text.of(lines).counts()
        others = self._counts.copy()
        others[home] = others[home] - counts
        rest = np.setdiff1d(np.arange(len(text.home)), lines)
        gain = self._scored(text, counts, lines) - self._scored(text, others[home], rest)
        between = np.count_nonzero(np.abs(gain) < HALFWAY * text.sizes)
        foreign = min(_foreign(counts, other) for other in others)
        return bool(between < BETWEEN * len(lines)) and foreign > ANOTHER


def _fits(lines: int, among: int) -> bool:
    """Whether so many can be a third language: some, and not so many that it is one of two."""
    return FEWEST <= lines <= MIXED * among


def _kinds(
    side: Side, home: int, languages: _Languages, characters: Characters, judged: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """(N,) number of the language of each line of a side."""
    kinds = np.full(len(side), home)
    others = languages.others(home)
    for first, last in blocks_of(side.texts) if others and len(side) else ():
        text = _trigrams(side.texts[first:last], characters, home)
        best = text.scores(languages.tables[home]) + MARGIN
        for other in others:
            scores = text.scores(languages.tables[other]) - (EACH * text.sizes if other > 1 else 0)
            better = (scores > best) & judged[first:last]
            kinds[first:last][better] = other
            best = np.maximum(scores, best)
    for several in ({1 - home}, {*others} - {1 - home}):
        those = np.isin(kinds, list(several))
        if those.sum() > MIXED * len(side):
            kinds[those] = home
    return kinds


def _samples(
    source: Side, target: Side, characters: Characters, judged: NDArray[np.bool_]
) -> Trigrams:
    """Of lines from all over the text."""
    parts = []
    for home, side in enumerate((source, target)):
        lines = np.flatnonzero(judged[home])
        lines = lines[:: max(1, len(lines) // SAMPLE)]
        parts.append(_trigrams([side.texts[i] for i in lines.tolist()], characters, home))
    return Trigrams(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([parts[0].starts, parts[1].starts + len(parts[0].ids)]),
        np.concatenate([part.home for part in parts]),
    )


def _trigrams(texts: Sequence[str], characters: Characters, home: int) -> Trigrams:
    """Of words in lower case; all else is a space."""
    text = codes(texts)
    folded = np.where(characters.bits[text] & WORD != 0, characters.folded[text], 32)
    padded = np.concatenate([[32], folded, [32]]).astype(np.uint64)
    hashes = padded[:-2] * np.uint64(_FACTORS[0])
    hashes ^= padded[1:-1] * np.uint64(_FACTORS[1])
    hashes ^= padded[2:] * np.uint64(_FACTORS[2])
    hashes = (hashes ^ hashes >> np.uint64(29)) * np.uint64(_FACTORS[2]) >> np.uint64(48)
    length = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    return Trigrams(hashes.astype(np.uint16), np.cumsum(length) - length, np.full(len(texts), home))


def _foreign(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Share of the trigrams of one text that hardly come in the other."""
    share = one / max(1.0, one.sum())
    return float(share[other / max(1.0, other.sum()) < share / HARDLY].sum())


def _distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Jensen-Shannon, in bits: 0 for the same, 1 for nothing in common."""
    shares = one / one.sum(), other / other.sum()
    middle = np.maximum(sum(shares) / 2, 1e-300)
    logs = [share * np.log2(np.where(share > 0, share, middle) / middle) for share in shares]
    return float(sum(log.sum() for log in logs)) / 2

"""Training, validation and test pairs that share no sentence, evenly spread over the lengths."""

from __future__ import annotations

from random import Random

from qkv.data.phrasebook import Phrasebook, PhrasebookPair
from qkv.errors import DataError
from tools.phrasebook._article import ARTICLE_PAIRS
from tools.phrasebook._linked import align
from tools.phrasebook._sentences import BANDS, band, sentence

__all__ = ["generate"]

# So many draws without a new sentence mean that there is hardly one left to find.
_PATIENCE = 3000


def generate(
    seed: int = 0, *, train: int = 20_000, valid: int = 300, test: int = 1_000
) -> Phrasebook:
    """A Chinese-English corpus with gold word alignment; by default the one in the package.

    A fifth of each list has 1–8 Chinese characters, and so for 9–16, 17–24, 25–32, 33 and more.
    Sentences are the same if only the full stop differs. The two in `ARTICLE_PAIRS` are left out.

    Args:
        seed: the same lists for the same seed and sizes, on any machine. The test list does not
            depend on the other sizes, nor the validation list on that of `train`.
        train, valid, test: how many pairs.
    Raises:
        DataError: more pairs than there are sentences of some length.
    """
    rng = Random(seed)
    seen = {_unstopped(text) for pair in ARTICLE_PAIRS for text in (pair.source, pair.target)}
    tested, validated, trained = (_draw(rng, size, seen) for size in (test, valid, train))
    return Phrasebook(trained, validated, tested)


def _draw(rng: Random, size: int, seen: set[str]) -> list[PhrasebookPair]:
    """New pairs, as many in each band of lengths."""
    left = [size * (b + 1) // BANDS - size * b // BANDS for b in range(BANDS)]
    pairs: list[PhrasebookPair] = []
    misses = 0
    while any(left):
        wanted = left.index(max(left))
        pair = _new_pair(rng, wanted, left, seen)
        misses = 0 if pair else misses + 1
        if pair:
            pairs.append(pair)
        elif misses > _PATIENCE:
            raise DataError(
                f"generate(): no new sentences left among the {_LENGTHS[wanted]} Chinese "
                f"characters, {sum(left)} pairs short; ask for fewer."
            )
    rng.shuffle(pairs)
    return pairs


_LENGTHS = ("1 to 8", "9 to 16", "17 to 24", "25 to 32", "33 and more")


def _new_pair(rng: Random, wanted: int, left: list[int], seen: set[str]) -> PhrasebookPair | None:
    """One draw: a pair that is new and whose band still has room, or nothing."""
    draw = sentence(rng, wanted)
    length = band(sum(len(word.text) for word in draw.zh))
    if not left[length]:
        return None
    pair = align(draw)
    texts = {_unstopped(pair.source), _unstopped(pair.target)}
    if texts & seen:
        return None
    seen |= texts
    left[length] -= 1
    return pair


def _unstopped(text: str) -> str:
    return text.rstrip("。.")

"""Attention made sharp by what the words of many sentence pairs have in common.

Attention says where a word of the translation comes from, in one pair. Which words translate each
other, all pairs say together: what is linked often is likelier linked again. So the links of all
pairs are estimated in rounds, each direction by itself, as in IBM model 1 (Brown et al. 1993,
section 4.2) and then as in a hidden Markov model (Vogel et al. 1996), with

- the attention of one model or of two, and the place in the sentence, as the prior of each link.
  How far each of these is trusted is estimated too, a sentence pair at a time: attention to text of
  another kind than the training text is worth nothing,
- a sparse Dirichlet prior of the translations of a word, whose counts leave out the link itself
  (collapsed variational Bayes, Asuncion et al. 2009): a word that stands once proves nothing,
- fertility: a word that has as many links as its kind usually has wants no more,
- characters that make a word, in scripts without spaces: what one of them is linked with is
  likelier linked with its neighbour, the more so the less often one is seen without the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from qkv.data.words import spaceless

__all__ = ["sharpened"]

NOTHING = 0.2  # the share of words that come from nothing, before any is seen
FLOOR = 0.02  # of a link's prior: no attention is sure
TENSION = 4.0  # how fast the prior falls with the distance from the diagonal (Dyer et al. 2013)
SPARSE = 0.03  # of the Dirichlet prior
ALONE = 0.3  # what a link without linked neighbours has of the weight of one with one
BOUND = 1.5  # the weight of a neighbour that makes a word with it
SEEN = 5.0  # words by which it is believed that each part of the prior is worth the same
UNORDERED = 2  # rounds before the words are taken for a chain
JUMPS = 8  # the widest that is told from wider ones, in words
SMOOTH, TEMPER = 1e-3, 0.6  # of jumps: added to each; and their weight beside all else, a power
TINY = 1e-30  # of what is divided by
TOGETHER = 1 << 17  # pairs of words, padding counted, that are computed at once
CHAIN = 500  # the most words that are taken for a chain: its jumps take time by their square

Words = Sequence[Sequence[str]]  # of each sentence
Attention = Sequence[Sequence[np.ndarray]]  # of each sentence pair, by each model


def sharpened(
    attention: Attention, sources: Words, targets: Words, rounds: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of each pair, how likely each target word comes from each source word, and the other way.

    Args:
        attention: non-negative (S, T) of each pair, as many as there are: none, one, or several.
        sources, targets: the S and T words.
        rounds: of estimating which words translate each other.
    Returns:
        a pair of (S, T) each: columns of the first, and rows of the second, sum up to 1 at most.
    """
    source, target = _Side.of(sources), _Side.of(targets)
    turned = [[weights.T for weights in each] for each in attention]
    forward = _explained(turned, source, target, rounds)
    backward = _explained(attention, target, source, rounds)
    return [(f.T, b) for f, b in zip(forward, backward, strict=True)]


@dataclass(frozen=True)
class _Side:
    """types: of each sentence the numbers of its words; count: of types.

    bound: of each sentence, how far each word but the last makes one with the next.
    """

    types: list[np.ndarray]
    count: int
    bound: list[np.ndarray]

    @classmethod
    def of(cls, words: Words) -> _Side:
        """Case is no matter."""
        numbers: dict[str, int] = {}
        types = [
            np.array([numbers.setdefault(w.casefold(), len(numbers)) for w in each], np.int64)
            for each in words
        ]
        return cls(types, len(numbers), _bound(words))


def _bound(words: Words) -> list[np.ndarray]:
    """The larger of p(b | a) and p(a | b), for neighbours that have been seen twice."""
    alone = Counter(word for each in words for word in each)
    both = Counter(pair for each in words for pair in pairwise(each))
    share = {
        (a, b): count / min(alone[a], alone[b])
        for (a, b), count in both.items()
        if count > 1 and spaceless(a) and spaceless(b)
    }
    return [np.array([share.get(pair, 0.0) for pair in pairwise(each)]) for each in words]


@dataclass
class _Batch:
    """Sentence pairs of like length: T words that are said, S that are given; padded.

    rows: their numbers. given: (B, S), said: (B, T) types. real: (B, T, S) bool.
    kind: (B, T, S), of the pair of types. parts: (P, B, T, S) priors, of which each sentence pair
    has its own mixture; trust: (P, B, 1, 1), their shares.
    bound: of the given (B, 1, S - 1), and of the said words (B, T - 1, 1).
    likely: (B, T, S), p(said word t comes from s); nothing: (B, T), from nothing.
    """

    rows: np.ndarray
    given: np.ndarray
    said: np.ndarray
    real: np.ndarray
    kind: np.ndarray
    parts: np.ndarray
    trust: np.ndarray
    bound: tuple[np.ndarray, np.ndarray]
    likely: np.ndarray = field(init=False)
    nothing: np.ndarray = field(init=False)

    def prior(self) -> np.ndarray:
        """(B, T, S); rows sum up to 1."""
        return (self.trust * self.parts).sum(0)

    def trust_again(self) -> None:
        """By how well each part has foretold what is likely now."""
        shares = self.trust * self.parts
        shares *= self.likely / np.maximum(shares.sum(0), TINY)
        seen = shares.sum((2, 3), keepdims=True)
        self.trust = (seen + SEEN / len(seen)) / (seen.sum(0) + SEEN)

    def settle(self, weights: np.ndarray, nothing: np.ndarray) -> None:
        """Each said word is explained by one of the given, or by nothing."""
        total = np.maximum(weights.sum(2) + nothing, TINY)
        self.likely, self.nothing = weights / total[..., None], nothing / total


@dataclass
class _Counts:
    """Of all links: of each kind (K,), of each given type, of what nothing explains, of jumps.

    giver: (K,), the given type of each kind.
    """

    giver: np.ndarray
    used: np.ndarray  # how often each given type stands in the text
    kinds: np.ndarray
    given: np.ndarray
    nothing: np.ndarray
    jumps: np.ndarray

    def gather(self, batches: Sequence[_Batch], jumps: np.ndarray) -> None:
        self.kinds = _sums([(b.kind, b.likely) for b in batches], len(self.kinds))
        self.given = np.bincount(self.giver, self.kinds, len(self.given))
        self.nothing = _sums([(b.said, b.nothing) for b in batches], len(self.nothing))
        share = (jumps + 0.5) / (jumps + 0.5).sum()
        self.jumps = (share + SMOOTH) ** TEMPER

    def translation(self, batch: _Batch) -> np.ndarray:
        """(B, T, S), the probability of a said word by a given one, this link itself left out."""
        own, total = batch.likely, self.given[batch.given][:, None]
        rest = _rest(total, own) + SPARSE * len(self.nothing)
        return (_rest(self.kinds[batch.kind], own) + SPARSE) / rest

    def from_nothing(self, batch: _Batch) -> np.ndarray:
        """(B, T), the same by nothing, times the share of words that come from it."""
        own, types = batch.nothing, len(self.nothing)
        rest = _rest(self.nothing.sum(), own) + SPARSE * types
        share = (_rest(self.nothing[batch.said], own) + SPARSE) / rest
        return NOTHING * share * batch.real.max(2)

    def wanted(self, batch: _Batch) -> np.ndarray:
        """(B, T, S), the usual number of links of a given word over what its others are."""
        usual = ((self.given + 1) / (self.used + 1))[batch.given][:, None]
        return usual / (1 + _rest(batch.likely.sum(1, keepdims=True), batch.likely))


def _explained(attention: Attention, given: _Side, said: _Side, rounds: int) -> list[np.ndarray]:
    """Of each pair (T, S): how likely each said word comes from each given one."""
    explained = [np.zeros((len(t), len(s))) for t, s in zip(said.types, given.types, strict=True)]
    batches, counts = _laid_out(attention, given, said)
    for batch in batches:
        batch.settle(batch.prior() * (1 - NOTHING), NOTHING * batch.real.max(2))
    jumps = sum((_jumps(batch.likely[:, :-1], batch.likely[:, 1:]) for batch in batches), _NO_JUMPS)
    for number in range(rounds):
        counts.gather(batches, jumps)
        ordered = number >= UNORDERED
        jumps = sum((_estimate(batch, counts, ordered) for batch in batches), _NO_JUMPS)
    for batch in batches:
        for row, likely in zip(batch.rows, batch.likely, strict=True):
            own = explained[row]
            own[:] = likely[: own.shape[0], : own.shape[1]]
    return explained


def _estimate(batch: _Batch, counts: _Counts, ordered: bool) -> np.ndarray:
    """A round on a batch; returns the jumps from word to word that are likely now."""
    batch.trust_again()
    likely, (given, said) = batch.likely, batch.bound
    near = np.full_like(likely, ALONE)
    near[:, :, 1:] += BOUND * given * likely[:, :, :-1]
    near[:, :, :-1] += BOUND * given * likely[:, :, 1:]
    near[:, 1:] += BOUND * said * likely[:, :-1]
    near[:, :-1] += BOUND * said * likely[:, 1:]
    if not ordered:
        near[:, 1:, 1:] += likely[:, :-1, :-1]
        near[:, :-1, :-1] += likely[:, 1:, 1:]
    prior = batch.prior() * near
    prior /= np.maximum(prior.sum(2, keepdims=True), TINY)
    weights = prior * counts.translation(batch) * counts.wanted(batch)
    if ordered and likely.shape[2] <= CHAIN:
        return _chained(batch, weights, counts.from_nothing(batch), counts.jumps)
    batch.settle(weights * (1 - NOTHING), counts.from_nothing(batch))
    return _jumps(batch.likely[:, :-1], batch.likely[:, 1:])


def _chained(
    batch: _Batch, weights: np.ndarray, nothing: np.ndarray, jumps: np.ndarray
) -> np.ndarray:
    """`likely` by the forward-backward algorithm; a word of nothing leaves the chain where it was.

    Args:
        weights: (B, T, S), nothing: (B, T), of the words. jumps: weights of going from one given
            word to another, which each starts anew.
    Returns:
        how often each jump is expected.
    """
    words, places = weights.shape[1:]
    exists = batch.real.max(1)  # (B, S)
    moves = exists[:, None] * np.append(_spread(jumps, places), np.ones((1, places)), 0)
    moves = moves * (1 - NOTHING) / moves.sum(2, keepdims=True)  # (B, S + 1, S)
    weights = weights * exists.sum(1)[:, None, None]
    nothing = np.where(batch.real.max(2), nothing, 1)
    state = np.zeros((len(exists), places + 1))
    state[:, -1] = 1  # no word so far
    states, reached = [], []
    for t in range(words):
        states.append(state)
        reached.append((state[:, None] @ moves)[:, 0])
        state = state * nothing[:, t, None]
        state[:, :-1] += reached[t] * weights[:, t]
        state /= state.sum(1, keepdims=True)
    onward = np.zeros_like(weights)
    rest = np.ones_like(state)
    for t in reversed(range(words)):
        ahead = weights[:, t] * rest[:, :-1]
        left = rest * nothing[:, t, None]
        total = (reached[t] * ahead).sum(1) + (states[t] * left).sum(1)
        onward[:, t] = ahead / total[:, None]
        rest = (moves @ ahead[:, :, None])[:, :, 0] + left
        rest /= rest.max(1, keepdims=True)
    batch.likely = np.stack(reached, 1) * onward
    batch.nothing = batch.real.max(2) * (1 - batch.likely.sum(2))
    return _jumps(np.stack(states, 1)[:, :, :-1], onward, moves[:, :-1])


def _jumps(before: np.ndarray, after: np.ndarray, moves: np.ndarray | float = 1.0) -> np.ndarray:
    """(2 JUMPS + 1,), how often each is made: before, after (B, T, S); moves: (B, S, S).

    Of long sentences none is counted: it takes time by the square of S.
    """
    if before.shape[2] > CHAIN:
        return _NO_JUMPS
    made = ((before.transpose(0, 2, 1) @ after) * moves).sum(0)
    return np.bincount(_distances(len(made)).ravel(), made.ravel(), 2 * JUMPS + 1)


def _spread(jumps: np.ndarray, places: int) -> np.ndarray:
    """(S, S), the weight of the jump from each place to each."""
    return jumps[_distances(places)]


def _distances(places: int) -> np.ndarray:
    place = np.arange(places)
    return np.clip(place - place[:, None], -JUMPS, JUMPS) + JUMPS


_NO_JUMPS = np.zeros(2 * JUMPS + 1)


def _laid_out(attention: Attention, given: _Side, said: _Side) -> tuple[list[_Batch], _Counts]:
    sizes = [(len(t), len(s)) for t, s in zip(said.types, given.types, strict=True)]
    filled = sorted((n for n, size in enumerate(sizes) if all(size)), key=sizes.__getitem__)
    grids = [
        (s * said.count + t[:, None]).ravel() for t, s in zip(said.types, given.types, strict=True)
    ]
    kinds, numbers = np.unique(np.concatenate([np.zeros(0, np.int64), *grids]), return_inverse=True)
    own = np.split(numbers, np.cumsum([grid.size for grid in grids])[:-1])
    batches = [_batch(rows, attention, given, said, own) for rows in _groups(filled, sizes)]
    used = np.bincount(np.concatenate([np.zeros(0, np.int64), *given.types]), minlength=given.count)
    none = [np.zeros(count) for count in (len(kinds), given.count, said.count)]
    giver = kinds // max(1, said.count)
    return batches, _Counts(giver, used, none[0], none[1], none[2], _NO_JUMPS)


def _groups(rows: Sequence[int], sizes: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Rows, from few said words to many, cut where a batch would become too large."""
    groups: list[list[int]] = []
    widest = 0
    for row in rows:
        words, places = sizes[row]
        widest = max(widest, places) if groups else places
        if not groups or (len(groups[-1]) + 1) * words * widest > TOGETHER:
            groups.append([])
            widest = places
        groups[-1].append(row)
    return groups


def _batch(
    rows: Sequence[int],
    attention: Attention,
    given: _Side,
    said: _Side,
    kinds: Sequence[np.ndarray],
) -> _Batch:
    types = [_padded([side.types[n] for n in rows]) for side in (given, said)]
    real = _padded([np.ones((len(said.types[n]), len(given.types[n])), bool) for n in rows])
    place = np.sqrt(_padded([_place(len(said.types[n]), len(given.types[n])) for n in rows]))
    models = range(len(attention[rows[0]]))
    seen = [_padded([attention[n][model] for n in rows]) for model in models]
    parts = np.stack([place, *(place * np.sqrt(weights) for weights in seen)])
    parts = (parts + FLOOR) * real
    parts /= np.maximum(parts.sum(3, keepdims=True), TINY)
    if seen:
        parts = parts.astype(seen[0].dtype)  # the largest array of all
    kind = _padded([kinds[n].reshape(len(said.types[n]), -1) for n in rows])
    bound = _padded([given.bound[n] for n in rows]), _padded([said.bound[n] for n in rows])
    trust = np.full((len(parts), len(rows), 1, 1), 1 / len(parts))
    bound = bound[0][:, None], bound[1][..., None]
    return _Batch(np.array(rows), types[0], types[1], real, kind, parts, trust, bound)


def _place(words: int, places: int) -> np.ndarray:
    """(T, S), nearness to the diagonal."""
    t, s = ((np.arange(n) + 0.5) / n for n in (words, places))
    return np.exp(-TENSION * np.abs(t[:, None] - s))


def _padded(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Arrays of one rank side by side, filled up with 0."""
    shape = np.max([array.shape for array in arrays], 0)
    padded = np.zeros((len(arrays), *shape), arrays[0].dtype)
    for whole, array in zip(padded, arrays, strict=True):
        whole[tuple(map(slice, array.shape))] = array
    return padded


def _sums(batches: Sequence[tuple[np.ndarray, np.ndarray]], count: int) -> np.ndarray:
    """By number, over all batches: (numbers, values) each."""
    total = np.zeros(count)
    for numbers, values in batches:
        total += np.bincount(numbers.ravel(), values.ravel(), count)
    return total


def _rest(total: np.ndarray, own: np.ndarray) -> np.ndarray:
    return np.maximum(total - own, 0)  # rounding must not make it negative

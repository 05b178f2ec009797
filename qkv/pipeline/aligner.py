"""Which words of two texts belong together, by what models attend to as they read both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from qkv.data.corpora import Pair
from qkv.data.tokenizer import Encoding
from qkv.data.words import pieces, spans
from qkv.errors import ConfigError, DataError
from qkv.pipeline.alignment import (
    Link,
    Words,
    agreed,
    between,
    both_ways,
    cells,
    likeliest,
    word_links,
)
from qkv.pipeline.alignment_heads import (
    LAST_LAYER,
    AlignmentHeads,
    Picked,
    attended,
    candidates,
    picked,
)
from qkv.pipeline.attention import ONE_VECTOR
from qkv.pipeline.paragraph import SENTENCE_CHARACTERS
from qkv.pipeline.searching import eos
from qkv.pipeline.sharpening import sharpened
from qkv.pipeline.symmetrising import GROWN, SYMMETRISERS
from qkv.pipeline.translator import Translator

__all__ = ["METHODS", "ROUNDS", "SOFT", "Aligner", "Weighed", "corpus_links"]

SOFT = "soft"
METHODS = (SOFT, *SYMMETRISERS)
ROUNDS = 6
CELLS = 20_000_000  # pairs of words that are sharpened together
PICKED_ON = 300  # pairs
THRESHOLDS = np.linspace(0.05, 0.95, 19)

_NONE = Encoding([], [])

Both = tuple[np.ndarray, np.ndarray]  # (S, T) each: of target words, and of source words


class Weighed(NamedTuple):
    """A sentence pair: its words, the pieces that these are made of, and the weights between."""

    pair: Pair
    words: Words
    pieces: Words
    weights: Both


class Aligner:
    """`align(pairs)` → links, of pairs that exist already: each is read as if it were found.

    forward: from source to target; backward: the other way. Without one, the same weights are read
    in both directions, see `both_ways`.
    rounds: of learning from all the pairs which words translate each other, see `sharpened`;
    0: the attention alone.
    """

    def __init__(
        self, forward: Translator, backward: Translator | None = None, rounds: int = ROUNDS
    ) -> None:
        if rounds < 0:
            raise ConfigError(f"rounds must be at least 0; got {rounds}.")
        for each in (forward, backward):
            if each is not None and each.one_vector:
                raise ConfigError(ONE_VECTOR)
        self.forward, self.backward, self.rounds = forward, backward, rounds
        self.method, self.threshold = SOFT, 0.0  # of the last links

    @property
    def models(self) -> list[Translator]:
        """The forward one, and the backward one if there is one."""
        return [each for each in (self.forward, self.backward) if each is not None]

    @property
    def signature(self) -> str:
        """How the last links were read: heads, rounds, method and threshold."""
        heads = "+".join(str(each.alignment_heads or LAST_LAYER) for each in self.models)
        at = f"|threshold:{self.threshold:.2f}" if self.method == SOFT and self.threshold else ""
        return f"heads:{heads}|rounds:{self.rounds}|method:{self.method}{at}"

    def align(
        self,
        pairs: Sequence[tuple[str, str]],
        *,
        method: str = SOFT,
        threshold: float | None = None,
        words: Sequence[Words] | None = None,
        subwords: bool = False,
        also: Sequence[tuple[str, str]] = (),
    ) -> list[list[Link]]:
        """Sorted links of each pair, source words first; arguments as of `weigh` and `link`."""
        _check_method(method)
        weighed = self.weigh(pairs, words=words, subwords=subwords, also=also)
        return self.link(weighed, method, threshold)

    def weigh(
        self,
        pairs: Sequence[tuple[str, str]],
        *,
        words: Sequence[Words] | None = None,
        subwords: bool = False,
        also: Sequence[tuple[str, str]] = (),
    ) -> list[Weighed]:
        """How likely the words of each pair belong together, for `link`.

        Args:
            words: other ones than `qkv.data.words.spans` finds.
            subwords: weigh tokens of the forward model.
            also: more pairs to learn from what translates what, such as those that the model was
                trained on.
        Raises:
            DataError: a text too long, or half a surrogate pair in one.
        """
        wanted = len(pairs)
        every = [Pair(*pair) for pair in (*pairs, *(also if self.rounds else ()))]
        _check_lengths(every)
        given = list(words or ())
        given += [(spans(source), spans(target)) for source, target in every[len(given) :]]
        read = self._read(every, self._tokens(every) if subwords else given, subwords)
        likely = [each for part in _parts(read) for each in _sharpened(part, self.rounds)]
        both = zip(read[:wanted], likely, strict=False)
        return [each._replace(weights=weights) for each, weights in both]

    def link(
        self, weighed: Sequence[Weighed], method: str = SOFT, threshold: float | None = None
    ) -> list[list[Link]]:
        """Sorted links of each pair, source words first.

        Args:
            method: `soft`, links whose confidence is above the threshold; or how the links of both
                directions, each word's likeliest unless none is likelier, are made one.
            threshold: of `soft`, and `Aligner.threshold` is then it; None: picked so that the links
                have the greatest F1 that is to be expected by the confidences themselves.
        Raises:
            ConfigError: no such method.
        """
        _check_method(method)
        self.method = method
        mean = [(f + b) / 2 for f, b in (each.weights for each in weighed)]
        if method == SOFT:
            self.threshold = _expected_best(mean) if threshold is None else threshold
            linked = [each > self.threshold for each in mean]
        else:
            linked = [agreed(*each.weights, method) for each in weighed]
        return [
            word_links(own, sure, each.pieces, each.words)
            for each, own, sure in zip(weighed, linked, mean, strict=True)
        ]

    def pick(self, pairs: Sequence[tuple[str, str]]) -> Picked:
        """Choose the heads of both models by the agreement of their links on some of the pairs.

        Raises:
            ConfigError: there is no backward model.
        """
        if self.backward is None:
            raise ConfigError("heads are picked by the agreement of both directions; give both.")
        some = [Pair(*pair) for pair in pairs[:PICKED_ON]]
        cut = [(pieces(source), pieces(target)) for source, target in some]
        choices, links = [], []
        for translator, flip in ((self.forward, False), (self.backward, True)):
            choices.append(candidates(translator.attention(_NONE, ()).heads["cross"]))
            found: list[list[np.ndarray]] = [[np.zeros(0, bool)] * len(some) for _ in choices[-1]]
            for number, read in _grids(translator, some, cut, choices[-1], flip):
                for each, weights in zip(found, read, strict=True):
                    each[number] = likeliest(weights, 1 if flip else 0)
            links.append(found)
        best = picked((choices[0], choices[1]), (links[0], links[1]))
        self.forward.alignment_heads, self.backward.alignment_heads = best[:2]
        return best

    def _read(self, pairs: list[Pair], words: Sequence[Words], subwords: bool) -> list[Weighed]:
        cut = list(words) if subwords else [(pieces(s), pieces(t)) for s, t in pairs]
        sides = []
        for translator, flip in zip(self.models, (False, True), strict=False):
            heads = [translator.alignment_heads or LAST_LAYER]
            grids = dict(_grids(translator, pairs, cut, heads, flip))
            sides.append([grids[number][0] for number in range(len(pairs))])
        both = zip(*sides, strict=True) if sides[1:] else map(both_ways, sides[0])
        return [
            Weighed(pair, own, parts, (weights[0], weights[1]))
            for pair, own, parts, weights in zip(pairs, words, cut, both, strict=True)
        ]

    def _tokens(self, pairs: Sequence[Pair]) -> list[Words]:
        """Of the forward model, an empty one too, so that its number is its own."""
        tokenizers = self.forward.source_tokenizer, self.forward.target_tokenizer
        encoded = (t.encode_batch([pair[i] for pair in pairs]) for i, t in enumerate(tokenizers))
        return [
            ([(t.start, t.end) for t in source.tokens], [(t.start, t.end) for t in target.tokens])
            for source, target in zip(*encoded, strict=True)
        ]


def corpus_links(pairs: Sequence[Pair], rounds: int) -> Iterator[set[tuple[int, int]]]:
    """Links of each pair between `pieces`, as `Aligner` makes them, but by no model's attention."""
    cut = [(pieces(source), pieces(target)) for source, target in pairs]
    flat = [np.ones((len(source), len(target)), np.float32) for source, target in cut]
    every = [
        Weighed(pair, parts, parts, (weights, weights))
        for pair, parts, weights in zip(pairs, cut, flat, strict=True)
    ]
    for part in _parts(every):
        for forward, backward in _sharpened(part, rounds):
            yield cells(agreed(forward, backward, GROWN))


def _check_method(method: str) -> None:
    if method not in METHODS:
        raise ConfigError(f"method must be one of {', '.join(METHODS)}; got {method!r}.")


def _check_lengths(pairs: Sequence[Pair]) -> None:
    for number, pair in enumerate(pairs, 1):
        longest = max(map(len, pair))
        if longest > SENTENCE_CHARACTERS:
            raise DataError(
                f"pair {number}: a text of {longest:,} characters; one that is aligned may have at "
                f"most {SENTENCE_CHARACTERS:,}. Split it."
            )


def _grids(
    translator: Translator,
    pairs: Sequence[Pair],
    cut: Sequence[Words],
    choices: Sequence[AlignmentHeads],
    flip: bool,
) -> Iterator[tuple[int, list[np.ndarray]]]:
    """By each choice the weights (S, T) between the pieces of each pair.

    flip: the model reads the target and writes the source.
    """
    sides = [[pair[side] for pair in pairs] for side in ((1, 0) if flip else (0, 1))]
    tokenizers = translator.source_tokenizer, translator.target_tokenizer
    read, written = (t.encode_batch(side) for t, side in zip(tokenizers, sides, strict=True))
    examples = [(one.ids, other.ids) for one, other in zip(read, written, strict=True)]
    for number, weights in attended(translator, examples, choices):
        source = [*read[number].tokens, eos(sides[0][number])]
        target = [*written[number].tokens, eos(sides[1][number])]
        one, other = cut[number]
        parts = (other, one) if flip else (one, other)
        grids = [between(each, source, target, parts) for each in weights]
        yield number, [grid.T for grid in grids] if flip else grids


def _sharpened(part: Sequence[Weighed], rounds: int) -> list[Both]:
    if not rounds:
        return [each.weights for each in part]
    texts = [
        [[pair[side][a:b] for a, b in parts[side]] for pair, _, parts, _ in part] for side in (0, 1)
    ]
    return sharpened([each.weights for each in part], texts[0], texts[1], rounds)


def _expected_best(confidences: Sequence[np.ndarray]) -> float:
    """The threshold whose links have the greatest expected F1, the confidences taken as true.

    2 Σ_{p > τ} p / (|{p > τ}| + Σ p)
    """
    flat = np.concatenate([each.ravel() for each in confidences]) if confidences else np.zeros(0)
    total = flat.sum()
    expected = [
        2 * flat[flat > at].sum() / max(1e-9, (flat > at).sum() + total) for at in THRESHOLDS
    ]
    return float(THRESHOLDS[int(np.argmax(expected))])


def _parts(read: Sequence[Weighed]) -> Iterator[list[Weighed]]:
    part: list[Weighed] = []
    cells = 0
    for each in read:
        size = each.weights[0].size
        if part and cells + size > CELLS:
            yield part
            part, cells = [], 0
        part.append(each)
        cells += size
    if part:
        yield part

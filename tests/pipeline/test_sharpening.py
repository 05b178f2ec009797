"""Links estimated from many pairs, beside a plain double loop over words in float64."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise, product
from math import exp
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.data.phrasebook import phrasebook
from qkv.data.words import pieces, spans
from qkv.evaluation import alignment_error_rate
from qkv.pipeline import sharpening as S
from qkv.pipeline.alignment import cells, of_words
from qkv.pipeline.sharpening import sharpened


def plain(attention: list, given: list, said: list, rounds: int) -> list:
    """p(said word t comes from given word s) of each pair, {(t, s): p}, by loops and all paths.

    attention: of each pair (T, S) by each model.
    """
    pairs = range(len(given))
    kinds = len({w for words in said for w in words})
    parts = [_parts(attention[n], len(said[n]), len(given[n])) for n in pairs]
    trust = [[1 / len(own)] * len(own) for own in parts]
    bounds = [(_bound(given)[n], _bound(said)[n]) for n in pairs]
    likely, none = [], []
    for n in pairs:
        prior = _mixed(trust[n], parts[n])
        start = {cell: value * (1 - S.NOTHING) for cell, value in prior.items()}
        explained = _settled(start, dict.fromkeys(range(len(said[n])), S.NOTHING))
        likely.append(explained[0])
        none.append(explained[1])
    jumps = Counter[int]()
    for own in likely:
        jumps.update(_neighbours(own))
    for number in range(rounds):
        spread = sum(jumps.values()) + 0.5 * (2 * S.JUMPS + 1)
        jump = {
            d: ((jumps[d] + 0.5) / spread + S.SMOOTH) ** S.TEMPER
            for d in range(-S.JUMPS, S.JUMPS + 1)
        }
        pair, origin, unsaid = (defaultdict[Any, float](float) for _ in range(3))
        uses = Counter(word for words in given for word in words)
        for n in pairs:
            for (t, s), v in likely[n].items():
                pair[given[n][s], said[n][t]] += v
                origin[given[n][s]] += v
            for t, v in none[n].items() if given[n] else ():
                unsaid[said[n][t]] += v
        total = sum(unsaid.values())
        jumps = Counter()
        for n in pairs:
            one, other, old = given[n], said[n], likely[n]
            trust[n] = _trusted(trust[n], parts[n], old)
            prior = _mixed(trust[n], parts[n])
            near = _near(old, *bounds[n], ordered=number >= S.UNORDERED)
            sums = {t: sum(prior[t, s] * near[t, s] for s in range(len(one))) for t in none[n]}
            weights = {
                (t, s): prior[t, s] * near[t, s] / sums[t]
                * (pair[one[s], other[t]] - v + S.SPARSE)
                / (origin[one[s]] - v + S.SPARSE * kinds)
                * (origin[one[s]] + 1) / (uses[one[s]] + 1)
                / (1 + sum(old[k, s] for k in none[n]) - v)
                for (t, s), v in old.items()
            }  # fmt: skip
            unexplained = {
                t: S.NOTHING * (unsaid[other[t]] - v + S.SPARSE) / (total - v + S.SPARSE * kinds)
                for t, v in none[n].items()
            }
            if number >= S.UNORDERED:
                likely[n], none[n], made = _paths(weights, unexplained, jump, len(one))
            else:
                scaled = {cell: v * (1 - S.NOTHING) for cell, v in weights.items()}
                likely[n], none[n] = _settled(scaled, unexplained)
                made = _neighbours(likely[n])
            jumps.update(made)
    return likely


def _parts(attention: list, words: int, places: int) -> list[dict]:
    def part(weights: np.ndarray) -> dict:
        cells = {
            (t, s): (weights[t, s] * exp(-S.TENSION * abs((s + 0.5) / places - (t + 0.5) / words)))
            ** 0.5 + S.FLOOR
            for t in range(words)
            for s in range(places)
        }  # fmt: skip
        sums = [sum(cells[t, s] for s in range(places)) for t in range(words)]
        return {(t, s): value / sums[t] for (t, s), value in cells.items()}

    return [part(np.ones((words, places))), *map(part, attention)]


def _mixed(trust: list, parts: list) -> dict:
    return {
        cell: sum(x * own[cell] for x, own in zip(trust, parts, strict=True)) for cell in parts[0]
    }


def _trusted(trust: list, parts: list, likely: dict) -> list:
    mixed, all_ = _mixed(trust, parts), sum(likely.values())
    return [
        (sum(v * x * own[cell] / mixed[cell] for cell, v in likely.items()) + S.SEEN / len(parts))
        / (all_ + S.SEEN)
        for x, own in zip(trust, parts, strict=True)
    ]


def _bound(words: list) -> list[list[float]]:
    alone = Counter(word for each in words for word in each)
    both = Counter(pair for each in words for pair in pairwise(each))
    return [
        [
            max(both[a, b] / alone[a], both[a, b] / alone[b])
            if both[a, b] > 1 and {a, b} <= {*"甲乙"}
            else 0.0
            for a, b in pairwise(each)
        ]
        for each in words
    ]


def _near(likely: dict, given: list, said: list, ordered: bool) -> dict:
    near = {}
    for t, s in likely:
        near[t, s] = S.ALONE
        for other, far in ((s - 1, s - 1), (s + 1, s)):
            near[t, s] += (
                S.BOUND * likely.get((t, other), 0) * (given[far] if (t, other) in likely else 0)
            )
        for other, far in ((t - 1, t - 1), (t + 1, t)):
            near[t, s] += (
                S.BOUND * likely.get((other, s), 0) * (said[far] if (other, s) in likely else 0)
            )
        if not ordered:
            near[t, s] += likely.get((t - 1, s - 1), 0) + likely.get((t + 1, s + 1), 0)
    return near


def _settled(weights: dict, nothing: dict) -> tuple[dict, dict]:
    sums = {t: n + sum(v for (k, _), v in weights.items() if k == t) for t, n in nothing.items()}
    return {(t, s): v / sums[t] for (t, s), v in weights.items()}, {
        t: n / sums[t] for t, n in nothing.items()
    }


def _neighbours(likely: dict) -> Counter:
    made = Counter[int]()
    for (t, s), v in likely.items():
        for (k, o), w in likely.items():
            if k == t + 1:
                made[max(-S.JUMPS, min(S.JUMPS, o - s))] += v * w
    return made


def _paths(weights: dict, nothing: dict, jump: dict, places: int) -> tuple[dict, dict, Counter]:
    """Every way of explaining all words, one after the other; None: by nothing."""
    likely, none, made, all_ = (
        dict.fromkeys(weights, 0.0),
        dict.fromkeys(nothing, 0.0),
        defaultdict[int, float](float),
        0.0,
    )
    steps = {
        p: sum(jump[max(-S.JUMPS, min(S.JUMPS, s - p))] for s in range(places))
        for p in range(places)
    }
    for path in product([None, *range(places)], repeat=len(nothing)):
        value, last = 1.0, None
        for t, s in enumerate(path):
            if s is None:
                value *= nothing[t]
                continue
            move = (
                1 / places
                if last is None
                else jump[max(-S.JUMPS, min(S.JUMPS, s - last))] / steps[last]
            )
            value *= move * (1 - S.NOTHING) * weights[t, s] * places
            last = s
        all_ += value
        for t, s in enumerate(path):
            if s is None:
                none[t] += value
            else:
                likely[t, s] += value
        # a jump counts where the word before is explained too, or those between by nothing
        explained = [s for s in path if s is not None]
        for a, b in pairwise(explained):
            made[max(-S.JUMPS, min(S.JUMPS, b - a))] += value
    return (
        {cell: v / all_ for cell, v in likely.items()},
        {t: v / all_ for t, v in none.items()},
        Counter({d: v / all_ for d, v in made.items()}),
    )


@st.composite
def corpora(draw: st.DrawFn) -> tuple[list, list, list]:
    words = st.lists(st.sampled_from("ab甲乙"), min_size=0, max_size=4)
    pairs = draw(st.lists(st.tuples(words, words), min_size=1, max_size=5))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    models = draw(st.integers(0, 2))
    weights = [[rng.uniform(size=(len(a), len(b))) for _ in range(models)] for a, b in pairs]
    return weights, [a for a, _ in pairs], [b for _, b in pairs]


@settings(max_examples=30)
@given(corpora(), st.integers(0, 5))
def test_batches_and_forward_backward_are_loops_over_all_paths(corpus: tuple, rounds: int) -> None:
    attention, sources, targets = corpus
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(S, "TOGETHER", 30)  # several batches, some padded
        got = sharpened(attention, sources, targets, rounds)
    turned = [[weights.T for weights in each] for each in attention]
    forward = plain(turned, sources, targets, rounds)
    backward = plain(attention, targets, sources, rounds)
    for (f, b), one, other in zip(got, forward, backward, strict=True):
        for i, j in np.ndindex(f.shape):
            assert f[i, j] == pytest.approx(one[j, i], rel=1e-9)
            assert b[i, j] == pytest.approx(other[i, j], rel=1e-9)
        assert (f.sum(0) <= 1 + 1e-9).all()
        assert (b.sum(1) <= 1 + 1e-9).all()


def test_pairs_tell_which_words_translate_each_other() -> None:
    words = "abcdefgh"
    sources = [[x, y] for x in words for y in words if x != y]
    targets = [[y.upper() + "'", x.upper() + "'"] for x, y in sources]  # against the diagonal
    even = [[np.full((2, 2), 0.5)]] * len(sources)
    for f, b in sharpened(even, sources, targets, 6):
        assert f.argmax(0).tolist() == b.argmax(1).tolist() == [1, 0]


def test_case_is_no_matter() -> None:
    attention = [[np.full((1, 2), 0.5)]] * 2
    sources, targets = [["A"], ["a"]], [["b", "c"], ["B", "d"]]
    folded = sharpened(attention, [["a"], ["a"]], [["b", "c"], ["b", "d"]], 3)
    for mine, other in zip(sharpened(attention, sources, targets, 3), folded, strict=True):
        assert np.array_equal(mine[0], other[0])


def test_nothing_to_sharpen() -> None:
    empty = [[np.zeros((0, 3))], [np.zeros((2, 0))]]
    got = sharpened(empty, [[], ["a", "b"]], [["x", "y", "z"], []], 5)
    assert [f.shape for f, _ in got] == [(0, 3), (2, 0)]


def test_attention_that_says_something_else_is_not_trusted() -> None:
    words = "abcdefgh"
    sources = [[x, y, z] for x in words for y in words for z in words if len({x, y, z}) == 3]
    targets = [[word.upper() + "'" for word in source] for source in sources]
    noise = np.random.default_rng(0).dirichlet(np.full(3, 0.05), (len(sources), 3))
    for f, b in sharpened([[each.T] for each in noise], sources, targets, 6):
        assert f.argmax(0).tolist() == b.argmax(1).tolist() == [0, 1, 2]


def test_without_a_model_links_come_near_the_gold_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    book = phrasebook().valid
    cut = [(pieces(pair.source), pieces(pair.target)) for pair in book]
    texts = [
        [[text[a:b] for a, b in own[side]] for text, own in zip(sides, cut, strict=True)]
        for side, sides in enumerate(zip(*((p.source, p.target) for p in book), strict=True))
    ]
    gold = [{*pair.links} for pair in book]

    def error() -> float:
        found = sharpened([()] * len(book), texts[0], texts[1], 6)
        links = [
            {*of_words(cells((f + b) / 2 > 0.35), own, (spans(pair.source), spans(pair.target)))}
            for (f, b), own, pair in zip(found, cut, book, strict=True)
        ]
        return alignment_error_rate(links, gold, gold)

    bound = error()
    assert bound < 0.22
    monkeypatch.setattr(S, "BOUND", 0.0)  # characters that make a word are linked together
    assert error() > bound + 0.005


def test_a_long_sentence_is_no_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    words = [[f"w{i}" for i in range(7)]] * 3
    chained = sharpened([()] * 3, words, words, 6)
    monkeypatch.setattr(S, "CHAIN", 6)
    monkeypatch.setattr(S, "_chained", None)
    for (f, _), (g, _) in zip(sharpened([()] * 3, words, words, 6), chained, strict=True):
        assert f.argmax(0).tolist() == g.argmax(0).tolist() == [*range(7)]

"""Links estimated from many pairs, beside a plain double loop over words in float64."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import exp
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.pipeline import sharpening
from qkv.pipeline.sharpening import sharpened


def plain(attention: list, given: list, said: list, rounds: int) -> list:  # noqa: C901 - loops
    """p(said word j comes from given word i) of each pair, by dictionaries and loops."""
    nothing, sparse, alone = sharpening.NOTHING, sharpening.SPARSE, sharpening.ALONE
    kinds = len({w for words in said for w in words})
    prior = [
        {
            (i, j): (weights[i, j] * exp(-sharpening.TENSION * abs((i + 0.5) / s - (j + 0.5) / t)))
            ** 0.5 + sharpening.FLOOR
            for i in range(s)
            for j in range(t)
        }
        for weights in attention
        for s, t in [weights.shape]
    ]  # fmt: skip

    def scaled(cells: dict) -> dict:
        sums: dict[int, float] = dict.fromkeys((j for _, j in cells), 0.0)
        for (_, j), value in cells.items():
            sums[j] += value
        return {(i, j): v * (1 - nothing) / sums[j] for (i, j), v in cells.items()}

    likely = [scaled(cells) for cells in prior]
    none = [dict.fromkeys(range(len(words)), nothing) for words in said]
    for round_ in range(rounds + 1):
        for cells, left in zip(likely, none, strict=True):
            totals = {j: left[j] + sum(v for (_, b), v in cells.items() if b == j) for j in left}
            cells.update({(i, j): v / totals[j] for (i, j), v in cells.items()})
            left.update({j: v / totals[j] for j, v in left.items()})
        if round_ == rounds:
            return likely
        pair, origin, unsaid = (defaultdict[Any, float](float) for _ in range(3))
        uses = Counter[str]()
        for cells, left, one, other in zip(likely, none, given, said, strict=True):
            uses.update(one)
            for (i, j), v in cells.items():
                pair[one[i], other[j]] += v
                origin[one[i]] += v
            for j, v in left.items():
                unsaid[other[j]] += v
        after = []
        for cells, first, one, other in zip(likely, prior, given, said, strict=True):
            load: dict[int, float] = dict.fromkeys((i for i, _ in cells), 0.0)
            for (i, _), v in cells.items():
                load[i] += v
            new = scaled(
                {
                    (i, j): p
                    * (alone + cells.get((i - 1, j - 1), 0) + cells.get((i + 1, j + 1), 0))
                    for (i, j), p in first.items()
                }
            )
            after.append({
                (i, j): v
                * (origin[one[i]] + 1) / (uses[one[i]] + 1) / (1 + load[i] - cells[i, j])
                * (pair[one[i], other[j]] - cells[i, j] + sparse)
                / (origin[one[i]] - cells[i, j] + sparse * kinds)
                for (i, j), v in new.items()
            })  # fmt: skip
        total = sum(unsaid.values())
        none = [
            {
                j: nothing * (unsaid[other[j]] - v + sparse) / (total - v + sparse * kinds)
                for j, v in left.items()
            }
            for left, other in zip(none, said, strict=True)
        ]
        likely = after
    raise AssertionError


@st.composite
def corpora(draw: st.DrawFn) -> tuple[list, list, list]:
    words = st.lists(st.sampled_from("abc"), min_size=0, max_size=4)
    pairs = draw(st.lists(st.tuples(words, words), min_size=1, max_size=4))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    weights = [rng.uniform(size=(len(a), len(b))) for a, b in pairs]
    return weights, [a for a, _ in pairs], [b for _, b in pairs]


@settings(max_examples=40)
@given(corpora(), st.integers(0, 3))
def test_all_cells_at_once_are_each_by_itself(corpus: tuple, rounds: int) -> None:
    attention, sources, targets = corpus
    got = sharpened(attention, sources, targets, rounds)
    forward = plain(attention, sources, targets, rounds)
    backward = plain([w.T for w in attention], targets, sources, rounds)
    for weights, (f, b), one, other in zip(attention, got, forward, backward, strict=True):
        for i, j in np.ndindex(weights.shape):
            assert f[i, j] == pytest.approx(one[i, j], rel=1e-9)
            assert b[i, j] == pytest.approx(other[j, i], rel=1e-9)
        assert (f.sum(0) <= 1 + 1e-9).all()
        assert (b.sum(1) <= 1 + 1e-9).all()


def test_pairs_tell_which_words_translate_each_other() -> None:
    words = "abcdefgh"
    sources = [[x, y] for x in words for y in words if x != y]
    targets = [[y.upper() + "'", x.upper() + "'"] for x, y in sources]  # against the diagonal
    even = [np.full((2, 2), 0.5)] * len(sources)
    for f, b in sharpened(even, sources, targets, 6):
        assert f.argmax(0).tolist() == b.argmax(1).tolist() == [1, 0]


def test_case_is_no_matter() -> None:
    attention = [np.full((1, 2), 0.5)] * 2
    sources, targets = [["A"], ["a"]], [["b", "c"], ["B", "d"]]
    folded = sharpened(attention, [["a"], ["a"]], [["b", "c"], ["b", "d"]], 3)
    for mine, other in zip(sharpened(attention, sources, targets, 3), folded, strict=True):
        assert np.array_equal(mine[0], other[0])


def test_nothing_to_sharpen() -> None:
    empty = [np.zeros((0, 3)), np.zeros((2, 0))]
    got = sharpened(empty, [[], ["a", "b"]], [["x", "y", "z"], []], 5)
    assert [f.shape for f, _ in got] == [(0, 3), (2, 0)]

"""The order of examples is arithmetic: of small data as ever, of large data without holding it."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, groupby, pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data import order
from qkv.data.batching import POOL, cut
from qkv.data.order import parts, permuted

SIZES = st.lists(st.integers(1, 61), max_size=300)


def plainly_cut(sizes: list[int], budget: int, random: Random) -> list[list[int]]:
    """The rule, one example after the other."""
    shuffled = list(range(len(sizes)))
    random.shuffle(shuffled)
    ends = list(accumulate(sizes[i] for i in shuffled))
    made: list[list[int]] = []
    for _, pool in groupby(range(len(sizes)), lambda place: ends[place] // (POOL * budget)):
        made.append([])
        for i in sorted((shuffled[place] for place in pool), key=sizes.__getitem__):
            if made[-1] and (len(made[-1]) + 1) * sizes[i] > budget:
                made.append([])
            made[-1].append(i)
    random.shuffle(made)
    return made


@given(SIZES, st.integers(1, 120), st.integers(0, 9))
def test_batches_are_those_of_the_plain_rule(sizes: list[int], budget: int, seed: int) -> None:
    found = [batch.tolist() for batch in cut(np.array(sizes, np.int64), budget, Random(seed))]
    assert found == plainly_cut(sizes, budget, Random(seed))


@given(st.integers(1, 5000), st.integers(0, 99), st.integers(0, 5))
def test_a_random_order_has_each_number_once(count: int, seed: int, pieces: int) -> None:
    """And does not depend on the pieces in which it is asked for."""
    key = f"{seed} 0"
    whole = permuted(0, count, count, key).tolist()
    assert sorted(whole) == list(range(count))
    bounds = sorted({0, count, *(Random(seed + n).randrange(count) for n in range(pieces))})
    assert [i for a, b in pairwise(bounds) for i in permuted(a, b, count, key).tolist()] == whole


def test_a_random_order_is_like_one() -> None:
    """Of 400 orders of 23 numbers each number is at each place about as often; none is another."""
    orders = [tuple(permuted(0, 23, 23, f"1 {epoch}").tolist()) for epoch in range(400)]
    assert len(set(orders)) == 400
    counts = Counter((place, n) for each in orders for place, n in enumerate(each))
    expected = 400 / 23
    chi2 = sum((counts[place, n] - expected) ** 2 for place in range(23) for n in range(23))
    assert chi2 / expected == pytest.approx(22 * 22, abs=4 * (2 * 22 * 22) ** 0.5)
    long = permuted(0, 10_007, 10_007, "1 0")
    assert abs(np.corrcoef(long, np.arange(10_007))[0, 1]) < 0.04
    assert abs(np.corrcoef(long[:-1], long[1:])[0, 1]) < 0.04


def test_small_data_is_taken_as_it_is() -> None:
    [all_] = parts([5, 3, 9], 1, 0)
    assert all_.tolist() == [5, 3, 9]


@pytest.mark.parametrize("drawn", [range(101), [*range(3, 90, 2), 200]])
def test_large_data_comes_part_by_part(
    drawn: list[int] | range, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "PART", 17)
    epochs = [[each.tolist() for each in parts(drawn, 1, epoch)] for epoch in (0, 0, 1)]
    assert epochs[0] == epochs[1] != epochs[2]
    for each in epochs:
        assert sorted(i for part in each for i in part) == sorted(drawn)
        assert {len(part) for part in each[:-1]} == {17}
    assert max(epochs[0][0]) > 60  # not the first ones

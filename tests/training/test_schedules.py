"""The learning rate and the soft share, against their formulas."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.training.schedules import soft_share, warmup_cosine


def rates(peak: float, warmup: int, last: int) -> list[float]:
    """Of steps 1 to `last`."""
    return [warmup_cosine(n, peak=peak, warmup=warmup, last=last) for n in range(1, last + 1)]


def test_by_hand() -> None:
    # warm-up 2; then cos of 0, π/4, π/2, 3π/4, π
    half = math.sqrt(0.5)
    expected = [4.0, 8.0, 4 * (1 + half), 4.0, 4 * (1 - half), 0.0]
    assert rates(8.0, 2, 6) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("peak", "warmup", "last"), [(0.005, 1000, 4001), (2.0, 7, 31)])
def test_against_the_formula(peak: float, warmup: int, last: int) -> None:
    rising = [peak * n / warmup for n in range(1, warmup + 1)]
    falling = [
        peak * math.cos(math.pi / 2 * n / (last - warmup)) ** 2  # (1 + cos 2x) / 2 = cos² x
        for n in range(1, last - warmup + 1)
    ]
    assert rates(peak, warmup, last) == pytest.approx(rising + falling, abs=1e-12)


def test_the_warm_up_takes_at_most_half_of_a_run() -> None:
    assert rates(1.0, 1000, 10) == rates(1.0, 5, 10)
    assert rates(1.0, 1000, 1) == [1.0]


@given(st.floats(1e-6, 10), st.integers(1, 50), st.integers(1, 100))
def test_it_rises_to_the_peak_and_falls_to_nothing(peak: float, warmup: int, last: int) -> None:
    curve = rates(peak, warmup, last)
    top = curve.index(max(curve))
    assert curve[top] == pytest.approx(peak)
    assert curve[: top + 1] == sorted(curve[: top + 1])
    assert curve[top:] == sorted(curve[top:], reverse=True)
    assert min(curve) >= 0
    if last > 1:
        assert curve[-1] == pytest.approx(0, abs=1e-12)


def test_hard_attention_is_soft_then_falls_to_its_share() -> None:
    # half of 20 steps soft; then eight steps down to 0.2 at step 18
    curve = [soft_share(n, start=0.5, end=0.2, last=20) for n in range(1, 21)]
    falling = [1 - 0.1 * n for n in range(1, 9)]
    assert curve == pytest.approx([1.0] * 10 + falling + [0.2, 0.2])
    assert {soft_share(n, start=0.0, end=0.3, last=20) for n in range(1, 21)} == {0.3}

"""The pointing game, worked out by hand on a 2 × 2 grid."""

from __future__ import annotations

import pytest

from qkv.errors import DataError
from qkv.evaluation.pointing import Look, pointing_game

# Four regions of 10 × 10 pixels, row by row; their centres are 5 or 15.
REGIONS = [[0, 0, 10, 10], [10, 0, 20, 10], [0, 10, 10, 20], [10, 10, 20, 20]]


def look(weights: list[float], box: tuple[float, float, float, float]) -> Look:
    return Look(weights, REGIONS, box)


def test_hits_and_chance_by_hand() -> None:
    looks = [
        look([0.1, 0.7, 0.1, 0.1], (11, 1, 19, 9)),  # looks right above, where the object is: 1 / 4
        look([0.1, 0.7, 0.1, 0.1], (1, 11, 9, 19)),  # the object is left below: 0 of chance 1 / 4
        look([0.0, 0.0, 0.4, 0.6], (0, 12, 20, 20)),  # both regions below: 1 of chance 2 / 4
    ]
    result = pointing_game(looks)
    assert (result.accuracy, result.chance) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert result.words == 3


def test_a_region_counts_by_its_centre() -> None:
    assert pointing_game([look([1, 0, 0, 0], (0, 0, 4.9, 20))]).accuracy == 0
    assert pointing_game([look([1, 0, 0, 0], (0, 0, 5.0, 20))]).accuracy == 1


def test_of_equal_weights_the_first_counts() -> None:
    assert pointing_game([look([0.25] * 4, (0, 0, 10, 10))]).accuracy == 1
    assert pointing_game([look([0.25] * 4, (10, 10, 20, 20))]).accuracy == 0


def test_without_looks() -> None:
    with pytest.raises(DataError, match="at least one word"):
        pointing_game([])

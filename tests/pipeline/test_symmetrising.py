"""Two directions made one, beside Koehn's loops written out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.errors import ConfigError
from qkv.pipeline.symmetrising import GROWN, symmetrised

links = st.frozensets(st.tuples(st.integers(0, 5), st.integers(0, 6)), max_size=14)
NEIGHBOURS = [(-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)]


def as_published(forward: frozenset, backward: frozenset) -> set:
    """The pseudo-code of statmt.org/moses (grow-diag, then final-and), every cell every time."""
    alignment, union = set(forward & backward), forward | backward

    def free(i: int, j: int) -> tuple[bool, bool]:
        return i not in {a for a, _ in alignment}, j not in {b for _, b in alignment}

    grown = True
    while grown:
        grown = False
        for i in range(6):
            for j in range(7):
                for di, dj in NEIGHBOURS if (i, j) in alignment else []:
                    new = i + di, j + dj
                    if new in union and new not in alignment and any(free(*new)):
                        alignment.add(new)
                        grown = True
    for direction in (forward, backward):
        for new in sorted(direction):
            if all(free(*new)):
                alignment.add(new)
    return alignment


@given(links, links)
def test_growing_is_what_was_published(forward: frozenset, backward: frozenset) -> None:
    assert symmetrised(forward, backward) == as_published(forward, backward)


@given(links, links)
def test_growing_lies_between_intersection_and_union(
    forward: frozenset, backward: frozenset
) -> None:
    least, grown, most = (
        symmetrised(forward, backward, m) for m in ("intersection", GROWN, "union")
    )
    assert least <= grown <= most
    assert (least, most) == (forward & backward, forward | backward)
    assert symmetrised(forward, forward) == forward


def test_growing_by_hand() -> None:
    forward, backward = {(0, 0), (1, 1), (3, 4)}, {(0, 0), (0, 1), (2, 1), (4, 3), (3, 3)}
    # 0-1 and 1-1 lie beside 0-0; then 2-1 beside 1-1; nothing lies beside the others, of which 3-4
    # comes first, and then 4-3 (3 is taken: 3-3 is not).
    assert symmetrised(forward, backward) == {(0, 0), (0, 1), (1, 1), (2, 1), (3, 4), (4, 3)}


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ConfigError, match="one of intersection, union, grow-diag-final-and"):
        symmetrised(set(), set(), "grow")

"""Two alignments of the same sentences, one a direction, made one."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from heapq import heappop, heappush
from typing import TypeAlias

from qkv.errors import ConfigError

__all__ = ["GROWN", "SYMMETRISERS", "symmetrised"]

Links: TypeAlias = AbstractSet[tuple[int, int]]

GROWN = "grow-diag-final-and"
NEIGHBOURS = [(-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)]


def symmetrised(forward: Links, backward: Links, method: str = GROWN) -> set[tuple[int, int]]:
    """Links of one sentence pair from those of both directions, (source word, target word) each.

    intersection ⊆ grow-diag-final-and ⊆ union. grow-diag-final-and starts from the intersection
    and adds links of the union: as long as there are any, those beside a link that it has, of two
    words of which one has none yet; then those of two words without any, the forward direction's
    first.

    Raises:
        ConfigError: no such method.
    Source: Koehn et al. 2005, Edinburgh System Description, as Moses' `symal` has it, in which one
    of the two words must be without a link to grow, and both at the end.
    """
    if method not in SYMMETRISERS:
        known = ", ".join(SYMMETRISERS)
        raise ConfigError(f"symmetrise with one of {known}; got {method!r}.")
    return SYMMETRISERS[method](forward, backward)


def _intersection(forward: Links, backward: Links) -> set[tuple[int, int]]:
    return {*forward} & backward


def _union(forward: Links, backward: Links) -> set[tuple[int, int]]:
    return {*forward} | backward


def _grown(forward: Links, backward: Links) -> set[tuple[int, int]]:
    links, union = _intersection(forward, backward), _union(forward, backward)
    if len(links) == len(union):
        return links
    sources, targets = {i for i, _ in links}, {j for _, j in links}

    def add(i: int, j: int) -> None:
        links.add((i, j))
        sources.add(i)
        targets.add(j)

    # A scan goes by what it adds on its way ahead; what it adds behind, the next one looks around.
    # Around a link that was looked at nothing more can ever be added.
    ahead = sorted(links)
    while ahead:
        behind: list[tuple[int, int]] = []
        while ahead:
            i, j = here = heappop(ahead)
            for di, dj in NEIGHBOURS:
                there = a, b = i + di, j + dj
                if there in union and (a not in sources or b not in targets):
                    add(a, b)
                    heappush(ahead if there > here else behind, there)
        ahead = behind
    for i, j in (*sorted(forward), *sorted(backward)):
        if i not in sources and j not in targets:
            add(i, j)
    return links


SYMMETRISERS: dict[str, Callable[[Links, Links], set[tuple[int, int]]]] = {
    "intersection": _intersection,
    "union": _union,
    GROWN: _grown,
}

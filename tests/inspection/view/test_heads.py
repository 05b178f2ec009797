"""Heads as a page reads them, against weights in float64."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import prod

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from qkv.attention import (
    Cosine,
    General,
    Lookup,
    Score,
    Select,
    Sinks,
    SoftCapped,
    Softmax,
    Weights,
    causal,
    dot,
    scaled_dot,
    softmax,
    sparsemax,
    window,
)
from qkv.attention.select import settled
from qkv.inspection.view import heads
from qkv.inspection.view.packing import packed
from qkv.inspection.view.visible import Visible, visible
from qkv.shapes import Bias, Mask
from tests import pages

TQ, TK, D = 37, 41, 11


@given(st.binary(max_size=200))
def test_packed_bytes_come_back_and_are_safe_in_a_page(data: bytes) -> None:
    text = packed(np.frombuffer(data, np.uint8))
    assert pages.unpacked(text) == data
    assert not set(text) & set('"<\\ \n')
    assert text.isascii()


def lookup(
    mask: Mask | None = None,
    bias: Bias | None = None,
    score: Score = scaled_dot,
    select: Select | Sinks = softmax,
) -> Lookup:
    """One head of several."""
    torch.manual_seed(3)
    query, key = torch.randn(2, 3, TQ, D) * 2, torch.randn(2, 3, TK, D)
    made = Lookup(query, key, score, softmax, mask, bias)
    select = settled(select, made) if isinstance(select, Sinks) else select
    return made.replaced(select=select).under((1, 2))


def exact(of: Lookup) -> np.ndarray:
    """In float64, by the plainest way."""
    with torch.no_grad():
        return of.replaced(query=of.query.double(), key=of.key.double()).weights().numpy()


def shown(of: Lookup, monkeypatch: pytest.MonkeyPatch) -> dict:
    """As a long head is written."""
    monkeypatch.setattr(heads, "MOST_DENSE", 0)
    with torch.no_grad():
        head, [received] = heads.long_head(Weights(of), visible(of))
        wanted = of.weights().sum(0)
    np.testing.assert_allclose(received, wanted, rtol=1e-4, atol=1e-5)
    return head


def left_padded() -> Mask:
    """As transformers makes it: of padding in front nobody sees anything, and it sees nothing."""
    keys = torch.arange(TK)
    return Mask((keys[None] <= torch.arange(TQ)[:, None]) & (keys >= 4)[None])


def added() -> Bias:
    """A causal mask in numbers."""
    later = torch.ones(TQ, TK, dtype=torch.bool).triu(1)
    return Bias(torch.zeros(TQ, TK).masked_fill(later, torch.finfo(torch.float32).min))


MASKS: dict[str, Callable[[], tuple[Mask | None, Bias | None]]] = {
    "none": lambda: (None, None),
    "causal": lambda: (causal(TQ, TK), None),
    "causal from the start": lambda: (causal(TQ, TK, align="start"), None),
    "window": lambda: (window(TQ, TK, left=5, right=2), None),
    "padding": lambda: (Mask((torch.arange(TK) < 29)[None]), None),
    "causal, given whole": lambda: (Mask(causal(TQ, TK).allowed), None),
    "window and padding": lambda: (
        window(TQ, TK, left=7, right=0) & Mask((torch.arange(TK) < 33)[None]),
        None,
    ),
    "padding in front": lambda: (left_padded(), None),
    "added": lambda: (None, added()),
    "nothing is seen": lambda: (Mask(torch.zeros(TQ, TK, dtype=torch.bool)), None),
}


@pytest.mark.parametrize("name", MASKS)
def test_long_heads_are_queries_and_keys(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mask, bias = MASKS[name]()
    of = lookup(mask, bias)
    head = shown(of, monkeypatch)
    assert head["encoding"] == "scores"
    off = np.abs(pages.weights(head) - exact(of)).max()
    assert off == pytest.approx(head["precision"], abs=1e-5)
    assert off < 0.02
    assert ((exact(of) > 0) >= (pages.weights(head) > 0)).all()  # what is hidden stays hidden


SCORES: dict[str, tuple[Score, Select | Sinks]] = {
    "dot": (dot, Softmax(3.0)),
    "cosine": (Cosine(0.2), softmax),
    "sinks": (scaled_dot, Sinks(torch.tensor([0.5, 1.0, 2.0]))),
}


@pytest.mark.parametrize("name", SCORES)
def test_so_are_other_products(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    score, select = SCORES[name]
    of = lookup(causal(TQ, TK), score=score, select=select)
    head = shown(of, monkeypatch)
    assert head["encoding"] == "scores"
    assert np.abs(pages.weights(head) - exact(of)).max() == pytest.approx(
        head["precision"], abs=1e-5
    )
    assert head["precision"] < 0.05
    assert head["band"] == [None, TK - TQ]


def test_so_is_a_product_with_a_matrix_between(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    score = General(D, D)
    of = lookup(score=score)
    head = shown(of, monkeypatch)
    assert head["encoding"] == "scores"
    np.testing.assert_allclose(
        pages.weights(head), of.weights().detach().numpy(), rtol=0, atol=head["precision"] + 1e-6
    )


@pytest.mark.parametrize(
    "of",
    [
        lookup(score=SoftCapped(3.0)),
        lookup(select=sparsemax),
        lookup(Mask(torch.rand(TQ, TK, generator=torch.Generator().manual_seed(5)) > 0.3)),
        lookup(bias=Bias(torch.linspace(0, 1, TK)[None].expand(TQ, TK))),
    ],
    ids=["soft-capped", "sparsemax", "a mask that is no band", "a bias"],
)
def test_what_is_no_plain_product_is_a_picture(of: Lookup, monkeypatch: pytest.MonkeyPatch) -> None:
    head = shown(of, monkeypatch)
    assert head["encoding"] == "pooled"
    check_picture(head, exact(of))


@pytest.mark.parametrize("name", MASKS)
def test_the_picture_of_a_long_head(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mask, bias = MASKS[name]()
    monkeypatch.setattr(heads, "SIDE", 7)  # tiles of 6 × 6
    of = lookup(mask, bias)
    head = shown(of, monkeypatch)
    assert head["overview"]["by"] == [6, 6]
    check_picture(head, exact(of))


def check_picture(head: dict, wanted: np.ndarray) -> None:
    down, across = head["overview"]["by"]
    rows, columns = -(-TQ // down), -(-TK // across)
    tiles = [
        [
            wanted[y * down : (y + 1) * down, x * across : (x + 1) * across].max()
            for x in range(columns)
        ]
        for y in range(rows)
    ]
    seen = pages.overview(head)
    assert seen.shape == (rows, columns)
    np.testing.assert_allclose(seen, tiles, rtol=0.031, atol=2.0**-21)
    assert ((seen == 0) == (np.array(tiles) < 2.0**-21)).all()
    np.testing.assert_allclose(
        pages.numbers(head["received"]), wanted.sum(0), rtol=0.005, atol=1e-5
    )
    logs = np.log(np.where(wanted > 0, wanted, 1))
    np.testing.assert_allclose(
        pages.numbers(head["entropy"]), -(wanted * logs).sum(1), rtol=0.005, atol=1e-4
    )


def test_short_heads_hold_every_cell() -> None:
    of = lookup(causal(TQ, TK), score=SoftCapped(5.0))
    head, [received] = heads.long_head(Weights(of), None)
    assert head["encoding"] == "dense"
    np.testing.assert_allclose(pages.weights(head), exact(of), rtol=0, atol=0.51 / 65535)
    np.testing.assert_allclose(received, exact(of).sum(0), rtol=1e-5)


def test_wide_heads_hold_every_cell_as_long_as_that_is_shorter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 37 × 41 cells, two bytes each, and queries and keys of 39 numbers, a byte each."""
    for width, encoding in ((38, "scores"), (39, "dense")):
        wide = Lookup(torch.ones(TQ, width), torch.ones(TK, width), scaled_dot, softmax)
        head, _ = heads.long_head(Weights(wide), visible(wide))
        assert head["encoding"] == encoding
    monkeypatch.setattr(heads, "MOST_DENSE", 9)
    assert heads.long_head(Weights(wide), visible(wide)).head["encoding"] == "scores"


def test_a_few_large_dimensions_do_not_spoil_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of trained models have some, which queries make little use of."""
    of = lookup()
    key, query = of.key.clone(), of.query.clone()
    key[:, 2] *= 300
    query[:, 2] /= 300
    head = shown(of.replaced(query=query, key=key), monkeypatch)
    assert head["precision"] < 0.02


def test_what_is_no_number_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a model that overflows, the rest can be looked at."""
    of = lookup(causal(TQ, TK, align="start"))
    query = of.query.clone()
    query[5] = torch.nan
    with torch.no_grad():
        head, _ = heads.long_head(Weights(of.replaced(query=query)), Visible(None, 0, []))
        monkeypatch.setattr(heads, "MOST_DENSE", 0)
        dense, _ = heads.short_head([of.replaced(query=query).weights().numpy()])
    json.dumps([head, dense], allow_nan=False)
    assert not pages.weights(dense)[5].any()


@given(st.data())
def test_what_is_called_a_band_is_one(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(1, 7)), data.draw(st.integers(1, 7))
    cells = st.lists(st.booleans(), min_size=rows * columns, max_size=rows * columns)
    allowed = torch.tensor(data.draw(cells)).view(rows, columns)
    if data.draw(st.booleans()):
        allowed = allowed[:1].expand(rows, columns)
    query, key = torch.zeros(rows, 2), torch.zeros(columns, 2)
    found = visible(Lookup(query, key, dot, softmax, Mask(allowed)))
    if found is not None:
        seen = found.hide(torch.ones(rows, columns, dtype=torch.bool), slice(None), slice(None))
        some = allowed.any(1)
        assert torch.equal(seen[some], allowed[some])


class Largest(TorchDispatchMode):
    """The most numbers that a tensor had that was made."""

    numbers = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # noqa: ANN001, ANN204
        made = func(*args, **(kwargs or {}))
        for x in made if isinstance(made, tuple | list) else [made]:
            if isinstance(x, Tensor):
                self.numbers = max(self.numbers, x.untyped_storage().nbytes() // x.element_size())
        return made


@pytest.mark.parametrize("mask", [None, causal(2503)], ids=["no mask", "causal"])
def test_nothing_of_the_size_of_the_weights_is_made(mask: Mask | None) -> None:
    tokens = 2503
    torch.manual_seed(0)
    of = Lookup(torch.randn(tokens, 3), torch.randn(tokens, 3), scaled_dot, softmax, mask)
    with torch.no_grad(), Largest() as largest:
        head, _ = heads.long_head(Weights(of), visible(of))
    assert head["encoding"] == "scores"
    assert largest.numbers < tokens**2 / 3
    rows = [0, 1234, 2502]
    wanted = np.stack([Weights(of)[row].numpy() for row in rows])
    assert np.abs(pages.weights(head)[rows] - wanted).max() <= head["precision"] + 1e-6
    assert prod(head["overview"]["shape"]) <= 256**2

"""Masks: True = may attend; they compose, and nothing else passes for one."""

from collections.abc import Callable
from itertools import product
from typing import cast

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from qkv.attention import attend, causal, documents, lookup, padding, prefix, window
from qkv.attention.masks import Align
from qkv.errors import ShapeError
from qkv.shapes import ALL, Mask
from tests import strategies
from tests.strategies import TK, TQ, B, D, H


def grid(text: str) -> torch.Tensor:
    """Rows of 1 (may attend) and 0."""
    return torch.tensor([[letter == "1" for letter in row] for row in text.split()])


def test_causal_sees_itself_and_what_came_before() -> None:
    assert torch.equal(causal(3).allowed, grid("100 110 111"))


def test_causal_puts_the_last_query_at_the_last_key() -> None:
    assert torch.equal(causal(2, 5).allowed, grid("11110 11111"))
    assert torch.equal(causal(1, 4).allowed, grid("1111"))
    assert torch.equal(causal(4, 2).allowed, grid("00 00 10 11"))


def test_causal_rows_are_the_steps_of_a_growing_cache() -> None:
    for seen in range(1, TK):
        assert torch.equal(causal(TK).allowed[seen - 1 : seen, :seen], causal(1, seen).allowed)


def test_padding_hides_what_lies_beyond_each_end() -> None:
    mask = padding(torch.tensor([2, 0, 3]), 3)
    assert mask.allowed.shape == (3, 1, 1, 3)
    assert torch.equal(mask.allowed[:, 0, 0], grid("110 000 111"))


def test_padding_cannot_be_taken_for_a_mask_of_heads() -> None:
    """With as many sentences as heads, (B, 1, Tk) would pass and hide keys by head."""
    query, key = torch.randn(H, H, TQ, D), torch.randn(H, H, TK, D)
    weights = attend(query, key, key, mask=padding(torch.tensor([1, 2, 7]), TK)).weights.dense()
    assert [int((w > 0).any(1).sum(-1)[0]) for w in weights] == [1, 2, 7]


def test_masks_compose() -> None:
    one, other = Mask(grid("1100 1111")), Mask(grid("1010 0000"))
    assert torch.equal((one & other).allowed, grid("1000 0000"))
    assert torch.equal((one | other).allowed, grid("1110 1111"))
    assert torch.equal((~one).allowed, grid("0011 0000"))


def test_composing_broadcasts() -> None:
    both = causal(TQ, TK) & padding(torch.tensor([TK, 3]), TK)
    assert both.allowed.shape == (B, 1, TQ, TK)
    assert torch.equal(both.allowed[0, 0], causal(TQ, TK).allowed)
    assert not both.allowed[1, ..., 3:].any()


@pytest.mark.parametrize(("rows", "empty"), [("10 01", False), ("10 00", True), ("00 00", True)])
def test_an_empty_row_is_noticed(rows: str, empty: bool) -> None:
    assert Mask(grid(rows)).has_empty_row is empty


def test_repr_shows_the_shape() -> None:
    assert repr(Mask(torch.ones(TQ, TK).bool())) == "Mask(5, 7)"


@pytest.mark.parametrize(
    ("allowed", "text"),
    [
        (
            torch.ones(TQ, TK),
            "Mask: needs a bool tensor (True = may attend); got torch.float32. "
            "From 0/1 numbers use tensor.bool().",
        ),
        (
            torch.ones(TK).bool(),
            "Mask: must broadcast to (..., Tq, Tk); got (7,). "
            "From one row of keys use tensor[None, :].",
        ),
    ],
)
def test_errors(allowed: torch.Tensor, text: str) -> None:
    with pytest.raises(ShapeError) as error:
        Mask(allowed)
    assert str(error.value) == text


SIZES = [(1, 1), (4, 4), (3, 6), (6, 3), (1, 5), (5, 1)]


@pytest.mark.parametrize("align", ["end", "start"])
@pytest.mark.parametrize(("queries", "keys"), SIZES)
def test_a_window_counts_neighbours(queries: int, keys: int, align: Align) -> None:
    shift = keys - queries if align == "end" else 0
    for left, right in product((None, 0, 1, 2, 9), repeat=2):
        expected = torch.zeros(queries, keys).bool()
        for i, j in product(range(queries), range(keys)):
            before, after = i + shift - j, j - i - shift
            expected[i, j] = (left is None or before <= left) and (right is None or after <= right)
        mask = window(queries, keys, left=left, right=right, align=align)
        assert torch.equal(mask.allowed, expected)


def test_a_window_without_keys_is_square() -> None:
    assert torch.equal(window(3, left=0, right=1).allowed, grid("110 011 001"))
    assert window(3).allowed.all()


@pytest.mark.parametrize(("queries", "keys"), SIZES)
def test_causal_from_the_start_is_torchs(queries: int, keys: int) -> None:
    expected = torch.ones(queries, keys).bool().tril()
    assert torch.equal(causal(queries, keys, align="start").allowed, expected)


def test_a_prefix_is_seen_by_all() -> None:
    mask = prefix(torch.tensor([2, 0, 3]), 3)
    assert mask.shape == (3, 1, 3, 3)
    rows = "110 110 111", "100 110 111", "111 111 111"
    for sentence, expected in zip(mask.allowed[:, 0], rows, strict=True):
        assert torch.equal(sentence, grid(expected))


@pytest.mark.parametrize(("align", "rows"), [("end", "1110 1111"), ("start", "1000 1100")])
def test_a_prefix_of_a_cache(align: Align, rows: str) -> None:
    assert torch.equal(prefix(torch.tensor([1]), 2, 4, align=align).allowed[0, 0], grid(rows))


def test_documents_see_their_own() -> None:
    ids = torch.tensor([4, 4, 0, 2])
    assert torch.equal(documents(ids).allowed, grid("1100 1100 0010 0001"))
    both = documents(ids, torch.tensor([0, 2, 4, 9, 4]))
    assert torch.equal(both.allowed, grid("00101 00101 10000 01000"))


def test_documents_of_a_batch_leave_room_for_heads() -> None:
    queries, keys = torch.tensor([[0, 1], [1, 1]]), torch.tensor([[1, 0, 1], [0, 0, 1]])
    mask = documents(queries, keys)
    assert mask.shape == (2, 1, 2, 3)
    assert torch.equal(mask.allowed[0, 0], grid("010 101"))
    assert torch.equal(mask.allowed[1, 0], grid("001 001"))
    assert torch.equal(documents(queries).allowed[0, 0], grid("10 01"))


@st.composite
def ruled(draw: st.DrawFn, queries: int, keys: int) -> Mask:
    """A mask by rule, of which some have a reach; an axis of 1 stands for all."""
    queries, keys = draw(st.sampled_from([1, queries])), draw(st.sampled_from([1, keys]))
    torch.manual_seed(draw(strategies.seeds))
    near = st.none() | st.integers(0, 4)
    align = cast("Align", draw(st.sampled_from(["end", "start"])))
    flat = documents(torch.randint(0, 3, (queries,)), torch.randint(0, 3, (keys,)))
    batch = documents(torch.randint(0, 3, (B, queries)), torch.randint(0, 3, (B, keys)))
    around = window(queries, keys, left=draw(near), right=draw(near), align=align)
    known = prefix(torch.randint(0, keys + 1, (B,)), queries, keys, align=align)
    return draw(st.sampled_from([around, around, flat, batch, known]))


def dense(queries: int, keys: int) -> st.SearchStrategy[Mask]:
    shapes = st.tuples(st.sampled_from([1, queries]), st.sampled_from([1, keys]))
    return shapes.map(lambda shape: Mask(torch.rand(shape) < 0.5))


def composed(queries: int, keys: int) -> st.SearchStrategy[tuple[Mask, Tensor]]:
    """Masks composed by `&`, `|`, `~`, and what torch makes of the dense ones."""
    leaf = ruled(queries, keys) | dense(queries, keys)
    known = leaf.map(lambda mask: (mask, mask.allowed))

    def grown(smaller: st.SearchStrategy) -> st.SearchStrategy:
        pairs = st.tuples(smaller, smaller)
        return (
            pairs.map(lambda p: (p[0][0] & p[1][0], p[0][1] & p[1][1]))
            | pairs.map(lambda p: (p[0][0] | p[1][0], p[0][1] | p[1][1]))
            | smaller.map(lambda one: (~one[0], ~one[1]))
        )

    return st.recursive(known, grown, max_leaves=4)


def slices(size: int) -> st.SearchStrategy[slice]:
    bounds = st.tuples(st.integers(0, size), st.integers(0, size)).map(sorted)
    return bounds.map(lambda ends: slice(*ends))


@settings(max_examples=25, deadline=None)
@given(st.data(), strategies.lengths, strategies.lengths)
def test_any_part_is_that_part_of_the_whole(data: st.DataObject, queries: int, keys: int) -> None:
    mask, whole = data.draw(composed(queries, keys))
    assert mask.shape == whole.shape
    assert torch.equal(mask.allowed, whole)
    whole = whole.expand(*whole.shape[:-2], queries, keys)
    rows, columns = data.draw(slices(queries)), data.draw(slices(keys))
    part = mask.part(rows, columns)
    expected = whole[..., rows, columns]
    assert torch.equal(part.expand_as(expected), expected)


@settings(max_examples=25, deadline=None)
@given(st.data(), strategies.lengths, strategies.lengths)
def test_reach_leaves_out_no_key_that_is_seen(data: st.DataObject, queries: int, keys: int) -> None:
    mask, whole = data.draw(composed(queries, keys))
    whole = whole.expand(*whole.shape[:-2], queries, keys)
    rows = data.draw(slices(queries))
    left_out = torch.ones(keys).bool()
    left_out[mask.reach(rows)] = False
    assert not whole[..., rows, :][..., left_out].any()


@pytest.mark.parametrize("align", ["end", "start"])
@pytest.mark.parametrize(("queries", "keys"), [(4, 4), (3, 6), (6, 3), (1, 5)])
def test_the_reach_of_a_window_is_tight(queries: int, keys: int, align: Align) -> None:
    for left, right in product((None, 0, 1, 2), repeat=2):
        mask = window(queries, keys, left=left, right=right, align=align)
        for start, stop in product(range(queries), range(1, queries + 1)):
            seen = mask.allowed[start:stop].any(0).nonzero().flatten().tolist()
            reached = mask.reach(slice(start, stop))
            assert range(reached.start, reached.stop) == (
                range(seen[0], seen[-1] + 1) if seen else range(0)
            )


def test_which_masks_have_a_reach() -> None:
    near, anything = window(TQ, TK, left=1, right=1), Mask(torch.ones(TQ, TK).bool())
    for mask in (near, near & anything, anything & near, near | near, documents(torch.arange(TQ))):
        assert mask.has_reach
    for mask in (anything, near | anything, ~near, padding(torch.tensor([TK, 3]), TK)):
        assert not mask.has_reach
        assert mask.reach(slice(1, 2)) == ALL
    assert (near & window(TQ, TK, left=0)).reach(slice(2, 3)) == slice(4, 6)
    assert (near | window(TQ, TK, left=0)).reach(slice(2, 3)) == slice(3, 7)


@pytest.mark.parametrize(
    "mask",
    [window(1, 300, left=2), window(300, 1, left=2, align="start"), documents(torch.zeros(1))],
    ids=["one query", "one key", "one of both"],
)
def test_an_axis_of_one_stands_for_all_in_reach_too(
    mask: Mask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "PIECE", 300 * 100)
    query, key = torch.randn(300, 2), torch.randn(300, 2)
    every = Mask(torch.ones(300, 300).bool())
    for joined in (mask, mask & every, every & mask):
        attended = attend(query, key, key, mask=joined, backend="blocks")
        meant = attend(query, key, key, mask=Mask(mask.allowed.expand(300, 300)))
        torch.testing.assert_close(attended.context, meant.context)
        torch.testing.assert_close(attended.weights.received(), meant.weights.dense().sum(-2))


def test_a_rule_costs_what_is_looked_at() -> None:
    """10¹² pairs, of which some are looked at."""
    million = 1_000_000
    near = window(million, left=2, right=1) & ~window(million, left=0, right=0)
    assert near.shape == (million, million)
    rows, columns = slice(500_000, 500_002), slice(499_997, 500_004)
    assert torch.equal(near.part(rows, columns), grid("0110100 0011010"))
    assert near.reach(rows) == slice(499_998, 500_003)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: window(3, left=-1),
            "window(): left counts neighbours, 0 or more; got -1.",
        ),
        (
            lambda: window(3, right=-2),
            "window(): right counts neighbours, 0 or more; got -2.",
        ),
        (
            lambda: causal(3, align=cast("Align", "middle")),
            "align must be 'end' or 'start'; got 'middle'.",
        ),
        (
            lambda: documents(torch.zeros(2, 1, 3)),
            "documents(): needs ids (T,) or (B, T) for both; got (2, 1, 3) and (2, 1, 3).",
        ),
        (
            lambda: documents(torch.zeros(2, 3), torch.zeros(4)),
            "documents(): needs ids (T,) or (B, T) for both; got (2, 3) and (4,).",
        ),
        (
            lambda: documents(torch.zeros(2, 3), torch.zeros(4, 3)),
            "documents(): needs ids (T,) or (B, T) for both; got (2, 3) and (4, 3).",
        ),
        (
            lambda: causal(3) & causal(2, 3),
            "Mask(3, 3) and Mask(2, 3) do not broadcast; give them the same Tq and Tk.",
        ),
    ],
)
def test_errors_of_makers(call: Callable[[], Mask], text: str) -> None:
    with pytest.raises(ShapeError) as error:
        call()
    assert str(error.value) == text


@pytest.mark.parametrize("inference", [False, True])
def test_a_mask_whose_tensor_is_written_into_is_another_one(inference: bool) -> None:
    """As decoders with a buffer of a fixed length do."""
    torch.manual_seed(0)
    with torch.inference_mode(inference):
        query, key = torch.randn(2, 5, 4), torch.randn(2, 7, 4)
        allowed = torch.zeros(2, 5, 7, dtype=torch.bool)
        allowed[..., :3] = True
        lengths = torch.tensor([7, 3])
        padded = padding(lengths, 7)
        mask, both = Mask(allowed), Mask(allowed) & Mask(padded.allowed[:, 0])
        for write in (
            lambda: None,
            lambda: allowed[:, 2].fill_(False),
            lambda: allowed[:, 2, 4:].fill_(True),
            lambda: allowed.zero_(),
        ):
            write()
            for kernel in ("products", "fused", "blocks"):
                fresh = attend(query, key, key, mask=Mask(allowed.clone()), backend=kernel)
                same = attend(query, key, key, mask=mask, backend=kernel)
                assert torch.equal(same.context, fresh.context)
                assert torch.equal(same.weights.dense(), fresh.weights.dense())
            assert torch.equal(both.allowed, allowed & padded.allowed[:, 0])
            assert mask.has_empty_row == bool((~allowed.any(-1)).any())
        lengths.copy_(torch.tensor([0, 5]))
        assert padded.allowed[:, 0, 0].sum(-1).tolist() == [0, 5]
        assert padded.has_empty_row


def test_what_a_mask_is_made_of_is_asked_once() -> None:
    calls: list[int] = []

    def rule(i: Tensor, j: Tensor) -> Tensor:
        calls.append(1)
        return j <= i

    mask = Mask.by_rule((5, 7), rule)
    for _ in range(3):
        assert mask.allowed.shape == (5, 7)
        assert not mask.has_empty_row
    assert calls == [1]

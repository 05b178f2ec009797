"""Masks: True = may attend; they compose, and nothing else passes for one."""

import pytest
import torch

from qkv.attention import attend, causal, padding
from qkv.errors import ShapeError
from qkv.shapes import Mask
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

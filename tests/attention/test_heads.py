"""Multi-head attention against torch's own, with copied weights."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from qkv.attention import Additive, Heads, attend, causal, padding
from qkv.errors import ConfigError
from tests.strategies import TK, TQ, B, H

M = 15  # H heads of width 5


def copied(heads: Heads) -> nn.MultiheadAttention:
    """torch's module with our weights."""
    theirs = nn.MultiheadAttention(M, H, batch_first=True)
    ours = heads.query, heads.key, heads.value
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([linear.weight for linear in ours]))
        theirs.in_proj_bias.copy_(torch.cat([linear.bias for linear in ours]))
        theirs.out_proj.load_state_dict(heads.out.state_dict())
    return theirs


def inputs() -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.randn(B, TQ, M), torch.randn(B, TK, M), torch.randn(B, TK, M)


def test_torchs_multihead_attention_with_our_weights_agrees() -> None:
    heads = Heads(M, H)
    x, keys, values = inputs()
    mask = padding(torch.tensor([TK, 4]), TK) & causal(TQ, TK)
    out, attended = heads(x, *heads.project(keys, values), mask)
    hidden = ~mask.allowed.expand(B, H, TQ, TK).flatten(0, 1)
    expected, seen = copied(heads)(x, keys, values, attn_mask=hidden, average_attn_weights=False)
    torch.testing.assert_close(out, expected)
    torch.testing.assert_close(attended.weights.dense(), seen)


def test_keys_projected_one_by_one_are_keys_projected_at_once() -> None:
    """A cache is a longer pair of keys and values."""
    heads = Heads(M, H)
    _, keys, values = inputs()
    whole = heads.project(keys, values)
    steps = [heads.project(keys[:, t : t + 1], values[:, t : t + 1]) for t in range(TK)]
    for at_once, one_by_one in zip(whole, zip(*steps, strict=True), strict=True):
        assert at_once.shape == (B, H, TK, M // H)
        torch.testing.assert_close(torch.cat(one_by_one, 2), at_once)


def test_heads_are_independent() -> None:
    """Blanking one head's part of the output weights removes that head alone."""
    heads = Heads(M, H)
    x, keys, values = inputs()
    projected = heads.project(keys, values)
    whole, attended = heads(x, *projected, None)
    width = M // H
    with torch.no_grad():
        heads.out.weight[:, width : 2 * width] = 0
    without, _ = heads(x, *projected, None)
    other = attended.context.clone()
    other[:, 1] = 0
    torch.testing.assert_close(without, heads.out(other.transpose(1, 2).flatten(2)))
    assert not torch.allclose(whole, without)


@pytest.mark.parametrize("key_heads", [1, 2, 6])
@pytest.mark.parametrize("queries", [3, 100])
def test_key_heads_serve_groups_of_query_heads_as_in_torch(key_heads: int, queries: int) -> None:
    query = torch.randn(B, 6, queries, 8)
    key, value = torch.randn(2, B, key_heads, 100, 8)
    attended = attend(query, key, value)
    expected = scaled_dot_product_attention(query, key, value, enable_gqa=True)
    torch.testing.assert_close(attended.context, expected)
    assert attended.weights.shape == (B, 6, queries, 100)
    third = attended.weights[1, 3, 2]
    own = key[1, 3 * key_heads // 6]
    torch.testing.assert_close(third, torch.softmax(query[1, 3, 2] @ own.mT / 8**0.5, -1))


def test_any_score_takes_grouped_heads() -> None:
    query, key = torch.randn(B, 6, TQ, 8), torch.randn(B, 3, TK, 8)
    score = Additive(8, 8, 4)
    grouped = attend(query, key, key, score=score).context
    repeated = key[:, [0, 0, 1, 1, 2, 2]]
    torch.testing.assert_close(grouped, attend(query, repeated, repeated, score=score).context)


@pytest.mark.parametrize("heads", [5, 0])
def test_heads_must_divide(heads: int) -> None:
    with pytest.raises(ConfigError, match=rf"heads must divide width; got width=16, heads={heads}"):
        Heads(16, heads)

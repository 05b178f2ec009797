"""`watch` on flash_attn's operators: stand-ins of the same names and arguments, for any machine."""

from __future__ import annotations

import math
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import qkv

pytestmark = pytest.mark.skipif(
    find_spec("flash_attn") is not None, reason="flash_attn itself has operators of these names"
)

B, H, HK, T, D = 2, 4, 2, 7, 8

library = torch.library.Library("flash_attn", "FRAGMENT")
RESULT = "(Tensor, Tensor, Tensor, Tensor)"
library.define(
    "_flash_attn_forward(Tensor q, Tensor k, Tensor v, float dropout_p, float softmax_scale, "
    "bool causal, int window_size_left, int window_size_right, float softcap, "
    f"Tensor? alibi_slopes, bool return_softmax) -> {RESULT}"
)
library.define(
    "_flash_attn_varlen_forward(Tensor q, Tensor k, Tensor v, Tensor cu_seqlens_q, "
    "Tensor cu_seqlens_k, int max_seqlen_q, int max_seqlen_k, float dropout_p, "
    "float softmax_scale, bool causal, int window_size_left=-1, int window_size_right=-1, "
    "float softcap=0.0, Tensor? alibi_slopes=None, bool return_softmax=False, "
    "Tensor? block_table=None, Tensor? leftpad_k=None, Tensor? seqused_k=None, "
    f"bool zero_tensors=False) -> {RESULT}"
)


def one_text(
    q: Tensor, k: Tensor, scale: float, causal: bool, left: int, right: int, cap: float,
    slopes: Tensor | None,
) -> Tensor:  # fmt: skip
    """Scores (H, Tq, Tk) of queries (Tq, H, D) and keys (Tk, Hk, D), as flash_attn documents."""
    k = k.repeat_interleave(q.shape[1] // k.shape[1], 1)
    scores = torch.einsum("ihd,jhd->hij", q.double(), k.double()) * scale
    if cap:
        scores = cap * (scores / cap).tanh()
    i = torch.arange(len(q))[:, None] + len(k) - len(q)
    j = torch.arange(len(k))[None]
    if slopes is not None:
        scores = scores - slopes.double()[:, None, None] * (i - j).abs()
    hidden = torch.zeros(len(q), len(k), dtype=torch.bool)
    if causal:
        right = 0
    if left >= 0:
        hidden |= j < i - left
    if right >= 0:
        hidden |= j > i + right
    return scores.masked_fill(hidden, -math.inf)


TRUTH: list[Tensor] = []  # weights (H, Tq, Tk) of each text


def attended(scores: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Context (Tq, H, D), logsumexp (H, Tq)."""
    weights = scores.softmax(-1).nan_to_num(0.0)
    TRUTH.append(weights)
    v = v.repeat_interleave(scores.shape[0] // v.shape[1], 1)
    return torch.einsum("hij,jhd->ihd", weights, v.double()).to(v), scores.logsumexp(-1).float()


def forward(
    q: Tensor, k: Tensor, v: Tensor, p: float, scale: float, causal: bool, left: int, right: int,
    cap: float, slopes: Tensor | None, _: bool,
) -> Any:  # fmt: skip
    result = [
        attended(
            one_text(q[b], k[b], scale, causal, left, right, cap,
                     slopes[b] if slopes is not None and slopes.dim() == 2 else slopes),
            v[b],
        )
        for b in range(len(q))
    ]  # fmt: skip
    empty = q.new_empty(0)
    contexts, sums = zip(*result, strict=True)
    return torch.stack(contexts), torch.stack(sums), empty, empty


def varlen(
    q: Tensor, k: Tensor, v: Tensor, ends_q: Tensor, ends_k: Tensor, _q: int, _k: int, p: float,
    scale: float, causal: bool, left: int = -1, right: int = -1, cap: float = 0.0,
    slopes: Tensor | None = None, *_: Any,
) -> Any:  # fmt: skip
    contexts, sums = [], []
    spans = zip(pairwise(ends_q), pairwise(ends_k), strict=True)
    for (a, b), (c, d) in spans:
        scores = one_text(q[a:b], k[c:d], scale, causal, left, right, cap, slopes)
        context, lse = attended(scores, v[c:d])
        contexts.append(context)
        sums.append(lse)
    empty = q.new_empty(0)
    return torch.cat(contexts), torch.cat(sums, -1), empty, empty


library.impl("_flash_attn_forward", forward, "CPU")
library.impl("_flash_attn_varlen_forward", varlen, "CPU")


class FlashAttention(nn.Module):
    def __init__(self, *options: Any, **named: Any) -> None:
        super().__init__()
        self.options, self.named = options, named
        torch.manual_seed(0)
        self.projections = nn.ModuleList(nn.Linear(H * D, h * D) for h in (H, HK, HK))

    def forward(self, x: Tensor, keys: Tensor | None = None) -> Tensor:
        keys = x if keys is None else keys
        q, k, v = (
            p(y).unflatten(-1, (-1, D))
            for p, y in zip(self.projections, (x, keys, keys), strict=True)
        )
        run = torch.ops.flash_attn
        name = "_flash_attn_varlen_forward" if x.dim() == 2 else "_flash_attn_forward"
        return getattr(run, name)(q, k, v, *self.options, **self.named)[0]


SLOPES = torch.tensor([0.5, 0.25, 0.125, 0.0625])
CASES = {
    "plain": (0.3, False, -1, -1, 0.0, None),
    "causal": (0.3, True, -1, -1, 0.0, None),
    "window": (0.3, False, 2, 1, 0.0, None),
    "causal window": (0.3, True, 2, -1, 0.0, None),
    "soft-capped": (0.3, True, -1, -1, 0.7, None),
    "slopes": (0.3, True, -1, -1, 0.0, SLOPES),
    "slopes by text": (0.3, False, -1, -1, 0.0, torch.stack((SLOPES, SLOPES.flip(0)))),
}


@pytest.mark.parametrize("queries", [T, 3])
@pytest.mark.parametrize("name", CASES)
@torch.no_grad()
def test_texts_in_rows(name: str, queries: int) -> None:
    TRUTH.clear()
    model = FlashAttention(0.0, *CASES[name], False)
    x = torch.randn(B, T, H * D, generator=torch.Generator().manual_seed(1))
    with qkv.watch(model) as seen:
        model(x[:, T - queries :], x)
    (record,) = seen
    assert record.kernel == "flash_attn::_flash_attn_forward"
    assert record.shape == (B, H, queries, T)
    check(record, torch.stack(TRUTH))
    assert seen.unseen == []


@pytest.mark.parametrize("name", [n for n in CASES if n != "slopes by text"])
@pytest.mark.parametrize("ends_q", [[0, 3, 4, 9], [0, 2, 3, 5]])
@torch.no_grad()
def test_texts_one_behind_the_other(name: str, ends_q: list[int]) -> None:
    TRUTH.clear()
    ends_k = [0, 3, 4, 9]
    scale, causal, left, right, cap, slopes = CASES[name]
    ends = [torch.tensor(e, dtype=torch.int32) for e in (ends_q, ends_k)]
    model = FlashAttention(*ends, 5, 5, 0.0, scale, causal, left, right, cap, slopes)
    x = torch.randn(9, H * D, generator=torch.Generator().manual_seed(1))
    with qkv.watch(model) as seen:
        model(x[: ends_q[-1]], x)
    (record,) = seen
    assert record.shape == (1, H, ends_q[-1], 9)
    check(record, torch.stack([torch.block_diag(*(t[h] for t in TRUTH)) for h in range(H)])[None])


def check(record: Any, truth: Tensor) -> None:
    torch.testing.assert_close(record.weights.dense().double(), truth, rtol=0, atol=1e-6)
    torch.testing.assert_close(record.weights.received().double(), truth.sum(-2), rtol=0, atol=1e-5)
    assert record.check.row_sum < 1e-6
    assert record.check.context < 1e-6


@torch.no_grad()
def test_what_lies_in_pages_is_said_to_be_unseen() -> None:
    ends = torch.tensor([0, 9], dtype=torch.int32)
    pages = torch.zeros(1, 1, dtype=torch.int32)
    model = FlashAttention(ends, ends, 9, 9, 0.0, 0.3, True, block_table=pages)
    with qkv.watch(model) as seen:
        model(torch.randn(9, H * D))
    assert len(seen) == 0
    assert [each.module for each in seen.unseen] == [""]

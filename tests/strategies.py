"""Random valid inputs for hypothesis, and the fixed sizes: a different prime for every axis."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from torch import Tensor

from qkv.attention import (
    Additive,
    Concat,
    Cosine,
    General,
    LocalM,
    LocalP,
    Location,
    Score,
    Select,
    Softmax,
    TopK,
    alibi,
    causal,
    dot,
    entmax15,
    padding,
    scaled_dot,
    softmax,
    sparsemax,
    window,
)
from qkv.attention.select import Unsettled
from qkv.models import ModelConfig
from qkv.shapes import Bias, Mask

B, H, TQ, TK, D, DK, DV, HIDDEN = 2, 3, 5, 7, 11, 13, 17, 19

seeds = st.integers(0, 2**32 - 1)
lengths = st.integers(1, 6)


@dataclass(frozen=True)
class Request:
    """What one call of `attend` takes."""

    query: Tensor
    key: Tensor
    value: Tensor
    score: Score
    mask: Mask | None
    select: Select | Unsettled = softmax
    bias: Bias | None = None

    @property
    def allowed(self) -> Tensor:
        """The mask in full, (B, H, Tq, Tk)."""
        shape = (*self.query.shape[:-1], self.key.shape[-2])
        one = torch.ones((), dtype=torch.bool) if self.mask is None else self.mask.allowed
        return one.expand(shape)


@st.composite
def requests(draw: st.DrawFn, dtype: torch.dtype = torch.float64) -> Request:
    """Any sizes, scores and masks, rows that may attend to nothing among them."""
    batch, heads, queries, keys, width, value_width = (draw(lengths) for _ in range(6))
    torch.manual_seed(draw(seeds))
    key_heads = draw(st.sampled_from([1, heads]))
    score = draw(scores(width, keys, dtype))
    return Request(
        torch.randn(batch, heads, queries, width, dtype=dtype),
        torch.randn(batch, key_heads, keys, width, dtype=dtype),
        torch.randn(batch, key_heads, keys, value_width, dtype=dtype),
        score,
        draw(masks(batch, heads, queries, keys)),
        draw(selections(width, dtype)),
        draw(biases(heads, queries, keys)),
    )


@st.composite
def scores(draw: st.DrawFn, width: int, keys: int, dtype: torch.dtype) -> Score:
    hidden = draw(lengths)
    modules = (
        General(width, width),
        Additive(width, width, hidden),
        Concat(width, width, hidden),
        Location(width, keys + 3),
    )
    plain = dot, scaled_dot, Cosine(0.3)
    return draw(st.sampled_from([*plain, *(m.to(dtype) for m in modules)]))


@st.composite
def selections(draw: st.DrawFn, width: int, dtype: torch.dtype) -> Select | Unsettled:
    """Every one that draws nothing at random."""
    count = draw(lengths)
    local = LocalP(width, 3, count).to(dtype)
    known = softmax, Softmax(0.7), sparsemax, entmax15, TopK(count), LocalM(count, start=1), local
    return draw(st.sampled_from(known))


@st.composite
def biases(draw: st.DrawFn, heads: int, queries: int, keys: int) -> Bias | None:
    shape = [draw(st.sampled_from([1, size])) for size in (heads, queries, keys)]
    return draw(st.sampled_from([None, alibi(heads, queries, keys), Bias(torch.randn(shape))]))


@st.composite
def masks(draw: st.DrawFn, batch: int, heads: int, queries: int, keys: int) -> Mask | None:
    """None, padding, causal, a window, some of them together, or at random in any shape."""
    torch.manual_seed(draw(seeds))
    ends = torch.randint(0, keys + 1, (batch,))
    whole = (batch, heads, queries, keys)
    shape = [draw(st.sampled_from([1, size])) for size in whole]
    at_random = Mask(torch.rand(shape) < 0.6)
    before, known = causal(queries, keys), padding(ends, keys)
    near = window(queries, keys, left=draw(lengths) - 1, right=draw(lengths) - 1)
    every = [None, known, before, known & before, at_random, near, near & at_random, ~near]
    return draw(st.sampled_from(every))


@st.composite
def model_configs(draw: st.DrawFn) -> ModelConfig:
    """Small models of every kind; vocabularies are filled in."""
    joint = draw(st.booleans())
    width = draw(st.sampled_from([8, 12]))
    return ModelConfig(
        architecture=draw(st.sampled_from(["rnn", "transformer"])),
        source_vocabulary=17,
        target_vocabulary=17 if joint else 13,
        joint=joint,
        tied=draw(st.booleans()),
        width=width,
        embedding=width,
        encoder_width=width,
        encoder_layers=draw(st.integers(1, 2)),
        decoder_layers=draw(st.integers(1, 2)),
        heads=2,
        feedforward=19,
        attention=draw(st.sampled_from(["none", "dot", "general", "additive"])),
        order=draw(st.sampled_from(["luong", "article"])),
        cell=draw(st.sampled_from(["lstm", "gru"])),
        bidirectional=draw(st.booleans()),
    )

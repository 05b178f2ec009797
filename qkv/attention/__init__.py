"""Attention as pure functions on tensors: score → mask → select → combine; weights stay visible."""

from qkv.attention import readouts
from qkv.attention.attend import Attended, attend
from qkv.attention.backends.fused import fitting
from qkv.attention.biases import Coverage, RelativeBuckets, alibi
from qkv.attention.dropout import dropout
from qkv.attention.heads import Heads
from qkv.attention.linear import Linear, linear, prepared
from qkv.attention.lookup import Lookup, Select, for_query_heads, given, is_by_row
from qkv.attention.masks import causal, documents, padding, prefix, window
from qkv.attention.observers import is_observed, observing
from qkv.attention.pinned import Pinned
from qkv.attention.scores import (
    Additive,
    Concat,
    Cosine,
    Dot,
    General,
    Location,
    Score,
    SoftCapped,
    dot,
    is_product,
    scaled_dot,
    uniform,
)
from qkv.attention.select import (
    Hard,
    LocalM,
    LocalP,
    Sinks,
    Softmax,
    TopK,
    Unsettled,
    entmax15,
    softmax,
    sparsemax,
)
from qkv.attention.weights import Check, Upstream, Weights, rollout

__all__ = [
    "Additive",
    "Attended",
    "Check",
    "Concat",
    "Cosine",
    "Coverage",
    "Dot",
    "General",
    "Hard",
    "Heads",
    "Linear",
    "LocalM",
    "LocalP",
    "Location",
    "Lookup",
    "Pinned",
    "RelativeBuckets",
    "Score",
    "Select",
    "Sinks",
    "SoftCapped",
    "Softmax",
    "TopK",
    "Unsettled",
    "Upstream",
    "Weights",
    "alibi",
    "attend",
    "causal",
    "documents",
    "dot",
    "dropout",
    "entmax15",
    "fitting",
    "for_query_heads",
    "given",
    "is_by_row",
    "is_observed",
    "is_product",
    "linear",
    "observing",
    "padding",
    "prefix",
    "prepared",
    "readouts",
    "rollout",
    "scaled_dot",
    "softmax",
    "sparsemax",
    "uniform",
    "window",
]

"""Attention as pure functions on tensors: score → mask → select → combine; weights stay visible."""

from qkv.attention.attend import Attended, attend
from qkv.attention.biases import Coverage, RelativeBuckets, alibi
from qkv.attention.dropout import dropout
from qkv.attention.heads import Heads
from qkv.attention.lookup import Lookup, for_query_heads
from qkv.attention.masks import causal, documents, padding, prefix, window
from qkv.attention.observers import observing
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
    scaled_dot,
    uniform,
)
from qkv.attention.select import (
    Hard,
    LocalM,
    LocalP,
    Select,
    Sinks,
    Softmax,
    TopK,
    Unsettled,
    entmax15,
    softmax,
    sparsemax,
)
from qkv.attention.weights import Check, Weights, rollout

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
    "LocalM",
    "LocalP",
    "Location",
    "Lookup",
    "RelativeBuckets",
    "Score",
    "Select",
    "Sinks",
    "SoftCapped",
    "Softmax",
    "TopK",
    "Unsettled",
    "Weights",
    "alibi",
    "attend",
    "causal",
    "documents",
    "dot",
    "dropout",
    "entmax15",
    "for_query_heads",
    "observing",
    "padding",
    "prefix",
    "rollout",
    "scaled_dot",
    "softmax",
    "sparsemax",
    "uniform",
    "window",
]

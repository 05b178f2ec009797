"""Attention as pure functions on tensors: score → mask → select → combine; weights stay visible."""

from qkv.attention.attend import Attended, attend
from qkv.attention.dropout import dropout
from qkv.attention.heads import Heads
from qkv.attention.masks import causal, padding
from qkv.attention.scores import Additive, Dot, General, Score, dot, scaled_dot, uniform
from qkv.attention.select import Select, softmax
from qkv.attention.weights import Weights

__all__ = [
    "Additive",
    "Attended",
    "Dot",
    "General",
    "Heads",
    "Score",
    "Select",
    "Weights",
    "attend",
    "causal",
    "dot",
    "dropout",
    "padding",
    "scaled_dot",
    "softmax",
    "uniform",
]

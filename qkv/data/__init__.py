"""Text in: corpora, held-out pairs, tokenizers, words; `qkv.data.batching` makes them tensors."""

from qkv.data.corpora import (
    Kept,
    Pair,
    clean,
    filled,
    iter_lines,
    iter_parallel,
    read_lines,
    read_parallel,
    stream_lines,
)
from qkv.data.formats import DataFiles
from qkv.data.holdout import hold_out, write_pairs
from qkv.data.pretokenized import Pretokenized, join_tokens
from qkv.data.tokenizer import Decoded, Encoding, Token, Tokenizer
from qkv.data.words import spans

__all__ = [
    "DataFiles",
    "Decoded",
    "Encoding",
    "Kept",
    "Pair",
    "Pretokenized",
    "Token",
    "Tokenizer",
    "clean",
    "filled",
    "hold_out",
    "iter_lines",
    "iter_parallel",
    "join_tokens",
    "read_lines",
    "read_parallel",
    "spans",
    "stream_lines",
    "write_pairs",
]

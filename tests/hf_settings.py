"""Settings of small models of transformers."""

from __future__ import annotations

from typing import Any

__all__ = ["BART", "GROUPED", "SMALL", "T5"]

SMALL: dict[str, Any] = {
    "vocab_size": 100,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
GROUPED = SMALL | {"num_key_value_heads": 2}
BART: dict[str, Any] = {
    "vocab_size": 100,
    "d_model": 32,
    **{f"{side}_{name}": n for side in ("encoder", "decoder")
       for name, n in (("layers", 2), ("attention_heads", 4), ("ffn_dim", 64))},
}  # fmt: skip
T5: dict[str, Any] = {
    "vocab_size": 100, "d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4,
}  # fmt: skip

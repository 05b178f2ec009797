"""SentencePiece's unigram models (Kudo 2018), as the tokenizers library holds them.

A space is ▁ there, and belongs to the word after it. Numbers are the places in the list of pieces:
PAD, BOS, EOS and UNK, then all others; no text has a piece that is not in it.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Sequence
from typing import Any

import tokenizers
from tokenizers import Regex, models, normalizers, pre_tokenizers

__all__ = ["FOREIGN_SCORE", "SPACE", "backend", "pieces", "read"]

SPACE = "▁"
FOREIGN_SCORE = -1e4  # of pieces that no text is cut into where there are others
_UNK = 3


def backend(scored: Sequence[tuple[str, float]], charsmap: bytes) -> tokenizers.Tokenizer:
    """From pieces with their log-probabilities; charsmap: SentencePiece's normalisation, b"": none.

    Raises:
        ValueError: a charsmap that is none.
    """
    # With the space behind them, the names of the special tokens occur in no text.
    named = [
        (f"{piece} " if number <= _UNK else piece, float(score))
        for number, (piece, score) in enumerate(scored)
    ]
    made = tokenizers.Tokenizer(models.Unigram(named, _UNK, False))
    steps: list[Any] = [normalizers.Precompiled(charsmap)] if charsmap else []
    steps += [normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()]
    made.normalizer = normalizers.Sequence(steps)
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    return made


def pieces(made: tokenizers.Tokenizer) -> list[str]:
    """By their numbers."""
    named = [made.id_to_token(i) or "" for i in range(made.get_vocab_size())]
    return [*(piece.removesuffix(" ") for piece in named[: _UNK + 1]), *named[_UNK + 1 :]]


def read(saved: dict[str, Any]) -> tokenizers.Tokenizer | None:
    """The tokenizer of a file's JSON; None if it is of another kind.

    Raises:
        ValueError: its pieces or its charsmap are broken, or another part is not as it is here.
    """
    if saved["model"].get("type") != "Unigram" or not isinstance(saved.get("normalizer"), dict):
        return None
    try:
        scored = [(str(piece), float(score)) for piece, score in saved["model"]["vocab"]]
        steps = saved["normalizer"]["normalizers"]
        charsmap = b64decode(steps[0].get("precompiled_charsmap", ""), validate=True)
        scored[: _UNK + 1] = [(piece[:-1], score) for piece, score in scored[: _UNK + 1]]
        made = backend(scored, charsmap)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"not a unigram model ({error})") from None
    except Exception as error:  # noqa: BLE001 - the library raises nothing more definite
        raise ValueError(f"not a unigram model ({error})") from None
    if json.loads(made.to_str()) != saved:
        raise ValueError("a unigram model that qkv has not written")
    return made

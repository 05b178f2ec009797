"""Our Transformer as a model of CTranslate2, weight for weight."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from qkv.attention import Heads
from qkv.data.tokenizer import BOS, EOS, SPECIALS, UNK, Tokenizer
from qkv.errors import ConfigError, MissingExtra
from qkv.models import EncoderDecoder
from qkv.models.decoders.transformer import DecoderLayer, TransformerDecoder
from qkv.models.encoders.transformer import EncoderLayer, TransformerEncoder
from qkv.models.parts import Embed, FeedForward, sinusoids

try:
    from ctranslate2 import specs
    from ctranslate2.converters.utils import fuse_linear
except ImportError as error:
    raise MissingExtra(
        "CTranslate2 is not installed here; pip install 'qkv[fast]' brings it."
    ) from error

__all__ = ["POSITIONS", "QUANTIZATIONS", "spec", "write"]

POSITIONS = 4096  # tokens of the longest text that such a model reads or writes
QUANTIZATIONS = (
    "float32", "float16", "bfloat16", "int16", "int8", "int8_float32", "int8_float16",
    "int8_bfloat16",
)  # fmt: skip


def write(
    model: EncoderDecoder,
    source: Tokenizer,
    target: Tokenizer,
    folder: Path,
    quantization: str | None = None,
) -> None:
    """Put the files of such a model into an empty folder.

    quantization: see `QUANTIZATIONS`; None: float32.

    Raises:
        ConfigError: as `spec`.
    """
    converted = spec(model, source, target)
    converted.validate()
    converted.optimize(quantization)
    converted.save(str(folder))


def spec(model: EncoderDecoder, source: Tokenizer, target: Tokenizer) -> specs.TransformerSpec:
    """The model, its sources without EOS, which CTranslate2 adds itself.

    Raises:
        ConfigError: it is no Transformer that reads text.
    """
    encoder, decoder = model.encoder, model.decoder
    if not isinstance(encoder, TransformerEncoder) or not isinstance(decoder, TransformerDecoder):
        raise ConfigError("CTranslate2 runs Transformers that read text; this model is none.")
    made = specs.TransformerSpec.from_config(
        (len(encoder.layers), len(decoder.layers)), decoder.heads, activation=_activation(decoder)
    )
    _embed(made.encoder, made.encoder.embeddings[0], encoder.embed)
    _embed(made.decoder, made.decoder.embeddings, decoder.embed)
    for theirs, ours in zip(made.encoder.layer, _layers(encoder.layers), strict=True):
        _encoder_layer(theirs, cast("EncoderLayer", ours))
    for theirs, ours in zip(made.decoder.layer, _layers(decoder.layers), strict=True):
        _decoder_layer(theirs, cast("DecoderLayer", ours))
    _norm(made.encoder.layer_norm, encoder.norm)
    _norm(made.decoder.layer_norm, decoder.norm)
    _linear(made.decoder.projection, decoder.output)
    made.register_source_vocabulary(list(source.pieces))
    made.register_target_vocabulary(list(target.pieces))
    names = {"bos": BOS, "eos": EOS, "unk": UNK}
    for name, number in names.items():
        setattr(made.config, f"{name}_token", SPECIALS[number])
    made.config.decoder_start_token = SPECIALS[BOS]
    made.config.add_source_eos = True
    return made

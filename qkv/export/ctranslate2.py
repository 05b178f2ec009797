"""Our Transformer as a model of CTranslate2, weight for weight."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import nn

from qkv.attention import Heads
from qkv.data.tokenizer import BOS, EOS, SPECIALS, UNK, Tokenizer
from qkv.errors import ConfigError, MissingExtra
from qkv.models import EncoderDecoder
from qkv.models.decoders.transformer import TransformerDecoder
from qkv.models.encoders.transformer import TransformerEncoder
from qkv.models.parts import ACTIVATIONS, Embed, FeedForward, sinusoids

try:
    from ctranslate2 import Translator, specs
    from ctranslate2.converters.utils import fuse_linear
    from ctranslate2.specs.common_spec import LinearSpec
except ImportError as error:
    raise MissingExtra("CTranslate2 is not installed; pip install 'qkv[fast]'.") from error

__all__ = ["POSITIONS", "QUANTIZATIONS", "loaded", "spec", "write"]

POSITIONS = 4096  # tokens of the longest text that such a model reads or writes
QUANTIZATIONS = (
    "float32", "float16", "bfloat16", "int16", "int8", "int8_float32", "int8_float16",
    "int8_bfloat16",
)  # fmt: skip
_ACTIVATIONS = {
    "relu": specs.Activation.RELU,
    "swish": specs.Activation.SWISH,
    "gelu": specs.Activation.GELU,
}


def write(
    model: EncoderDecoder,
    tokenizers: tuple[Tokenizer, Tokenizer],
    folder: Path,
    quantization: str = "float32",
) -> None:
    """Put the files of such a model into an empty folder.

    tokenizers: the source's and the target's. quantization: see `QUANTIZATIONS`.

    Raises:
        ConfigError: no such quantization; or see `spec`.
    """
    if quantization not in QUANTIZATIONS:
        raise ConfigError(
            f"quantization must be one of {', '.join(QUANTIZATIONS)}; got {quantization!r}."
        )
    converted = spec(model, tokenizers)
    converted.validate()
    converted.optimize(quantization)
    converted.save(str(folder))


def loaded(
    model: EncoderDecoder, tokenizers: tuple[Tokenizer, Tokenizer], kind: str = "float32"
) -> Translator:
    """The model in CTranslate2, in memory; it uses as many threads as torch.

    kind: of its numbers, see `QUANTIZATIONS`.

    Raises:
        ConfigError: as `spec`.
    """
    with TemporaryDirectory() as name:
        write(model, tokenizers, Path(name))
        files = {path.name: path.read_bytes() for path in Path(name).iterdir()}
    threads = torch.get_num_threads()
    return Translator("qkv", files=files, compute_type=kind, intra_threads=threads)


def spec(model: EncoderDecoder, tokenizers: tuple[Tokenizer, Tokenizer]) -> specs.TransformerSpec:
    """The model with its vocabularies; it adds EOS to sources itself.

    Raises:
        ConfigError: it is no Transformer that reads text.
    """
    encoder, decoder = model.encoder, model.decoder
    if not isinstance(encoder, TransformerEncoder) or not isinstance(decoder, TransformerDecoder):
        raise ConfigError(
            "CTranslate2 runs only Transformers that translate text; this model is not one."
        )
    part: Any = decoder.layers[0]
    made: Any = specs.TransformerSpec.from_config(
        (len(encoder.layers), len(decoder.layers)),
        decoder.heads,
        pre_norm=not part.feedforward.after,
        activation=_ACTIVATIONS[_name(part.feedforward)],
    )
    _fill_encoder(made.encoder, encoder)
    _fill_decoder(made.decoder, decoder)
    source, target = tokenizers
    made.register_source_vocabulary(list(source.pieces))
    made.register_target_vocabulary(list(target.pieces))
    made.config.bos_token = made.config.decoder_start_token = SPECIALS[BOS]
    made.config.eos_token, made.config.unk_token = SPECIALS[EOS], SPECIALS[UNK]
    made.config.add_source_eos = True
    return made


def _fill_encoder(theirs: Any, ours: TransformerEncoder) -> None:
    _embed(theirs, theirs.embeddings[0], ours.embed)
    layers: Any = zip(theirs.layer, ours.layers, strict=True)
    for layer, own in layers:
        _self_attention(layer.self_attention, own.heads, own.norm)
        _feed_forward(layer.ffn, own.feedforward)
    if isinstance(ours.norm, nn.LayerNorm):
        _norm(theirs, ours.norm)


def _fill_decoder(theirs: Any, ours: TransformerDecoder) -> None:
    _embed(theirs, theirs.embeddings, ours.embed)
    layers: Any = zip(theirs.layer, ours.layers, strict=True)
    for layer, own in layers:
        _self_attention(layer.self_attention, own.own, own.own_norm)
        _cross_attention(layer.attention, own.cross, own.cross_norm)
        _feed_forward(layer.ffn, own.feedforward)
    if isinstance(ours.norm, nn.LayerNorm):
        _norm(theirs, ours.norm)
    _linear(theirs.projection, ours.output)


def _name(part: FeedForward) -> str:
    return next(name for name, each in ACTIVATIONS.items() if each is part.activation)


def _embed(side: Any, embeddings: Any, ours: Embed) -> None:
    embeddings.weight = ours.embedding.weight.detach()
    side.position_encodings.encodings = sinusoids(
        torch.arange(POSITIONS), ours.embedding.embedding_dim
    )


def _linear(theirs: Any, ours: nn.Linear) -> None:
    theirs.weight, theirs.bias = ours.weight.detach(), ours.bias.detach()


def _norm(part: Any, ours: nn.LayerNorm) -> None:
    part.layer_norm.gamma, part.layer_norm.beta = ours.weight.detach(), ours.bias.detach()


def _fused(theirs: Any, *ours: nn.Linear) -> None:
    parts = [LinearSpec() for _ in ours]
    for part, one in zip(parts, ours, strict=True):
        _linear(part, one)
    fuse_linear(theirs, parts)


def _self_attention(theirs: Any, ours: Heads, norm: nn.LayerNorm) -> None:
    _norm(theirs, norm)
    _fused(theirs.linear[0], ours.query, ours.key, ours.value)
    _linear(theirs.linear[1], ours.out)


def _cross_attention(theirs: Any, ours: Heads, norm: nn.LayerNorm) -> None:
    _norm(theirs, norm)
    _linear(theirs.linear[0], ours.query)
    _fused(theirs.linear[1], ours.key, ours.value)
    _linear(theirs.linear[2], ours.out)


def _feed_forward(theirs: Any, ours: FeedForward) -> None:
    _norm(theirs, ours.norm)
    _linear(theirs.linear_0, ours.inner)
    _linear(theirs.linear_1, ours.outer)

"""From a config to a model: the only place where names stand for parts."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from qkv.attention import Additive, General, Score, dot, uniform
from qkv.data.tokenizer import PAD
from qkv.errors import ConfigError
from qkv.models.config import ModelConfig
from qkv.models.decoders import RecurrentDecoder, TransformerDecoder
from qkv.models.encoder_decoder import EncoderDecoder
from qkv.models.encoders import RecurrentEncoder, TransformerEncoder
from qkv.models.parts import Embed

__all__ = ["build"]

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}

SCORES: dict[str, Callable[[int, int], Score]] = {
    "none": lambda query, key: uniform,
    "dot": lambda query, key: dot,
    "general": lambda query, key: General(query, key),
    "additive": lambda query, key: Additive(query, key, query),
}


def build(config: ModelConfig) -> EncoderDecoder:
    """A freshly initialised model; draws from torch's global generator, so seed it first.

    Raises:
        ConfigError: the sizes of the vocabularies are not filled in.
    """
    for name in ("source_vocabulary", "target_vocabulary"):
        if getattr(config, name) < 1:
            raise ConfigError(
                f"{name} must be at least 1; got {getattr(config, name)}. "
                "Fill in the tokenizer's number of tokens."
            )
    source = _embedding(config.source_vocabulary, config.embedding)
    target = source if config.joint else _embedding(config.target_vocabulary, config.embedding)
    output = nn.Linear(config.width, config.target_vocabulary)
    nn.init.normal_(output.weight, std=config.width**-0.5)
    nn.init.zeros_(output.bias)
    if config.tied:
        output.weight = target.weight
    return {"transformer": _transformer, "rnn": _recurrent}[config.architecture](
        config, source, target, output
    )


def _embedding(vocabulary: int, width: int) -> nn.Embedding:
    embedding = nn.Embedding(vocabulary, width, padding_idx=PAD)
    nn.init.normal_(embedding.weight, std=width**-0.5)
    nn.init.zeros_(embedding.weight[PAD])
    return embedding


def _transformer(
    config: ModelConfig, source: nn.Embedding, target: nn.Embedding, output: nn.Linear
) -> EncoderDecoder:
    sizes = {
        "width": config.width,
        "heads": config.heads,
        "feedforward": config.feedforward,
        "dropout": config.dropout,
    }
    encoder = TransformerEncoder(
        Embed(source, config.dropout), layers=config.encoder_layers, **sizes
    )
    decoder = TransformerDecoder(
        Embed(target, config.dropout), output, layers=config.decoder_layers, **sizes
    )
    for parameter in (*encoder.layers.parameters(), *decoder.layers.parameters()):
        if parameter.dim() > 1:
            nn.init.xavier_uniform_(parameter)
    return EncoderDecoder(encoder, decoder)


def _recurrent(
    config: ModelConfig, source: nn.Embedding, target: nn.Embedding, output: nn.Linear
) -> EncoderDecoder:
    encoder = RecurrentEncoder(
        source,
        cell=CELLS[config.cell],
        width=config.encoder_width,
        layers=config.encoder_layers,
        bidirectional=config.bidirectional,
        dropout=config.dropout,
        fixed=config.attention == "none",
    )
    last = (config.encoder_layers, config.encoder_width)
    same = not config.bidirectional and last == (config.decoder_layers, config.width)
    decoder = RecurrentDecoder(
        target,
        output,
        cell=CELLS[config.cell],
        width=config.width,
        layers=config.decoder_layers,
        memory_width=config.encoder_width,
        score=SCORES[config.attention](config.width, config.encoder_width),
        order=config.order,
        dropout=config.dropout,
        bridge=None if same else last,
    )
    return EncoderDecoder(encoder, decoder)

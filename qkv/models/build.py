"""From a config to a model: the only place where names stand for parts."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from qkv.attention import Additive, General, Linear, Score, dot, uniform
from qkv.data.tokenizer import PAD
from qkv.errors import ConfigError
from qkv.models.config import ModelConfig, is_own
from qkv.models.decoders import RecurrentDecoder, TransformerDecoder
from qkv.models.encoder_decoder import EncoderDecoder
from qkv.models.encoders import (
    Convolutions,
    EncoderLayer,
    Patches,
    RecurrentEncoder,
    RegionEncoder,
    TransformerEncoder,
)
from qkv.models.own_score import own_score
from qkv.models.parts import ACTIVATIONS, Embed

__all__ = ["ARCHITECTURES", "build", "check_architecture", "check_filled_in"]

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
        ConfigError: no such architecture, or the vocabularies' sizes are not filled in; or see
            `own_score`.
        ScoreNotTrusted: its attention is code that nobody has trusted here.
    """
    check_architecture(config.architecture)
    check_filled_in(config)
    source = _embedding(config.source_vocabulary, config.embedding)
    target = source if config.joint else _embedding(config.target_vocabulary, config.embedding)
    output = Linear(config.width, config.target_vocabulary)
    nn.init.normal_(output.weight, std=config.width**-0.5)
    nn.init.zeros_(output.bias)
    if config.tied:
        output.weight = target.weight
    return ARCHITECTURES[config.architecture](config, source, target, output)


def check_architecture(name: str) -> None:
    """Raises ConfigError for a name that is not in `ARCHITECTURES`."""
    if name not in ARCHITECTURES:
        raise ConfigError(f"architecture must be one of {', '.join(ARCHITECTURES)}; got {name!r}.")


def check_filled_in(config: ModelConfig) -> None:
    """Raises ConfigError for a size that is not known yet."""
    needed = dict.fromkeys(
        ("source_vocabulary", "target_vocabulary"), "the tokenizer's number of tokens"
    )
    if config.vision:
        needed |= dict.fromkeys(("grid", "region_width"), "what the vision encoder says")
    for name, value in needed.items():
        if getattr(config, name) < 1:
            raise ConfigError(
                f"{name} must be at least 1; got {getattr(config, name)}. Fill in {value}."
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
        "activation": ACTIVATIONS[config.activation],
        "after": config.normalize == "after",
    }
    if config.vision:
        layers = [EncoderLayer(**sizes) for _ in range(config.encoder_layers)]
        encoder = _regions(config, config.width, layers, states=0)
    else:
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
    if config.vision:
        states = 2 if config.cell == "lstm" else 1
        encoder = _regions(config, config.encoder_width, [], states)
        last = (1, config.encoder_width)
    else:
        encoder = _reader(config, source)
        last = (config.encoder_layers, config.encoder_width)
    same = (config.decoder_layers, config.width) == last
    # Pictures have no direction: `bidirectional` is as it is declared there, but in the preset.
    bridge = None if same and not config.bidirectional else last
    decoder = RecurrentDecoder(
        target,
        output,
        cell=CELLS[config.cell],
        width=config.width,
        layers=config.decoder_layers,
        memory_width=config.encoder_width,
        score=_score(config),
        order=config.order,
        hard=config.select == "hard",
        gated=config.gate,
        normed=config.norm,
        dropout=config.dropout,
        bridge=bridge,
    )
    return EncoderDecoder(encoder, decoder)


def _score(config: ModelConfig) -> Score:
    if is_own(config.attention):
        return own_score(config)
    return SCORES[config.attention](config.width, config.encoder_width)


def _reader(config: ModelConfig, source: nn.Embedding) -> RecurrentEncoder:
    return RecurrentEncoder(
        source,
        cell=CELLS[config.cell],
        width=config.encoder_width,
        layers=config.encoder_layers,
        bidirectional=config.bidirectional,
        dropout=config.dropout,
        fixed=config.attention == "none",
    )


def _regions(
    config: ModelConfig, width: int, layers: list[EncoderLayer], states: int
) -> RegionEncoder:
    eye, own = Linear(config.region_width, width), None
    if config.vision == "pixels":
        eye, own = Convolutions(config.grid, width), Patches(config.grid, width)
    return RegionEncoder(
        eye,
        own,
        regions=config.grid**2,
        width=width,
        layers=layers,
        dropout=config.dropout,
        states=states,
        fixed=config.architecture == "rnn" and config.attention == "none",
        places=config.architecture == "rnn" and config.order == "places",
    )


# config, embeddings of source and target, output projection → model
ARCHITECTURES: dict[str, Callable[..., EncoderDecoder]] = {
    "transformer": _transformer,
    "rnn": _recurrent,
}

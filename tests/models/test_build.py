"""`build`: which parts share weights, and that a seed decides them, and what dropout leaves out."""

from math import log
from typing import Any

import pytest
import torch
from hypothesis import given, settings

from qkv.data.tokenizer import PAD
from qkv.errors import ConfigError
from qkv.models import EncoderDecoder, ModelConfig, build
from qkv.models.decoders import RecurrentDecoder, TransformerDecoder
from qkv.models.encoders import RecurrentEncoder, TransformerEncoder
from tests import strategies
from tests.models.helpers import SOURCE_WORDS, sentences, small, targets


def embeddings(model: EncoderDecoder) -> tuple[torch.nn.Embedding, torch.nn.Embedding]:
    if isinstance(model.encoder, RecurrentEncoder):
        assert isinstance(model.decoder, RecurrentDecoder)
        return model.encoder.embedding, model.decoder.embedding
    assert isinstance(model.encoder, TransformerEncoder)
    assert isinstance(model.decoder, TransformerDecoder)
    return model.encoder.embed.embedding, model.decoder.embed.embedding


@settings(max_examples=40, deadline=None)
@given(strategies.model_configs())
def test_any_config_builds_a_model_that_runs(config: ModelConfig) -> None:
    model = build(config).eval()
    ids, present = sentences([5, 2], config.source_vocabulary)
    tokens = targets(2, 3) % config.target_vocabulary
    decoded, _ = model(ids, present, tokens)
    logits = model.decoder.readout(decoded.features)
    assert logits.shape == (2, 3, config.target_vocabulary)
    assert logits.isfinite().all()
    source, target = embeddings(model)
    assert (source is target) == config.joint
    assert (model.get_parameter("decoder.output.weight") is target.weight) == config.tied
    assert not source.weight[PAD].any()


@pytest.mark.parametrize("size", [0, -1])
@pytest.mark.parametrize("architecture", ["transformer", "rnn"])
@pytest.mark.parametrize("name", ["source_vocabulary", "target_vocabulary"])
def test_vocabularies_must_be_filled_in(name: str, architecture: str, size: int) -> None:
    sizes: dict[str, Any] = {"source_vocabulary": 17, "target_vocabulary": 17, name: size}
    with pytest.raises(ConfigError) as error:
        build(ModelConfig(architecture, joint=False, **sizes))
    assert str(error.value) == (
        f"{name} must be at least 1; got {size}. Fill in the tokenizer's number of tokens."
    )


@settings(max_examples=20, deadline=None)
@given(strategies.model_configs(), strategies.seeds)
def test_the_seed_decides_every_weight(config: ModelConfig, seed: int) -> None:
    models = []
    for _ in range(2):
        torch.manual_seed(seed)
        models.append(dict(build(config).named_parameters()))
    assert all(torch.equal(parameter, models[1][name]) for name, parameter in models[0].items())


@pytest.mark.parametrize("architecture", ["transformer", "rnn"])
def test_a_fresh_model_is_not_sure_of_anything(architecture: str) -> None:
    """Its first loss is that of a guess at random, ln V, and a little."""
    torch.manual_seed(0)
    words = 1000
    model = build(ModelConfig(architecture, source_vocabulary=words, target_vocabulary=words))
    tokens = torch.randint(4, words, (2, 50))
    decoded, _ = model.eval()(*sentences([7, 5], words), tokens)
    logits = model.decoder.readout(decoded.features[:, :-1])
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
    assert loss.item() == pytest.approx(log(words), abs=1.0)


def test_an_unknown_architecture_is_refused() -> None:
    with pytest.raises(
        ConfigError, match="architecture must be one of transformer, rnn; got 'cnn'"
    ):
        build(ModelConfig(architecture="cnn"))


@pytest.mark.parametrize("architecture", ["transformer", "rnn"])
def test_dropout_is_on_in_training_only(architecture: str) -> None:
    model = small(architecture=architecture, decoder_layers=2, dropout=0.5)
    given = (*sentences([7, 5, 3], SOURCE_WORDS), targets(3, 6))
    still = model(*given)[0].features
    assert torch.equal(model(*given)[0].features, still)
    model.train()
    torch.manual_seed(5)
    first = model(*given)[0].features
    assert not torch.equal(model(*given)[0].features, first)
    torch.manual_seed(5)
    assert torch.equal(model(*given)[0].features, first)

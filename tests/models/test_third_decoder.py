"""Another decoder is a class that keeps the contract, and a line in `build.ARCHITECTURES`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import qkv
from qkv.attention import attend
from qkv.models import PLAIN, Attending, Decoded, EncoderDecoder, Memory, ModelConfig, State, Step
from qkv.models.attending import Call
from qkv.models.build import ARCHITECTURES
from qkv.models.encoders import TransformerEncoder
from qkv.models.parts import Embed
from qkv.pipeline import Translator
from tests.tiny import PAIRS, SETTINGS, train


class ConvolutionalDecoder(nn.Module):
    """The last three words, convolved, are the query (after Gehring et al. 2017)."""

    def __init__(self, embedding: nn.Embedding, output: nn.Linear) -> None:
        super().__init__()
        width = output.in_features
        self.embedding, self.output = embedding, output
        self.convolve = nn.Conv1d(embedding.embedding_dim, width, 3)

    @property
    def vocabulary_size(self) -> int:
        return self.output.out_features

    def start(self, memory: Memory) -> State:
        return State((memory.keys.new_zeros(len(memory.keys), 2, self.embedding.embedding_dim),))

    def forward(self, memory: Memory, tokens: Tensor, *, attention: Attending = PLAIN) -> Decoded:
        features, weights, _ = self._read(self.start(memory), tokens, memory, attention)
        return Decoded(features, (weights,))

    def step(
        self, state: State, token: Tensor, memory: Memory, *, attention: Attending = PLAIN
    ) -> Step:
        features, weights, after = self._read(state, token[:, None], memory, attention)
        return Step(self.readout(features[:, 0]), after, (weights,))

    def readout(self, features: Tensor) -> Tensor:
        return self.output(features)

    def _read(
        self, state: State, tokens: Tensor, memory: Memory, attention: Attending
    ) -> tuple[Tensor, Any, State]:
        words = torch.cat((state.moving[0], self.embedding(tokens)), 1)
        query = self.convolve(words.mT).mT  # (B, T, M)
        count, keys = tokens.shape[1], memory.keys
        look = attention.at("cross", 0, Call(1, count, keys.shape[1], keys.device, state.position))
        context, weights = attend(
            memory.by_sentence(query)[:, None], keys[:, None], memory.values[:, None],
            mask=look.within(memory.mask), bias=look.bias, pinned=look.pinned,
        )  # fmt: skip
        after = replace(state, moving=(words[:, -2:],), position=state.position + count)
        return torch.tanh(query + context.reshape(query.shape)), weights, after


def convolutional(
    config: ModelConfig, source: nn.Embedding, target: nn.Embedding, output: nn.Linear
) -> EncoderDecoder:
    encoder = TransformerEncoder(
        Embed(source, config.dropout), width=config.width, heads=config.heads,
        feedforward=config.feedforward, layers=config.encoder_layers, dropout=config.dropout,
    )  # fmt: skip
    return EncoderDecoder(encoder, ConvolutionalDecoder(target, output))


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory, corpus: dict[str, str]) -> Any:
    """Trained, saved and loaded with the line in the table."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(ARCHITECTURES, "convolutional", convolutional)
        folder = tmp_path_factory.mktemp("models") / "convolutional"
        settings = {
            **SETTINGS, "architecture": "convolutional", "heads": 2, "feedforward": 32,
            "encoder_layers": 1, "decoder_layers": 1, "learning_rate": 0.01, "max_steps": 80,
        }  # fmt: skip
        train(folder, corpus, settings)
        _check_card(folder)
        yield qkv.load(folder)


def _check_card(folder: Path) -> None:
    assert "convolutional" in (folder / "README.md").read_text("utf-8")


def test_it_learns_and_translates(translator: Translator) -> None:
    sources, targets = zip(*PAIRS, strict=True)
    texts = [translation.text for translation in translator.translate(list(sources), beam=3)]
    right = sum(text == target for text, target in zip(texts, targets, strict=True))
    assert right > 0.6 * len(PAIRS)


def test_it_shows_what_it_attended_to(translator: Translator) -> None:
    [translation] = translator.translate(["我喜欢咖啡"], beam=1)
    matrix = translation.attention.matrix()
    assert matrix.shape == (len(translation.tokens), len(translation.source_tokens))
    np.testing.assert_allclose(matrix.sum(1), 1.0, atol=1e-5)
    assert translation.alignment()


def test_it_can_be_asked_to_look_elsewhere(translator: Translator) -> None:
    hidden = torch.arange(len(translator.source_tokenizer.encode("我喜欢咖啡").ids) + 1) == 0
    [translation] = translator.translate(["我喜欢咖啡"], attention=PLAIN.hiding(hidden))
    assert not translation.attention.matrix()[:, 0].any()

"""Several hypotheses share a sentence's row of the memory: each is as its words read alone."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from qkv.data.tokenizer import BOS
from qkv.models import EncoderDecoder, Memory, State
from tests.models.helpers import TARGET_WORDS, small
from tests.models.test_attending import MODELS, every_model, read, source


class Walk:
    """Hypotheses that go on, branch and move, with all of their words: (N, t)."""

    def __init__(self, model: EncoderDecoder, memory: Memory) -> None:
        self.model, self.memory = model, memory
        self.state = model.decoder.start(memory)
        self.words = torch.empty(len(memory.keys), 0, dtype=torch.int64)

    def step(self) -> None:
        """Read a random word each, and compare with all words so far in one pass."""
        decoder, n = self.model.decoder, len(self.words)
        word = (
            torch.randint(4, TARGET_WORDS, (n,)) if self.words.shape[1] else torch.full((n,), BOS)
        )
        step = decoder.step(self.state, word, self.memory)
        self.state, self.words = step.state, torch.cat((self.words, word[:, None]), 1)
        sentences = len(self.memory.keys)
        of_each = torch.arange(sentences).repeat_interleave(n // sentences)
        logits, weights = read(self.model, self.memory.select(of_each), self.words)
        torch.testing.assert_close(step.logits, logits[:, -1])
        for mine, whole in zip(step.cross, weights, strict=True):
            assert mine.shape == (sentences, whole.shape[1], n // sentences, whole.shape[-1])
            torch.testing.assert_close(mine.dense().transpose(1, 2).flatten(0, 1), whole[:, :, -1])

    def reorder(self, k: int) -> None:
        """k hypotheses a sentence, each of any before."""
        rows = self._rows(k)
        self.state, self.words = self.state.reorder(rows), self.words[rows]

    def select(self, sentences: Tensor, k: int) -> None:
        rows = self._rows(k).view(-1, k)[sentences].flatten()
        self.state, self.words = self.state.select(rows, sentences), self.words[rows]
        self.memory = self.memory.select(sentences)

    def _rows(self, k: int) -> Tensor:
        sentences = len(self.memory.keys)
        before = len(self.words) // sentences
        return (
            torch.randint(before, (sentences, k)) + before * torch.arange(sentences)[:, None]
        ).flatten()


@every_model
def test_each_reads_as_if_it_were_alone(name: str) -> None:
    settings = MODELS[name]
    model = small(**settings)
    with torch.inference_mode():
        walk = Walk(model, model.encode(*source(settings)))
        walk.step()
        for k in (2, 5, 5):
            walk.reorder(k)
            walk.step()
            walk.step()
        walk.select(torch.tensor([2, 0]), 3)
        walk.step()
        walk.reorder(1)
        walk.step()
    assert walk.words.shape == (2, 9)


@every_model
@pytest.mark.parametrize("k", [1, 3])
def test_a_state_is_left_as_it_was(name: str, k: int) -> None:
    """Two steps from one state know nothing of each other."""
    settings = MODELS[name]
    model = small(**settings)
    with torch.inference_mode():
        walk = Walk(model, model.encode(*source(settings)))
        walk.step()
        walk.reorder(k)
        walk.step()
        before: tuple[State, Tensor] = walk.state, walk.words
        walk.step()
        other: tuple[State, Tensor] = walk.state, walk.words
        for state, words in (before, other):
            walk.state, walk.words = state, words
            walk.step()
            walk.step()
            assert walk.state.position == words.shape[1] + 2

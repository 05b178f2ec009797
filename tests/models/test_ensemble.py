"""Ensembles: the mean of probabilities, for any architectures, in every search."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from qkv.data.tokenizer import BOS, EOS
from qkv.models import PLAIN, EncoderDecoder
from qkv.models.ensemble import ensemble
from qkv.search import Search
from qkv.search.filters import Sentences
from tests.oracles import search as oracle
from tests.search.test_search import LIMIT, V, run, small_model

KINDS = ["rnn", "transformer"]
SEARCHES = [{"beam": 1}, {"beam": 4, "nbest": 4}, {"temperature": 1.0, "nbest": 3}]


def members(words: int) -> list[EncoderDecoder]:
    """An RNN and two Transformers, of different weights."""
    models = [small_model(kind, words) for kind in [*KINDS, "transformer"]]
    with torch.no_grad():
        for parameter in models[2].parameters():
            parameter.mul_(-0.8)
    return models


def source(words: int) -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    ids = torch.randint(4, words, (3, 5))
    return ids, torch.arange(5) < torch.tensor([5, 2, 4])[:, None]


def mean_log_p(models: list[EncoderDecoder], row: int, tokens: tuple[int, ...]) -> Tensor:
    """Log of the mean P of each next word after BOS and each of the tokens, each model alone."""
    ids, present = source(models[0].decoder.vocabulary_size)
    length = int(present[row].sum())
    one = ids[row : row + 1, :length], present[row : row + 1, :length]
    p = []
    with torch.no_grad():
        for model in models:
            decoded, _ = model(*one, torch.tensor([[BOS, *tokens]]))
            p.append(model.decoder.readout(decoded.features[0]).softmax(-1))
    assert p[0].dtype is torch.float64
    return torch.stack(p).mean(0).log()


@pytest.mark.parametrize("asked", SEARCHES)
def test_scores_are_those_of_the_mean_of_the_probabilities(asked: dict[str, Any]) -> None:
    models, search = members(31), Search(**asked)
    mixed = ensemble(models)
    with torch.no_grad():
        memory = mixed.encode(*source(31))
    wanted = Sentences([7, 9, 8], [(), (5, 6), ()], seeds=range(3))
    found = run(mixed.decoder, memory, search, wanted)
    assert sum(map(len, found)) >= 3
    for row, hypotheses in enumerate(found):
        for hypothesis in hypotheses:
            log_p = mean_log_p(models, row, hypothesis.tokens)
            said = torch.tensor([*hypothesis.tokens, EOS])
            expected = log_p.gather(1, said[:, None]).sum().item()
            assert hypothesis.log_probability == pytest.approx(expected, abs=1e-4)


def test_a_beam_that_keeps_all_finds_the_best_of_all_sentences() -> None:
    models = members(V)
    mixed = ensemble(models)
    with torch.no_grad():
        memory = mixed.encode(*source(V))
    found = run(mixed.decoder, memory, Search(beam=27), Sentences([LIMIT] * 3))
    for row, hypotheses in enumerate(found):

        def next_word(words: tuple[int, ...], row: int = row) -> list[float]:
            return mean_log_p(models, row, words)[-1].tolist()

        best = oracle.exhaustive(next_word, LIMIT, 1.0)[0]
        assert hypotheses[0].tokens == best.tokens
        assert hypotheses[0].score == pytest.approx(best.score, abs=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_with_itself_is_itself(kind: str) -> None:
    model = small_model(kind, 31)
    mixed, wanted = ensemble([model, model]), Sentences([9] * 3)
    with torch.no_grad():
        one, two = (run(m.decoder, m.encode(*source(31)), Search(), wanted) for m in (model, mixed))
    for alone, twice in zip(one, two, strict=True):
        assert [h.tokens for h in alone] == [h.tokens for h in twice]


@pytest.mark.parametrize("order", [KINDS, KINDS[::-1]])
def test_known_words_are_read_as_in_a_search_and_the_first_is_looked_at(order: list[str]) -> None:
    models = [small_model(kind, 31) for kind in order]
    mixed, words = ensemble(models), torch.tensor([[BOS, 9, 4, 17]] * 3)
    with torch.no_grad():
        decoded, memory = mixed(*source(31), words)
        alone, _ = models[0](*source(31), words)
        state = mixed.decoder.start(memory)
        for t, word in enumerate(words.unbind(1)):
            step = mixed.decoder.step(state, word, memory, attention=PLAIN)
            state = step.state
            expected = mixed.decoder.readout(decoded.features[:, t])
            torch.testing.assert_close(step.logits, expected, atol=1e-5, rtol=1e-5)
            torch.testing.assert_close(expected.exp().sum(-1), torch.ones(3))
    for one, other in zip(decoded.cross_weights, alone.cross_weights, strict=True):
        assert torch.equal(one.dense(), other.dense())
    assert mixed.one_vector is models[0].one_vector
    assert mixed.decoder.vocabulary_size == 31

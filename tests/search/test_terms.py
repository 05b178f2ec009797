"""Terms that must be said, or should: against looking at every sentence, and in random models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.data.tokenizer import BOS, EOS
from qkv.models import EncoderDecoder
from qkv.search import Search
from qkv.search.due import Due, Standing
from qkv.search.filters import Banned, NoRepeat, Sentences, Shortlist
from qkv.search.quotas import Counted
from tests.oracles import search as oracle
from tests.search.test_search import TableDecoder, assert_same, run, small_model
from tests.strategies import seeds

LIMIT = 6
Run = tuple[int, ...]


def count(term: Run, words: Sequence[int]) -> int:
    """How often the words have the term; no word belongs to two."""
    at = number = 0
    while at <= len(words) - len(term):
        here = tuple(words[at : at + len(term)]) == term
        number, at = number + here, at + (len(term) if here else 1)
    return number


@dataclass
class Said:
    """Terms that are runs of tokens, each to be said once."""

    terms: tuple[Run, ...]
    bonus: float | None = None

    @property
    def tokens(self) -> int:
        return sum(map(len, self.terms))

    def __call__(self, words: Sequence[int]) -> Standing:
        missing = [term for term in self.terms if not count(term, words)]
        begun, following = 0, {term[0] for term in missing}
        for term in missing:
            for n in range(1, len(term)):
                if tuple(words[-n:]) == term[:n]:
                    begun = max(begun, n)
                    following.add(term[n])
        return Standing(sum(map(len, missing)), begun, tuple(sorted(following)))

    def all_in(self, words: Sequence[int]) -> bool:
        return all(count(term, words) for term in self.terms)


def in_time(due: Said, tokens: Run) -> bool:
    """Does it go on with its terms where the room for them ends?"""
    for length in range(LIMIT - 2 * due.tokens, len(tokens) + 1):
        before, after = due(tokens[: length - 1]), due(tokens[:length])
        if before.left and after.left - after.begun >= before.left - before.begun:
            return False
    return True


@settings(max_examples=15, deadline=None)
@given(seeds, st.sampled_from([((4,),), ((4, 5),), ((5,), (6,)), ((6, 6),)]))
def test_a_beam_that_drops_nothing_finds_the_best_text_with_the_terms(
    seed: int, terms: tuple[Run, ...]
) -> None:
    decoder, due = TableDecoder(seed), Said(terms)
    decoder.logits[:, EOS] += 2.0  # so that many texts are short
    search = Search(beam=250, length_penalty=0.6)
    sentences = Sentences([LIMIT] * 2, due=[due, due])
    for row, hypotheses in enumerate(run(decoder, decoder.memory(2), search, sentences)):
        every = oracle.exhaustive(decoder.next_word(row), LIMIT, 0.6)
        best = next(f for f in every if due.all_in(f.tokens) and in_time(due, f.tokens))
        assert hypotheses[0].score >= best.score - 1e-4
        truth = {f.tokens: f for f in every}
        assert_same(hypotheses[:1], [truth[hypotheses[0].tokens]])


@settings(max_examples=10, deadline=None)
@given(seeds, st.sampled_from([0.0, 0.5, 3.0]), st.sampled_from([((4,),), ((4, 5), (6,))]))
def test_with_a_bonus_it_finds_the_best_with_or_without_terms(
    seed: int, bonus: float, terms: tuple[Run, ...]
) -> None:
    decoder, due = TableDecoder(seed), Said(terms, bonus)
    decoder.logits[:, EOS] += 2.0
    search = Search(beam=250, length_penalty=0.6)
    sentences = Sentences([LIMIT] * 2, due=[due, due])
    for row, hypotheses in enumerate(run(decoder, decoder.memory(2), search, sentences)):
        every = oracle.exhaustive(decoder.next_word(row), LIMIT, 0.0)
        scored = [
            f._replace(score=search.score(f.score + bonus * said(due, f.tokens), len(f.tokens) + 1))
            for f in every
        ]
        assert_same(hypotheses[:1], [max(scored, key=lambda f: f.score)])


def said(due: Said, tokens: Run) -> int:
    """Tokens of whole terms."""
    return due.tokens - due(tokens).left


def test_a_bonus_is_for_terms_that_are_whole() -> None:
    decoder = TableDecoder(3)
    term = (5, 6, 4)
    found = {
        bonus: run(
            decoder,
            decoder.memory(3),
            Search(beam=4),
            Sentences([9] * 3, due=[Said((term,), bonus)] * 3),
        )
        for bonus in (0.0, 50.0)
    }
    assert not all(count(term, h.tokens) for [h, *_] in found[0.0])
    for best, *_ in found[50.0]:
        assert count(term, best.tokens) == 1
        length = len(best.tokens) + 1
        assert best.score == pytest.approx(Search().score(best.log_probability + 150, length))


terms_of_a_text = st.lists(
    st.lists(st.integers(4, 30), min_size=1, max_size=4).map(tuple), min_size=1, max_size=3
)


def model_and_memory(architecture: str) -> tuple[EncoderDecoder, Any]:
    model = small_model(architecture, 31)
    torch.manual_seed(0)
    present = torch.arange(6) < torch.tensor([6, 2, 4])[:, None]
    with torch.no_grad():
        return model, model.encode(torch.randint(4, 31, (3, 6)), present)


@pytest.mark.parametrize("architecture", ["rnn", "transformer"])
@settings(max_examples=12, deadline=None)
@given(st.lists(terms_of_a_text, min_size=3, max_size=3), st.integers(1, 4), st.integers(0, 3))
def test_all_terms_are_said_by_random_models(
    architecture: str, terms: list[list[Run]], beam: int, prefix: int
) -> None:
    """In batches as alone; with the probabilities of the model, whatever else is asked for."""
    model, memory = model_and_memory(architecture)
    dues: list[Due | None] = [Said(tuple(own)) for own in terms]
    dues[1] = None
    prefixes = [(7, 8, 9)[:prefix], (), (30,)]
    limits = [len(p) + 2 * d.tokens + 1 if d else 9 for p, d in zip(prefixes, dues, strict=True)]
    filters = [Banned(((5,),)), NoRepeat(2), Shortlist(frozenset(range(9, 20)))]
    given_ = Sentences(limits, prefixes, due=dues, filters=filters)
    found = run(model.decoder, memory, Search(beam=beam, coverage_penalty=0.1), given_)
    for row, (due, prefix_) in enumerate(zip(dues, prefixes, strict=True)):
        index = torch.tensor([row])
        own = given_.select([row])
        [alone] = run(
            model.decoder, memory.select(index), Search(beam=beam, coverage_penalty=0.1), own
        )
        assert_same(found[row], alone)
        for hypothesis in found[row]:
            assert hypothesis.tokens[: len(prefix_)] == prefix_
            assert len(hypothesis.tokens) < limits[row]
            if isinstance(due, Said):
                assert due.all_in(hypothesis.tokens)
        words = torch.tensor([[BOS, *found[row][0].tokens]])
        with torch.no_grad():
            features = model.decoder(memory.select(index), words).features[0]
            log_p = model.decoder.readout(features).log_softmax(-1)
        said = torch.tensor([*found[row][0].tokens, EOS])[:, None]
        expected = log_p.gather(1, said).sum().item()
        assert found[row][0].log_probability == pytest.approx(expected, abs=1e-3)


def test_terms_and_units_are_both_said() -> None:
    """Tokens 9 and 10 are units, to be said twice and once."""
    model, memory = model_and_memory("transformer")
    counted, due = Counted([9, 10], [0, 1], 2), Said(((4, 5), (6,)))
    limits = [3 + 2 * due.tokens + 1] * 3
    given_ = Sentences(limits, quotas=[[2.0, 1.0]] * 3, counted=counted, due=[due] * 3)
    for hypotheses in run(model.decoder, memory, Search(beam=3), given_):
        for hypothesis in hypotheses:
            assert due.all_in(hypothesis.tokens)
            assert [hypothesis.tokens.count(unit) for unit in (9, 10)] == [2, 1]


def test_more_terms_than_banks() -> None:
    model, memory = model_and_memory("rnn")
    due = Said(tuple((4 + i, 5 + i) for i in range(0, 24, 2)))
    given_ = Sentences([2 * due.tokens + 1] * 3, due=[due] * 3)
    for hypotheses in run(model.decoder, memory, Search(beam=1), given_):
        assert all(due.all_in(h.tokens) for h in hypotheses)
